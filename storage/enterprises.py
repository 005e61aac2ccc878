"""Enterprises kept with consent, and whose they are."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from storage import times
from storage.engine import changed
from storage.enterprise_tables import Enterprise, Ownership
from storage.tables import Talk

MOST = 20
"""Enterprises one chat may keep."""

NAME = 80
"""Characters of a name."""


class Origin(StrEnum):
    """Who brought an enterprise, or one of its facts."""

    OWNER = "owner"
    IMPORT = "import"


class TooManyEnterprisesError(Exception):
    """A chat keeps 20 enterprises at most."""


def of_chat(session: Session, chat_id: int) -> list[tuple[Enterprise, Ownership]]:
    """The enterprises a chat speaks for, in the order they were made."""
    found = (
        select(Enterprise, Ownership)
        .join(Ownership, Ownership.enterprise_id == Enterprise.id)
        .where(Ownership.chat_id == chat_id)
        .order_by(Enterprise.id)
    )
    return [(kept, ownership) for kept, ownership in session.execute(found)]


def owners(session: Session, enterprise_id: int) -> list[int]:
    """The chats that speak for an enterprise."""
    return list(session.scalars(select(Ownership.chat_id).where(Ownership.enterprise_id == enterprise_id)))


def create(session: Session, chat_id: int, name: str, facts: Mapping[str, Any], now: datetime) -> Enterprise:
    """Keep an enterprise its owner told of and agreed to; it becomes the active one of the chat.

    `facts`: fact id → JSON of what was told. Raises ``TooManyEnterprisesError``.
    """
    if len(of_chat(session, chat_id)) >= MOST:
        raise TooManyEnterprisesError(TooManyEnterprisesError.__doc__)
    kept = Enterprise(
        name=name[:NAME],
        facts=_written(_told(facts, now)),
        origin=Origin.OWNER,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(kept)
    session.flush()
    link(session, chat_id, kept.id, now)
    return kept


def link(session: Session, chat_id: int, enterprise_id: int, now: datetime) -> None:
    """Let a chat speak for an enterprise from now on, with consent; it becomes the active one."""
    if session.get(Ownership, (chat_id, enterprise_id)) is None:
        session.add(Ownership(chat_id=chat_id, enterprise_id=enterprise_id, is_active=True, consent_at=now))
        session.flush()
    activate(session, chat_id, enterprise_id)


def activate(session: Session, chat_id: int, enterprise_id: int) -> bool:
    """Make it the enterprise the chat talks about. False where the chat does not speak for it."""
    if session.get(Ownership, (chat_id, enterprise_id)) is None:
        return False
    mine = update(Ownership).where(Ownership.chat_id == chat_id)
    session.execute(mine.values(is_active=Ownership.enterprise_id == enterprise_id))
    return True


def change(
    session: Session,
    chat_id: int,
    enterprise_id: int,
    now: datetime,
    *,
    facts: Mapping[str, Any] | None = None,
    dropped: Iterable[str] = (),
) -> bool:
    """Facts the owner told or took back; the version rises where anything changed.

    False where the chat does not speak for the enterprise.
    """
    if session.get(Ownership, (chat_id, enterprise_id)) is None:
        return False
    kept = session.get_one(Enterprise, enterprise_id, with_for_update=True)
    before = json.loads(kept.facts)
    after = {name: told for name, told in before.items() if name not in set(dropped)} | _told(facts or {}, now)
    if _values(after) != _values(before):
        kept.facts, kept.version, kept.updated_at = _written(after), kept.version + 1, now
        session.flush()
    return True


def rename(session: Session, chat_id: int, enterprise_id: int, name: str) -> bool:
    """Give it another name. False where the chat does not speak for it."""
    if session.get(Ownership, (chat_id, enterprise_id)) is None:
        return False
    session.execute(update(Enterprise).where(Enterprise.id == enterprise_id).values(name=name[:NAME]))
    return True


def drop(session: Session, chat_id: int, enterprise_id: int, now: datetime) -> bool:
    """The owner wants it forgotten. What staff imported stays with them, without what the owner told.

    The oldest of the others becomes the active one. False where the chat does not speak for it.
    """
    ownership = session.get(Ownership, (chat_id, enterprise_id))
    if ownership is None:
        return False
    was_active = ownership.is_active
    session.delete(ownership)
    session.flush()
    if not owners(session, enterprise_id):
        _unowned(session, session.get_one(Enterprise, enterprise_id, with_for_update=True), now)
    left = of_chat(session, chat_id)
    if was_active and left:
        activate(session, chat_id, left[0][0].id)
    return True


def drop_all(session: Session, chat_id: int, now: datetime) -> None:
    """The owner wants everything forgotten."""
    for kept, _ in of_chat(session, chat_id):
        drop(session, chat_id, kept.id, now)


def forget_before(session: Session, moment: datetime) -> int:
    """Delete what owners told and neither changed nor talked about since ``moment``. Returns how many."""
    talked = exists().where(
        Ownership.enterprise_id == Enterprise.id, Talk.chat_id == Ownership.chat_id, Talk.updated_at >= moment
    )
    old = (Enterprise.origin == Origin.OWNER, Enterprise.updated_at < moment, ~talked)
    gone = list(session.scalars(select(Enterprise.id).where(*old)))
    session.execute(delete(Ownership).where(Ownership.enterprise_id.in_(gone)))
    return changed(session, delete(Enterprise).where(Enterprise.id.in_(gone)))


def _unowned(session: Session, kept: Enterprise, now: datetime) -> None:
    """Nobody speaks for it any more."""
    if kept.origin == Origin.OWNER:
        session.delete(kept)
        session.flush()
        return
    before = json.loads(kept.facts)
    after = {name: told for name, told in before.items() if told.get("from") != Origin.OWNER}
    if after != before:
        kept.facts, kept.version, kept.updated_at = _written(after), kept.version + 1, now


def _told(facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    day = now.astimezone(times.SHANGHAI).date().isoformat()
    return {name: {**told, "from": Origin.OWNER, "at": day} for name, told in facts.items()}


def _values(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told.get("value") for name, told in facts.items()}


def _written(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
