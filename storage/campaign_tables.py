"""Tables of campaigns: what staff send to many, to whom, and what became of it; and of guesses at link codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, BigId


class Campaign(Base):
    """One message of staff to many. What became of each copy stands in the outbox, nowhere else."""

    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)  # without the closing line and the buttons, which every push carries
    measure: Mapped[str | None] = mapped_column(String(40))
    measure_version: Mapped[int | None] = mapped_column(Integer)
    audience: Mapped[str] = mapped_column(Text)  # JSON, see scheduler/audiences
    state: Mapped[str] = mapped_column(String(16), default="draft")  # draft | running | stopped
    spread_minutes: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)  # people in the list that was approved
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    seal: Mapped[str | None] = mapped_column(String(64))  # hash of content and audience as they were approved
    starts_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    __table_args__ = ({"sqlite_autoincrement": True},)  # ids are part of outbox keys and must never be used again


class Recipient(Base):
    """Who a campaign goes to: the list its second person approved, in the order it is sent."""

    __tablename__ = "campaign_recipients"
    campaign_id: Mapped[int] = mapped_column(BigId, ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)  # from 0, without gaps
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"))

    __table_args__ = (Index("uq_campaign_recipients_chat", "campaign_id", "chat_id", unique=True),)


class Click(Base):
    """A button of a campaign pressed, once a person and button."""

    __tablename__ = "campaign_clicks"
    campaign_id: Mapped[int] = mapped_column(BigId, ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    button: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime]


class LinkTry(Base):
    """A link code that was wrong: counted against guessing, kept for a day, also through /forget."""

    __tablename__ = "link_tries"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_link_tries_chat_id", "chat_id", "at"),)
