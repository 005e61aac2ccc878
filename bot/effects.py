"""What a turn wants done besides the reply: carried out in the transaction that keeps the reply."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from bot import link_effects, subscription_effects, ticket_effects
from handlers.campaigns import NoteClick
from handlers.keeping import ChangeEnterprise, DropEnterprise, EnterpriseEffect, KeepEnterprise, SwitchEnterprise
from handlers.linking import TryLinkCode, UseLinkCode
from handlers.session import Told
from handlers.subscription_effects import Adjust, Agree, Leave, Mute, Subscribe, Unsubscribe
from handlers.turn import Effect, Forget, NoteUnanswered
from helpdesk.house import House
from storage import campaigns, enterprises, events, forgetting, unanswered
from storage.content import Content
from storage.tables import Chat


def carry_out(
    transaction: Transaction, chat: Chat, effect: Effect, now: datetime, house: House | None = None
) -> Content | None:
    """Carry out one effect of a turn with `chat`. Returns what must be said besides the reply."""
    match effect:
        case NoteUnanswered(text, kind):
            unanswered.add(transaction, chat.id, text, kind, now)
        case Forget():
            forgetting.erase(transaction, chat, now)
        case KeepEnterprise() | ChangeEnterprise() | SwitchEnterprise() | DropEnterprise():
            _keep(transaction, chat, effect, now)
        case NoteClick(campaign, button):
            campaigns.clicked(transaction, campaign, chat.id, button, now)
        case Agree() | Subscribe() | Unsubscribe() | Leave() | Mute() | Adjust():
            subscription_effects.carry_out(transaction, chat, effect, now)
        case TryLinkCode() | UseLinkCode():
            return link_effects.carry_out(transaction, chat, effect, now, (house or House()).catalogue)
        case _:
            return ticket_effects.carry_out(transaction, chat, effect, now, house or House())
    return None


def _keep(transaction: Transaction, chat: Chat, effect: EnterpriseEffect, now: datetime) -> None:
    """Enterprises kept with consent. One the chat does not speak for any more is left alone."""
    subject = f"{chat.channel}:{chat.address}"
    match effect:
        case KeepEnterprise(name, facts):
            kept = enterprises.create(transaction, chat.id, name, _as_kept(facts), now)
            events.add(transaction, "enterprise.kept", now, subject, enterprise=kept.id)
        case ChangeEnterprise(number, facts, dropped, name):
            enterprises.change(transaction, chat.id, number, now, facts=_as_kept(facts), dropped=dropped)
            if name is not None:
                enterprises.rename(transaction, chat.id, number, name)
        case SwitchEnterprise(number):
            enterprises.activate(transaction, chat.id, number)
        case DropEnterprise(number):
            if enterprises.drop(transaction, chat.id, number, now):
                events.add(transaction, "enterprise.dropped", now, subject, enterprise=number)


def _as_kept(facts: Mapping[str, Told]) -> dict[str, dict[str, object]]:
    return {name: told.model_dump(include={"value", "words"}) for name, told in facts.items()}
