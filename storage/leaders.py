"""Offices of which there is one holder at a time, whichever process it is."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from storage.engine import changed, insert
from storage.tables import Leader


def stand(session: Session, office: str, owner: str, now: datetime, term: timedelta) -> bool:
    """Stand for an office, or stay in it. Returns whether ``owner`` holds it until ``now + term``.

    A term that ends later than any could was begun on a clock that had jumped ahead: the office is free.
    """
    free = or_(Leader.owner == owner, Leader.until < now, Leader.until > now + 2 * term)
    values = {"owner": owner, "until": now + term}
    if changed(session, update(Leader).where(Leader.office == office, free).values(**values)) == 1:
        return True
    added = insert(session, Leader).values(office=office, **values).on_conflict_do_nothing().returning(Leader.office)
    return session.execute(added).first() is not None


def resign(session: Session, office: str, owner: str, now: datetime) -> None:
    """Leave the office at once, so that another need not wait for the term's end."""
    mine = (Leader.office == office, Leader.owner == owner)
    session.execute(update(Leader).where(*mine).values(until=now - timedelta(seconds=1)))
