"""Chats: found or made by channel and address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, String, Update, bindparam, or_, select, update
from sqlalchemy.orm import Session

from storage.engine import added, changed, table
from storage.tables import Chat, ChatKind, Outbox, OutboxState
from storage.times import UtcDateTime


@dataclass(frozen=True)
class Pace:
    """When a chat may be sent to again, and a group's running allowance."""

    chat_id: int
    next_at: datetime
    burst_until: datetime | None


def find(session: Session, channel: str, address: str) -> Chat | None:
    """The chat with this address, if one is known."""
    return session.scalar(_by_address(), {"channel": channel, "address": address})


@cache
def _by_address() -> Select[Chat]:
    # Built once, as all statements that every message needs: putting one together takes longer than running it.
    channel, address = bindparam("channel", type_=String), bindparam("address", type_=String)
    return select(Chat).where(Chat.channel == channel, Chat.address == address)


def ensure(session: Session, channel: str, address: str, kind: ChatKind, now: datetime) -> Chat:
    """The chat with this address, made on first sight. A chat that speaks to us has not blocked us."""
    chat = find(session, channel, address)
    if chat is None:
        added(session, Chat, [{"channel": channel, "address": address, "kind": kind, "created_at": now}])
        chat = session.scalars(_by_address(), {"channel": channel, "address": address}).one()
    return chat


def block(session: Session, chat_id: int, now: datetime) -> None:
    """Note that the chat takes no messages from us any more."""
    session.execute(update(Chat).where(Chat.id == chat_id, Chat.blocked_at.is_(None)).values(blocked_at=now))


def unblock(session: Session, chat_id: int) -> None:
    """The chat speaks to us again."""
    session.execute(update(Chat).where(Chat.id == chat_id).values(blocked_at=None))


def hold(session: Session, *waits: tuple[int, datetime]) -> None:
    """Send nothing to these chats before these moments; a later moment already noted stays."""
    changed(session, _held(), [{"which": number, "next_at": until, "until": until} for number, until in waits])


@cache
def _held() -> Update:
    chat = table(Chat).c
    sooner = or_(chat.next_at.is_(None), chat.next_at < bindparam("until", type_=UtcDateTime()))
    return update(table(Chat)).where(chat.id == bindparam("which"), sooner)


def pace(session: Session, paces: Sequence[Pace]) -> None:
    """Note when chats may be sent to again, and groups' running allowances."""
    if paces:
        changed(
            session,
            _paced(),
            [{"which": pace.chat_id, "next_at": pace.next_at, "burst_until": pace.burst_until} for pace in paces],
        )


@cache
def _paced() -> Update:
    return update(table(Chat)).where(table(Chat).c.id == bindparam("which"))


def readdress(session: Session, chat_id: int, address: str) -> None:
    """The group moved to another address; what still waits for it moves along."""
    chat = session.get_one(Chat, chat_id)
    known = find(session, chat.channel, address)
    if known is None:
        chat.address = address
    elif known.id != chat_id:
        waiting = (Outbox.chat_id == chat_id, Outbox.state == OutboxState.READY)
        session.execute(update(Outbox).where(*waiting).values(chat_id=known.id))
