"""Tickets and what happened to them: rows, numbers, one live ticket for a person and subject, the log."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from storage import masking, times
from storage.content import File
from storage.engine import changed, insert
from storage.tables import Chat, Outbox, OutboxState, written
from storage.ticket_tables import (
    LIVE,
    Actor,
    Priority,
    Staff,
    Ticket,
    TicketDay,
    TicketEvent,
    TicketKind,
    TicketState,
)

Pairs = Iterable[tuple[str, str]]
OWNED = written(*LIVE)
FAILED = (OutboxState.DEAD, OutboxState.SKIPPED, OutboxState.UNKNOWN)
DEFAULTS = {"priority": Priority.NORMAL, "state": TicketState.OPEN, "bot_on": False, "version": 1}
_TRIES = 5


class NumberTakenError(RuntimeError):
    """A live ticket of the same subject came and went while this one was being opened; try again."""


@dataclass(frozen=True)
class Added:
    """A ticket, and whether it was opened just now or lived already."""

    ticket: Ticket
    is_new: bool


@dataclass(frozen=True)
class Undelivered:
    """A message to an owner that did not arrive."""

    ticket: Ticket
    event: TicketEvent
    row: Outbox


def add(
    session: Session,
    chat_id: int,
    subject: str,
    measure: str | None,
    reason: str,
    transcript: str,
    now: datetime,
    *,
    kind: TicketKind = TicketKind.ADVISORY,
    department: str | None = None,
    facts: Pairs = (),
    candidates: Pairs = (),
    details: Pairs = (),
    called: str = "",
) -> Added:
    """Open a ticket, or find the live one of the same subject. What people said is masked.

    ``transcript`` is what was said so far, a line each. The same subject: the same measure, or where there is none
    the same kind.
    """
    key = (measure or kind.value)[:64]
    for _ in range(_TRIES):
        if (live := of_subject(session, chat_id, key)) is not None:
            return Added(live, is_new=False)
        values = {
            "number": next_number(session, now),
            "chat_id": chat_id,
            "kind": kind,
            "subject": masking.mask(subject)[:200],
            "subject_key": key,
            "measure": measure,
            "department": department,
            "reason": reason[:40],
            "transcript": masking.mask(transcript),
            "facts": _json(facts),
            "candidates": _json(candidates),
            "details": _json(details),
            "called": masking.mask(called)[:40],
            "created_at": now,
            "updated_at": now,
            "owner_at": now,
        }
        added = session.execute(
            insert(session, Ticket).values(**DEFAULTS, **values).on_conflict_do_nothing().returning(Ticket.id)
        ).scalar_one_or_none()
        if added is not None:
            return Added(session.get_one(Ticket, added), is_new=True)
    raise NumberTakenError(NumberTakenError.__doc__)


def next_number(session: Session, now: datetime) -> str:
    """``HD-20261121-0007``: the next of the day in Asia/Shanghai. The counter's row makes it unique."""
    day = now.astimezone(times.SHANGHAI).date()
    counted = session.execute(
        insert(session, TicketDay)
        .values(day=day, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": TicketDay.last + 1})
        .returning(TicketDay.last)
    ).scalar_one()
    return f"HD-{day:%Y%m%d}-{counted:04d}"


def _json(pairs: Pairs) -> str:
    return json.dumps([[label, masking.mask(value)] for label, value in pairs], ensure_ascii=False)


def pairs(text: str) -> list[tuple[str, str]]:
    """Facts, candidates or details of a ticket, as they were given."""
    return [(str(label), str(value)) for label, value in json.loads(text)]


# Finding


def of_subject(session: Session, chat_id: int, key: str) -> Ticket | None:
    """The live ticket of a person on a subject."""
    return session.scalar(
        select(Ticket).where(Ticket.chat_id == chat_id, Ticket.subject_key == key, Ticket.state.in_(OWNED))
    )


def live(session: Session, chat_id: int) -> Ticket | None:
    """The live ticket a person talks in: the one last touched."""
    newest = select(Ticket).where(Ticket.chat_id == chat_id, Ticket.state.in_(OWNED))
    return session.scalars(newest.order_by(Ticket.updated_at.desc(), Ticket.id.desc()).limit(1)).first()


def locked(session: Session, ticket_id: int) -> Ticket:
    """The ticket as it stands now, held against others until the transaction ends."""
    return session.get_one(Ticket, ticket_id, with_for_update={"key_share": True}, populate_existing=True)


def by_number(session: Session, number: str) -> Ticket | None:
    """The ticket of this number."""
    return session.scalar(select(Ticket).where(Ticket.number == number))


def by_tail(session: Session, tail: str, limit: int = 2) -> list[Ticket]:
    """Tickets whose number ends in ``-tail``, newest first."""
    ends = select(Ticket).where(Ticket.number.like(f"HD-%-{tail}")).order_by(Ticket.id.desc()).limit(limit)
    return list(session.scalars(ends))


def in_states(session: Session, states: Sequence[TicketState], limit: int = 1000) -> list[Ticket]:
    """Tickets in these states, oldest first."""
    return list(session.scalars(select(Ticket).where(Ticket.state.in_(states)).order_by(Ticket.id).limit(limit)))


def open_count(session: Session) -> int:
    """How many tickets a human still owes something."""
    return session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state.in_(OWNED))) or 0


