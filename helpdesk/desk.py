"""What staff do with tickets; the terminal and the group use nothing else. Each act is one transaction of its caller."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from helpdesk import canned, posts, proposals, states, wording
from helpdesk.acts import Acts, must_be_sendable, standing, within
from helpdesk.business_calendar import Moment
from helpdesk.states import (
    Act,
    AlreadyClaimedError,
    DeskError,
    Member,
    NoSuchStaffError,
    NoSuchTicketError,
    NotStaffError,
)
from storage import staff as roster
from storage import ticket_targets, tickets
from storage.content import Content, File
from storage.ticket_tables import LIVE, KbProposal, Priority, Staff, Ticket, TicketEvent

MINUTE = timedelta(minutes=1)


class NotYourMessageError(DeskError):
    """这条不是您发的，不能改"""


class SameStaffError(DeskError):
    """工单 {} 本来就在 {} 手里"""


class NoSuchDepartmentError(DeskError):
    """知识库里没有单位“{}”"""


class NotEditableError(DeskError):
    """只有答复和备注能改"""


@dataclass(frozen=True)
class Replied:
    """An answer on its way. ``warnings`` are for whoever wrote it."""

    event: TicketEvent
    key: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """A settled ticket, and the entry it proposes for the knowledge base."""

    event: TicketEvent
    proposal: KbProposal | None


@dataclass(frozen=True)
class Line:
    """A ticket in the queue. ``due``: what is due first; ``is_late``: something owed is over its time."""

    ticket: Ticket
    due: Moment | None
    is_late: bool
    assignee: str


class Desk(Acts):
    """One transaction of a desk at one moment."""

    # Finding

    def find(self, name: str) -> Ticket:
        """The ticket of a number, or the newest whose number ends so. Raises ``NoSuchTicketError``."""
        name = name.strip().upper().removeprefix("#")
        if name.startswith("HD-"):
            found = tickets.by_number(self.session, name)
        else:
            tails = tickets.by_tail(self.session, f"{name:0>4}") if name.isdecimal() else []
            found = tails[0] if tails else None
        if found is None:
            raise NoSuchTicketError(name)
        return found

    def member(self, channel: str, address: str) -> Staff:
        """Whoever writes from an address. Raises ``NotStaffError``."""
        found = roster.find(self.session, channel, address)
        if found is None or not found.active:
            raise NotStaffError
        return found

    def colleague(self, name: str) -> Staff:
        """The colleague of a name or number. Raises ``NoSuchStaffError``, also where several are called so."""
        found = roster.named(self.session, name)
        if len(found) != 1:
            raise NoSuchStaffError(name)
        return found[0]

    def queue(self, states_: Iterable[states.TicketState] = LIVE) -> list[Line]:
        """Tickets in these states: what is due first comes first."""
        names, first = self.names(), ticket_targets.due(self.session)
        lines = []
        for ticket in tickets.in_states(self.session, list(states_)):
            due = Moment(*first[ticket.id]) if ticket.id in first else None
            late = due is not None and due.at <= self.now
            lines.append(Line(ticket, due, late, names.get(ticket.assignee_id or 0, "")))
        return sorted(lines, key=lambda line: (line.due is None, line.due.at if line.due else 0, line.ticket.id))

    def line(self, ticket: Ticket) -> Line:
        """One ticket as the queue shows it."""
        due = self.book.due(ticket)
        late = due is not None and due.at <= self.now
        return Line(ticket, due, late, self.name_of(ticket.assignee_id))

    def search(self, words: str, limit: int = 50) -> list[Ticket]:
        """Tickets that hold all the words, newest first."""
        return tickets.search(self.session, words, limit)

    def name_of(self, number: int | None) -> str:
        """A colleague's name; empty for nobody."""
        found = roster.get(self.session, number)
        return found.name if found else ""

    def names(self) -> dict[int, str]:
        """All colleagues' names by number."""
        return {one.id: one.name for one in roster.listed(self.session)}

    def card(self, ticket: Ticket) -> list[tuple[str, str]]:
        """The head of a ticket: (label, text)."""
        return wording.card(ticket, self.house, self.name_of(ticket.assignee_id), self.book.due(ticket), self.now)

    def canned(self, ticket: Ticket | None, words: str = "") -> list[canned.Canned]:
        """Ready answers from the catalogue for a ticket or for words, each with its source."""
        return canned.find(self.house, ticket, words, self.now)

    # Acts

    def claim(self, ticket: Ticket, staff: Staff) -> Ticket:
        """Take a ticket. Of several at once one gets it; the others are told who. Raises ``AlreadyClaimedError``."""
        _working(staff)
        self.session.refresh(ticket)
        if ticket.assignee_id == staff.id and ticket.state in states.HELD:
            return ticket
        if ticket.state in states.HELD:
            raise AlreadyClaimedError(ticket.number, self.name_of(ticket.assignee_id))
        states.check(Act.CLAIM, standing(ticket), ticket.number, Member(staff.id, staff.role))
        taken = tickets.claim(self.session, ticket.id, staff.id, self.now)
        self.session.refresh(ticket)
        if not taken:
            raise AlreadyClaimedError(ticket.number, self.name_of(ticket.assignee_id))
        event = self.by_staff(ticket, "claimed", staff)
        self.post(ticket, event, Content(text=wording.claimed(ticket)))
        return ticket

    def release(self, ticket: Ticket, staff: Staff, why: str = "") -> Ticket:
        """Give a ticket back to the queue."""
        _working(staff)
        held = self.act(Act.RELEASE, ticket, staff)
        self.by_staff(held, "released", staff, why)
        return held

    def transfer(
        self, ticket: Ticket, staff: Staff, to: Staff | None = None, department: str | None = None, why: str = ""
    ) -> Ticket:
        """Hand a ticket to a colleague, or to the queue with another department. ``department``: id of a channel."""
        _working(staff)
        if to is not None:
            _working(to)
            if to.id == ticket.assignee_id and ticket.state in states.HELD:
                raise SameStaffError(ticket.number, to.name)
        if department is not None and not self.house.department_name(department):
            raise NoSuchDepartmentError(department)
        held = self.act(Act.TRANSFER, ticket, staff, to=to.id if to else None)
        held.department = department or held.department
        held.claimed_at = self.now if to else held.claimed_at
        self.by_staff(held, "transferred", staff, why, to=to.id if to else None, department=department)
        return held

    def reply(
        self,
        ticket: Ticket,
        staff: Staff,
        text: str,
        file: File | None = None,
        source: str | None = None,
        ready: str = "",
    ) -> Replied:
        """Answer the owner. A ticket nobody has is taken by it. ``ready``: the id of the ready answer that is sent."""
        _working(staff)
        must_be_sendable(text, file)
        before = tickets.last(self.session, tickets.locked(self.session, ticket.id).id, "replied")
        was_free = ticket.state in states.FREE
        held = self.act(Act.REPLY, ticket, staff)
        warnings: tuple[str, ...] = ()
        if before is not None and within(before, self.now, MINUTE) and before.staff_id != staff.id:
            seconds = (self.now - before.at).total_seconds()
            warnings = (wording.soon_after(self.name_of(before.staff_id), seconds),)
        if was_free:
            held.claimed_at = self.now
            self.by_staff(held, "claimed", staff)
        detail: dict[str, object] = {"soon_after": before.id} if before and warnings else {}
        if ready:
            detail["canned"] = ready
        event = self.by_staff(held, "replied", staff, text, file, source, **detail)
        held.answered_at = held.answered_at or self.now
        held.staff_at, held.bot_on = self.now, False
        self.book.answered(held)
        return Replied(event, self.post(held, event, Content(text=wording.STAFF + text, file=file)), warnings)

    def note(
        self, ticket: Ticket, staff: Staff, text: str, file: File | None = None, source: str | None = None
    ) -> TicketEvent:
        """A word among colleagues; the owner never sees it."""
        _working(staff)
        if file is None and not text.strip():
            raise states.EmptyReplyError
        return self.by_staff(self.act(Act.NOTE, ticket, staff), "noted", staff, text, file, source)

    def edited(self, event: TicketEvent, staff: Staff, text: str) -> str:
        """Correct an answer or a note. Returns ``replaced``, ``edited``, ``again`` (see posts.correct) or ``noted``."""
        _working(staff)
        if event.act not in {"replied", "noted"}:
            raise NotEditableError
        if event.staff_id != staff.id:
            raise NotYourMessageError
        ticket = tickets.locked(self.session, event.ticket_id)
        file = file_of(event)
        must_be_sendable(text, file if event.act == "replied" else None)
        tickets.touch(ticket, self.now)
        change = self.by_staff(ticket, "edited", staff, text, of=event.id)
        if event.act == "noted":
            return "noted"
        content = Content(text=wording.STAFF + text, file=file)
        return posts.correct(self.session, ticket, event, change, content, self.now)

    def resolve(self, ticket: Ticket, staff: Staff, words: str = "") -> Resolved:
        """Settle a ticket. The owner is told and may grade; an answered question is proposed to the keepers."""
        _working(staff)
        held = self.act(Act.RESOLVE, ticket, staff)
        event = self.by_staff(held, "resolved", staff, words)
        self.settle(held, event, words)
        return Resolved(event, proposals.offer(self.session, self.house, held, staff, self.now))

    def close(self, ticket: Ticket, staff: Staff, why: str = "") -> Ticket:
        """Close a settled ticket for good, before its days are over."""
        _working(staff)
        held = self.act(Act.CLOSE, ticket, staff)
        held.closed_at = self.now
        self.by_staff(held, "closed", staff, why)
        return held

    def reopen(self, ticket: Ticket, staff: Staff, why: str = "") -> Ticket:
        """Take a settled ticket up again. Raises ``LiveTicketError``."""
        _working(staff)
        held = self.take_up(Act.REOPEN, ticket, staff)
        event = self.by_staff(held, "reopened", staff, why)
        self.post(held, event, Content(text=wording.reopened(held)))
        return held

    def prioritise(self, ticket: Ticket, staff: Staff, priority: Priority) -> Ticket:
        """Make a ticket more or less urgent; what is owed moves with it."""
        _working(staff)
        held = self.act(Act.PRIORITISE, ticket, staff)
        before, held.priority = held.priority, priority
        self.book.prioritised(held, before)
        self.by_staff(held, "prioritised", staff, priority=priority.value, before=before.value)
        return held

    def note_undelivered(self) -> list[TicketEvent]:
        """Note messages that did not reach owners, each once. Returns the new events."""
        found = []
        for failed in tickets.undelivered(self.session):
            number = tickets.note_undelivered(self.session, failed, self.now)
            if number is not None:
                failed.ticket.version += 1
                found.append(self.session.get_one(TicketEvent, number))
        return found


def file_of(event: TicketEvent) -> File | None:
    """The file an event carries."""
    if event.file_kind is None or event.file_id is None:
        return None
    return File.model_validate({"kind": event.file_kind, "id": event.file_id, "name": event.file_name})


def _working(staff: Staff) -> None:
    if not staff.active:
        raise NotStaffError
