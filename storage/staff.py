"""The people who answer tickets."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine import insert
from storage.ticket_tables import Role, Staff


def add(
    session: Session, name: str, role: Role, now: datetime, channel: str | None = None, address: str | None = None
) -> Staff:
    """Take somebody on, or take a known address on again under this name and role."""
    known = find(session, channel, address) if channel and address else None
    if known is None:
        known = Staff(channel=channel, address=address, role=role, name=name[:40], active=True, created_at=now)
        session.add(known)
    known.name, known.role, known.active = name[:40], role, True
    session.flush()
    return known


def ensure_administrators(session: Session, channel: str, addresses: Iterable[str], now: datetime) -> int:
    """Those named by the settings are administrators, from the first start on. Returns how many are new.

    Nobody known already is changed: the settings make the first ones, the command everything after.
    """
    new = 0
    for place, address in enumerate(addresses, start=1):
        values = {"name": f"管理员{place}", "role": Role.ADMINISTRATOR, "active": True, "created_at": now}
        added = insert(session, Staff).values(channel=channel, address=address, **values).on_conflict_do_nothing()
        new += session.execute(added.returning(Staff.id)).first() is not None
    return new


def find(session: Session, channel: str, address: str) -> Staff | None:
    """Whoever writes from this address, active or not."""
    return session.scalar(select(Staff).where(Staff.channel == channel, Staff.address == address))


def get(session: Session, number: int | None) -> Staff | None:
    """The member of this number."""
    return session.get(Staff, number) if number is not None else None


def named(session: Session, name: str) -> list[Staff]:
    """Active members of this name, or this number, or this address."""
    active = [one for one in listed(session) if one.active]
    exact = [one for one in active if name in {one.name, one.address or ""} or name == str(one.id)]
    return exact or [one for one in active if one.name.startswith(name)]


def listed(session: Session, *roles: Role) -> list[Staff]:
    """Everybody, or everybody of these roles, in order of number."""
    wanted = select(Staff).order_by(Staff.id)
    return list(session.scalars(wanted.where(Staff.role.in_(roles)) if roles else wanted))


def active(session: Session, *roles: Role) -> list[Staff]:
    """Those at work, of these roles."""
    return [one for one in listed(session, *roles) if one.active]
