"""What a settled question proposes for the knowledge base: question, answer, measure; the source is for a keeper."""

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.house import House
from storage import proposals, tickets
from storage.ticket_tables import KbProposal, Staff, Ticket, TicketKind

LEAST = 8
"""Characters below which an answer (好的, 请稍等) is nothing to keep."""


def offer(session: Session, house: House, ticket: Ticket, staff: Staff, now: datetime) -> KbProposal | None:
    """Put a settled advisory ticket into the review queue; None where there is nothing to learn from it."""
    if ticket.kind is not TicketKind.ADVISORY:
        return None
    answers = _answers(session, ticket)
    question = _question(ticket)
    if not answers or not question:
        return None
    measure = ticket.measure if ticket.measure in house.catalogue.entries else None
    return proposals.propose(
        session, ticket.id, question, "\n".join(answers), measure, ticket.department, staff.id, now
    )


def _answers(session: Session, ticket: Ticket) -> list[str]:
    """What the owner was told, as it was corrected in the end."""
    said: dict[int, str] = {}
    for event in tickets.events_of(session, ticket.id):
        detail = tickets.detail(event)
        of = detail.get("of")
        if event.act == "replied" and "canned" not in detail:  # a ready answer came from the knowledge base
            said[event.id] = event.text
        elif event.act == "edited" and isinstance(of, int) and of in said:
            said[of] = event.text
    return [text for text in said.values() if len(text.strip()) >= LEAST]


def _question(ticket: Ticket) -> str:
    """The last thing asked before the human was called, else the subject."""
    lines = [line.strip() for line in ticket.transcript.splitlines() if len(line.strip()) >= 4]
    asked = [line for line in lines if "人工" not in line]
    return (asked or [ticket.subject])[-1].strip()
