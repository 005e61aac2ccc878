"""Questions without a basis in the knowledge base, for its keepers."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import masking
from storage.engine import changed
from storage.tables import Unanswered


def add(session: Session, chat_id: int | None, text: str, kind: str, now: datetime) -> None:
    """Note a question; personal numbers are masked."""
    session.add(Unanswered(chat_id=chat_id, text=masking.mask(text), kind=kind[:40], asked_at=now))


def latest(session: Session, limit: int = 50) -> list[Unanswered]:
    """The newest questions first."""
    return list(session.scalars(select(Unanswered).order_by(Unanswered.id.desc()).limit(limit)))


def since(session: Session, moment: datetime | None, limit: int) -> list[Unanswered]:
    """Questions from `moment` on (None: all that are kept), the newest first, at most `limit`."""
    newest = select(Unanswered).order_by(Unanswered.asked_at.desc(), Unanswered.id.desc()).limit(limit)
    return list(session.scalars(newest if moment is None else newest.where(Unanswered.asked_at >= moment)))


def forget_before(session: Session, moment: datetime) -> int:
    """Delete questions from before `moment`. Returns how many."""
    return changed(session, delete(Unanswered).where(Unanswered.asked_at < moment))
