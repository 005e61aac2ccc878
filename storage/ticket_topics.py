"""Which topic of the staff's group shows which ticket, and how much of it."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from storage.engine import changed
from storage.outbox import NewMessage
from storage.tables import Lane, Outbox, OutboxState, written
from storage.ticket_tables import LIVE, Ticket, TicketEvent, TicketState, TicketTopic

PENDING = written(OutboxState.READY, OutboxState.LEASED, OutboxState.SENDING)
FLAT = ""  # as a thread: the group has no topics, or we may not make any; everything goes to the group itself


def get(session: Session, ticket_id: int) -> TicketTopic | None:
    """The topic of a ticket, made or wished for."""
    return session.get(TicketTopic, ticket_id)


def of_thread(session: Session, chat_id: int, thread: str) -> TicketTopic | None:
    """The ticket's topic that has this number in the group."""
    return session.scalar(select(TicketTopic).where(TicketTopic.chat_id == chat_id, TicketTopic.thread_id == thread))


def of_message(session: Session, chat_id: int, message: str) -> Outbox | None:
    """The message of ours that has this number in the group. Looks through the group's messages, newest first."""
    mine = (Outbox.chat_id == chat_id, Outbox.provider_id == message)
    return session.scalars(select(Outbox).where(*mine).order_by(Outbox.id.desc()).limit(1)).first()


def leads_to_owner(row: Outbox) -> bool:
    """Whether an answer to this message of ours goes to the owner."""
    return row.checks is not None and bool(json.loads(row.checks).get("to_owner"))


def wish(session: Session, ticket: Ticket, chat_id: int, mirrored: int) -> TicketTopic:
    """A topic shall be made for a ticket; its card shows everything up to the event ``mirrored``."""
    topic = TicketTopic(ticket_id=ticket.id, chat_id=chat_id, mirrored=mirrored, card_version=ticket.version)
    session.add(topic)
    session.flush()
    return topic


def made(topic: TicketTopic, thread: str, now: datetime) -> None:
    """The topic is there."""
    topic.thread_id, topic.made_at = thread, now


def lose(topic: TicketTopic, now: datetime) -> None:
    """Somebody deleted the topic by hand, and the card in it."""
    topic.thread_id = topic.card_key = topic.made_at = None
    topic.lost_at = now


# What is to be done


def waiting(session: Session, limit: int) -> list[Ticket]:
    """Live tickets without a topic: first those somebody has claimed, then the oldest."""
    claimed = case((Ticket.state.in_(written(TicketState.OPEN, TicketState.REOPENED)), 1), else_=0)
    return list(session.scalars(select(Ticket).where(*_without()).order_by(claimed, Ticket.id).limit(limit)))


def waiting_count(session: Session) -> int:
    """How many live tickets have no topic."""
    return session.scalar(select(func.count()).select_from(Ticket).where(*_without())) or 0


def _without() -> tuple[ColumnElement[bool], ...]:
    has = select(TicketTopic.ticket_id).where(TicketTopic.ticket_id == Ticket.id).exists()
    return Ticket.state.in_(written(*LIVE)), ~has


def lost(session: Session, limit: int) -> list[tuple[Ticket, TicketTopic]]:
    """Topics that were deleted and not wished for again."""
    gone = select(Ticket, TicketTopic).join(TicketTopic, TicketTopic.ticket_id == Ticket.id)
    gone = gone.where(TicketTopic.thread_id.is_(None), TicketTopic.lost_at.is_not(None))
    rows = [(ticket, topic) for ticket, topic in session.execute(gone.order_by(TicketTopic.lost_at).limit(limit))]
    known = set(session.scalars(select(Outbox.key).where(Outbox.key.in_([opening(topic) for _, topic in rows]))))
    return [(ticket, topic) for ticket, topic in rows if opening(topic) not in known]


