"""The clock: jobs that come round. Of several clocks the elected one works; late, double and missed ticks do no harm.

APScheduler only wakes it. Every job must bear being run late, twice or after days, because its effects have keys. A
jump of the system's time is believed only after it has lasted: a wrong time must not send anything.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.timepiece import Timepiece
from storage import leaders
from storage.engine import Store, StoreUnavailableError
from storage.leases import new_owner

log = structlog.get_logger()

OFFICE = "clock"
TERM = timedelta(seconds=90)
LOOK = timedelta(seconds=30)
"""How often it looks whether a job is due."""

JUMP = timedelta(minutes=10)
"""The system's time may differ so much from the time that has passed, before it counts as a jump."""

LASTS = timedelta(minutes=10)
"""A jump that has lasted so long is believed."""


@dataclass(frozen=True)
class Job:
    """Something that comes round. ``run`` is given the moment; it may be called late, twice, or after days."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


class Clock:
    """One of possibly several; ``seconds`` counts time that passes whatever the system's time does."""

    def __init__(
        self,
        store: Store,
        timepiece: Timepiece,
        jobs: Sequence[Job],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._time = timepiece
        self._jobs = tuple(jobs)
        self._trust = Trust(seconds)
        self._name = new_owner()
        self._last: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``; a job under way is finished."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        soon = {"next_run_time": datetime.now(UTC), "coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        tick = scheduler.add_job(self._look, IntervalTrigger(seconds=LOOK.total_seconds()), **soon)
        scheduler.start()
        try:
            while not stop.is_set():
                await self._time.wait(stop, LOOK.total_seconds())
                # After the time was set back the next look would be as far away as it was set.
                if tick.next_run_time > datetime.now(UTC) + 2 * LOOK:
                    tick.modify(next_run_time=datetime.now(UTC))
        finally:
            tick.remove()
            await self._finished()
            scheduler.shutdown(wait=False)

    async def _look(self) -> None:
        self._working = asyncio.ensure_future(asyncio.to_thread(self._tick_safely))
        await self._working

    _working: asyncio.Future[None] | None = None

    async def _finished(self) -> None:
        if self._working is not None:
            await asyncio.wait([self._working])

    def _tick_safely(self) -> None:
        try:
            self.tick()
        except StoreUnavailableError as error:
            log.warning("store.away", role="clock", error=str(error))

    def tick(self) -> tuple[str, ...]:
        """Run what is due, if this clock is the elected one. Returns the names of the jobs run.

        Raises ``StoreUnavailableError``.
        """
        now = self._time.now()
        if not self._trust.believes(now) or not self._elected(now):
            return ()
        done = []
        for job in self._jobs:
            if not self._is_due(job, now):
                continue
            self._last[job.name] = now
            try:
                job.run(now)
            except StoreUnavailableError:
                del self._last[job.name]
                raise
            except Exception:  # one job that fails must not stop the others; it comes round again
                log.exception("clock.job_failed", job=job.name)
            else:
                done.append(job.name)
            if not self._elected(self._time.now()):  # it took longer than the term, and another took over
                break
        return tuple(done)

    def _is_due(self, job: Job, now: datetime) -> bool:
        last = self._last.get(job.name)
        return last is None or not last <= now < last + job.every

    def _elected(self, now: datetime) -> bool:
        with self._store.write() as session:
            return leaders.stand(session, OFFICE, self._name, now, TERM)


class Trust:
    """Whether the system's time can be believed: it must go as fast as time passes."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._sure: tuple[datetime, float] | None = None
        self._doubtful: tuple[datetime, float] | None = None

    def believes(self, now: datetime) -> bool:
        """False for some time after a jump; then, if the new time has lasted, it is the right one."""
        passed = self._seconds()
        if self._sure is None or self._fits(self._sure, now, passed):
            self._sure, self._doubtful = (now, passed), None
            return True
        if self._doubtful is None or not self._fits(self._doubtful, now, passed):
            self._doubtful = (now, passed)
            log.warning("clock.jumped", to=now.isoformat(), expected=self._expected(self._sure, passed).isoformat())
            return False
        if passed - self._doubtful[1] < LASTS.total_seconds():
            return False
        log.warning("clock.jump_believed", now=now.isoformat())
        self._sure, self._doubtful = (now, passed), None
        return True

    def _fits(self, mark: tuple[datetime, float], now: datetime, passed: float) -> bool:
        return abs(now - self._expected(mark, passed)) <= JUMP

    def _expected(self, mark: tuple[datetime, float], passed: float) -> datetime:
        return mark[0] + timedelta(seconds=passed - mark[1])
