"""Enterprises as authorities list them: brought in and up to date by key, a whole list or nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from storage import times
from storage.engine import changed, insert, table
from storage.enterprise_tables import Enterprise, Ownership
from storage.enterprises import Origin
from storage.tables import Event

BATCH = 500
IMPORTED = "enterprises.imported"


@dataclass(frozen=True)
class Entry:
    """One enterprise of a list. ``key``: the keyed hash of its code; ``facts``: as ``written`` makes them."""

    key: str
    name: str
    district: str | None
    facts: str


@dataclass
class Counts:
    """What an import did."""

    added: int = 0
    changed: int = 0
    same: int = 0

    @property
    def total(self) -> int:
        """All entries."""
        return self.added + self.changed + self.same


def written(facts: Mapping[str, Mapping[str, Any]], now: datetime) -> str:
    """Facts of a list (fact id → {"value", "words"}) as they are kept: JSON, marked as from the list and with the day."""
    day = now.astimezone(times.SHANGHAI).date().isoformat()
    return _written({name: {**told, "from": Origin.IMPORT.value, "at": day} for name, told in facts.items()})


def take_in(session: Session, entries: Iterable[Entry], now: datetime) -> Iterator[Counts]:
    """Add what is new, bring up to date what is known. Yields the running counts after each batch.

    What the owner told himself stays, also where the list says otherwise. A fact the list has no word for stays too.
    The version of an enterprise rises only where its facts or its district change.
    """
    counts = Counts()
    rows = iter(entries)
    while batch := list(islice(rows, BATCH)):
        known = {kept.key: kept for kept in _known(session, [entry.key for entry in batch])}
        fresh = [_new(entry, now) for entry in batch if entry.key not in known]
        later = [_later(entry, known[entry.key], now) for entry in batch if entry.key in known]
        differing = [row for row in later if row is not None]
        if fresh:
            session.execute(insert(session, Enterprise), fresh)
        if differing:
            changed(session, update(table(Enterprise)).where(table(Enterprise).c.id == bindparam("which")), differing)
        counts.added += len(fresh)
        counts.changed += len(differing)
        counts.same += len(later) - len(differing)
        yield counts


@dataclass(frozen=True)
class _Known:
    number: int
    key: str
    name: str
    district: str | None
    facts: str
    version: int


def _known(session: Session, keys: Sequence[str]) -> Iterator[_Known]:
    row = table(Enterprise).c
    found = (
        select(row.id, row.external_key, row.name, row.district, row.facts, row.version)
        .where(row.external_key.in_(keys))
        .with_for_update()
    )
    return (_Known(*one) for one in session.execute(found))


def _new(entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "name": entry.name,
        "facts": entry.facts,
        "origin": Origin.IMPORT.value,
        "district": entry.district,
        "external_key": entry.key,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _later(entry: Entry, known: _Known, now: datetime) -> dict[str, Any] | None:
    """What changes; None where nothing does, or only the day it was said."""
    before: dict[str, Any] = json.loads(known.facts)
    after = dict(before)
    for name, told in json.loads(entry.facts).items():
        own = before.get(name, {}).get("from") == Origin.OWNER
        if not own and before.get(name, {}).get("value") != told["value"]:
            after[name] = told
    district = entry.district or known.district
    if (after, district, entry.name) == (before, known.district, known.name):
        return None
    risen = (after, district) != (before, known.district)
    return {
        "which": known.number,
        "name": entry.name,
        "facts": _written(after) if after != before else known.facts,
        "district": district,
        "version": known.version + risen,
        "updated_at": now,
    }


def _written(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def last_key(session: Session) -> str | None:
    """The fingerprint of the key the last list was hashed with; None before the first import."""
    detail = session.scalar(select(Event.detail).where(Event.action == IMPORTED).order_by(Event.id.desc()).limit(1))
    return None if detail is None else json.loads(detail).get("key")


@dataclass(frozen=True)
class Shown:
    """An enterprise as keepers see it."""

    number: int
    name: str
    district: str | None
    origin: str
    facts: Mapping[str, Mapping[str, Any]]
    version: int
    updated_at: datetime
    owners: int


def page(session: Session, after: int = 0, limit: int = 1000, district: str | None = None) -> list[Shown]:
    """Enterprises with a number above ``after``, in order."""
    found = _shown().where(Enterprise.id > after).order_by(Enterprise.id).limit(limit)
    if district is not None:
        found = found.where(Enterprise.district == district)
    return [_as_shown(row) for row in session.execute(found)]


def find(session: Session, number: int) -> Shown | None:
    """One enterprise."""
    row = session.execute(_shown().where(Enterprise.id == number)).one_or_none()
    return None if row is None else _as_shown(row)


def find_key(session: Session, key: str) -> Shown | None:
    """The enterprise whose code has this hash."""
    row = session.execute(_shown().where(Enterprise.external_key == key)).one_or_none()
    return None if row is None else _as_shown(row)


def count(session: Session) -> dict[tuple[str, str], int]:
    """How many enterprises by origin and district."""
    each = select(Enterprise.origin, Enterprise.district, func.count()).group_by(Enterprise.origin, Enterprise.district)
    return {(origin, district or "未填"): number for origin, district, number in session.execute(each)}


def _shown() -> Select[Any]:
    owners = (
        select(func.count())
        .select_from(Ownership)
        .where(Ownership.enterprise_id == Enterprise.id)
        .correlate(Enterprise)
        .scalar_subquery()
    )
    return select(
        Enterprise.id,
        Enterprise.name,
        Enterprise.district,
        Enterprise.origin,
        Enterprise.facts,
        Enterprise.version,
        Enterprise.updated_at,
        owners,
    )


def _as_shown(row: Any) -> Shown:
    number, name, district, origin, facts, version, updated_at, owners = row
    return Shown(number, name, district, origin, json.loads(facts), version, updated_at, owners)
