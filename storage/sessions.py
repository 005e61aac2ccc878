"""What a talk remembers, kept as opaque JSON text between two turns."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.engine import changed, insert
from storage.tables import Talk


def load(session: Session, chat_id: int, speaker: str = "") -> Talk | None:
    """What the talk with this chat (in groups: with this speaker in it) remembers."""
    return session.get(Talk, (chat_id, speaker))


def save(session: Session, chat_id: int, speaker: str, version: int, data: str, now: datetime) -> None:
    """Remember ``data``, JSON in the shape called ``version``."""
    values = {"version": version, "data": data, "updated_at": now}
    session.execute(
        insert(session, Talk)
        .values(chat_id=chat_id, speaker=speaker, **values)
        .on_conflict_do_update(index_elements=["chat_id", "speaker"], set_=values)
    )


def forget(session: Session, chat_id: int) -> None:
    """Forget all talks of a chat."""
    session.execute(delete(Talk).where(Talk.chat_id == chat_id))


def forget_before(session: Session, moment: datetime) -> int:
    """Forget talks last touched before ``moment``. Returns how many."""
    return changed(session, delete(Talk).where(Talk.updated_at < moment))
