"""Working time: moved days off, years that are not out, hours of the day. Days checked by hand against the notices."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.business_calendar import Calendar, Hours, HoursError, Moment, NoWorkingDayError, hours
from storage.times import SHANGHAI

OFFICIAL = Calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2022-09-19", True),  # a Monday
        ("2022-09-17", False),  # a Saturday
        ("2022-10-03", False),  # National Day, a Monday
        ("2022-10-08", True),  # a Saturday worked for it
        ("2022-10-09", True),  # a Sunday worked for it
        ("2022-01-29", True),  # a Saturday worked for the Spring Festival
        ("2022-09-12", False),  # Mid-Autumn, a Monday
        ("2026-10-10", True),  # a Saturday worked for National Day
        ("2026-02-16", False),  # Spring Festival, a Monday
    ],
)
def test_days_off_and_days_worked_for_them(day: str, works: bool) -> None:
    assert OFFICIAL.works(date.fromisoformat(day)) is works
    assert OFFICIAL.is_provisional(date.fromisoformat(day)) is False


def test_a_year_that_is_not_out_counts_plain_weekdays_and_says_so() -> None:
    assert OFFICIAL.works(date(2027, 1, 1)) is True  # surely a day off, but nobody has said so yet
    assert OFFICIAL.is_provisional(date(2027, 1, 1)) is True
    assert OFFICIAL.next_opening(at("2026-12-31T17:00")) == Moment(at("2026-12-31T17:00"))
    assert OFFICIAL.next_opening(at("2026-12-31T17:30")) == Moment(at("2027-01-01T09:00"), provisional=True)
    assert OFFICIAL.after(at("2026-12-31T17:00"), 30) == Moment(at("2026-12-31T17:30"))
    assert OFFICIAL.after(at("2026-12-31T17:00"), 31).provisional


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2022-09-19T08:59", "2022-09-19T09:00"),
        ("2022-09-19T09:00", "2022-09-19T09:00"),
        ("2022-09-19T11:59", "2022-09-19T11:59"),
        ("2022-09-19T12:00", "2022-09-19T13:30"),
        ("2022-09-19T17:30", "2022-09-20T09:00"),
        ("2022-09-30T17:30", "2022-10-08T09:00"),  # over National Day, to a Saturday
        ("2026-11-21T10:00", "2026-11-23T09:00"),  # a Saturday
    ],
)
def test_the_next_opening(moment: str, opening: str) -> None:
    assert OFFICIAL.next_opening(at(moment)).at == at(opening)
    assert OFFICIAL.is_open(at(moment)) is (moment == opening)


@pytest.mark.parametrize(
    ("moment", "minutes", "then"),
    [
        ("2022-09-19T09:00", 180, "2022-09-19T12:00"),
        ("2022-09-19T09:00", 181, "2022-09-19T13:31"),
        ("2022-09-19T17:00", 60, "2022-09-20T09:30"),
        ("2022-09-19T07:00", 420, "2022-09-19T17:30"),
        ("2022-09-30T09:00", 840, "2022-10-08T17:30"),
        ("2022-09-16T16:30", 61, "2022-09-19T09:01"),
    ],
)
def test_adding_working_minutes(moment: str, minutes: int, then: str) -> None:
    assert OFFICIAL.after(at(moment), minutes).at == at(then)
    assert OFFICIAL.between(at(moment), at(then)) == minutes


moments = st.datetimes(
    at("2021-01-01T00:00").replace(tzinfo=None),
    at("2027-12-31T00:00").replace(tzinfo=None),
    timezones=st.just(SHANGHAI),
)
minutes_ = st.integers(0, 6000)


@settings(deadline=None)
@given(moments, minutes_)
def test_what_is_added_is_what_lies_between(moment: datetime, minutes: int) -> None:
    then = OFFICIAL.after(moment, minutes).at
    assert then >= moment
    assert OFFICIAL.between(moment, then) == minutes
    assert OFFICIAL.is_open(then) or OFFICIAL.is_open(then - timedelta(seconds=1))


@settings(deadline=None)
@given(moments, minutes_, minutes_)
def test_adding_in_two_steps_is_adding_at_once(moment: datetime, first: int, second: int) -> None:
    there = OFFICIAL.after(OFFICIAL.after(moment, first).at, second)
    assert there.at == OFFICIAL.after(moment, first + second).at or (second == 0 and first > 0)


@settings(deadline=None)
@given(moments, moments)
def test_more_time_is_never_less_work(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert OFFICIAL.between(early, late) >= 0
    assert OFFICIAL.between(late, early) == 0 or early == late
    assert OFFICIAL.between(early, late) <= (late - early).total_seconds() / 60


def test_the_zone_of_a_moment_is_kept_and_does_not_matter() -> None:
    utc = datetime(2022, 9, 19, 9, 0, tzinfo=UTC)  # 17:00
    assert OFFICIAL.after(utc, 60).at == at("2022-09-20T09:30")
    assert OFFICIAL.after(utc, 60).at.tzinfo is UTC


def test_hours_are_read_and_shown() -> None:
    assert hours("09:00-12:00,13:30-17:30") == Hours()
    assert hours("8:30–12:00， 14:00-18:00").spans[0] == (time(8, 30), time(12))
    assert str(Hours()) == "09:00—12:00、13:30—17:30"
    assert Hours().minutes == 420


@pytest.mark.parametrize(
    "text", ["", "9-12", "12:00-09:00", "09:00-12:00,11:00-13:00", "09:00-25:00", "上午", "9:0-10:00"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(HoursError, match="09:00-12:00"):
        hours(text)


def test_a_calendar_without_working_days_is_a_mistake() -> None:
    with pytest.raises(NoWorkingDayError):
        Calendar(workday=lambda _: False).next_opening(at("2022-09-19T09:00"))
