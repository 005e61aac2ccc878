"""What happened, for counting and for audit."""

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import Event


def add(session: Session, action: str, now: datetime, subject: str | None = None, **detail: object) -> None:
    """Note that ``action`` happened to ``subject`` (``telegram:7``). ``detail`` holds no text of a person."""
    session.add(Event(at=now, action=action, subject=subject, detail=json.dumps(detail, ensure_ascii=False)))


def count(session: Session, action: str) -> int:
    """How often ``action`` happened."""
    return session.scalar(select(func.count()).select_from(Event).where(Event.action == action)) or 0
