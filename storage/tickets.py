"""Tickets: questions for a human."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import masking
from storage.tables import Ticket


def add(
    session: Session, chat_id: int, subject: str, measure: str | None, reason: str, transcript: str, now: datetime
) -> Ticket:
    """Open a ticket. ``transcript`` is what was said so far; personal numbers are masked."""
    ticket = Ticket(
        chat_id=chat_id,
        subject=masking.mask(subject)[:200],
        measure=measure,
        reason=reason[:40],
        transcript=masking.mask(transcript),
        created_at=now,
        updated_at=now,
    )
    session.add(ticket)
    session.flush()
    return ticket


def open_count(session: Session) -> int:
    """How many tickets are open."""
    return session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state == "open")) or 0
