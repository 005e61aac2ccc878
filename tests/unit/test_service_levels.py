"""Promises by priority, who is told when they are late; grades."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import grades, service_levels
from helpdesk.business_calendar import Calendar
from helpdesk.grades import FollowUp, Grade, NotAGradeError, TooLateToChangeError
from storage.ticket_tables import Priority, Promise, Role
from storage.times import SHANGHAI

CALENDAR = Calendar()
MONDAY = datetime(2022, 9, 19, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("priority", "promise", "due"),
    [
        (Priority.URGENT, Promise.FIRST_ANSWER, "2022-09-19T09:15"),
        (Priority.HIGH, Promise.RESOLUTION, "2022-09-19T17:30"),
        (Priority.NORMAL, Promise.FIRST_ANSWER, "2022-09-19T10:00"),
        (Priority.NORMAL, Promise.RESOLUTION, "2022-09-21T17:30"),
        (Priority.LOW, Promise.NEXT_ANSWER, "2022-09-19T14:30"),
    ],
)
def test_promises_are_working_minutes_by_priority(priority: Priority, promise: Promise, due: str) -> None:
    made = service_levels.target(service_levels.promised(promise, priority), MONDAY, CALENDAR)
    assert made.due_at == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
    assert made.provisional is False


def test_the_more_urgent_the_sooner() -> None:
    order = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)
    for promise in Promise:
        minutes = [service_levels.promised(promise, priority) for priority in order]
        assert minutes == sorted(minutes)
        assert len(set(minutes)) == len(minutes)


def levels(minutes: int, told: int = 0, *, has_assignee: bool = True) -> list[Role | None]:
    now = CALENDAR.after(MONDAY, minutes).at
    steps = service_levels.due_steps(MONDAY, told, now, CALENDAR, has_assignee=has_assignee)
    return [step.to for step in steps]


def test_first_the_assignee_then_the_lead_then_the_supervisor() -> None:
    assert service_levels.due_steps(MONDAY, 0, MONDAY - timedelta(seconds=1), CALENDAR, has_assignee=True) == ()
    assert levels(0) == [None]
    assert levels(59) == [None]
    assert levels(60) == [None, Role.LEAD]
    assert levels(60, told=1) == [Role.LEAD]
    assert levels(180, told=2) == [Role.SUPERVISOR]
    assert levels(9999, told=3) == []


def test_where_nobody_has_it_the_lead_is_told_at_once() -> None:
    assert levels(0, has_assignee=False) == [Role.LEAD]
    assert levels(180, has_assignee=False) == [Role.LEAD, Role.SUPERVISOR]
    assert levels(60, told=2, has_assignee=False) == []


@given(st.lists(st.integers(0, 600), min_size=1, max_size=12), st.booleans())
def test_however_often_the_clock_looks_everybody_is_told_once(waits: list[int], has_assignee: bool) -> None:
    told, level, late = [], 0, 0
    for wait in waits:
        late += wait
        now = CALENDAR.after(MONDAY, late).at
        steps = service_levels.due_steps(MONDAY, level, now, CALENDAR, has_assignee=has_assignee)
        told += [step.level for step in steps]
        level = max([level, *(step.level for step in steps)])
    assert told == sorted(set(told))


def test_a_promise_at_rest_keeps_what_is_left_of_it() -> None:
    noon = MONDAY + timedelta(hours=3)
    assert service_levels.remaining(MONDAY, 420, noon, CALENDAR) == 240
    assert service_levels.remaining(MONDAY, 60, noon, CALENDAR) == 1


def test_two_lowest_grades_are_followed_up() -> None:
    for grade in Grade:
        outcome = grades.decide(grade, None, None, MONDAY)
        assert (outcome.follow_up is FollowUp.OPEN) is (grade in {Grade.POOR, Grade.VERY_POOR})
        assert outcome.is_first


@pytest.mark.parametrize(
    ("before", "new", "follow_up"),
    [
        (Grade.POOR, Grade.GOOD, FollowUp.WITHDRAW),
        (Grade.POOR, Grade.VERY_POOR, FollowUp.NONE),
        (Grade.GOOD, Grade.POOR, FollowUp.OPEN),
        (Grade.GOOD, Grade.FAIR, FollowUp.NONE),
        (Grade.GOOD, Grade.GOOD, FollowUp.NONE),
    ],
)
def test_changing_a_grade(before: Grade, new: Grade, follow_up: FollowUp) -> None:
    outcome = grades.decide(new, before, MONDAY, MONDAY + timedelta(hours=24))
    assert outcome.follow_up is follow_up
    assert outcome.is_changed is (before is not new)
    assert not outcome.is_first


def test_after_a_day_a_grade_stays() -> None:
    late = MONDAY + timedelta(hours=24, seconds=1)
    with pytest.raises(TooLateToChangeError):
        grades.decide(Grade.GOOD, Grade.POOR, MONDAY, late)
    assert not grades.decide(Grade.POOR, Grade.POOR, MONDAY, late).is_changed


@pytest.mark.parametrize("number", [0, 6, -1])
def test_there_are_five_grades(number: int) -> None:
    with pytest.raises(NotAGradeError):
        grades.grade(number)
    assert [grades.WORDS[grades.grade(each)] for each in (5, 1)] == ["非常满意", "非常不满意"]
