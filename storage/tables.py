"""Every table, typed. A column's comment says what its name cannot."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.times import UtcDateTime

BigId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime()}


class InboxState(StrEnum):
    """Waiting, in hand, answered, set aside."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class OutboxState(StrEnum):
    """See storage/outbox."""

    READY = "ready"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Lane(IntEnum):
    """Who goes first: a lower number overtakes a higher one."""

    INTERACTIVE = 0
    TICKET = 1
    REMINDER = 2
    BULK = 3


class ChatKind(StrEnum):
    """With one person, or with several."""

    PRIVATE = "private"
    GROUP = "group"


def written(*states: StrEnum) -> list[ColumnElement[str]]:
    """States written into the statement: a database uses a partial index only where it can see its condition."""
    return [literal_column(f"'{state.value}'") for state in states]


def choice_column(kind: type[StrEnum]) -> Enum:
    """A column of one of these words, kept as text."""
    return Enum(
        kind, native_enum=False, length=16, values_callable=lambda members: [member.value for member in members]
    )


class Chat(Base):
    """Where messages go to and come from: one talk partner, or one group, of one channel."""

    __tablename__ = "chats"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ChatKind] = mapped_column(choice_column(ChatKind), default=ChatKind.PRIVATE)
    created_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]  # nothing is sent before this moment (pacing, flood waits)
    burst_until: Mapped[datetime | None]  # the group rule's running allowance, see scheduler/pacing

    __table_args__ = (Index("uq_chats_channel_address", "channel", "address", unique=True),)


class Talk(Base):
    """What a conversation remembers: opaque JSON with the version of its shape."""

    __tablename__ = "sessions"
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    speaker: Mapped[str] = mapped_column(String(64), primary_key=True, default="")  # in groups: who speaks
    version: Mapped[int] = mapped_column(Integer)
    data: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


_PENDING_IN = text("state IN ('ready', 'leased')")
_LEASED_IN = text("state = 'leased'")


class Inbox(Base):
    """Updates as they came, committed before they are confirmed to the channel."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    update_id: Mapped[int | None] = mapped_column(BigInteger)  # emptied when the channel may use the number again
    chat: Mapped[str | None] = mapped_column(String(64))  # empty: could not be read
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[InboxState] = mapped_column(choice_column(InboxState), default=InboxState.READY)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_inbox_channel_update_id", "channel", "update_id", unique=True),
        # The database itself guarantees that a chat has one update in hand at most.
        Index(
            "uq_inbox_one_in_hand",
            "channel",
            "chat",
            unique=True,
            sqlite_where=_LEASED_IN,
            postgresql_where=_LEASED_IN,
        ),
        # Beginning with the channel: SQLite prefers an index over all rows ever to a short one that knows no channel.
        Index("ix_inbox_queue", "channel", "id", sqlite_where=_PENDING_IN, postgresql_where=_PENDING_IN),
        Index(
            "ix_inbox_pending",
            "channel",
            "chat",
            "update_id",
            sqlite_where=_PENDING_IN,
            postgresql_where=_PENDING_IN,
        ),
        Index("ix_inbox_chat", "channel", "chat", "id"),
        {"sqlite_autoincrement": True},  # ids are part of reply keys and must never be used again
    )


_PENDING_OUT = text("state IN ('ready', 'leased', 'sending')")
_IN_FLIGHT = text("state IN ('leased', 'sending')")


class Outbox(Base):
    """Every message to people: replies, tickets, reminders, campaigns."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160))
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    lane: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)  # JSON, see scheduler/content
    checks: Mapped[str | None] = mapped_column(Text)  # JSON for the checks at the moment of sending
    state: Mapped[OutboxState] = mapped_column(choice_column(OutboxState), default=OutboxState.READY)
    reason: Mapped[str | None] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_outbox_key", "key", unique=True),
        Index("uq_outbox_one_in_flight", "chat_id", unique=True, sqlite_where=_IN_FLIGHT, postgresql_where=_IN_FLIGHT),
        Index("ix_outbox_queue", "lane", "not_before", "id", sqlite_where=_PENDING_OUT, postgresql_where=_PENDING_OUT),
        Index("ix_outbox_pending", "chat_id", "lane", "id", sqlite_where=_PENDING_OUT, postgresql_where=_PENDING_OUT),
        Index("ix_outbox_chat", "chat_id", "id"),
        {"sqlite_autoincrement": True},
    )


class Unanswered(Base):
    """A question the knowledge base had no basis for; masked, for the keepers."""

    __tablename__ = "unanswered"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("chats.id"))
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]

    __table_args__ = (Index("ix_unanswered_asked_at", "asked_at"),)


class Transcript(Base):
    """One question and its answer, masked, with the catalogue version that gave it."""

    __tablename__ = "transcripts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(24))
    catalogue: Mapped[str] = mapped_column(String(64))
    said_at: Mapped[datetime]

    __table_args__ = (Index("ix_transcripts_chat", "chat_id", "said_at"),)


class Event(Base):
    """What happened, for counting and for audit; outlives the person's data behind a one-way token."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(96))
    detail: Mapped[str] = mapped_column(Text, default="{}")

    __table_args__ = (Index("ix_events_action", "action", "at"), Index("ix_events_subject", "subject"))


class Leader(Base):
    """Which process holds an office of which there is one: bulk sender, clock."""

    __tablename__ = "leaders"
    office: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]