def behind(session: Session, limit: int, floor: int = 0) -> list[tuple[Ticket, TicketTopic]]:
    """Topics that do not show everything yet, the one that waits longest first; only events after ``floor`` count."""
    first = (
        select(TicketEvent.ticket_id, func.min(TicketEvent.id).label("next"))
        .join(TicketTopic, TicketTopic.ticket_id == TicketEvent.ticket_id)
        .where(TicketEvent.id > floor, TicketEvent.id > TicketTopic.mirrored)
        .group_by(TicketEvent.ticket_id)
        .order_by(func.min(TicketEvent.id))
        .limit(limit)
        .subquery()
    )
    found = (
        select(Ticket, TicketTopic)
        .join(TicketTopic, TicketTopic.ticket_id == Ticket.id)
        .join(first, first.c.ticket_id == Ticket.id)
        .order_by(first.c.next)
    )
    return [(ticket, topic) for ticket, topic in session.execute(found)]


def last_event(session: Session) -> int:
    """The newest event's id."""
    return session.scalar(select(func.max(TicketEvent.id))) or 0


def outdated(session: Session, states: Sequence[TicketState], limit: int) -> list[tuple[Ticket, TicketTopic]]:
    """Topics of tickets in these states whose card shows an older version of the ticket."""
    found = (
        select(Ticket, TicketTopic)
        .join(TicketTopic, TicketTopic.ticket_id == Ticket.id)
        .where(TicketTopic.card_version < Ticket.version, Ticket.state.in_(written(*states)))
        .order_by(Ticket.updated_at)
        .limit(limit)
    )
    return [(ticket, topic) for ticket, topic in session.execute(found)]


def pending(session: Session, chat_id: int) -> int:
    """How many messages wait to be sent to the group."""
    mine = (Outbox.chat_id == chat_id, Outbox.state.in_(PENDING))
    return session.scalar(select(func.count()).select_from(Outbox).where(*mine)) or 0


# Keys and places


def stamp(topic: TicketTopic) -> int:
    """Tells a topic made again from the one before it."""
    return round(topic.lost_at.timestamp() * 1000) if topic.lost_at else 0


def opening(topic: TicketTopic) -> str:
    """The outbox key under which the topic is made."""
    return f"ticket:{topic.ticket_id}:topic:{stamp(topic)}"


def is_opening(key: str) -> bool:
    """Whether a topic is made under this key: what happened before is to be shown in it."""
    return key.startswith("ticket:") and key.split(":")[2] == "topic"


def card(topic: TicketTopic) -> str:
    """The outbox key under which the card is sent; later cards edit it."""
    return f"ticket:{topic.ticket_id}:card:{stamp(topic)}"


def edited_card(topic: TicketTopic, version: int) -> str:
    """The outbox key of the card's edit that shows this version of the ticket."""
    return f"{card(topic)}:{version}"


def shown(topic: TicketTopic, event_id: int) -> str:
    """The outbox key under which an event is shown in the topic."""
    again = f":{stamp(topic)}" if topic.lost_at else ""
    return f"ticket:{topic.ticket_id}:{event_id}:desk{again}"


def message(
    key: str,
    chat_id: int,
    content: str,
    ticket_id: int | None = None,
    *,
    edits: str = "",
    to_owner: bool = False,
    belongs: int | None = None,
) -> NewMessage:
    """A message to a ticket's topic. ``to_owner``: an answer to it goes to the owner.

    ``edits`` is an outbox key; which message that is is looked up when this one is sent. ``belongs``: the stamp of
    the topic it is for; in a topic made again all is shown anew.
    """
    place = {"ticket": ticket_id, "edits": edits, "to_owner": to_owner, "belongs": belongs}
    wanted = {name: value for name, value in place.items() if value is not None and value != "" and value is not False}
    kept = json.dumps(wanted) if ticket_id is not None else None
    return NewMessage(key, chat_id, Lane.TICKET, content, checks=kept)


def revive(session: Session, chat_id: int, now: datetime) -> int:
    """What was not sent because the group had shut us out is sent after all. Returns how many messages."""
    shut_out = or_(
        and_(Outbox.state == OutboxState.SKIPPED, Outbox.reason == "blocked"),
        and_(Outbox.state == OutboxState.DEAD, Outbox.reason.like("blocked%")),
    )
    values = {"state": OutboxState.READY, "not_before": now, "attempts": 0, "reason": None}
    return changed(session, update(Outbox).where(Outbox.chat_id == chat_id, shut_out).values(**values))
