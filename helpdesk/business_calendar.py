"""Working days and hours: adding working minutes, the next opening. Pure; times of people are in Asia/Shanghai.

Working days come from the official calendar, with days off moved (调休). A year that is not out yet counts plain
weekdays, and whatever was reckoned with it is marked provisional.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from storage.times import SHANGHAI

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")
_LONGEST = 3660
"""Days looked ahead before giving up: a calendar without a working day in ten years is a mistake."""


class HoursError(ValueError):
    """工作时间应写成 09:00-12:00,13:30-17:30：每段从早到晚，不重叠"""


class NoWorkingDayError(ValueError):
    """十年内没有一个工作日：工作日历有错"""


@cache
def official(day: date) -> bool | None:
    """Whether a day is a working day by the State Council's notice; None for a year whose notice is not out."""
    import chinese_calendar  # reads its tables; only where a calendar is really asked

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@dataclass(frozen=True)
class Hours:
    """Working hours of a day: spans from (inclusive) to (exclusive), early to late."""

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        ends = [end for span in self.spans for end in span]
        if not ends or any(later <= earlier for earlier, later in itertools.pairwise(ends)):
            raise HoursError(HoursError.__doc__)

    @property
    def minutes(self) -> int:
        """Working minutes of a day."""
        return sum((_minute(end) - _minute(begin)) for begin, end in self.spans)

    def __str__(self) -> str:
        return "、".join(f"{begin:%H:%M}—{end:%H:%M}" for begin, end in self.spans)


def hours(text: str) -> Hours:
    """Hours from ``09:00-12:00,13:30-17:30``. Raises ``HoursError``."""
    spans = []
    for part in re.split(r"[,，、;；]", text):
        found = _SPAN.fullmatch(part.strip())
        if not found:
            raise HoursError(HoursError.__doc__)
        try:
            spans.append(
                (time.fromisoformat(f"{found[1]:0>2}:{found[2]}"), time.fromisoformat(f"{found[3]:0>2}:{found[4]}"))
            )
        except ValueError as error:
            raise HoursError(HoursError.__doc__) from error
    return Hours(tuple(spans))


@dataclass(frozen=True)
class Moment:
    """A moment reckoned in working time; ``provisional`` where it rests on a year whose calendar is not out."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True)
class Calendar:
    """Working time. ``workday`` says whether a day is one, None where nobody can know yet."""

    hours: Hours = field(default_factory=Hours)
    workday: Callable[[date], bool | None] = official

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        known = self.workday(day)
        return day.weekday() < 5 if known is None else known

    def is_provisional(self, day: date) -> bool:
        """Whether a day's year is not out yet."""
        return self.workday(day) is None

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is at the desk at that moment."""
        local = moment.astimezone(SHANGHAI)
        return self.works(local.date()) and any(a <= local.time() < b for a, b in self.hours.spans)

    def next_opening(self, moment: datetime) -> Moment:
        """When the desk is next open: the moment itself while it is."""
        return self.after(moment, 0)

    def after(self, moment: datetime, minutes: int) -> Moment:
        """The moment so many working minutes later. None are counted while the desk is closed."""
        left, provisional = timedelta(minutes=minutes), False
        for begin, end, unsure in self._spans(moment):
            provisional = provisional or unsure
            if begin is None or end is None:
                continue
            if left <= end - begin:
                return Moment((begin + left).astimezone(moment.tzinfo), provisional)
            left -= end - begin
        raise NoWorkingDayError(NoWorkingDayError.__doc__)

    def between(self, earlier: datetime, later: datetime) -> int:
        """Whole working minutes from one moment to another; 0 where the second is not later."""
        total = timedelta()
        for begin, end, _ in self._spans(earlier):
            if begin is None or end is None:
                continue
            if begin >= later:
                break
            total += min(end, later) - begin
            if end >= later:
                break
        return int(total.total_seconds() // 60) if later > earlier else 0

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime | None, datetime | None, bool]]:
        """Open spans from a moment on, cut where it falls into one; a day off comes as (None, None)."""
        local = moment.astimezone(SHANGHAI)
        for ahead in range(_LONGEST):
            day = local.date() + timedelta(days=ahead)
            unsure = self.is_provisional(day)
            if not self.works(day):
                yield None, None, unsure
                continue
            for opens, closes in self.hours.spans:
                begin, end = (datetime.combine(day, at, SHANGHAI) for at in (opens, closes))
                if end > local:
                    yield max(begin, local), end, unsure


@cache
def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
