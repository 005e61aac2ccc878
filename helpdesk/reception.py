"""What owners do with tickets: ask for a human, write to one, grade, come back. One transaction of the caller each."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk import grades, states, wording
from helpdesk.acts import Acts, must_be_something
from helpdesk.business_calendar import Moment
from helpdesk.grades import FollowUp, Graded
from helpdesk.states import Act, NotYourTicketError, Priority
from storage import masking, ticket_targets, tickets
from storage.content import Content, File
from storage.ticket_tables import Ticket, TicketEvent, TicketGrade, TicketKind

Pairs = Sequence[tuple[str, str]]
URGENT_KINDS = {TicketKind.COMPLAINT: Priority.HIGH}
"""Priorities by kind; everything else is normal until somebody says otherwise."""


@dataclass(frozen=True)
class Ask:
    """What a human is wanted for, with all that is known already, so that nobody asks twice.

    ``facts`` and ``details`` are (label, value) as told; ``candidates`` (entry id, title), nearest first;
    ``department`` an id of the catalogue, proposed from the measure where it is None.
    """

    subject: str
    measure: str | None
    reason: str
    transcript: tuple[str, ...] = ()
    kind: str = TicketKind.ADVISORY.value
    facts: Pairs = ()
    candidates: Pairs = ()
    details: Pairs = ()
    department: str | None = None
    called: str = ""


@dataclass(frozen=True)
class Opened:
    """The ticket, and whether it is a new one or lived already."""

    ticket: Ticket
    is_new: bool


class Reception(Acts):
    """One transaction of an owner's turn at one moment."""

    def live(self, chat_id: int) -> Ticket | None:
        """The live ticket an owner talks in."""
        return tickets.live(self.session, chat_id)

    def open_(self, chat_id: int, ask: Ask) -> Opened:
        """Open a ticket, or join the live one of the same subject; the owner gets number, hours and expected time.

        Who asks for a human and names no measure means the ticket that is live already, whatever it is about.
        """
        kind = TicketKind(ask.kind)
        vague = kind is TicketKind.ADVISORY and ask.measure is None
        known = tickets.live(self.session, chat_id) if vague else None
        if known is not None:
            return self._joined(known, ask)
        department = ask.department or self.house.department(ask.measure, [name for name, _ in ask.candidates])
        added = tickets.add(
            self.session,
            chat_id,
            ask.subject,
            ask.measure,
            ask.reason,
            "\n".join(ask.transcript),
            self.now,
            kind=kind,
            department=department,
            facts=ask.facts,
            candidates=ask.candidates,
            details=ask.details,
            called=ask.called,
        )
        if not added.is_new:
            return self._joined(added.ticket, ask)
        ticket = added.ticket
        ticket.priority = URGENT_KINDS.get(kind, Priority.NORMAL)
        self.book.opened(ticket)
        event = self.by_owner(ticket, "opened", reason=ask.reason[:40])
        self._receipt(ticket, event, is_new=True)
        return Opened(ticket, is_new=True)

    def _joined(self, ticket: Ticket, ask: Ask) -> Opened:
        held = tickets.locked(self.session, ticket.id)
        if held.state not in states.LIVE:  # settled in this very moment by somebody else
            return self.open_(held.chat_id, ask)
        news = [said for said in ask.transcript if masking.mask(said) not in held.transcript]
        held.transcript = "\n".join(filter(None, (held.transcript, *map(masking.mask, news))))
        held.owner_at, held.bot_on = self.now, False
        tickets.touch(held, self.now)
        event = self.by_owner(held, "joined", ask.subject, reason=ask.reason[:40])
        self._receipt(held, event, is_new=False)
        return Opened(held, is_new=False)

    def _receipt(self, ticket: Ticket, event: TicketEvent, *, is_new: bool) -> None:
        text = wording.receipt(ticket, self.house, self.now, self.book.answer_by(ticket), is_new=is_new)
        self.post(ticket, event, Content(text=text))

    def tell(self, ticket: Ticket, text: str, file: File | None = None, source: str | None = None) -> TicketEvent:
        """The owner writes to the human who has, or will have, the ticket. Raises ``WrongStateError`` if it is over."""
        must_be_something(text, file)
        held = self.act(Act.TELL, ticket)
        held.owner_at = self.now
        event = self.by_owner(held, "told", text, file, source)
        self.book.told(held)
        self._notice(held, event)
        return event

    def _notice(self, ticket: Ticket, event: TicketEvent) -> None:
        """Out of hours the owner is told once when the desk opens."""
        calendar = self.house.calendar
        if calendar.is_open(self.now):
            return
        told = tickets.last(self.session, ticket.id, "opened", "joined", "notice")
        if told is not None and not calendar.is_open(told.at) and calendar.between(told.at, self.now) == 0:
            return
        notice = self.by_system(ticket, "notice", of=event.id)
        self.post(ticket, notice, Content(text=wording.closed_now(calendar, self.now)))

    def edited(self, ticket: Ticket, source: str, text: str) -> TicketEvent | None:
        """The owner changed a message; None where it was none of the ticket's."""
        before = tickets.by_source(self.session, ticket.id, source)
        if before is None:
            return None
        held = tickets.locked(self.session, ticket.id)
        tickets.touch(held, self.now)
        return self.by_owner(held, "edited", text, of=before.id)

    def give_back(self, ticket: Ticket) -> Ticket:
        """The owner wants the assistant to answer again; the ticket goes on."""
        return self._bot(ticket, "given_back", on=True)

    def take_back(self, ticket: Ticket) -> Ticket:
        """The owner wants to go on with the human."""
        return self._bot(ticket, "taken_back", on=False)

    def _bot(self, ticket: Ticket, act: str, *, on: bool) -> Ticket:
        held = tickets.locked(self.session, ticket.id)
        if held.bot_on != on:
            held.bot_on = on
            tickets.touch(held, self.now)
            self.by_owner(held, act)
        return held

    def reopen(self, ticket_id: int, chat_id: int) -> Ticket:
        """The owner is not satisfied. Raises ``NotYourTicketError``, ``WrongStateError``, ``LiveTicketError``."""
        held = self.take_up(Act.ASK_AGAIN, self.own(ticket_id, chat_id))
        held.owner_at = self.now
        event = self.by_owner(held, "reopened")
        self.post(held, event, Content(text=wording.reopened(held)))
        return held

    def grade(self, ticket_id: int, chat_id: int, number: int, words: str = "") -> Graded:
        """Grade a settled ticket, or change the grade within 24 hours. The answer to the owner is sent.

        Raises ``NotYourTicketError``, ``NotOverError``, ``NotAGradeError``, ``TooLateToChangeError``.
        """
        ticket = tickets.locked(self.session, self.own(ticket_id, chat_id).id)
        kept = self.session.get(TicketGrade, ticket.id)
        if kept is None and ticket.state not in states.OVER:
            raise grades.NotOverError
        before = grades.Grade(kept.grade) if kept else None
        given = grades.decide(grades.grade(number), before, kept.graded_at if kept else None, self.now)
        if kept is None:
            self.session.add(
                TicketGrade(ticket_id=ticket.id, grade=number, words=masking.mask(words), graded_at=self.now)
            )
        elif given.is_changed:
            kept.grade, kept.changed_at = number, self.now
            kept.words = masking.mask(words) or kept.words
        self.session.flush()
        tickets.touch(ticket, self.now)
        event = self.by_owner(ticket, "graded", words, grade=number, changed=given.is_changed)
        due = self._follow(ticket, given)
        self.post(ticket, event, Content(text=wording.thanks_for_grade(given, due)))
        return given

    def _follow(self, ticket: Ticket, given: Graded) -> Moment | None:
        follow = ticket_targets.follow_up(self.session, ticket.id)
        if given.follow_up is FollowUp.OPEN:
            begun = self.begin_follow_up(ticket)
            return Moment(begun.due_at, begun.provisional)
        if given.follow_up is FollowUp.WITHDRAW and follow is not None and follow.done_at is None:
            self._withdraw(ticket)
        return None

    def _withdraw(self, ticket: Ticket) -> None:
        """A grade was raised before anybody began to follow it up: nothing is left to do."""
        if ticket.state is not states.TicketState.REOPENED:
            return
        follow = ticket_targets.follow_up(self.session, ticket.id)
        if follow is not None:
            follow.withdrawn_at = self.now
        ticket.state, ticket.assignee_id, ticket.not_by_id = states.TicketState.RESOLVED, ticket.not_by_id, None
        ticket.resolved_at = self.now
        self.book.over(ticket)
        self.by_system(ticket, "follow_up_withdrawn")

    def own(self, ticket_id: int, chat_id: int) -> Ticket:
        """The ticket, if it is this owner's. Raises ``NotYourTicketError``."""
        ticket = self.session.get(Ticket, ticket_id)
        if ticket is None or ticket.chat_id != chat_id:
            raise NotYourTicketError
        return ticket
