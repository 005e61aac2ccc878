"""Campaigns: written down, approved by a second person, put into the outbox in SQL, counted from its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    String,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from storage.campaign_tables import Campaign, Click, Recipient
from storage.engine import changed, insert, table
from storage.enterprise_tables import Enterprise, Ownership
from storage.subscription_tables import Scope, Subscriber, Subscription
from storage.tables import Chat, ChatKind, Lane, Outbox, OutboxState

DRAFT, RUNNING, STOPPED = "draft", "running", "stopped"
HELD = datetime(2999, 1, 1, tzinfo=UTC)
"""What waits for a stopped campaign is planned for this moment."""


class NoSuchCampaignError(LookupError):
    """没有这个编号的群发"""


@dataclass(frozen=True)
class Candidate:
    """Somebody who agreed to be written to, with one of their enterprises (None: has none)."""

    chat_id: int
    district: str | None
    facts: str | None


@dataclass(frozen=True)
class Slot:
    """Recipients by position, ``first`` inclusive and ``end`` exclusive, and when their messages are due."""

    first: int
    end: int
    due: datetime


def get(session: Session, number: int, *, lock: bool = False) -> Campaign:
    """The campaign of this number. Raises ``NoSuchCampaignError``."""
    found = session.get(Campaign, number, with_for_update=True if lock else None)
    if found is None:
        raise NoSuchCampaignError(f"{NoSuchCampaignError.__doc__}：{number}")
    return found


def newest(session: Session, limit: int = 20) -> list[Campaign]:
    """The last ones made, newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(limit)))


def running(session: Session, number: int) -> bool:
    """Whether its messages may go out at this moment."""
    return session.scalar(select(Campaign.state).where(Campaign.id == number)) == RUNNING


# ---- to whom


def candidates(
    session: Session,
    now: datetime,
    asked: Sequence[tuple[Scope, str]] = (),
    not_in: Sequence[int] = (),
) -> Iterator[Candidate]:
    """Everybody who may be written to now, by chat; several rows for several enterprises.

    ``asked``: only who subscribed one of these (or everything). ``not_in``: campaigns whose people are left out.
    """
    found = (
        select(Subscriber.chat_id, Enterprise.district, Enterprise.facts)
        .join(Chat, Chat.id == Subscriber.chat_id)
        .outerjoin(Ownership, Ownership.chat_id == Subscriber.chat_id)
        .outerjoin(Enterprise, Enterprise.id == Ownership.enterprise_id)
        .where(Chat.kind == ChatKind.PRIVATE, Chat.blocked_at.is_(None), ~_muted(now))
        .order_by(Subscriber.chat_id, Enterprise.id)
    )
    if asked:
        wanted = [and_(Subscription.scope == scope, Subscription.name == name) for scope, name in asked]
        found = found.where(
            exists().where(Subscription.chat_id == Subscriber.chat_id, or_(Subscription.scope == Scope.ALL, *wanted))
        )
    if not_in:
        found = found.where(~exists().where(Recipient.chat_id == Subscriber.chat_id, Recipient.campaign_id.in_(not_in)))
    for row in session.execute(found.execution_options(yield_per=5000)):
        yield Candidate(*row)


def _muted(now: datetime) -> ColumnElement[bool]:
    return and_(Subscriber.muted_until.is_not(None), Subscriber.muted_until > now)


def may_push(session: Session, chat_id: int, now: datetime) -> str | None:
    """Why somebody may not be written to unasked at this moment; None where they may."""
    row = session.execute(select(Subscriber.muted_until).where(Subscriber.chat_id == chat_id)).one_or_none()
    if row is None:
        return "unsubscribed"
    return "muted" if row.muted_until is not None and row.muted_until > now else None


def enlist(session: Session, number: int, chat_ids: Iterable[int]) -> int:
    """Write down who it goes to, in this order, instead of whoever stood there. Returns how many."""
    session.execute(delete(Recipient).where(Recipient.campaign_id == number))
    rows = [{"campaign_id": number, "position": place, "chat_id": chat} for place, chat in enumerate(chat_ids)]
    for start in range(0, len(rows), 10_000):
        session.execute(insert(session, Recipient), rows[start : start + 10_000])
    session.execute(update(Campaign).where(Campaign.id == number).values(total=len(rows)))
    return len(rows)


