"""The clock role's housekeeping: retention, once a day, by the one process that holds the office."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from scheduler.timepiece import Timepiece
from storage import leaders, retention
from storage.engine import Store, StoreUnavailableError
from storage.leases import new_owner

log = structlog.get_logger()

OFFICE = "clock"
TERM = timedelta(seconds=90)
LOOK = 30.0  # seconds
DAY = timedelta(days=1)


Tick = Callable[[Store, datetime], object]
"""What is looked at every half minute; late, double or missed looks must be harmless."""


class Chores:
    """Runs in every clock process; only the elected one does anything."""

    def __init__(self, store: Store, timepiece: Timepiece, ticks: Sequence[Tick] = ()) -> None:
        self._store = store
        self._ticks = ticks
        self._time = timepiece
        self._name = new_owner()
        self._done_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.look)
            except StoreUnavailableError as error:
                log.warning("store.away", role="clock", error=str(error))
            await self._time.wait(stop, LOOK)

    def look(self) -> bool:
        """Do what is due, if this process is the elected one. Returns whether anything was due."""
        now = self._time.now()
        with self._store.write() as session:
            if not leaders.stand(session, OFFICE, self._name, now, TERM):
                return False
        for tick in self._ticks:
            self._tick(tick, now)
        if self._done_at is not None and now < self._done_at + DAY:
            return False
        log.info("retention.applied", **retention.apply(self._store, now))
        self._done_at = now
        return True

    def _tick(self, tick: Tick, now: datetime) -> None:
        try:
            tick(self._store, now)
        except StoreUnavailableError:
            raise
        except Exception:  # one that fails must not stop the others, nor the clock
            log.exception("tick.failed")
