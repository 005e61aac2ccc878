"""Chats: found or made by channel and address."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from storage.engine import insert
from storage.tables import Chat, ChatKind, Outbox, OutboxState


def find(session: Session, channel: str, address: str) -> Chat | None:
    """The chat with this address, if one is known."""
    return session.scalar(select(Chat).where(Chat.channel == channel, Chat.address == address))


def ensure(session: Session, channel: str, address: str, kind: ChatKind, now: datetime) -> Chat:
    """The chat with this address, made on first sight. A chat that speaks to us has not blocked us."""
    chat = find(session, channel, address)
    if chat is None:
        session.execute(
            insert(session, Chat)
            .values(channel=channel, address=address, kind=kind, created_at=now)
            .on_conflict_do_nothing()
        )
        chat = session.scalars(select(Chat).where(Chat.channel == channel, Chat.address == address)).one()
    return chat


def block(session: Session, chat_id: int, now: datetime) -> None:
    """Note that the chat takes no messages from us any more."""
    session.execute(update(Chat).where(Chat.id == chat_id, Chat.blocked_at.is_(None)).values(blocked_at=now))


def unblock(session: Session, chat_id: int) -> None:
    """The chat speaks to us again."""
    session.execute(update(Chat).where(Chat.id == chat_id).values(blocked_at=None))


def hold(session: Session, chat_id: int, until: datetime) -> None:
    """Send nothing to the chat before ``until``; a later moment already noted stays."""
    sooner = or_(Chat.next_at.is_(None), Chat.next_at < until)
    session.execute(update(Chat).where(Chat.id == chat_id, sooner).values(next_at=until))


def pace(session: Session, chat_id: int, next_at: datetime, burst_until: datetime | None) -> None:
    """Note when the chat may be sent to again, and a group's running allowance."""
    session.execute(update(Chat).where(Chat.id == chat_id).values(next_at=next_at, burst_until=burst_until))


def readdress(session: Session, chat_id: int, address: str) -> None:
    """The group moved to another address; what still waits for it moves along."""
    chat = session.get_one(Chat, chat_id)
    known = find(session, chat.channel, address)
    if known is None:
        chat.address = address
    elif known.id != chat_id:
        waiting = (Outbox.chat_id == chat_id, Outbox.state == OutboxState.READY)
        session.execute(update(Outbox).where(*waiting).values(chat_id=known.id))
