"""What a turn wants done besides the reply: carried out in the transaction that keeps the reply."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from handlers.keeping import ChangeEnterprise, DropEnterprise, EnterpriseEffect, KeepEnterprise, SwitchEnterprise
from handlers.session import Told
from handlers.turn import Effect, Forget, NoteUnanswered, OpenTicket
from storage import enterprises, events, forgetting, tickets, unanswered
from storage.tables import Chat


def carry_out(transaction: Transaction, chat: Chat, effect: Effect, now: datetime) -> None:
    """Carry out one effect of a turn with `chat`."""
    match effect:
        case OpenTicket(subject, measure, reason, transcript):
            ticket = tickets.add(transaction, chat.id, subject, measure, reason, "\n".join(transcript), now)
            events.add(transaction, "ticket.opened", now, f"{chat.channel}:{chat.address}", ticket=ticket.id)
        case NoteUnanswered(text, kind):
            unanswered.add(transaction, chat.id, text, kind, now)
        case Forget():
            forgetting.erase(transaction, chat, now)
        case KeepEnterprise() | ChangeEnterprise() | SwitchEnterprise() | DropEnterprise():
            _keep(transaction, chat, effect, now)


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
