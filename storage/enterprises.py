"""Enterprises kept with consent, and whose they are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.enterprise_tables import Enterprise, Ownership


def of_chat(session: Session, chat_id: int) -> list[tuple[Enterprise, Ownership]]:
    """The enterprises a chat speaks for, in the order they were made."""
    found = (
        select(Enterprise, Ownership)
        .join(Ownership, Ownership.enterprise_id == Enterprise.id)
        .where(Ownership.chat_id == chat_id)
        .order_by(Enterprise.id)
    )
    return [(kept, ownership) for kept, ownership in session.execute(found)]
