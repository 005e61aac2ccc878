"""Messages of the helpdesk on their way: each with a key of its ticket and event, in the lane of tickets."""

from datetime import datetime

from sqlalchemy.orm import Session

from storage import chats, outbox, tickets
from storage.content import Content
from storage.outbox import NewMessage
from storage.tables import Lane
from storage.ticket_tables import Staff, Ticket, TicketEvent


def to_owner(session: Session, ticket: Ticket, event: TicketEvent, content: Content, now: datetime) -> str:
    """Send the owner what an event says. Returns the key."""
    key = tickets.key(event)
    outbox.put(session, [NewMessage(key, ticket.chat_id, Lane.TICKET, content.as_json())], now)
    return key


def to_staff(session: Session, event: TicketEvent, staff: Staff, content: Content, now: datetime) -> bool:
    """Send a colleague a private word. Returns False for one who never spoke to the assistant: it may not begin."""
    chat = chats.find(session, staff.channel, staff.address) if staff.channel and staff.address else None
    if chat is None or chat.blocked_at is not None:
        return False
    key = f"{tickets.key(event)}:staff:{staff.id}"
    outbox.put(session, [NewMessage(key, chat.id, Lane.TICKET, content.as_json())], now)
    return True


def correct(
    session: Session, ticket: Ticket, of: TicketEvent, event: TicketEvent, content: Content, now: datetime
) -> str:
    """Change what was sent before. Returns how: ``replaced`` before it left, ``edited`` in place, or sent ``again``.

    ``content`` is the whole new message; where nothing can be edited it goes out as a message of its own.
    """
    sent = outbox.by_key(session, tickets.key(of))
    if sent is not None and outbox.replace_waiting(session, sent.key, content.as_json()):
        return "replaced"
    if sent is not None and sent.provider_id:
        to_owner(session, ticket, event, content.model_copy(update={"edits": sent.provider_id}), now)
        return "edited"
    to_owner(session, ticket, event, content, now)
    return "again"
