"""The clock's jobs of this installation: retention once a day, and whatever is registered as a tick."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from scheduler import clock
from scheduler.clock import Job
from storage import retention
from storage.engine import Store

log = structlog.get_logger()

DAY = timedelta(days=1)

Tick = Callable[[Store, datetime], object]
"""What is looked at every half minute; late, double or missed looks must be harmless."""


def jobs(store: Store, ticks: Iterable[Tick] = ()) -> list[Job]:
    """All that comes round in this process."""
    looked_at = [
        Job(f"tick {number} {getattr(tick, '__name__', '')}".rstrip(), clock.LOOK, partial(tick, store))
        for number, tick in enumerate(ticks, 1)
    ]
    return [*looked_at, Job("retention", DAY, partial(_retention, store))]


def _retention(store: Store, now: datetime) -> None:
    log.info("retention.applied", **retention.apply(store, now))
