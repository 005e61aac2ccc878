"""How fast may we speak: one message a second to a chat, 18 a minute to a group, 25 a second in bulk. Pure."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.tables import ChatKind

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Limits:
    """Telegram allows about 30 a second in all, 1 a second to a chat, 20 a minute to a group; we stay below."""

    chat_gap: timedelta = SECOND
    group_per_minute: int = 18
    group_burst: int = 3  # so many may follow each other at the pace of a single chat
    bulk_per_second: int = 25
    total_per_second: int = 28
    minute: timedelta = MINUTE  # shorter only in tests
    second: timedelta = SECOND

    def scaled(self, factor: float) -> "Limits":
        """The same rules in time that runs faster (``factor`` below 1), for tests against a scaled fake."""
        return Limits(
            chat_gap=self.chat_gap * factor,
            group_per_minute=self.group_per_minute,
            group_burst=self.group_burst,
            bulk_per_second=self.bulk_per_second,
            total_per_second=self.total_per_second,
            minute=self.minute * factor,
            second=self.second * factor,
        )


@dataclass(frozen=True)
class Pace:
    """When a chat may be sent to again, and the running allowance of a group."""

    next_at: datetime
    burst_until: datetime | None


def after_sending(kind: ChatKind, burst_until: datetime | None, now: datetime, limits: Limits) -> Pace:
    """The pace of a chat that is sent to now."""
    next_at = now + limits.chat_gap
    if kind == ChatKind.PRIVATE:
        return Pace(next_at, None)
    # A leaky bucket that holds `burst` and drains so that any minute sees at most `group_per_minute`.
    spare = limits.group_burst - 1
    gap = limits.minute / (limits.group_per_minute - spare)
    filled = max(burst_until or now, now) + gap
    return Pace(max(next_at, filled - spare * gap), filled)


class Metre:
    """What one sender may start in any second: all lanes together, and bulk evenly spaced within that."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._started: deque[datetime] = deque()
        self._bulk_at: datetime | None = None

    def room(self, now: datetime) -> int:
        """How many messages of any lane may be started now."""
        return max(0, self._limits.total_per_second - self._within(now))

    def bulk_room(self, now: datetime) -> int:
        """How many bulk messages may be started now: none or one."""
        early = self._bulk_at is not None and now < self._bulk_at
        return 0 if early or self._within(now) >= self._limits.bulk_per_second else 1

    def bulk_wait(self, now: datetime) -> float:
        """Seconds until the next bulk message may be started, as far as bulk itself is concerned."""
        early = (self._bulk_at - now).total_seconds() if self._bulk_at is not None else 0.0
        return early if early > 0 else self.bulk_gap.total_seconds() / 4

    def started(self, now: datetime, number: int, *, bulk: bool = False) -> None:
        """So many messages go out now."""
        self._started.extend([now] * number)
        if bulk and number:
            # One that came late does not delay all that follow: the next may make up for it, by one gap at most.
            self._bulk_at = max(self._bulk_at or now, now - self.bulk_gap) + self.bulk_gap

    def pause_bulk(self, until: datetime) -> None:
        """No bulk before this moment."""
        self._bulk_at = max(self._bulk_at or until, until)

    @property
    def bulk_gap(self) -> timedelta:
        """Between two bulk messages."""
        return self._limits.second / self._limits.bulk_per_second

    def _within(self, now: datetime) -> int:
        while self._started and self._started[0] <= now - self._limits.second:
            self._started.popleft()
        return len(self._started)
