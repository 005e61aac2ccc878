"""What a talk remembers, kept as opaque JSON text between two turns."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.engine import changed, insert_in
from storage.tables import Talk


def load(session: Session, chat_id: int, speaker: str = "") -> Talk | None:
    """What the talk with this chat (in groups: with this speaker in it) remembers."""
    return session.get(Talk, (chat_id, speaker))


def save(session: Session, chat_id: int, speaker: str, version: int, data: str, now: datetime) -> None:
    """Remember ``data``, JSON in the shape called ``version``."""
    values = {"chat_id": chat_id, "speaker": speaker, "version": version, "data": data, "updated_at": now}
    session.execute(_saved(session.get_bind().dialect.name), values)


@cache
def _saved(dialect: str) -> Any:
    # Built once, as all statements that every message needs: putting one together takes longer than running it.
    fresh = insert_in(dialect, Talk)
    new = {name: fresh.excluded[name] for name in ("version", "data", "updated_at")}
    return fresh.on_conflict_do_update(index_elements=["chat_id", "speaker"], set_=new)


def forget(session: Session, chat_id: int) -> None:
    """Forget all talks of a chat."""
    session.execute(delete(Talk).where(Talk.chat_id == chat_id))


def forget_before(session: Session, moment: datetime) -> int:
    """Forget talks last touched before ``moment``. Returns how many."""
    return changed(session, delete(Talk).where(Talk.updated_at < moment))
