"""Questions without a basis in the knowledge base, for its keepers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import masking
from storage.tables import Unanswered


def add(session: Session, chat_id: int | None, text: str, kind: str, now: datetime) -> None:
    """Note a question; personal numbers are masked."""
    session.add(Unanswered(chat_id=chat_id, text=masking.mask(text), kind=kind[:40], asked_at=now))


def latest(session: Session, limit: int = 50) -> list[Unanswered]:
    """The newest questions first."""
    return list(session.scalars(select(Unanswered).order_by(Unanswered.id.desc()).limit(limit)))
