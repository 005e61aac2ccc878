"""What was asked and answered, masked, with the catalogue version that gave each answer."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import masking
from storage.engine import changed
from storage.tables import Transcript


def add(session: Session, chat_id: int, question: str, answer: str, kind: str, catalogue: str, now: datetime) -> None:
    """Note one question and its answer; personal numbers in the question are masked."""
    row = Transcript(chat_id=chat_id, question=masking.mask(question), answer=answer, kind=kind[:24])
    row.catalogue, row.said_at = catalogue[:64], now
    session.add(row)


def of_chat(session: Session, chat_id: int, limit: int = 50) -> list[Transcript]:
    """The last ``limit`` exchanges of a chat, oldest first."""
    newest = select(Transcript).where(Transcript.chat_id == chat_id).order_by(Transcript.id.desc()).limit(limit)
    return list(reversed(session.scalars(newest).all()))


def forget_before(session: Session, moment: datetime) -> int:
    """Delete exchanges from before ``moment``. Returns how many."""
    return changed(session, delete(Transcript).where(Transcript.said_at < moment))
