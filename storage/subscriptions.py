"""Who wants to be told what. Nobody is written to without consent; who leaves takes everything along that was planned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.engine import changed, insert
from storage.enterprise_tables import Enterprise, Ownership
from storage.subscription_tables import Digest, Scope, Subscriber, Subscription
from storage.tables import Chat

MOST = 60
"""Subscriptions one person may have."""


@dataclass(frozen=True)
class Reader:
    """A subscriber with the subscriptions and the enterprises the chat speaks for."""

    subscriber: Subscriber
    chat: Chat
    subscriptions: tuple[Subscription, ...]
    enterprises: tuple[Enterprise, ...]


def find(session: Session, chat_id: int) -> Subscriber | None:
    """Who agreed to be written to; None for who did not."""
    return session.get(Subscriber, chat_id)


def of_chat(session: Session, chat_id: int) -> list[Subscription]:
    """What a chat asked for, oldest first."""
    found = select(Subscription).where(Subscription.chat_id == chat_id)
    return list(session.scalars(found.order_by(Subscription.since, Subscription.scope, Subscription.name)))


def agree(session: Session, chat_id: int, now: datetime) -> None:
    """The person agrees to be written to; who agreed before stays as is."""
    values = {"chat_id": chat_id, "consent_at": now, "matches": True, "most_a_day": 2, "digest": Digest.OFF}
    session.execute(insert(session, Subscriber).values(**values).on_conflict_do_nothing())


def add(session: Session, chat_id: int, scope: Scope, name: str, now: datetime) -> bool:
    """Ask for something more. False without consent, or where there is no room."""
    if find(session, chat_id) is None or len(of_chat(session, chat_id)) >= MOST:
        return False
    values = {"chat_id": chat_id, "scope": scope, "name": name, "since": now}
    session.execute(insert(session, Subscription).values(**values).on_conflict_do_nothing())
    return True


def remove(session: Session, chat_id: int, scope: Scope, name: str = "") -> bool:
    """Ask for it no longer. Returns whether it was asked for."""
    mine = (Subscription.chat_id == chat_id, Subscription.scope == scope, Subscription.name == name)
    return changed(session, delete(Subscription).where(*mine)) > 0


def leave(session: Session, chat_id: int) -> bool:
    """Consent is taken back: nothing is sent any more, also what waits already. Returns whether there was one."""
    session.execute(delete(Subscription).where(Subscription.chat_id == chat_id))
    return changed(session, delete(Subscriber).where(Subscriber.chat_id == chat_id)) > 0


def mute(session: Session, chat_id: int, until: datetime | None) -> None:
    """Send nothing before ``until``; None: send again."""
    session.execute(update(Subscriber).where(Subscriber.chat_id == chat_id).values(muted_until=until))


def adjust(
    session: Session,
    chat_id: int,
    *,
    matches: bool | None = None,
    most_a_day: int | None = None,
    digest: Digest | None = None,
) -> None:
    """Change how somebody is written to; None leaves a setting as it is."""
    wanted = {"matches": matches, "most_a_day": most_a_day, "digest": digest}
    values = {name: value for name, value in wanted.items() if value is not None}
    if values:
        session.execute(update(Subscriber).where(Subscriber.chat_id == chat_id).values(**values))


def readers(session: Session, chat_ids: Iterable[int] | None = None) -> list[Reader]:
    """All who agreed, or those among ``chat_ids``, by chat."""
    some = list(chat_ids) if chat_ids is not None else None
    people = select(Subscriber, Chat).join(Chat, Chat.id == Subscriber.chat_id).order_by(Subscriber.chat_id)
    asked = select(Subscription).order_by(Subscription.chat_id, Subscription.since)
    owned = (
        select(Ownership.chat_id, Enterprise)
        .join(Enterprise, Enterprise.id == Ownership.enterprise_id)
        .join(Subscriber, Subscriber.chat_id == Ownership.chat_id)
        .order_by(Enterprise.id)
    )
    if some is not None:
        people = people.where(Subscriber.chat_id.in_(some))
        asked = asked.where(Subscription.chat_id.in_(some))
        owned = owned.where(Ownership.chat_id.in_(some))
    subscriptions: dict[int, list[Subscription]] = {}
    for one in session.scalars(asked):
        subscriptions.setdefault(one.chat_id, []).append(one)
    enterprises: dict[int, list[Enterprise]] = {}
    for chat_id, enterprise in session.execute(owned):
        enterprises.setdefault(chat_id, []).append(enterprise)
    return [
        Reader(
            subscriber,
            chat,
            tuple(subscriptions.get(subscriber.chat_id, ())),
            tuple(enterprises.get(subscriber.chat_id, ())),
        )
        for subscriber, chat in session.execute(people)
    ]
