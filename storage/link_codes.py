"""One-time codes by which an owner proves to speak for an enterprise of a list. Only their hashes are kept.

A code has 12 letters of an alphabet of 32 without look-alikes (60 bits), lives a week and works once; a chat may guess
wrong five times an hour.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.campaign_tables import LinkTry
from storage.engine import changed
from storage.enterprise_tables import Enterprise, LinkCode, Ownership

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
LIFE = timedelta(days=7)
GUESSES = 5
WINDOW = timedelta(hours=1)


class Standing(StrEnum):
    """What a code is good for."""

    GOOD = "good"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    TOO_MANY = "too many"
    MINE = "mine"  # the chat speaks for that enterprise already


@dataclass(frozen=True)
class Found:
    """A code looked up. ``mark`` stands for a good one until it is used; ``left``: guesses the chat has this hour."""

    standing: Standing
    enterprise: Enterprise | None = None
    left: int = GUESSES
    mark: str = ""


def issue(session: Session, enterprise_id: int, now: datetime) -> str:
    """A new code, to be handed to the owner; earlier unused ones of the enterprise die. Shown once, kept nowhere."""
    session.execute(delete(LinkCode).where(LinkCode.enterprise_id == enterprise_id, LinkCode.used_at.is_(None)))
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    session.add(LinkCode(code_hash=_mark(code), enterprise_id=enterprise_id, expires_at=now + LIFE, used_at=None))
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def look(session: Session, chat_id: int, code: str, now: datetime) -> Found:
    """What a code leads to. A wrong one counts against the chat; nothing else changes."""
    return _look(session, chat_id, _mark(bare(code)), now)


def use(session: Session, chat_id: int, mark: str, now: datetime) -> Found:
    """Use up the code that ``mark`` stands for, by compare-and-set: of two at once, one is told it is used."""
    found = _look(session, chat_id, mark, now)
    if found.standing is not Standing.GOOD:
        return found
    free = (LinkCode.code_hash == mark, LinkCode.used_at.is_(None), LinkCode.expires_at > now)
    return found if changed(session, update(LinkCode).where(*free).values(used_at=now)) == 1 else Found(Standing.USED)


def _look(session: Session, chat_id: int, mark: str, now: datetime) -> Found:
    tries = _tries(session, chat_id, now)
    if tries >= GUESSES:
        return Found(Standing.TOO_MANY, left=0)
    kept = session.get(LinkCode, mark, with_for_update=True)
    if kept is None:
        session.add(LinkTry(chat_id=chat_id, at=now))
        session.flush()
        return Found(Standing.WRONG, left=GUESSES - tries - 1)
    enterprise = session.get_one(Enterprise, kept.enterprise_id)
    if session.get(Ownership, (chat_id, kept.enterprise_id)) is not None:
        return Found(Standing.MINE, enterprise)
    if kept.used_at is not None:
        return Found(Standing.USED)
    return Found(Standing.GOOD, enterprise, mark=mark) if now < kept.expires_at else Found(Standing.EXPIRED)


def bare(text: str) -> str:
    """A code as it was meant: capitals, no blanks and dashes."""
    return "".join(char for char in text.upper() if char.isalnum())


def forget_before(session: Session, moment: datetime) -> int:
    """Delete guesses and dead codes older than ``moment``."""
    gone = changed(session, delete(LinkTry).where(LinkTry.at < moment))
    return gone + changed(session, delete(LinkCode).where(LinkCode.expires_at < moment))


def _tries(session: Session, chat_id: int, now: datetime) -> int:
    recent = (LinkTry.chat_id == chat_id, LinkTry.at > now - WINDOW)
    return session.scalar(select(func.count()).select_from(LinkTry).where(*recent)) or 0


def _mark(code: str) -> str:
    # 192 bits: long enough for ever, short enough for a button.
    return sha256(b"huiqi link " + code.encode()).hexdigest()[:48]
