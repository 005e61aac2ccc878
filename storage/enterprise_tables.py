"""Tables of enterprises: what is known of them, and whose they are."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, BigId


class Enterprise(Base):
    """A firm whose facts are kept: told by its owner with consent, or imported by staff."""

    __tablename__ = "enterprises"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    facts: Mapped[str] = mapped_column(Text, default="{}")  # JSON: fact id → {"value", "words", "from", "at"}
    origin: Mapped[str] = mapped_column(String(16))  # owner | import
    district: Mapped[str | None] = mapped_column(String(16))  # as policy_kb/districts writes it
    external_key: Mapped[str | None] = mapped_column(String(64))  # one-way hash of the list's key (信用代码)
    version: Mapped[int] = mapped_column(Integer, default=1)  # raised with every change of the facts
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_enterprises_external_key", "external_key", unique=True),
        {"sqlite_autoincrement": True},
    )


class Ownership(Base):
    """Who speaks for an enterprise, and which of several is the one talked about."""

    __tablename__ = "ownerships"
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("enterprises.id", ondelete="CASCADE"), primary_key=True
    )
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    consent_at: Mapped[datetime]  # the owner agreed that the facts are kept

    __table_args__ = (Index("ix_ownerships_enterprise_id", "enterprise_id"),)


class LinkCode(Base):
    """A one-time code by which an owner proves to speak for an imported enterprise."""

    __tablename__ = "link_codes"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(BigId, ForeignKey("enterprises.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
