"""Entries proposed for the knowledge base after tickets: the review queue."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage import masking
from storage.engine import changed, insert
from storage.ticket_tables import KbProposal, ProposalState


def propose(
    session: Session,
    ticket_id: int,
    question: str,
    answer: str,
    measure: str | None,
    department: str | None,
    staff_id: int | None,
    now: datetime,
) -> KbProposal | None:
    """Propose an entry, or better the one still waiting for the same ticket. None where a keeper decided already."""
    said = {"question": masking.mask(question), "answer": masking.mask(answer), "measure": measure}
    kept = {"ticket_id": ticket_id, "department": department, "proposed_by_id": staff_id, "created_at": now}
    rest = {"citation": "", "state": ProposalState.WAITING, "reviewed_by": "", "why": ""}
    waiting = KbProposal.state == ProposalState.WAITING
    session.execute(
        insert(session, KbProposal)
        .values(**said, **kept, **rest)
        .on_conflict_do_update(index_elements=["ticket_id"], set_=said, where=waiting)
    )
    return session.scalar(
        select(KbProposal).where(KbProposal.ticket_id == ticket_id, waiting).execution_options(populate_existing=True)
    )


def get(session: Session, number: int) -> KbProposal | None:
    """The proposal of this number."""
    return session.get(KbProposal, number)


def listed(session: Session, *states: ProposalState, limit: int = 200) -> list[KbProposal]:
    """Proposals in these states, oldest first."""
    found = select(KbProposal).where(KbProposal.state.in_(states or tuple(ProposalState)))
    return list(session.scalars(found.order_by(KbProposal.id).limit(limit)))


def decide(
    session: Session, number: int, state: ProposalState, by: str, now: datetime, *, why: str = "", citation: str = ""
) -> bool:
    """Accept or reject a waiting proposal. Of several at once, one decides."""
    waiting = (KbProposal.id == number, KbProposal.state == ProposalState.WAITING)
    values = {"state": state, "reviewed_by": by[:40], "reviewed_at": now, "why": why, "citation": citation}
    return changed(session, update(KbProposal).where(*waiting).values(**values)) == 1


def waiting(session: Session) -> int:
    """How many wait for a keeper."""
    found = select(func.count()).select_from(KbProposal).where(KbProposal.state == ProposalState.WAITING)
    return session.scalar(found) or 0
