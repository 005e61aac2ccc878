"""Working days by the State Council's calendar; a year that is not out yet counts plain weekdays and is provisional.

The one calendar of the project: deadlines, reminders and service levels all count by it. Days are Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reckoned:
    """A day counted in working days. `provisional`: a year it was counted through has no official calendar yet."""

    day: date
    provisional: bool = False


def announced(year: int) -> bool:
    """Whether the days off of a year are known; they are announced in the last weeks of the year before."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working(day: date) -> bool:
    """Whether offices work on `day`; Monday to Friday in a year that is not announced."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def on_or_before(day: date) -> Reckoned:
    """The last working day not after `day`."""
    return _step(day, -_DAY)


def on_or_after(day: date) -> Reckoned:
    """The first working day not before `day`."""
    return _step(day, _DAY)


def before(deadline: date, number: int) -> Reckoned:
    """The day `number` working days before the last working day on or before `deadline`; 0 is that day itself."""
    return _walk(on_or_before(deadline), number, -_DAY)


def after(day: date, number: int) -> Reckoned:
    """The day `number` working days after the first working day on or after `day`; 0 is that day itself."""
    return _walk(on_or_after(day), number, _DAY)


def count(today: date, deadline: date) -> int:
    """How many working days there are after `today`, up to and including `deadline`; 0 where it is over."""
    number, day = 0, today
    while day < deadline:
        day += _DAY
        number += is_working(day)
    return number


def _step(day: date, by: timedelta) -> Reckoned:
    found = day
    while not is_working(found):
        found += by
    return Reckoned(found, _provisional(*sorted((day, found))))


def _walk(start: Reckoned, number: int, by: timedelta) -> Reckoned:
    day = start.day
    for _ in range(number):
        day += by
        while not is_working(day):
            day += by
    return Reckoned(day, start.provisional or _provisional(*sorted((start.day, day))))


def _provisional(first: date, last: date) -> bool:
    return not all(announced(year) for year in range(first.year, last.year + 1))