def search(session: Session, words: str, limit: int = 50) -> list[Ticket]:
    """Tickets whose number, subject, transcript or log holds every one of the words, newest first."""
    found = select(Ticket)
    for word in words.split():
        like = f"%{_escaped(word)}%"
        inside = (
            select(TicketEvent.id)
            .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.text.like(like, escape="\\"))
            .exists()
        )
        texts = (Ticket.number, Ticket.subject, Ticket.transcript, Ticket.measure)
        found = found.where(or_(inside, *(text.like(like, escape="\\") for text in texts)))
    return list(session.scalars(found.order_by(Ticket.id.desc()).limit(limit)))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# Acts


def claim(session: Session, ticket_id: int, staff_id: int, now: datetime) -> bool:
    """Take a ticket nobody has. Compare and set: of several at once, one gets it."""
    free = (Ticket.id == ticket_id, Ticket.state.in_(written(TicketState.OPEN, TicketState.REOPENED)))
    values = {
        "state": TicketState.CLAIMED,
        "assignee_id": staff_id,
        "claimed_at": now,
        "updated_at": now,
        "version": Ticket.version + 1,
    }
    return changed(session, update(Ticket).where(*free, Ticket.assignee_id.is_(None)).values(**values)) == 1


def touch(ticket: Ticket, now: datetime) -> None:
    """Something about a held ticket changed."""
    ticket.version += 1
    ticket.updated_at = now


# The log


def note(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    act: str,
    now: datetime,
    *,
    staff: Staff | None = None,
    text: str = "",
    file: File | None = None,
    source: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> TicketEvent:
    """Add a line to a ticket's log; texts are masked. ``detail`` holds no text of a person."""
    event = TicketEvent(
        ticket_id=ticket.id,
        at=now,
        actor=actor,
        staff_id=staff.id if staff else None,
        act=act,
        text=masking.mask(text),
        detail=json.dumps(detail or {}, ensure_ascii=False),
        file_kind=file.kind if file else None,
        file_id=file.id if file else None,
        file_name=masking.mask(file.name)[:120] if file and file.name else None,
        source=source,
    )
    session.add(event)
    session.flush()
    return event


def events_of(session: Session, ticket_id: int, after: int = 0, limit: int = 500) -> list[TicketEvent]:
    """A ticket's log after an event, in order."""
    log = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.id > after)
    return list(session.scalars(log.order_by(TicketEvent.id).limit(limit)))


def feed(session: Session, after: int, limit: int = 200) -> list[tuple[Ticket, TicketEvent]]:
    """Everything that happened after an event, of all tickets, in order."""
    log = select(Ticket, TicketEvent).join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
    rows = session.execute(log.where(TicketEvent.id > after).order_by(TicketEvent.id).limit(limit))
    return [(ticket, event) for ticket, event in rows]


def by_source(session: Session, ticket_id: int, source: str) -> TicketEvent | None:
    """The event that a message of the channel caused."""
    log = select(TicketEvent).where(TicketEvent.source == source, TicketEvent.ticket_id == ticket_id)
    return session.scalars(log.order_by(TicketEvent.id).limit(1)).first()


def last(session: Session, ticket_id: int, *acts: str) -> TicketEvent | None:
    """The last event of these kinds."""
    log = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.act.in_(acts))
    return session.scalars(log.order_by(TicketEvent.id.desc()).limit(1)).first()


# Messages to the owner


def key(event: TicketEvent) -> str:
    """The outbox key of the message an event sends to the owner."""
    return f"ticket:{event.ticket_id}:{event.id}"


def deliveries(session: Session, ticket_id: int) -> dict[int, Outbox]:
    """What became of the messages to the owner, by event."""
    keys = {key(event): event.id for event in events_of(session, ticket_id)}
    rows = session.scalars(select(Outbox).where(Outbox.key.in_(list(keys)))) if keys else ()
    return {keys[row.key]: row for row in rows}


def undelivered(session: Session, limit: int = 200) -> list[Undelivered]:
    """Messages to owners that did not arrive and are not noted as such yet."""
    noted = select(TicketEvent.id).where(TicketEvent.act == "undelivered", TicketEvent.source == Outbox.key).exists()
    rows = session.scalars(
        select(Outbox)
        .where(Outbox.key >= "ticket:", Outbox.key < "ticket;", Outbox.state.in_(FAILED), ~noted)
        .order_by(Outbox.id)
        .limit(limit)
    )
    found = []
    for row in rows:
        parts = row.key.split(":")
        if len(parts) != 3 or not parts[2].isdecimal():
            continue
        event = session.get(TicketEvent, int(parts[2]))
        if event is not None:
            found.append(Undelivered(session.get_one(Ticket, event.ticket_id), event, row))
    return found


def note_undelivered(session: Session, failed: Undelivered, now: datetime) -> int | None:
    """Note that a message did not arrive: its event's id, None where another process was faster."""
    detail = {"of": failed.event.id, "reason": failed.row.reason or failed.row.state.value}
    return session.execute(
        insert(session, TicketEvent)
        .values(
            ticket_id=failed.ticket.id,
            at=now,
            actor=Actor.SYSTEM,
            act="undelivered",
            text="",
            detail=json.dumps(detail, ensure_ascii=False),
            source=failed.row.key,
        )
        .on_conflict_do_nothing()
        .returning(TicketEvent.id)
    ).scalar_one_or_none()


def detail(event: TicketEvent) -> dict[str, object]:
    """An event's particulars."""
    return dict(json.loads(event.detail))


def chat_of(session: Session, ticket: Ticket) -> Chat:
    """The owner's chat."""
    return session.get_one(Chat, ticket.chat_id)
