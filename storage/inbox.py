"""The inbox: updates put in once, claimed in order within a chat and in parallel across chats, never lost.

Everything here runs inside a transaction that the caller opened with ``Store.write``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, String, Update, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from storage.engine import Store, added, changed, table
from storage.leases import LostLeaseError, new_owner
from storage.tables import Inbox, InboxState, written
from storage.times import UtcDateTime

ATTEMPTS = 3  # after so many failures an update is set aside
# A process may end for reasons of its own while it has an update in hand; only often is it the update's fault.
CRASHES = 5
BACKOFF = (timedelta(seconds=1), timedelta(seconds=3))  # after the first and the second failure
PENDING = written(InboxState.READY, InboxState.LEASED)
# Telegram keeps an unconfirmed update for a day, and numbers anew after a week of silence.
NUMBER_FREE_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class RawUpdate:
    """An update as it came: ``payload`` is its JSON; ``chat`` is empty where it could not be read."""

    update_id: int
    chat: str | None
    payload: str


def put(session: Session, channel: str, updates: Sequence[RawUpdate], now: datetime) -> int:
    """Put updates in; those already in are left alone. Returns how many are new."""
    if not updates:
        return 0
    numbers = [item.update_id for item in updates]
    changed(session, _freed(), {"of": channel, "numbers": numbers, "before": now - NUMBER_FREE_AFTER})
    rows = [
        {
            "channel": channel,
            "update_id": item.update_id,
            "chat": item.chat,
            "payload": item.payload,
            "state": InboxState.READY,
            "attempts": 0,
            "not_before": now,
            "received_at": now,
        }
        for item in updates
    ]
    return added(session, Inbox, rows)


@cache
def _freed() -> Update:
    # Built once, as all statements that every message needs: putting one together takes longer than running it.
    row = table(Inbox).c
    before = bindparam("before", type_=UtcDateTime())
    return (
        update(table(Inbox))
        .where(row.channel == bindparam("of"), row.update_id.in_(bindparam("numbers", expanding=True)))
        .where(row.state.in_(written(InboxState.DONE, InboxState.DEAD)), row.received_at < before)
        .values(update_id=None)
    )


def claim(store: Store, channel: str, now: datetime, lease: timedelta) -> Inbox | None:
    """The next update whose turn it is, held for ``lease``; its own transaction. None: nothing to do now."""
    owner = new_owner()
    try:
        with store.write() as session:
            row = session.scalar(_next(), {"channel": channel, "now": now})
            if row is not None:
                _take(session, row, owner, now + lease)
            return row
    except IntegrityError:  # another worker took an update of the same chat in this very moment
        return None


def _take(session: Session, row: Inbox, owner: str, until: datetime) -> None:
    values = {
        "state": InboxState.LEASED,
        "attempts": row.attempts + 1,
        "lease_owner": owner,
        "lease_until": until,
    }
    changed(session, _one(), {"which": row.id, **values})
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _one() -> Update:
    return update(table(Inbox)).where(table(Inbox).c.id == bindparam("which"))


@cache
def _next() -> Select[Inbox]:
    channel, now = bindparam("channel", type_=String), bindparam("now", type_=UtcDateTime)
    other = aliased(Inbox)
    [leased], [ready] = written(InboxState.LEASED), written(InboxState.READY)
    blocked = exists().where(
        other.state.in_(PENDING),
        other.channel == Inbox.channel,
        other.chat == Inbox.chat,
        or_(other.state == leased, other.update_id < Inbox.update_id),
    )
    return (
        select(Inbox)
        .where(Inbox.state.in_(PENDING), Inbox.state == ready, Inbox.channel == channel)
        .where(Inbox.not_before <= now, ~blocked)
        .order_by(Inbox.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Inbox)
    )


def done(session: Session, row: Inbox, now: datetime) -> None:
    """The update is answered. Raises ``LostLeaseError`` where the claim lapsed meanwhile."""
    _settle(session, row, state=InboxState.DONE, done_at=now, error=None)


def failed(session: Session, row: Inbox, error: str, now: datetime, *, final: bool = False) -> bool:
    """The update could not be handled. Returns whether it is set aside (``final`` sets it aside at once)."""
    dead = final or row.attempts >= ATTEMPTS
    if dead:
        _settle(session, row, state=InboxState.DEAD, done_at=now, error=error[:2000])
    else:
        later = now + BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
        _settle(session, row, state=InboxState.READY, not_before=later, error=error[:2000])
    return dead


def give_back(session: Session, row: Inbox) -> None:
    """Untouched, as if it had never been claimed: the holder stops, or the store was away."""
    _settle(session, row, state=InboxState.READY, attempts=row.attempts - 1)


def _settle(session: Session, row: Inbox, **values: object) -> None:
    values = {"lease_owner": None, "lease_until": None, **values}
    if changed(session, _held(), {"which": row.id, "holder": row.lease_owner, **values}) != 1:
        raise LostLeaseError(f"{LostLeaseError.__doc__} (inbox {row.id})")


@cache
def _held() -> Update:
    row = table(Inbox).c
    [leased] = written(InboxState.LEASED)
    return update(table(Inbox)).where(
        row.id == bindparam("which"), row.state == leased, row.lease_owner == bindparam("holder")
    )


def recover(session: Session, channel: str, now: datetime, *, alone: bool = False) -> list[Inbox]:
    """Release lapsed claims (every claim, where the caller is ``alone``). Returns those set aside for good."""
    [leased] = written(InboxState.LEASED)
    queue = select(Inbox).where(Inbox.channel == channel, Inbox.state.in_(PENDING)).order_by(Inbox.id)
    lapsed = queue.where(Inbox.state == leased)
    if not alone:
        lapsed = lapsed.where(Inbox.lease_until < now)
    dead = []
    for row in session.scalars(lapsed.with_for_update(skip_locked=True, of=Inbox)):
        row.lease_owner = row.lease_until = None
        row.error = row.error or "the process ended while it had this update in hand"
        if row.attempts >= CRASHES:
            row.state, row.done_at = InboxState.DEAD, now
            dead.append(row)
        else:
            row.state, row.not_before = InboxState.READY, now + timedelta(seconds=min(row.attempts - 1, 1))
    return dead


def waiting_chats(session: Session, channel: str, received: tuple[datetime, datetime]) -> list[str]:
    """Chats with an unanswered update received within (first inclusive, last exclusive); 30 at most."""
    first, last = received
    chats = (
        select(Inbox.chat)
        .where(Inbox.channel == channel, Inbox.state.in_(PENDING))
        .where(Inbox.received_at >= first, Inbox.received_at < last)
        .order_by(Inbox.id)
        .limit(100)
    )
    return list(dict.fromkeys(chat for chat in session.scalars(chats) if chat))[:30]


def has_pending(session: Session, channel: str, chat: str) -> bool:
    """Whether an update of this chat is not handled yet."""
    mine = (Inbox.channel == channel, Inbox.chat == chat, Inbox.state.in_(PENDING))
    return session.scalar(select(Inbox.id).where(*mine).limit(1)) is not None


def before(session: Session, row: Inbox, since: datetime) -> int:
    """How many updates the same chat sent before this one, from ``since`` (inclusive) on."""
    given = {"channel": row.channel, "chat": row.chat, "id": row.id, "since": since}
    return session.scalar(_earlier(), given) or 0


@cache
def _earlier() -> Select[int]:
    row = table(Inbox).c
    same = (row.channel == bindparam("channel"), row.chat == bindparam("chat"), row.id < bindparam("id"))
    recent = row.received_at >= bindparam("since", type_=UtcDateTime())
    return select(func.count()).select_from(table(Inbox)).where(*same, recent)


def oldest(session: Session) -> datetime | None:
    """When the update that waits longest came in."""
    return session.scalar(select(func.min(Inbox.received_at)).where(Inbox.state.in_(PENDING)))


def counts(session: Session) -> dict[str, int]:
    """How many updates are in each state."""
    rows = session.execute(select(Inbox.state, func.count()).group_by(Inbox.state)).all()
    return {state.value: number for state, number in rows}


def forget_before(session: Session, moment: datetime) -> int:
    """Delete settled updates received before ``moment``. Returns how many."""
    settled = Inbox.state.in_((InboxState.DONE, InboxState.DEAD))
    return changed(session, delete(Inbox).where(settled, Inbox.received_at < moment))
