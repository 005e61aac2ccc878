"""Tables of the helpdesk: tickets, what happened to them, who works on them, what was promised and how it was graded."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base, BigId, choice_column


class TicketState(StrEnum):
    """Where a ticket stands; helpdesk/states says what may be done in which."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING_USER = "waiting_user"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class TicketKind(StrEnum):
    """What a ticket is about: a question, how far an application is, a complaint, a debt that is not paid."""

    ADVISORY = "advisory"
    PROGRESS = "progress"
    COMPLAINT = "complaint"
    ARREARS = "arrears"


class Priority(StrEnum):
    """How soon an answer is promised; see helpdesk/service_levels."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Role(StrEnum):
    """What a member of staff may do, each more than the one before."""

    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Actor(StrEnum):
    """Who did it: the owner, a member of staff, the programme."""

    OWNER = "owner"
    STAFF = "staff"
    SYSTEM = "system"


class Promise(StrEnum):
    """What is promised within a time."""

    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    RESOLUTION = "resolution"


class ProposalState(StrEnum):
    """Where a proposed entry stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


LIVE = (TicketState.OPEN, TicketState.REOPENED, TicketState.CLAIMED, TicketState.WAITING_USER)
"""States in which a human still owes something."""

_LIVE = text("state IN ('open', 'reopened', 'claimed', 'waiting_user')")
_OWED = text("met_at IS NULL")
_UNDELIVERED = text("act = 'undelivered'")


class Staff(Base):
    """Somebody who answers tickets. Owners never see the row; colleagues see the name."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str | None] = mapped_column(String(16))  # empty: works in the terminal only
    address: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[Role] = mapped_column(choice_column(Role))
    name: Mapped[str] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_staff_channel_address", "channel", "address", unique=True),
        {"sqlite_autoincrement": True},  # ids stand in the log for ever
    )


class Ticket(Base):
    """A question for a human."""

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(24))  # HD-20261121-0007, the day in Asia/Shanghai
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    kind: Mapped[TicketKind] = mapped_column(choice_column(TicketKind), default=TicketKind.ADVISORY)
    subject: Mapped[str] = mapped_column(String(200))
    subject_key: Mapped[str] = mapped_column(String(64))  # the measure, else the kind: what "the same subject" means
    measure: Mapped[str | None] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(40))  # id of a channel of the catalogue
    priority: Mapped[Priority] = mapped_column(choice_column(Priority), default=Priority.NORMAL)
    state: Mapped[TicketState] = mapped_column(choice_column(TicketState), default=TicketState.OPEN)
    assignee_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff.id"))
    not_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff.id"))  # a follow-up is for somebody else
    reason: Mapped[str] = mapped_column(String(40))
    transcript: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [label, value] told before
    candidates: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [entry id, title] the assistant thought of
    details: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [label, value] of the form filled in
    called: Mapped[str] = mapped_column(String(40), default="")  # the name the owner chose
    bot_on: Mapped[bool] = mapped_column(Boolean, default=False)  # the owner wants the assistant back meanwhile
    version: Mapped[int] = mapped_column(Integer, default=1)  # raised by every act
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # first answer
    owner_at: Mapped[datetime | None]  # the owner's last message
    staff_at: Mapped[datetime | None]  # the last answer
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_tickets_number", "number", unique=True),
        # The database itself guarantees one live ticket for a person and subject.
        Index("uq_tickets_one_live", "chat_id", "subject_key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_tickets_state", "state", "created_at"),
        Index("ix_tickets_chat", "chat_id", "id"),
        {"sqlite_autoincrement": True},
    )


class TicketDay(Base):
    """The last number given on a day (Asia/Shanghai)."""

    __tablename__ = "ticket_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class TicketEvent(Base):
    """What happened to a ticket, in order. Rows are only added; /forget and retention empty texts."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id"))
    at: Mapped[datetime]
    actor: Mapped[Actor] = mapped_column(choice_column(Actor))
    staff_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff.id"))
    act: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text, default="")  # masked
    detail: Mapped[str] = mapped_column(Text, default="{}")  # JSON, no text of a person
    file_kind: Mapped[str | None] = mapped_column(String(16))
    file_id: Mapped[str | None] = mapped_column(String(200))  # the channel's id: no file is kept here
    file_name: Mapped[str | None] = mapped_column(String(120))
    source: Mapped[str | None] = mapped_column(String(64))  # the channel's id of the message it came from

    __table_args__ = (
        Index("ix_ticket_events_ticket", "ticket_id", "id"),
        Index("ix_ticket_events_source", "source", "ticket_id"),
        Index("ix_ticket_events_act", "act", "at"),
        # A message that did not arrive is noted once, whoever notices; its source is the message's outbox key.
        Index(
            "uq_ticket_events_undelivered",
            "source",
            unique=True,
            sqlite_where=_UNDELIVERED,
            postgresql_where=_UNDELIVERED,
        ),
        {"sqlite_autoincrement": True},  # ids are part of outbox keys
    )


class TicketTarget(Base):
    """What was promised, and whether it was kept. ``due`` is always ``started_at`` plus working minutes."""

    __tablename__ = "ticket_targets"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id"))
    promise: Mapped[Promise] = mapped_column(choice_column(Promise))
    round: Mapped[int] = mapped_column(Integer, default=1)
    started_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer)  # working minutes from there on
    due_at: Mapped[datetime | None]  # empty while it rests
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)  # the year's holidays are not out yet
    met_at: Mapped[datetime | None]  # kept, late or not, or no longer owed
    breached_at: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(Integer, default=0)  # told so far: 1 assignee, 2 lead, 3 supervisor

    __table_args__ = (
        Index("uq_ticket_targets_ticket_promise_round", "ticket_id", "promise", "round", unique=True),
        Index("ix_ticket_targets_due", "due_at", sqlite_where=_OWED, postgresql_where=_OWED),
    )


class TicketGrade(Base):
    """好差评: once a ticket, 1 (非常不满意) to 5 (非常满意)."""

    __tablename__ = "ticket_grades"
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id"), primary_key=True)
    grade: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text, default="")  # masked
    graded_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class TicketFollowUp(Base):
    """A low grade is followed up by somebody else, within a time."""

    __tablename__ = "ticket_follow_ups"
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id"), primary_key=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    not_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]  # the grade was raised before anybody began
    breached_at: Mapped[datetime | None]


class TicketTopic(Base):
    """The topic of a group in which a ticket is worked on."""

    __tablename__ = "ticket_topics"
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    thread_id: Mapped[str | None] = mapped_column(String(64))
    card_key: Mapped[str | None] = mapped_column(String(64))  # outbox key of the header card as last put
    card_version: Mapped[int] = mapped_column(Integer, default=0)  # the ticket's version it shows
    mirrored: Mapped[int] = mapped_column(BigId, default=0)  # the last event shown
    made_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_ticket_topics_thread", "chat_id", "thread_id"),)


class KbProposal(Base):
    """An entry proposed for the knowledge base after a ticket; a keeper decides."""

    __tablename__ = "kb_proposals"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("tickets.id"))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    measure: Mapped[str | None] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(40))
    citation: Mapped[str] = mapped_column(Text, default="")  # empty: still to be filled in
    state: Mapped[ProposalState] = mapped_column(choice_column(ProposalState), default=ProposalState.WAITING)
    proposed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff.id"))
    reviewed_by: Mapped[str] = mapped_column(String(40), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_kb_proposals_ticket", "ticket_id", unique=True),)