def seal(session: Session, campaign: Campaign) -> str:
    """The hash of everything its second person approves: text, measure and version, audience, and the list itself."""
    mark = sha256()
    for part in (campaign.title, campaign.text, campaign.measure, campaign.measure_version, campaign.audience):
        mark.update(repr(part).encode() + b"\0")
    chats = select(Recipient.chat_id).where(Recipient.campaign_id == campaign.id).order_by(Recipient.position)
    for chunk in session.scalars(chats).partitions(10_000):
        mark.update(",".join(map(str, chunk)).encode() + b",")
    return mark.hexdigest()


def holds(session: Session, campaign: Campaign) -> bool:
    """Whether it is approved, and nothing changed since."""
    return campaign.seal is not None and campaign.seal == seal(session, campaign)


# ---- into the outbox and back


def key(number: int, chat_id: int) -> str:
    """The outbox key of one copy."""
    return f"campaign:{number}:{chat_id}"


def _keys() -> ColumnElement[str]:
    return literal("campaign:") + cast(Recipient.campaign_id, String) + literal(":") + cast(Recipient.chat_id, String)


def fan_out(session: Session, number: int, slots: Sequence[Slot], content: str, checks: str, now: datetime) -> int:
    """Put the copies of these slots into the outbox; those there already are left alone. Returns how many are new."""
    columns = ("key", "chat_id", "lane", "content", "checks", "state", "attempts", "not_before", "created_at")
    added = 0
    for slot in slots:
        rows = select(
            _keys(),
            Recipient.chat_id,
            literal(int(Lane.BULK)),
            literal(content),
            literal(checks),
            literal(OutboxState.READY.value),
            literal(0),
            _moment(session, slot.due),
            _moment(session, now),
        ).where(Recipient.campaign_id == number, Recipient.position >= slot.first, Recipient.position < slot.end)
        statement = insert(session, Outbox).from_select(columns, rows.order_by(Recipient.position))
        added += changed(session, statement.on_conflict_do_nothing())
    return added


def _moment(session: Session, moment: datetime) -> ColumnElement[Any]:
    # In a SELECT the column's own type does not apply: written as it would be written.
    if session.get_bind().dialect.name == "sqlite":
        return literal(moment.astimezone(UTC).replace(tzinfo=None), DateTime())
    return literal(moment.astimezone(UTC), DateTime(timezone=True))


def waiting(session: Session, number: int) -> list[int]:
    """Positions whose copy still waits, in order."""
    ready = and_(Outbox.key == _keys(), Outbox.state == OutboxState.READY)
    return list(
        session.scalars(
            select(Recipient.position)
            .join(Outbox, ready)
            .where(Recipient.campaign_id == number)
            .order_by(Recipient.position)
        )
    )


def plan(session: Session, number: int, slots: Sequence[Slot]) -> int:
    """Plan the waiting copies of these slots anew; attempts to come after a failure keep their wait."""
    moved = 0
    for slot in slots:
        mine = select(_keys()).where(
            Recipient.campaign_id == number, Recipient.position >= slot.first, Recipient.position < slot.end
        )
        row = table(Outbox).c
        ready = (row.state == OutboxState.READY, row.key.in_(mine))
        moved += changed(session, update(table(Outbox)).where(*ready).values(not_before=slot.due))
    return moved


# ---- what became of it


@dataclass(frozen=True)
class Figures:
    """How many people are in which state. ``missing``: not in the outbox yet."""

    total: int
    missing: int
    by_state: dict[OutboxState, int]
    reasons: dict[tuple[OutboxState, str], int]
    clicks: dict[str, int]

    @property
    def open(self) -> int:
        """Still to come."""
        states = (OutboxState.READY, OutboxState.LEASED, OutboxState.SENDING)
        return self.missing + sum(self.by_state.get(state, 0) for state in states)

    @property
    def adds_up(self) -> bool:
        """Whether nobody is lost or counted twice."""
        return self.total == self.missing + sum(self.by_state.values())


