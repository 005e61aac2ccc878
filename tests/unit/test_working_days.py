"""Working days by the official calendar, and by plain weekdays where it is not out yet."""

from datetime import date

import pytest

from policy_kb import working_days
from policy_kb.working_days import Reckoned


@pytest.mark.parametrize(
    ("deadline", "number", "expected"),
    [
        ("2022-09-30", 0, "2022-09-30"),
        ("2022-09-30", 1, "2022-09-29"),
        ("2022-09-30", 7, "2022-09-21"),
        ("2022-09-30", 30, "2022-08-18"),  # the Mid-Autumn Monday is off
        ("2022-10-10", 1, "2022-10-09"),  # a Sunday that was worked
        ("2022-12-31", 0, "2022-12-30"),  # a Saturday: the last working day counts
        ("2022-12-31", 1, "2022-12-29"),
        ("2023-04-30", 1, "2023-04-27"),  # in the May holiday
        ("2023-04-30", 7, "2023-04-20"),  # 23 April, a Sunday, was worked
        ("2023-04-30", 30, "2023-03-17"),
        ("2026-12-31", 30, "2026-11-19"),
    ],
)
def test_a_day_so_many_working_days_before_a_deadline(deadline: str, number: int, expected: str) -> None:
    found = working_days.before(date.fromisoformat(deadline), number)
    assert found == Reckoned(date.fromisoformat(expected))


def test_what_happens_in_a_holiday_is_told_on_the_first_working_day_after_it() -> None:
    assert working_days.on_or_after(date(2023, 5, 1)).day == date(2023, 5, 4)
    assert working_days.on_or_after(date(2023, 1, 1)).day == date(2023, 1, 3)
    assert working_days.after(date(2022, 9, 30), 1).day == date(2022, 10, 8)


def test_a_year_that_is_not_announced_counts_weekdays_and_is_marked() -> None:
    year = next(year for year in range(2026, 2100) if not working_days.announced(year))
    deadline = date(year, 12, 31)
    found = working_days.before(deadline, 7)
    assert found.provisional
    assert sum(working_days.is_working(date(year, 12, day)) for day in range(1, 32)) in {21, 22, 23}
    assert working_days.before(date(year, 1, 4), 7).provisional, "counted back into a known year, still provisional"
    assert not working_days.before(date(year - 1, 12, 1), 7).provisional


def test_working_days_left_are_counted_without_today_and_with_the_last_day() -> None:
    assert working_days.count(date(2022, 12, 29), date(2022, 12, 31)) == 1
    assert working_days.count(date(2022, 9, 29), date(2022, 9, 30)) == 1
    assert working_days.count(date(2022, 9, 30), date(2022, 9, 30)) == 0
    assert working_days.count(date(2022, 10, 1), date(2022, 9, 30)) == 0


@pytest.mark.parametrize("number", [0, 1, 7, 30])
def test_counting_back_and_counting_what_is_left_agree(number: int) -> None:
    for month in range(1, 13):
        deadline = date(2023, month, 28)
        start = working_days.before(deadline, number).day
        assert working_days.count(start, deadline) == number
