"""What a turn wants done with subscriptions, carried out."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session as Transaction

from handlers.subscription_effects import Adjust, Agree, Leave, Mute, Subscribe, SubscriptionEffect, Unsubscribe
from storage import events, subscriptions
from storage.subscription_tables import Digest, Scope
from storage.tables import Chat, ChatKind


def carry_out(transaction: Transaction, chat: Chat, effect: SubscriptionEffect, now: datetime) -> None:
    """Carry out one effect. A group subscribes to nothing; without consent nothing is subscribed to."""
    if chat.kind is ChatKind.GROUP:
        return
    subject = f"{chat.channel}:{chat.address}"
    match effect:
        case Agree():
            if subscriptions.find(transaction, chat.id) is None:
                subscriptions.agree(transaction, chat.id, now)
                events.add(transaction, "pushes.agreed", now, subject)
        case Subscribe(scope, name):
            if subscriptions.add(transaction, chat.id, Scope(scope), name, now):
                events.add(transaction, "pushes.subscribed", now, subject, scope=scope, name=name)
        case Unsubscribe(scope, name):
            if subscriptions.remove(transaction, chat.id, Scope(scope), name):
                events.add(transaction, "pushes.unsubscribed", now, subject, scope=scope, name=name)
        case Leave():
            if subscriptions.leave(transaction, chat.id):
                events.add(transaction, "pushes.left", now, subject)
        case Mute(days):
            subscriptions.mute(transaction, chat.id, now + timedelta(days=days) if days > 0 else None)
        case Adjust(matches, most_a_day, digest):
            wanted = Digest(digest) if digest else None
            subscriptions.adjust(transaction, chat.id, matches=matches, most_a_day=most_a_day, digest=wanted)
