"""What acts of owners, of staff and of the programme share: a ticket held, its state moved on, the log, the audit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk import posts, service_levels, states, wording
from helpdesk.house import House
from helpdesk.promises import Book
from helpdesk.states import Act, EmptyReplyError, FileTooLargeError, LiveTicketError, Member, Standing, TooLongError
from storage import events, ticket_targets, tickets
from storage.content import Content, File
from storage.ticket_tables import Actor, Staff, Ticket, TicketEvent, TicketFollowUp, TicketGrade

LONGEST = 4000
"""Characters of a text to the owner: the channel takes 4,096, the rest is ours."""
CAPTION = 1024 - len(wording.STAFF)
LARGEST = 20 * 1024 * 1024
"""Bytes of a file: the most a bot of the channel can fetch."""


@dataclass(frozen=True)
class Acts:
    """One transaction at one moment."""

    session: Session
    house: House
    now: datetime

    @property
    def book(self) -> Book:
        """The promises."""
        return Book(self.session, self.house.calendar, self.now)

    def act(self, act: Act, ticket: Ticket, by: Staff | None = None, *, to: int | None = None) -> Ticket:
        """Hold a ticket and move it on. Raises what ``states.apply`` raises."""
        held = tickets.locked(self.session, ticket.id)
        member = Member(by.id, by.role) if by else None
        after = states.apply(act, standing(held), held.number, member, to=to)
        held.state, held.assignee_id, held.not_by_id = after.state, after.assignee, after.not_by
        tickets.touch(held, self.now)
        return held

    def by_staff(
        self,
        ticket: Ticket,
        act: str,
        staff: Staff,
        text: str = "",
        file: File | None = None,
        source: str | None = None,
        **detail: object,
    ) -> TicketEvent:
        """Log and audit what a colleague did."""
        event = tickets.note(
            self.session,
            ticket,
            Actor.STAFF,
            act,
            self.now,
            staff=staff,
            text=text,
            file=file,
            source=source,
            detail=detail,
        )
        self.audit(act, ticket, f"staff:{staff.id}")
        return event

    def by_owner(
        self,
        ticket: Ticket,
        act: str,
        text: str = "",
        file: File | None = None,
        source: str | None = None,
        **detail: object,
    ) -> TicketEvent:
        """Log and audit what the owner did."""
        event = tickets.note(
            self.session, ticket, Actor.OWNER, act, self.now, text=text, file=file, source=source, detail=detail
        )
        chat = tickets.chat_of(self.session, ticket)
        self.audit(act, ticket, f"{chat.channel}:{chat.address}")
        return event

    def by_system(self, ticket: Ticket, act: str, **detail: object) -> TicketEvent:
        """Log and audit what the programme did."""
        event = tickets.note(self.session, ticket, Actor.SYSTEM, act, self.now, detail=detail)
        self.audit(act, ticket, None)
        return event

    def audit(self, act: str, ticket: Ticket, who: str | None) -> None:
        """A line in the audit log; it holds no words of anybody."""
        events.add(self.session, f"ticket.{act}", self.now, who, ticket=ticket.number)

    def post(self, ticket: Ticket, event: TicketEvent, content: Content) -> str:
        """Send the owner what an event says. Returns the outbox key."""
        return posts.to_owner(self.session, ticket, event, content, self.now)

    # Settling and taking up again, whoever does it

    def settle(self, ticket: Ticket, event: TicketEvent, words: str, *, by_silence: bool = False) -> None:
        """Nothing is owed any more; the owner is told and may grade."""
        ticket.resolved_at, ticket.bot_on = self.now, False
        self.book.over(ticket)
        follow = ticket_targets.follow_up(self.session, ticket.id)
        if follow is not None and follow.done_at is None and follow.withdrawn_at is None:
            follow.done_at = self.now
        graded = self.session.get(TicketGrade, ticket.id) is not None
        rows = wording.asks_grade(ticket, graded=graded)
        self.post(ticket, event, Content(text=wording.resolved(ticket, words, by_silence=by_silence), rows=rows))

    def take_up(self, act: Act, ticket: Ticket, by: Staff | None = None) -> Ticket:
        """Open a settled ticket again. Raises ``LiveTicketError`` where another one of the same subject lives."""
        other = tickets.of_subject(self.session, ticket.chat_id, ticket.subject_key)
        if other is not None and other.id != ticket.id:
            raise LiveTicketError(other.number)
        held = self.act(act, ticket, by)
        held.resolved_at = held.closed_at = None
        self.book.reopened(held)
        return held

    def begin_follow_up(self, ticket: Ticket) -> TicketFollowUp:
        """Follow up a low grade: within a time, and not by whom it is about. A ticket that lives again just gets the time."""
        held = tickets.locked(self.session, ticket.id)
        before = held.assignee_id
        if held.state in states.OVER:
            if tickets.of_subject(self.session, held.chat_id, held.subject_key) is not None:
                held.subject_key = f"follow:{held.id}"  # the owner asked anew meanwhile, and both go on
            held = self.take_up(Act.ASK_AGAIN, held)
            held.not_by_id = before
        due = service_levels.target(service_levels.FOLLOW_UP, self.now, self.house.calendar)
        follow = self.session.get(TicketFollowUp, held.id)
        if follow is None:
            follow = TicketFollowUp(ticket_id=held.id, opened_at=self.now, due_at=due.due_at)
            self.session.add(follow)
        follow.due_at, follow.provisional, follow.not_by_id = due.due_at, due.provisional, held.not_by_id
        follow.done_at = follow.withdrawn_at = follow.breached_at = None
        self.session.flush()
        self.by_system(held, "follow_up")
        return follow


def standing(ticket: Ticket) -> Standing:
    """Where a ticket stands, for the rules."""
    return Standing(ticket.state, ticket.assignee_id, ticket.not_by_id)


def must_be_sendable(text: str, file: File | None) -> None:
    """For what staff send. Raises ``EmptyReplyError``, ``TooLongError``, ``FileTooLargeError``."""
    must_be_something(text, file)
    most, what = (CAPTION, "文件的说明") if file else (LONGEST, "一条消息")
    if len(text) > most:
        raise TooLongError(what, most, len(text))


def must_be_something(text: str, file: File | None) -> None:
    """For what owners send. Raises ``EmptyReplyError``, ``FileTooLargeError``."""
    if not text.strip() and file is None:
        raise EmptyReplyError
    if file is not None and file.size is not None and file.size > LARGEST:
        raise FileTooLargeError(LARGEST // 2**20, -(-file.size // 2**20))


def within(event: TicketEvent | None, now: datetime, span: timedelta) -> bool:
    """Whether something happened that lately."""
    return event is not None and now - event.at <= span
