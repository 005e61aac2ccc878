"""What time does to tickets: promises that are late, people told, silence, closing. A tick may come late, twice or never.

Each ticket is settled in a transaction of its own that holds it; every record is made once, whoever makes it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import posts, service_levels, wording
from helpdesk.acts import Acts
from helpdesk.desk import Desk
from helpdesk.house import House
from helpdesk.service_levels import Step
from storage import staff as roster
from storage import ticket_targets, tickets
from storage.content import Content
from storage.engine import Store
from storage.ticket_tables import Role, Staff, Ticket, TicketFollowUp, TicketState, TicketTarget

FOLLOW_UP = "follow_up"
_AT_LEAST = timedelta(days=2)  # three working days, or more, are longer than this
_MOST = 2000


@dataclass
class Ticked:
    """What a tick did: numbers of tickets, and targets whose time moved because the calendar came out."""

    breached: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    recomputed: int = 0

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return any((self.breached, self.escalated, self.resolved, self.closed, self.undelivered, self.recomputed))


def tick(store: Store, house: House, now: datetime) -> Ticked:
    """Do what is due. Harmless late, twice, at once in several processes."""
    done = Ticked()
    with store.write() as session:
        done.recomputed = _recompute(session, house, now)
    with store.write() as session:  # apart: whoever acts on a ticket holds it before its promises, never after
        for event in Desk(session, house, now).note_undelivered():
            done.undelivered.append(session.get_one(Ticket, event.ticket_id).number)
    for ticket_id in _due(store, house, now):
        with store.write() as session:
            _Late(session, house, now).look(ticket_id, done)
    for ticket_id, act in _silent(store, house, now):
        with store.write() as session:
            act(Acts(session, house, now), ticket_id, done)
    return done


def _recompute(session: Session, house: House, now: datetime) -> int:
    """Promises reckoned with a year that was not out are reckoned again."""
    moved = sum(Acts(session, house, now).book.recomputed(target) for target in ticket_targets.provisional(session))
    for follow, _ in ticket_targets.follow_ups(session):
        if follow.provisional:
            due = service_levels.target(service_levels.FOLLOW_UP, follow.opened_at, house.calendar)
            moved += (follow.due_at, follow.provisional) != (due.due_at, due.provisional)
            follow.due_at, follow.provisional = due.due_at, due.provisional
    return moved


def _due(store: Store, house: House, now: datetime) -> list[int]:
    """Tickets of which something late is not recorded, or not told to somebody it should be told to."""
    found: dict[int, None] = {}
    with store.read() as session:
        for target, ticket in ticket_targets.overdue(session, now, _MOST):
            if target.due_at is not None and (
                target.breached_at is None
                or service_levels.due_steps(
                    target.due_at, target.level, now, house.calendar, has_assignee=ticket.assignee_id is not None
                )
            ):
                found[ticket.id] = None
        for _, ticket in ticket_targets.follow_ups(session, late_at=now):
            found[ticket.id] = None
    return list(found)


class _Late(Acts):
    """One ticket that is late."""

    def look(self, ticket_id: int, done: Ticked) -> None:
        ticket = tickets.locked(self.session, ticket_id)
        for target in ticket_targets.owed(self.session, ticket.id):
            if target.due_at is not None and target.due_at <= self.now:
                self._target(ticket, target, target.due_at, done)
        follow = ticket_targets.follow_up(self.session, ticket.id)
        if follow is not None and follow.due_at <= self.now:
            self._follow(ticket, follow, done)

    def _target(self, ticket: Ticket, target: TicketTarget, due: datetime, done: Ticked) -> None:
        promise = target.promise.value
        if ticket_targets.breach(self.session, target.id, self.now):
            self._breached(ticket, promise, done, round=target.round)
        has_assignee = ticket.assignee_id is not None
        steps = service_levels.due_steps(due, target.level, self.now, self.house.calendar, has_assignee=has_assignee)
        if steps and ticket_targets.raise_level(self.session, target.id, max(step.level for step in steps)):
            people = {one.id: one for step in steps for one in self._people(ticket, step)}
            self._tell(ticket, promise, due, list(people.values()), done)

    def _follow(self, ticket: Ticket, follow: TicketFollowUp, done: Ticked) -> None:
        if ticket_targets.breach_follow_up(self.session, ticket.id, self.now):
            self._breached(ticket, FOLLOW_UP, done)
            everybody = [step for step in service_levels.STEPS if step.to is not None or ticket.assignee_id]
            people = {one.id: one for step in everybody for one in self._people(ticket, step)}
            self._tell(ticket, FOLLOW_UP, follow.due_at, list(people.values()), done)

    def _breached(self, ticket: Ticket, promise: str, done: Ticked, **detail: object) -> None:
        ticket.version += 1
        self.by_system(ticket, "breached", promise=promise, **detail)
        done.breached.append(ticket.number)

    def _people(self, ticket: Ticket, step: Step) -> list[Staff]:
        """Who is meant by a step; where nobody has the role, whoever stands above it."""
        if step.to is None:
            holder = roster.get(self.session, ticket.assignee_id)
            return [holder] if holder is not None and holder.active else []
        above = (Role.LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR)
        for role in above[above.index(step.to) :]:
            if found := roster.active(self.session, role):
                return found
        return []

    def _tell(self, ticket: Ticket, promise: str, due: datetime, people: list[Staff], done: Ticked) -> None:
        event = self.by_system(ticket, "escalated", promise=promise, people=[one.id for one in people])
        for one in people:
            text = wording.reminder(ticket, promise, due, own=one.id == ticket.assignee_id)
            posts.to_staff(self.session, event, one, Content(text=text), self.now)
        done.escalated.append(ticket.number)


Closing = Callable[[Acts, int, Ticked], None]


def _silent(store: Store, house: House, now: datetime) -> list[tuple[int, Closing]]:
    """Answered tickets whose owner says no more, and settled ones whose days are over."""
    early = now - _AT_LEAST

    def over(since: datetime | None, minutes: int) -> bool:
        return since is not None and house.calendar.after(since, minutes).at <= now

    with store.read() as session:
        waiting = select(Ticket).where(Ticket.state == TicketState.WAITING_USER, Ticket.staff_at < early)
        settled = select(Ticket).where(Ticket.state == TicketState.RESOLVED, Ticket.resolved_at < early)
        unheard = [one.id for one in session.scalars(waiting) if over(one.staff_at, service_levels.SILENCE)]
        done = [one.id for one in session.scalars(settled) if over(one.resolved_at, service_levels.SETTLED)]
    return [*((number, _resolve) for number in unheard), *((number, _close) for number in done)]


def _resolve(acts: Acts, ticket_id: int, done: Ticked) -> None:
    ticket = tickets.locked(acts.session, ticket_id)
    if ticket.state is not TicketState.WAITING_USER:
        return
    ticket.state, ticket.not_by_id = TicketState.RESOLVED, None
    tickets.touch(ticket, acts.now)
    acts.settle(ticket, acts.by_system(ticket, "resolved", why="silence"), "", by_silence=True)
    done.resolved.append(ticket.number)


def _close(acts: Acts, ticket_id: int, done: Ticked) -> None:
    ticket = tickets.locked(acts.session, ticket_id)
    if ticket.state is not TicketState.RESOLVED:
        return
    ticket.state, ticket.closed_at = TicketState.CLOSED, acts.now
    tickets.touch(ticket, acts.now)
    acts.by_system(ticket, "closed", why="days over")
    done.closed.append(ticket.number)