SETTLED_WITH_REASON = (OutboxState.DEAD, OutboxState.SKIPPED, OutboxState.UNKNOWN)


def figures(session: Session, number: int) -> Figures:
    """Counted from the rows, never kept beside them."""
    reason = case((Outbox.state.in_(SETTLED_WITH_REASON), func.coalesce(Outbox.reason, "")), else_="")
    counted = (
        select(Outbox.state, reason, func.count())
        .select_from(Recipient)
        .outerjoin(Outbox, Outbox.key == _keys())
        .where(Recipient.campaign_id == number)
        .group_by(Outbox.state, reason)
    )
    by_state: dict[OutboxState, int] = {}
    reasons: dict[tuple[OutboxState, str], int] = {}
    total = missing = 0
    for state, why, people in session.execute(counted):
        total += people
        if state is None:
            missing += people
            continue
        by_state[state] = by_state.get(state, 0) + people
        if state in SETTLED_WITH_REASON:
            kind = why.partition(":")[0]
            reasons[state, kind] = reasons.get((state, kind), 0) + people
    pressed = select(Click.button, func.count()).where(Click.campaign_id == number).group_by(Click.button)
    clicks = {str(row[0]): int(row[1]) for row in session.execute(pressed)}
    return Figures(total, missing, by_state, reasons, clicks)


def unknown(session: Session, number: int, limit: int = 50) -> list[int]:
    """Outbox numbers of copies nobody knows to have arrived: a person decides."""
    found = (
        select(Outbox.id)
        .join(Recipient, Outbox.key == _keys())
        .where(Recipient.campaign_id == number, Outbox.state == OutboxState.UNKNOWN)
        .order_by(Outbox.id)
        .limit(limit)
    )
    return list(session.scalars(found))


@dataclass(frozen=True)
class Line:
    """One person in an export: no address, no name."""

    position: int
    state: OutboxState | None
    reason: str | None
    sent_at: datetime | None
    district: str | None
    clicks: tuple[str, ...]


def lines(session: Session, number: int, after: int = -1, limit: int = 5000) -> list[Line]:
    """Recipients after a position with what became of their copy."""
    found = (
        select(Recipient.position, Recipient.chat_id, Outbox.state, Outbox.reason, Outbox.sent_at, Enterprise.district)
        .outerjoin(Outbox, Outbox.key == _keys())
        .outerjoin(Ownership, and_(Ownership.chat_id == Recipient.chat_id, Ownership.is_active.is_(True)))
        .outerjoin(Enterprise, Enterprise.id == Ownership.enterprise_id)
        .where(Recipient.campaign_id == number, Recipient.position > after)
        .order_by(Recipient.position)
        .limit(limit)
    )
    rows = session.execute(found).all()
    chats = [row.chat_id for row in rows]
    pressed: dict[int, list[str]] = {}
    mine = (Click.campaign_id == number, Click.chat_id.in_(chats))
    for chat, button in session.execute(select(Click.chat_id, Click.button).where(*mine).order_by(Click.button)):
        pressed.setdefault(chat, []).append(button)
    return [
        Line(row.position, row.state, row.reason, row.sent_at, row.district, tuple(pressed.get(row.chat_id, ())))
        for row in rows
    ]


def clicked(session: Session, number: int, chat_id: int, button: str, now: datetime) -> None:
    """Note a pressed button, once; a campaign that never went to this chat is left alone."""
    mine = (Recipient.campaign_id == number, Recipient.chat_id == chat_id)
    if session.scalar(select(Recipient.position).where(*mine)) is not None:
        values = {"campaign_id": number, "chat_id": chat_id, "button": button[:16], "at": now}
        session.execute(insert(session, Click).values(**values).on_conflict_do_nothing())


def forget(session: Session, chat_id: int) -> None:
    """What a person pressed goes; that they were written to stays, so that totals add up and nobody is sent twice."""
    session.execute(delete(Click).where(Click.chat_id == chat_id))
