"""Words of people out of tickets: at /forget, and when a closed ticket's period is over. Numbers stay for counting."""

from datetime import datetime

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from storage import tickets
from storage.engine import changed
from storage.outbox import OPEN
from storage.tables import Outbox
from storage.ticket_tables import (
    LIVE,
    Actor,
    KbProposal,
    ProposalState,
    Ticket,
    TicketEvent,
    TicketFollowUp,
    TicketGrade,
    TicketState,
    TicketTarget,
)

NOTHING = {"subject": "", "transcript": "", "facts": "[]", "candidates": "[]", "details": "[]", "called": ""}
_BATCH = 500


def forget(session: Session, chat_id: int, now: datetime) -> None:
    """Empty everything said in a person's tickets, and end those still open: nobody could answer them any more."""
    for ticket in session.scalars(select(Ticket).where(Ticket.chat_id == chat_id).with_for_update()).all():
        if ticket.state in (TicketState.RESOLVED, *LIVE):
            ticket.state, ticket.closed_at = TicketState.CLOSED, now
            tickets.touch(ticket, now)
            tickets.note(session, ticket, Actor.SYSTEM, "closed", now, detail={"why": "forgotten"})
            owed = (TicketTarget.ticket_id == ticket.id, TicketTarget.met_at.is_(None))
            session.execute(update(TicketTarget).where(*owed).values(met_at=now))
            follow = (TicketFollowUp.ticket_id == ticket.id, TicketFollowUp.done_at.is_(None))
            session.execute(update(TicketFollowUp).where(*follow).values(withdrawn_at=now))
    session.flush()
    _empty(session, select(Ticket.id).where(Ticket.chat_id == chat_id))


def forget_before(session: Session, moment: datetime) -> int:
    """Empty tickets closed before ``moment``. Returns how many."""
    old = and_(Ticket.state == TicketState.CLOSED, Ticket.closed_at < moment)
    said = or_(*(getattr(Ticket, name) != nothing for name, nothing in NOTHING.items()))
    return _empty(session, select(Ticket.id).where(old, said))


def _empty(session: Session, wanted: Select[int]) -> int:
    ids = list(session.scalars(wanted))
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        session.execute(update(Ticket).where(Ticket.id.in_(some)).values(**NOTHING))
        nothing = {"text": "", "file_id": None, "file_name": None, "source": None}
        mine = (TicketEvent.ticket_id.in_(some), TicketEvent.act != "undelivered")
        session.execute(update(TicketEvent).where(*mine).values(**nothing))
        session.execute(update(TicketGrade).where(TicketGrade.ticket_id.in_(some)).values(words=""))
        _proposals(session, some)
        for ticket_id in some:
            _messages(session, ticket_id)
    return len(ids)


def _proposals(session: Session, ids: list[int]) -> None:
    waiting = (KbProposal.ticket_id.in_(ids), KbProposal.state == ProposalState.WAITING)
    session.execute(delete(KbProposal).where(*waiting))
    session.execute(update(KbProposal).where(KbProposal.ticket_id.in_(ids)).values(question="", answer="", why=""))


def _messages(session: Session, ticket_id: int) -> int:
    # Also those that told colleagues what the owner said: they went to another chat.
    low, high = f"ticket:{ticket_id}:", f"ticket:{ticket_id};"
    about = (Outbox.key >= low, Outbox.key < high, Outbox.state.not_in(OPEN), Outbox.content != "")
    return changed(session, update(Outbox).where(*about).values(content=""))
