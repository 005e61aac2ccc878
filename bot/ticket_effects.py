"""What a turn wants done with tickets, handed to the helpdesk."""

from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from handlers.ticket_effects import (
    GiveBack,
    GradeTicket,
    OpenTicket,
    ReopenTicket,
    TakeBack,
    TellTicket,
    TicketEffect,
)
from helpdesk import wording
from helpdesk.house import House
from helpdesk.reception import Ask, Reception
from helpdesk.states import DeskError, WrongStateError
from storage.content import Choice, Content
from storage.tables import Chat
from storage.ticket_tables import Ticket


def carry_out(
    transaction: Transaction, chat: Chat, effect: TicketEffect, now: datetime, house: House
) -> Content | None:
    """Carry out one effect. Returns what the owner must be told at once where it could not be done."""
    reception = Reception(transaction, house, now)
    try:
        match effect:
            case OpenTicket():
                reception.open_(chat.id, _ask(effect))
            case TellTicket():
                return _tell(reception, chat, effect)
            case GiveBack(ticket):
                reception.give_back(reception.own(ticket, chat.id))
            case TakeBack(ticket):
                reception.take_back(reception.own(ticket, chat.id))
            case GradeTicket(ticket, grade, words):
                reception.grade(ticket, chat.id, grade, words)
            case ReopenTicket(ticket):
                reception.reopen(ticket, chat.id)
    except DeskError as error:  # raised before anything was changed
        return Content(text=f"{error}。")
    return None


def _ask(effect: OpenTicket) -> Ask:
    return Ask(
        effect.subject,
        effect.measure,
        effect.reason,
        effect.transcript,
        effect.kind,
        effect.facts,
        effect.candidates,
        effect.details,
        effect.department,
        effect.called,
    )


def _tell(reception: Reception, chat: Chat, effect: TellTicket) -> Content | None:
    ticket: Ticket = reception.own(effect.ticket, chat.id)
    if effect.edited:
        if effect.source is not None:
            reception.edited(ticket, effect.source, effect.text)
        return None
    try:
        reception.tell(ticket, effect.text, effect.file, effect.source)
    except WrongStateError:  # settled between the loading of the person and now
        again = Choice(label="还没解决", action=f"reopen:{ticket.id}")
        return Content(text=wording.gone(ticket), rows=((again,),))
    return None
