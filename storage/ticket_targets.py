"""What was promised for tickets: rows, each settled once whoever settles it."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.engine import changed, insert
from storage.ticket_tables import Promise, Ticket, TicketFollowUp, TicketTarget


def begin(
    session: Session,
    ticket_id: int,
    promise: Promise,
    started_at: datetime,
    minutes: int,
    due_at: datetime,
    *,
    provisional: bool,
) -> None:
    """Promise something, once more if it was kept before; nothing while it is still owed."""
    if owed(session, ticket_id, promise):
        return
    known = select(func.max(TicketTarget.round)).where(
        TicketTarget.ticket_id == ticket_id, TicketTarget.promise == promise
    )
    number = (session.scalar(known) or 0) + 1
    session.execute(
        insert(session, TicketTarget)
        .values(
            ticket_id=ticket_id,
            promise=promise,
            round=number,
            started_at=started_at,
            minutes=minutes,
            due_at=due_at,
            provisional=provisional,
            level=0,
        )
        .on_conflict_do_nothing()
    )


def owed(session: Session, ticket_id: int, *promises: Promise) -> list[TicketTarget]:
    """What is still owed for a ticket."""
    wanted = select(TicketTarget).where(TicketTarget.ticket_id == ticket_id, TicketTarget.met_at.is_(None))
    if promises:
        wanted = wanted.where(TicketTarget.promise.in_(promises))
    return list(session.scalars(wanted.order_by(TicketTarget.id)))


def of_ticket(session: Session, ticket_id: int) -> list[TicketTarget]:
    """All that was ever promised for a ticket."""
    return list(
        session.scalars(select(TicketTarget).where(TicketTarget.ticket_id == ticket_id).order_by(TicketTarget.id))
    )


def meet(session: Session, ticket_id: int, now: datetime, *promises: Promise) -> None:
    """Kept, late or not; or no longer owed."""
    for target in owed(session, ticket_id, *promises):
        target.met_at = now


def overdue(session: Session, now: datetime, limit: int = 1000) -> list[tuple[TicketTarget, Ticket]]:
    """What is owed and whose time is over, longest first."""
    late = (
        select(TicketTarget, Ticket)
        .join(Ticket, Ticket.id == TicketTarget.ticket_id)
        .where(TicketTarget.met_at.is_(None), TicketTarget.due_at.is_not(None), TicketTarget.due_at <= now)
        .order_by(TicketTarget.due_at, TicketTarget.id)
        .limit(limit)
    )
    return [(target, ticket) for target, ticket in session.execute(late)]


def due(session: Session) -> dict[int, tuple[datetime, bool]]:
    """For every ticket of which something is owed now, what is due first: when, and whether that is provisional."""
    targets = select(TicketTarget.ticket_id, TicketTarget.due_at, TicketTarget.provisional).where(
        TicketTarget.met_at.is_(None), TicketTarget.due_at.is_not(None)
    )
    follows = select(TicketFollowUp.ticket_id, TicketFollowUp.due_at, TicketFollowUp.provisional).where(
        TicketFollowUp.done_at.is_(None), TicketFollowUp.withdrawn_at.is_(None)
    )
    first: dict[int, tuple[datetime, bool]] = {}
    for ticket_id, at, unsure in [*session.execute(targets), *session.execute(follows)]:
        if ticket_id not in first or at < first[ticket_id][0]:
            first[ticket_id] = (at, unsure)
    return first


def provisional(session: Session) -> list[TicketTarget]:
    """What is owed by a calendar that was not out yet."""
    open_ones = (TicketTarget.met_at.is_(None), TicketTarget.due_at.is_not(None), TicketTarget.provisional.is_(True))
    return list(session.scalars(select(TicketTarget).where(*open_ones).with_for_update(skip_locked=True)))


def breach(session: Session, target_id: int, now: datetime) -> bool:
    """Record that it was not kept. Of several at once, one records it."""
    once = (TicketTarget.id == target_id, TicketTarget.met_at.is_(None), TicketTarget.breached_at.is_(None))
    return changed(session, update(TicketTarget).where(*once).values(breached_at=now)) == 1


def raise_level(session: Session, target_id: int, level: int) -> bool:
    """Record that people up to ``level`` were told. Of several at once, one records it."""
    once = (TicketTarget.id == target_id, TicketTarget.met_at.is_(None), TicketTarget.level < level)
    return changed(session, update(TicketTarget).where(*once).values(level=level)) == 1


# Follow-ups of low grades


def follow_up(session: Session, ticket_id: int) -> TicketFollowUp | None:
    """A ticket's follow-up."""
    return session.get(TicketFollowUp, ticket_id)


def follow_ups(session: Session, *, late_at: datetime | None = None) -> list[tuple[TicketFollowUp, Ticket]]:
    """Follow-ups still owed; with ``late_at`` those whose time is over and that is not recorded yet."""
    wanted = (
        select(TicketFollowUp, Ticket)
        .join(Ticket, Ticket.id == TicketFollowUp.ticket_id)
        .where(TicketFollowUp.done_at.is_(None), TicketFollowUp.withdrawn_at.is_(None))
        .order_by(TicketFollowUp.due_at)
    )
    if late_at is not None:
        wanted = wanted.where(TicketFollowUp.due_at <= late_at, TicketFollowUp.breached_at.is_(None))
    return [(follow, ticket) for follow, ticket in session.execute(wanted)]


def breach_follow_up(session: Session, ticket_id: int, now: datetime) -> bool:
    """Record that a follow-up is late. Of several at once, one records it."""
    once = (
        TicketFollowUp.ticket_id == ticket_id,
        TicketFollowUp.breached_at.is_(None),
        TicketFollowUp.done_at.is_(None),
        TicketFollowUp.withdrawn_at.is_(None),
    )
    return changed(session, update(TicketFollowUp).where(*once).values(breached_at=now)) == 1
