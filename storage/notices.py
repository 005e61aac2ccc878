"""What people are to be told, each thing once under its key, and what was held against all measures already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.engine import changed, insert, table
from storage.enterprise_tables import Enterprise, Ownership
from storage.subscription_tables import Announced, Matched, Notice, Subscriber
from storage.tables import Outbox, OutboxState

CHUNK = 500
REGROUP = "regroup"
"""Why a message was skipped whose other notices are still to be told."""


@dataclass(frozen=True)
class NewNotice:
    """See ``subscription_tables.Notice``."""

    key: str
    chat_id: int
    measure: str
    version: int
    stage: str
    planned: date
    deadline: str = ""
    day: date | None = None
    enterprise_id: int | None = None


def put(session: Session, new: Sequence[NewNotice], now: datetime) -> int:
    """Put notices in; a key already known is left alone. Returns how many are new.

    People who took their consent back since they were planned for are passed over.
    """
    added = 0
    for start in range(0, len(new), CHUNK):
        some = new[start : start + CHUNK]
        there = set(
            session.scalars(select(Subscriber.chat_id).where(Subscriber.chat_id.in_({n.chat_id for n in some})))
        )
        rows = [{**vars(one), "created_at": now} for one in some if one.chat_id in there]
        if rows:
            statement = insert(session, Notice).on_conflict_do_nothing().returning(table(Notice).c.id)
            added += len(session.execute(statement, rows).all())
    return added


def known(session: Session, keys: Iterable[str]) -> set[str]:
    """Which of these keys are there already."""
    wanted, found = list(keys), set[str]()
    for start in range(0, len(wanted), CHUNK):
        found |= set(session.scalars(select(Notice.key).where(Notice.key.in_(wanted[start : start + CHUNK]))))
    return found


def waiting(session: Session, limit: int, after: int = 0) -> list[int]:
    """Chats beyond ``after`` for which something waits to be put into a message, in order."""
    found = (
        select(Notice.chat_id)
        .where(Notice.outbox_key.is_(None), Notice.dropped.is_(None), Notice.chat_id > after)
        .group_by(Notice.chat_id)
        .order_by(Notice.chat_id)
        .limit(limit)
    )
    return list(session.scalars(found))


def pending(session: Session, chat_ids: Sequence[int]) -> dict[int, list[Notice]]:
    """What waits for each of these chats, oldest first. The rows are held until the transaction ends."""
    found = (
        select(Notice)
        .where(Notice.outbox_key.is_(None), Notice.dropped.is_(None), Notice.chat_id.in_(chat_ids))
        .order_by(Notice.id)
        .with_for_update(skip_locked=True)
    )
    by_chat: dict[int, list[Notice]] = {}
    for one in session.scalars(found):
        by_chat.setdefault(one.chat_id, []).append(one)
    return by_chat


def messages_since(session: Session, chat_ids: Sequence[int], moment: datetime) -> dict[int, int]:
    """How many messages were made of each chat's notices from ``moment`` on."""
    number = func.count(func.distinct(Notice.outbox_key))
    found = select(Notice.chat_id, number).where(Notice.chat_id.in_(chat_ids), Notice.put_at >= moment)
    return {row[0]: row[1] for row in session.execute(found.group_by(Notice.chat_id))}


def assign(session: Session, keys: Mapping[int, str], now: datetime) -> None:
    """Notices, by number, went into the messages of these keys."""
    if keys:
        notice = table(Notice)
        statement = notice.update().where(notice.c.id == bindparam("which"))
        rows = [{"which": number, "outbox_key": key, "put_at": now} for number, key in keys.items()]
        session.connection().execute(statement, rows)


def drop(session: Session, number: int, why: str) -> None:
    """It will not be told."""
    session.execute(update(Notice).where(Notice.id == number).values(dropped=why[:80]))


def regroup(session: Session) -> int:
    """Take the notices out of messages that were skipped because part of them had changed. Returns how many."""
    skipped = select(Outbox.key).where(Outbox.state == OutboxState.SKIPPED, Outbox.reason == REGROUP)
    mine = (Notice.outbox_key.is_not(None), Notice.dropped.is_(None), Notice.outbox_key.in_(skipped))
    return changed(session, update(Notice).where(*mine).values(outbox_key=None, put_at=None))


def by_id(session: Session, ids: Sequence[int]) -> list[Notice]:
    """Those of these notices that are still there."""
    return list(session.scalars(select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id)))


def announced(session: Session) -> dict[str, int]:
    """Measure → the highest version that was announced."""
    found = select(Announced.measure, func.max(Announced.version)).group_by(Announced.measure)
    return {row[0]: row[1] for row in session.execute(found)}


def announce(session: Session, versions: Mapping[str, int], now: datetime) -> None:
    """These versions of measures were announced."""
    rows = [{"measure": measure, "version": version, "at": now} for measure, version in versions.items()]
    if rows:
        session.execute(insert(session, Announced).on_conflict_do_nothing(), rows)


def changed_enterprises(session: Session, limit: int) -> list[Enterprise]:
    """Enterprises whose facts changed since they were last held against all measures, and whose owner wants matches."""
    wants = (
        select(Ownership.enterprise_id)
        .join(Subscriber, Subscriber.chat_id == Ownership.chat_id)
        .where(Subscriber.matches.is_(True))
    )
    found = (
        select(Enterprise)
        .outerjoin(Matched, Matched.enterprise_id == Enterprise.id)
        .where(Enterprise.id.in_(wants), or_(Matched.version.is_(None), Matched.version < Enterprise.version))
        .order_by(Enterprise.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def matched(session: Session, versions: Mapping[int, int]) -> None:
    """These versions of enterprises were held against all measures."""
    for enterprise_id, version in versions.items():
        if session.get(Enterprise, enterprise_id) is None:  # forgotten in between
            continue
        values = {"enterprise_id": enterprise_id, "version": version}
        statement = insert(session, Matched).values(**values)
        session.execute(statement.on_conflict_do_update(index_elements=["enterprise_id"], set_={"version": version}))


def forget_before(session: Session, moment: datetime) -> int:
    """Delete notices made before ``moment``. Returns how many."""
    return changed(session, delete(Notice).where(Notice.created_at < moment))
