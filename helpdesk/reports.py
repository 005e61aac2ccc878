"""What a desk did in a span of days: tickets, times, breaches, grades, questions without an answer."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.business_calendar import Calendar
from helpdesk.house import House
from storage import staff as roster
from storage.tables import Unanswered
from storage.ticket_tables import Promise, Ticket, TicketEvent, TicketFollowUp, TicketGrade, TicketKind, TicketTarget
from storage.times import SHANGHAI

TOP = 10


@dataclass(frozen=True)
class Kept:
    """How a promise was kept: so many fell due or were met, so many late. Those that rest or wait are not counted."""

    settled: int
    late: int

    @property
    def share(self) -> float | None:
        """Kept in time, 0 to 1."""
        return 1 - self.late / self.settled if self.settled else None


@dataclass(frozen=True)
class Times:
    """Working minutes: the middle one and the ninth of ten."""

    number: int
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Report:
    """All figures of a span, both days inclusive (Asia/Shanghai). Tickets belong to the day they were opened."""

    first: date
    last: date
    opened: Counter[date] = field(default_factory=Counter)
    resolved: Counter[date] = field(default_factory=Counter)
    kinds: Counter[TicketKind] = field(default_factory=Counter)
    departments: Counter[str] = field(default_factory=Counter)
    reopened: int = 0
    open_now: int = 0
    first_answer: Times = Times(0, None, None)
    resolution: Times = Times(0, None, None)
    promises: dict[Promise, Kept] = field(default_factory=dict)
    grades: Counter[int] = field(default_factory=Counter)
    follow_ups: int = 0
    follow_ups_done: int = 0
    follow_ups_late: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    undelivered: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)

    @property
    def days(self) -> list[date]:
        """Every day of the span."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def satisfied(self) -> float | None:
        """The share of 基本满意 and above, 0 to 1; None without a grade."""
        total = self.grades.total()
        return sum(number for grade, number in self.grades.items() if grade >= 3) / total if total else None


def report(session: Session, house: House, first: date, last: date) -> Report:
    """Count a span, both days inclusive."""
    begin = datetime.combine(first, time(), SHANGHAI)
    end = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    tickets = list(session.scalars(select(Ticket).where(Ticket.created_at >= begin, Ticket.created_at < end)))
    events = list(session.scalars(select(TicketEvent).where(TicketEvent.at >= begin, TicketEvent.at < end)))
    names = {one.id: one.name for one in roster.listed(session)}
    follows = list(
        session.scalars(select(TicketFollowUp).where(TicketFollowUp.opened_at >= begin, TicketFollowUp.opened_at < end))
    )
    graded = session.scalars(select(TicketGrade).where(TicketGrade.graded_at >= begin, TicketGrade.graded_at < end))
    asked = session.scalars(select(Unanswered).where(Unanswered.asked_at >= begin, Unanswered.asked_at < end))
    return Report(
        first,
        last,
        opened=Counter(_day(one.created_at) for one in tickets),
        resolved=Counter(_day(one.at) for one in events if one.act == "resolved"),
        kinds=Counter(one.kind for one in tickets),
        departments=Counter(house.department_name(one.department) or "没有牵头单位" for one in tickets),
        reopened=sum(one.act == "reopened" for one in events),
        open_now=sum(one.resolved_at is None and one.closed_at is None for one in tickets),
        first_answer=_times(((one.created_at, one.answered_at) for one in tickets), house.calendar),
        resolution=_times(((one.created_at, one.resolved_at) for one in tickets), house.calendar),
        promises=_promises(session, begin, end),
        grades=Counter(one.grade for one in graded),
        follow_ups=len(follows),
        follow_ups_done=sum(one.done_at is not None for one in follows),
        follow_ups_late=sum(one.breached_at is not None for one in follows),
        answers=Counter(names.get(one.staff_id or 0, "") for one in events if one.act == "replied"),
        undelivered=sum(one.act == "undelivered" for one in events),
        unanswered=Counter(_plain(one.text) for one in asked if one.kind == "unknown"),
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _plain(text: str) -> str:
    """The same question, differently punctuated, is one."""
    return text.strip().rstrip("?？。.!！~ ")


def _times(spans: Iterable[tuple[datetime, datetime | None]], calendar: Calendar) -> Times:
    minutes = sorted(calendar.between(begin, end) for begin, end in spans if end is not None)
    if not minutes:
        return Times(0, None, None)
    return Times(len(minutes), statistics.median(minutes), _quantile(minutes, 0.9))


def _quantile(ordered: Sequence[int], share: float) -> float:
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * share))])


def _promises(session: Session, begin: datetime, end: datetime) -> dict[Promise, Kept]:
    made = list(
        session.scalars(select(TicketTarget).where(TicketTarget.started_at >= begin, TicketTarget.started_at < end))
    )
    found = {}
    for promise in Promise:
        own = [one for one in made if one.promise is promise]
        settled = [one for one in own if one.met_at is not None or one.breached_at is not None]
        found[promise] = Kept(len(settled), sum(one.breached_at is not None for one in settled))
    return found
