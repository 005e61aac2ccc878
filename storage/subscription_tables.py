"""Tables of what people want to be told: who agreed, to what, what is due to them, what was told before."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, BigId, choice_column


class Scope(StrEnum):
    """How much a subscription covers."""

    MEASURE = "measure"  # one measure and the other editions of its lineage
    CATEGORY = "category"
    ALL = "all"  # every date that concerns the enterprise


class Digest(StrEnum):
    """How several things to tell become messages."""

    OFF = "off"  # one each, as far as the daily number allows
    DAILY = "daily"
    WEEKLY = "weekly"


class Subscriber(Base):
    """Somebody who agreed to be written to, and how. Without this row nobody is."""

    __tablename__ = "subscribers"
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    consent_at: Mapped[datetime]
    matches: Mapped[bool] = mapped_column(Boolean, default=True)  # tell of measures that fit the kept enterprise
    most_a_day: Mapped[int] = mapped_column(Integer, default=2)  # messages
    digest: Mapped[Digest] = mapped_column(choice_column(Digest), default=Digest.OFF)
    muted_until: Mapped[datetime | None]


class Subscription(Base):
    """One thing a subscriber asked for. `name`: measure id or category, empty for all."""

    __tablename__ = "subscriptions"
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscribers.chat_id", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[Scope] = mapped_column(choice_column(Scope), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    since: Mapped[datetime]


_PENDING = text("outbox_key IS NULL AND dropped IS NULL")


class Notice(Base):
    """Something one person is to be told, once for ever under its key. The clock only inserts; `outbox_key` is the
    message it went into, `dropped` why it will not be told.
    """

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160))
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscribers.chat_id", ondelete="CASCADE"))
    measure: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(12))  # see policy_kb/deadlines
    deadline: Mapped[str] = mapped_column(String(60), default="")  # id within the measure
    day: Mapped[date | None] = mapped_column(Date)  # the day the deadline is
    planned: Mapped[date] = mapped_column(Date)  # the day it was to be told
    enterprise_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("enterprises.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    outbox_key: Mapped[str | None] = mapped_column(String(160))
    put_at: Mapped[datetime | None]  # when it went into that message
    dropped: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (
        Index("uq_notices_key", "key", unique=True),
        Index("ix_notices_pending", "chat_id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_notices_chat", "chat_id", "put_at"),
        Index("ix_notices_outbox_key", "outbox_key"),
        {"sqlite_autoincrement": True},
    )


class Announced(Base):
    """A version of a measure that was in force and has been told of to whom it fits."""

    __tablename__ = "announced_measures"
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]


class Matched(Base):
    """The version of an enterprise's facts that was last held against all measures."""

    __tablename__ = "matched_enterprises"
    enterprise_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("enterprises.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer)
