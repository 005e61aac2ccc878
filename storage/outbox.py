"""The outbox: each message once under its key, claimed by lanes, one in flight for a chat.

ready → leased → sending → sent | ready again | dead | skipped(reason) | unknown
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Integer, Select, String, Update, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from storage.engine import Store, added, changed, table
from storage.leases import LostLeaseError, new_owner
from storage.tables import Chat, Lane, Outbox, OutboxState, written
from storage.times import UtcDateTime

IN_FLIGHT = (OutboxState.LEASED, OutboxState.SENDING)
PENDING = written(OutboxState.READY, OutboxState.LEASED, OutboxState.SENDING)
OPEN = (OutboxState.READY, OutboxState.LEASED, OutboxState.SENDING)


class NotResendableError(ValueError):
    """Only messages that are dead, skipped, unknown or sent can be sent again."""


class NoSuchMessageError(LookupError):
    """There is no message with this number in the outbox."""


@dataclass(frozen=True)
class NewMessage:
    """A message to be sent: ``key`` makes it unique for ever, ``content`` is JSON (scheduler/content)."""

    key: str
    chat_id: int
    lane: Lane
    content: str
    not_before: datetime | None = None
    expires_at: datetime | None = None
    checks: str | None = None


@dataclass(frozen=True)
class Claimed:
    """A message in hand, with the chat it goes to."""

    row: Outbox
    chat: Chat


@dataclass(frozen=True)
class Arrival:
    """A message the channel took, with the id the channel gave it."""

    item: Claimed
    provider_id: str | None
    at: datetime


def put(session: Session, messages: Iterable[NewMessage], now: datetime) -> int:
    """Put messages in; a key already known is left alone. Returns how many are new."""
    rows = [
        {
            "key": message.key,
            "chat_id": message.chat_id,
            "lane": int(message.lane),
            "content": message.content,
            "checks": message.checks,
            "state": OutboxState.READY,
            "attempts": 0,
            "not_before": message.not_before or now,
            "expires_at": message.expires_at,
            "created_at": now,
        }
        for message in messages
    ]
    return added(session, Outbox, rows) if rows else 0


def claim(
    store: Store, channel: str, lanes: Sequence[Lane], limit: int, now: datetime, lease: timedelta
) -> list[Claimed]:
    """Up to ``limit`` messages whose turn it is, at most one a chat, held for ``lease``; its own transaction."""
    owner = new_owner()
    try:
        with store.write() as session:
            taken: dict[int, Claimed] = {}
            for row, chat in session.execute(_next(tuple(lanes)), {"channel": channel, "now": now, "most": limit}):
                taken.setdefault(chat.id, Claimed(row, chat))
            _take(session, [item.row for item in taken.values()], owner, now + lease)
            return list(taken.values())
    except IntegrityError:  # another sender took a message of the same chat in this very moment
        return []


def _take(session: Session, rows: Sequence[Outbox], owner: str, until: datetime) -> None:
    values = {"state": OutboxState.LEASED, "lease_owner": owner, "lease_until": until}
    if rows:
        changed(session, _one(), [{"which": row.id, **values} for row in rows])
    for row in rows:
        for name, value in values.items():
            set_committed_value(row, name, value)


@cache
def _one() -> Update:
    return update(table(Outbox)).where(table(Outbox).c.id == bindparam("which"))


@cache
def _next(lanes: tuple[Lane, ...]) -> Select[Outbox, Chat]:
    # Built once: putting it together takes longer than running it.
    channel, now = bindparam("channel", type_=String), bindparam("now", type_=UtcDateTime)
    other = aliased(Outbox)
    [ready] = written(OutboxState.READY)
    # A message waiting for its second try holds back those behind it; one planned for later does not.
    due = or_(other.not_before <= now, other.attempts > 0)
    ahead = and_(other.state == ready, other.lane == Outbox.lane, other.id < Outbox.id, due)
    flying = other.state.in_(written(*IN_FLIGHT))
    blocked = exists().where(other.state.in_(PENDING), other.chat_id == Outbox.chat_id, or_(flying, ahead))
    return (
        select(Outbox, Chat)
        .join(Chat, Chat.id == Outbox.chat_id)
        .where(Outbox.state.in_(PENDING), Outbox.state == ready, Outbox.lane.in_([int(lane) for lane in lanes]))
        .where(Outbox.not_before <= now, ~blocked)
        .where(Chat.channel == channel, or_(Chat.next_at.is_(None), Chat.next_at <= now))
        .order_by(Outbox.lane, Outbox.not_before, Outbox.id)  # what is planned for later is not even looked at
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=Outbox)
    )


def sending(session: Session, items: Sequence[Claimed], lease_until: datetime) -> list[Claimed]:
    """About to be sent: committed just before the requests go out. Returns those still held."""

    def start(some: Sequence[Claimed]) -> int:
        kept = {"state": OutboxState.SENDING, "lease_until": lease_until}
        given = [{"which": item.row.id, "holder": item.row.lease_owner, **kept} for item in some]
        return changed(session, _held(), given)

    if not items or start(items) == len(items):
        return list(items)
    return [item for item in items if start([item]) == 1]


def sent(session: Session, arrivals: Sequence[Arrival]) -> None:
    """The channel took them. Holds for a message that was given up for unknown meanwhile, too."""
    if not arrivals:
        return
    given = [
        {
            "which": arrival.item.row.id,
            "holder": arrival.item.row.lease_owner,
            "state": OutboxState.SENT,
            "attempts": arrival.item.row.attempts + 1,
            "provider_id": arrival.provider_id,
            "sent_at": arrival.at,
            "reason": None,
            "lease_owner": None,
            "lease_until": None,
        }
        for arrival in arrivals
    ]
    if changed(session, _held(), given) != len(given):
        kept = ("which", "state", "provider_id", "sent_at", "reason")
        changed(session, _given_up(), [{name: values[name] for name in kept} for values in given])


def again(session: Session, item: Claimed, when: datetime, reason: str, *, counted: bool) -> None:
    """To be tried again at ``when``; ``counted`` where the try counts as a failure."""
    attempts = item.row.attempts + (1 if counted else 0)
    _settle(session, item.row, state=OutboxState.READY, not_before=when, attempts=attempts, reason=reason[:200])


def dead(session: Session, item: Claimed, reason: str) -> None:
    """Will not be tried again by itself."""
    _settle(session, item.row, state=OutboxState.DEAD, attempts=item.row.attempts + 1, reason=reason[:200])


def skipped(session: Session, item: Claimed, reason: str) -> None:
    """No longer wanted at the moment of sending."""
    _settle(session, item.row, state=OutboxState.SKIPPED, reason=reason[:200])


def unknown(session: Session, item: Claimed, reason: str) -> None:
    """May or may not have arrived; a person decides."""
    _settle(session, item.row, state=OutboxState.UNKNOWN, attempts=item.row.attempts + 1, reason=reason[:200])


def reshaped(session: Session, item: Claimed, content: str, now: datetime, reason: str) -> None:
    """To be sent at once in another shape."""
    attempts = item.row.attempts + 1
    values = {"content": content, "not_before": now, "attempts": attempts, "reason": reason[:200]}
    _settle(session, item.row, state=OutboxState.READY, **values)


def _settle(session: Session, row: Outbox, **values: object) -> None:
    values = {"lease_owner": None, "lease_until": None, **values}
    if changed(session, _held(), {"which": row.id, "holder": row.lease_owner, **values}) != 1:
        raise LostLeaseError(f"{LostLeaseError.__doc__} (outbox {row.id})")


@cache
def _held() -> Update:
    # Built once, as all statements that every message needs: putting one together takes longer than running it.
    row = table(Outbox).c
    flying = row.state.in_(written(*IN_FLIGHT))
    return update(table(Outbox)).where(row.id == bindparam("which"), flying, row.lease_owner == bindparam("holder"))


@cache
def _given_up() -> Update:
    row = table(Outbox).c
    waiting = row.state.in_(written(OutboxState.UNKNOWN, OutboxState.READY))
    return update(table(Outbox)).where(row.id == bindparam("which"), waiting)


def recover(session: Session, channel: str, now: datetime, *, alone: bool = False) -> int:
    """Settle lapsed claims (every claim, where the caller is ``alone``). Returns how many.

    A message that was only leased was never sent: ready again. One caught in the act may have arrived: replies,
    tickets and reminders are sent again, mass messages are left ``unknown`` for a person.
    """
    # No word of what is ready, nor of chats: the index of what is in flight is short, the others may hold a campaign.
    lapsed = select(Outbox).where(Outbox.state.in_(written(*IN_FLIGHT))).with_for_update(skip_locked=True, of=Outbox)
    if not alone:
        lapsed = lapsed.where(Outbox.lease_until < now)
    found = session.scalars(lapsed).all()
    rows = [row for row in found if session.get_one(Chat, row.chat_id).channel == channel]
    for row in rows:
        caught = row.state == OutboxState.SENDING
        row.lease_owner = row.lease_until = None
        row.state = OutboxState.UNKNOWN if caught and row.lane == Lane.BULK else OutboxState.READY
        row.attempts += 1 if caught else 0
        row.reason = "ended while sending" if caught else row.reason
    return len(rows)


def oldest(session: Session, now: datetime) -> datetime | None:
    """Since when the message that is longest due has been waiting; those planned for later do not wait."""
    due = (Outbox.state.in_(PENDING), Outbox.not_before <= now)
    return session.scalar(select(func.min(Outbox.not_before)).where(*due))


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state)).all()
    return {state.value: number for state, number in rows}


def listed(session: Session, states: Sequence[OutboxState], limit: int = 50) -> list[Claimed]:
    """Messages in these states, newest first."""
    found = (
        select(Outbox, Chat)
        .join(Chat, Chat.id == Outbox.chat_id)
        .where(Outbox.state.in_(states))
        .order_by(Outbox.id.desc())
        .limit(limit)
    )
    return [Claimed(row, chat) for row, chat in session.execute(found)]


def find(session: Session, number: int) -> Claimed:
    """The message with this number. Raises ``NoSuchMessageError``."""
    found = session.execute(
        select(Outbox, Chat).join(Chat, Chat.id == Outbox.chat_id).where(Outbox.id == number)
    ).one_or_none()
    if found is None:
        raise NoSuchMessageError(f"{NoSuchMessageError.__doc__} ({number})")
    return Claimed(found[0], found[1])


def replace_waiting(session: Session, key: str, content: str) -> bool:
    """Give a message that nobody began to send other words. Returns False where it is under way or done."""
    waiting = (Outbox.key == key, Outbox.state == OutboxState.READY, Outbox.attempts == 0)
    return changed(session, update(Outbox).where(*waiting).values(content=content)) == 1


def by_key(session: Session, key: str) -> Outbox | None:
    """The message of this key."""
    return session.scalar(select(Outbox).where(Outbox.key == key))


def resend(session: Session, number: int, now: datetime) -> Outbox:
    """A person wants it sent again. Raises ``NoSuchMessageError`` and ``NotResendableError``."""
    row = find(session, number).row
    if row.state in OPEN:
        raise NotResendableError(f"{NotResendableError.__doc__} ({number}: {row.state.value})")
    row.state, row.attempts, row.not_before, row.expires_at = OutboxState.READY, 0, now, None
    row.reason = f"sent again by hand, was {row.state.value}"
    return row


def forget_before(session: Session, moment: datetime) -> int:
    """Empty the texts of settled messages made before ``moment``; keys stay, so nothing is ever sent twice."""
    settled = Outbox.state.not_in(OPEN)
    return changed(
        session, update(Outbox).where(settled, Outbox.created_at < moment, Outbox.content != "").values(content="")
    )
