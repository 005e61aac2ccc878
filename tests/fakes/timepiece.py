"""Time that passes only when somebody waits."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeTime:
    """``wait`` returns at once and moves the clock on."""

    def __init__(self, start: datetime = datetime(2022, 9, 20, 2, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present moment."""
        return self._now

    def seconds(self) -> float:
        """The same as a number, for the fake Bot API."""
        return self._now.timestamp()

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._now += timedelta(seconds=seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Time passes, unless the event is set."""
        await asyncio.sleep(0)
        if not event.is_set():
            self.advance(seconds)
        return event.is_set()
