"""What is promised for a ticket, kept up as things happen to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk import service_levels
from helpdesk.business_calendar import Calendar, Moment
from storage import ticket_targets
from storage.ticket_tables import Priority, Promise, Ticket, TicketTarget


@dataclass(frozen=True)
class Book:
    """The promises of all tickets, in one transaction."""

    session: Session
    calendar: Calendar
    now: datetime

    def opened(self, ticket: Ticket) -> None:
        """A first answer and an end are owed."""
        self._begin(ticket, Promise.FIRST_ANSWER)
        self._begin(ticket, Promise.RESOLUTION)

    def answered(self, ticket: Ticket) -> None:
        """An answer was given; the way to the end rests while the owner has the word."""
        ticket_targets.meet(self.session, ticket.id, self.now, Promise.FIRST_ANSWER, Promise.NEXT_ANSWER)
        for target in ticket_targets.owed(self.session, ticket.id, Promise.RESOLUTION):
            if target.due_at is not None and target.breached_at is None:
                left = service_levels.remaining(target.started_at, target.minutes, self.now, self.calendar)
                target.minutes, target.due_at, target.provisional = left, None, False

    def told(self, ticket: Ticket) -> None:
        """The owner wrote: another answer is owed, and the way to the end goes on."""
        if ticket.answered_at is not None:
            self._begin(ticket, Promise.NEXT_ANSWER)
        for target in ticket_targets.owed(self.session, ticket.id, Promise.RESOLUTION):
            if target.due_at is None:
                target.started_at = self.now
                self._reckon(target)

    def reopened(self, ticket: Ticket) -> None:
        """Owed anew."""
        self._begin(ticket, Promise.NEXT_ANSWER if ticket.answered_at else Promise.FIRST_ANSWER)
        self._begin(ticket, Promise.RESOLUTION)

    def over(self, ticket: Ticket) -> None:
        """Nothing is owed any more."""
        ticket_targets.meet(self.session, ticket.id, self.now)

    def prioritised(self, ticket: Ticket, before: Priority) -> None:
        """What is owed is owed sooner, or later; what was late already stays late."""
        for target in ticket_targets.owed(self.session, ticket.id):
            more = service_levels.promised(target.promise, ticket.priority)
            target.minutes = max(1, target.minutes + more - service_levels.promised(target.promise, before))
            if target.due_at is not None and target.breached_at is None:
                self._reckon(target)

    def recomputed(self, target: TicketTarget) -> bool:
        """Reckon by the calendar as it is now. Returns whether the target moved or is no longer provisional."""
        before = (target.due_at, target.provisional)
        self._reckon(target)
        return (target.due_at, target.provisional) != before

    def answer_by(self, ticket: Ticket) -> Moment:
        """By when the owner may expect the next answer."""
        owed = ticket_targets.owed(self.session, ticket.id, Promise.FIRST_ANSWER, Promise.NEXT_ANSWER)
        found = [Moment(one.due_at, one.provisional) for one in owed if one.due_at is not None]
        return min(found, key=lambda one: one.at) if found else self.calendar.next_opening(self.now)

    def due(self, ticket: Ticket) -> Moment | None:
        """What is due first, the follow-up among it; None where nothing is owed now."""
        found = [
            Moment(one.due_at, one.provisional)
            for one in ticket_targets.owed(self.session, ticket.id)
            if one.due_at is not None
        ]
        follow = ticket_targets.follow_up(self.session, ticket.id)
        if follow is not None and follow.done_at is None and follow.withdrawn_at is None:
            found.append(Moment(follow.due_at, follow.provisional))
        return min(found, key=lambda one: one.at, default=None)

    def _begin(self, ticket: Ticket, promise: Promise) -> None:
        minutes = service_levels.promised(promise, ticket.priority)
        made = service_levels.target(minutes, self.now, self.calendar)
        ticket_targets.begin(
            self.session, ticket.id, promise, self.now, minutes, made.due_at, provisional=made.provisional
        )

    def _reckon(self, target: TicketTarget) -> None:
        made = service_levels.target(target.minutes, target.started_at, self.calendar)
        target.due_at, target.provisional = made.due_at, made.provisional
