"""What is promised how soon, and who is told when it is late. Pure: working minutes in, decisions out."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.business_calendar import Calendar
from storage.ticket_tables import Priority, Promise, Role

DAY = 420
"""Working minutes of a day of seven hours, in which the promises below are told."""

PROMISED: dict[Priority, dict[Promise, int]] = {
    Priority.URGENT: {Promise.FIRST_ANSWER: 15, Promise.NEXT_ANSWER: 30, Promise.RESOLUTION: 240},
    Priority.HIGH: {Promise.FIRST_ANSWER: 30, Promise.NEXT_ANSWER: 60, Promise.RESOLUTION: DAY},
    Priority.NORMAL: {Promise.FIRST_ANSWER: 60, Promise.NEXT_ANSWER: 120, Promise.RESOLUTION: 3 * DAY},
    Priority.LOW: {Promise.FIRST_ANSWER: 120, Promise.NEXT_ANSWER: 240, Promise.RESOLUTION: 5 * DAY},
}
FOLLOW_UP = DAY
"""Working minutes within which a low grade is followed up."""
SILENCE = 5 * DAY
"""Working minutes without a word of the owner after which an answered ticket counts as settled."""
SETTLED = 3 * DAY
"""Working minutes after which a settled ticket is closed."""

WORDS = {Promise.FIRST_ANSWER: "首次答复", Promise.NEXT_ANSWER: "继续答复", Promise.RESOLUTION: "办结"}


@dataclass(frozen=True)
class Step:
    """Somebody to be told that a promise is late, and how many working minutes after it was due."""

    level: int
    to: Role | None  # None: whoever has the ticket
    after: int


STEPS = (Step(1, None, 0), Step(2, Role.LEAD, 60), Step(3, Role.SUPERVISOR, 180))


@dataclass(frozen=True)
class Target:
    """A promise in working minutes and when they are over."""

    minutes: int
    due_at: datetime
    provisional: bool


def target(minutes: int, started_at: datetime, calendar: Calendar) -> Target:
    """When a promise made at a moment is due."""
    due = calendar.after(started_at, minutes)
    return Target(minutes, due.at, due.provisional)


def promised(promise: Promise, priority: Priority) -> int:
    """Working minutes promised."""
    return PROMISED[priority][promise]


def remaining(started_at: datetime, minutes: int, now: datetime, calendar: Calendar) -> int:
    """Working minutes left of a promise that comes to rest now; at least one, so that resting never breaks it."""
    return max(1, minutes - calendar.between(started_at, now))


def due_steps(
    due_at: datetime, told: int, now: datetime, calendar: Calendar, *, has_assignee: bool
) -> tuple[Step, ...]:
    """Who must be told now that was not told before, in order. Empty before it is due, and when all are told.

    Where nobody has the ticket, the lead is told at once in the assignee's place. After a long pause of the clock
    everybody who should have been told meanwhile is told now, once.
    """
    if now < due_at:
        return ()
    late = calendar.between(due_at, now)
    due = [step for step in STEPS if step.after <= late or (step.level == 2 and not has_assignee)]
    return tuple(step for step in due if step.level > told and (step.to is not None or has_assignee))
