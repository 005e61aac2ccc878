"""Whom a turn talks to: what the database keeps of a person, as handlers take it."""

import json

from sqlalchemy.orm import Session as Transaction

from handlers.person import NOBODY, Enterprise, LiveTicket, Person, Subscriptions
from handlers.session import Told
from helpdesk import states
from storage import chats, enterprises, subscriptions, tickets
from storage.tables import ChatKind
from storage.times import SHANGHAI

UNASKED = {"telegram"}
"""Channels that can write to somebody who has not just written."""


def load(transaction: Transaction, channel: str, address: str) -> Person:
    """The person behind a chat. Of a group nothing is kept: its members are not one enterprise."""
    chat = chats.find(transaction, channel, address)
    if chat is None:
        return Person(may_keep=True, subscriptions=Subscriptions() if channel in UNASKED else None)
    if chat.kind is ChatKind.GROUP:
        return NOBODY
    owned = enterprises.of_chat(transaction, chat.id)
    return Person(
        enterprises=tuple(Enterprise(kept.id, kept.name, _told(kept.facts)) for kept, _ in owned),
        active=next((kept.id for kept, ownership in owned if ownership.is_active), None),
        may_keep=True,
        ticket=_ticket(transaction, chat.id),
        subscriptions=_subscriptions(transaction, chat.id) if channel in UNASKED else None,
    )


def _subscriptions(transaction: Transaction, chat_id: int) -> Subscriptions:
    agreed = subscriptions.find(transaction, chat_id)
    if agreed is None:
        return Subscriptions()
    muted = agreed.muted_until
    return Subscriptions(
        agreed=True,
        wishes=tuple((one.scope.value, one.name) for one in subscriptions.of_chat(transaction, chat_id)),
        matches=agreed.matches,
        most_a_day=agreed.most_a_day,
        digest=agreed.digest.value,
        muted_until=muted.astimezone(SHANGHAI).date() if muted else None,
    )


def _ticket(transaction: Transaction, chat_id: int) -> LiveTicket | None:
    live = tickets.live(transaction, chat_id)
    if live is None:
        return None
    with_human = live.state in states.HELD and not live.bot_on
    return LiveTicket(live.id, live.number, live.subject, with_human=with_human, bot_on=live.bot_on)


def _told(facts: str) -> dict[str, Told]:
    return {name: Told.model_validate(told) for name, told in json.loads(facts).items()}
