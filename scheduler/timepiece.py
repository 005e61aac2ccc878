"""What time it is, and waiting: handed in, so that tests need not wait."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Timepiece(Protocol):
    """A clock that can be waited by."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until the event is set, at most ``seconds``. Returns whether it is set."""
        ...


class WallTime:
    """The real time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until the event is set, at most ``seconds``. Returns whether it is set."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return event.is_set()
        return True


class Bell:
    """Rung from any thread when there is something to do; a ring is never missed, only joined with others."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Wake whoever listens. Safe from any thread, and after the loop is gone."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.event.set)

    async def listen(self, timepiece: Timepiece, seconds: float) -> None:
        """Until the next ring, at most ``seconds``."""
        await timepiece.wait(self.event, seconds)
        self.event.clear()
