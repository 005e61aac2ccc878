"""Telegram's three flood rules, on any clock: 30 a second in all, 1 a second to a chat, 20 a minute to a group."""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Flood:
    """``seconds`` and ``minute`` may be shorter than real ones for scaled tests. Gaps have a tolerance, since what
    leaves evenly does not arrive evenly."""

    per_second: int = 30
    group_per_minute: int = 20
    second: float = 1.0
    minute: float = 60.0
    tolerance: float = 0.1
    enforced: bool = True
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat: int, now: float) -> int | None:
        """The ``retry_after`` in whole seconds where a message now is one too many; else it is counted."""
        mine = self._chats.setdefault(chat, deque())
        waits = [self._wait(self._all, self.per_second, self.second, now), self._gap(mine, now)]
        if chat < 0:
            waits.append(self._wait(mine, self.group_per_minute, self.minute, now))
        wait = max(waits)
        if wait > 0 and self.enforced:
            return max(1, math.ceil(wait))
        self._note(self._all, self.per_second, now)
        self._note(mine, self.group_per_minute, now)
        return None

    def _note(self, times: deque[float], limit: int, now: float) -> None:
        times.append(now)
        while len(times) > limit:  # older ones decide nothing: 100,000 messages must not be looked through each time
            times.popleft()

    def _wait(self, times: deque[float], limit: int, window: float, now: float) -> float:
        recent = [moment for moment in times if moment > now - window * (1 - self.tolerance)]
        return recent[-limit] + window - now if len(recent) >= limit else 0.0

    def _gap(self, times: deque[float], now: float) -> float:
        if not times or now - times[-1] >= self.second * (1 - self.tolerance):
            return 0.0
        return times[-1] + self.second - now
