"""What a turn wants done besides the reply: carried out in the transaction that keeps the reply."""

from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from handlers.turn import Effect, Forget, NoteUnanswered, OpenTicket
from storage import events, forgetting, tickets, unanswered
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
