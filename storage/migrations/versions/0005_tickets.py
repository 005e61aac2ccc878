"""tickets

Revision ID: 0005
Revises: 0004
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from storage.tables import BigId
from storage.times import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIVE = "state IN ('open', 'reopened', 'claimed', 'waiting_user')"
BEFORE = ("id", "chat_id", "subject", "measure", "reason", "transcript", "state", "created_at", "updated_at")


def upgrade() -> None:
    _staff()
    kept = _taken(BEFORE)
    numbers = _tickets_as_they_are_now(kept)
    _around_tickets()
    days = sa.table("ticket_days", sa.column("day", sa.Date), sa.column("last", sa.Integer))
    for day, last in numbers.items():
        op.execute(days.insert().values(day=day, last=last))


def downgrade() -> None:
    for name in (
        "ticket_topics",
        "ticket_targets",
        "ticket_grades",
        "ticket_follow_ups",
        "ticket_events",
        "kb_proposals",
        "ticket_days",
    ):
        op.drop_table(name)
    _tickets_as_they_were(_taken(BEFORE))
    op.drop_table("staff")


def _taken(columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """The tickets there are; the table goes."""
    times = {"created_at", "updated_at"}
    kinds = {name: UtcDateTime() if name in times else None for name in columns}
    old = sa.table("tickets", *(sa.column(name, kind) if kind else sa.column(name) for name, kind in kinds.items()))
    rows = [dict(row) for row in op.get_bind().execute(sa.select(old).order_by(old.c.id)).mappings()]
    op.drop_table("tickets")
    return rows


def _given_back(rows: list[dict[str, Any]], table: sa.Table) -> None:
    if not rows:
        return
    op.bulk_insert(table, rows)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('tickets', 'id'), (SELECT max(id) FROM tickets))")


def _tickets_as_they_are_now(rows: list[dict[str, Any]]) -> dict[date, int]:
    """Make the table and fill it. Returns the last number of each day."""
    table = op.create_table(
        "tickets",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("assignee_id", BigId, nullable=True),
        sa.Column("not_by_id", BigId, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("called", sa.String(length=40), nullable=False),
        sa.Column("bot_on", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("owner_at", UtcDateTime(), nullable=True),
        sa.Column("staff_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name="fk_tickets_assignee_id_staff"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_tickets_chat_id_chats"),
        sa.ForeignKeyConstraint(["not_by_id"], ["staff.id"], name="fk_tickets_not_by_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sqlite_autoincrement=True,
    )
    numbers: dict[date, int] = {}
    newest: dict[tuple[int, str], int] = {}
    for row in rows:
        row["subject_key"] = row["measure"] or "advisory"
        newest[row["chat_id"], row["subject_key"]] = row["id"]
    for row in rows:
        day = row["created_at"].astimezone(ZoneInfo("Asia/Shanghai")).date()
        numbers[day] = numbers.get(day, 0) + 1
        # Of several on the same subject, the newest stays open.
        stays = row["state"] == "open" and newest[row["chat_id"], row["subject_key"]] == row["id"]
        row |= {
            "number": f"HD-{day:%Y%m%d}-{numbers[day]:04d}",
            "state": "open" if stays else "closed",
            "closed_at": None if stays else row["updated_at"],
            "kind": "advisory",
            "priority": "normal",
            "facts": "[]",
            "candidates": "[]",
            "details": "[]",
            "called": "",
            "bot_on": False,
            "version": 1,
            "owner_at": row["created_at"],
        }
    _given_back(rows, table)
    op.create_index("ix_tickets_chat", "tickets", ["chat_id", "id"])
    op.create_index("ix_tickets_state", "tickets", ["state", "created_at"])
    op.create_index("uq_tickets_number", "tickets", ["number"], unique=True)
    op.create_index(
        "uq_tickets_one_live",
        "tickets",
        ["chat_id", "subject_key"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )
    return numbers


def _tickets_as_they_were(rows: list[dict[str, Any]]) -> None:
    table = op.create_table(
        "tickets",
        sa.Column("id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_tickets_chat_id_chats"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sqlite_autoincrement=True,
    )
    _given_back(rows, table)
    op.create_index("ix_tickets_state", "tickets", ["state", "created_at"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", BigId, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_staff_channel_address", "staff", ["channel", "address"], unique=True)


def _of_ticket(table: str, *columns: sa.Column[Any], primary: bool = False, **options: Any) -> None:
    """A table that belongs to tickets: one row a ticket, or rows with ids of their own."""
    own = [] if primary else [sa.Column("id", BigId, nullable=False)]
    op.create_table(
        table,
        *own,
        sa.Column("ticket_id", BigId, nullable=table == "kb_proposals"),
        *columns,
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=f"fk_{table}_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id" if primary else "id", name=f"pk_{table}"),
        **options,
    )


def _points(table: str, column: str, to: str) -> Any:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _around_tickets() -> None:
    op.create_table(
        "ticket_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_ticket_days"),
    )
    _events()
    _of_ticket(
        "ticket_targets",
        sa.Column("promise", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("met_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
    )
    owed = sa.text("met_at IS NULL")
    op.create_index("ix_ticket_targets_due", "ticket_targets", ["due_at"], sqlite_where=owed, postgresql_where=owed)
    unique = ["ticket_id", "promise", "round"]
    op.create_index("uq_ticket_targets_ticket_promise_round", "ticket_targets", unique, unique=True)
    _of_ticket(
        "ticket_grades",
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("graded_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        primary=True,
    )
    _of_ticket(
        "ticket_follow_ups",
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("not_by_id", BigId, nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        _points("ticket_follow_ups", "not_by_id", "staff"),
        primary=True,
    )
    _of_ticket(
        "ticket_topics",
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=True),
        sa.Column("card_key", sa.String(length=64), nullable=True),
        sa.Column("card_version", sa.Integer(), nullable=False),
        sa.Column("mirrored", BigId, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("lost_at", UtcDateTime(), nullable=True),
        _points("ticket_topics", "chat_id", "chats"),
        primary=True,
    )
    op.create_index("ix_ticket_topics_thread", "ticket_topics", ["chat_id", "thread_id"])
    _of_ticket(
        "kb_proposals",
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_by_id", BigId, nullable=True),
        sa.Column("reviewed_by", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        _points("kb_proposals", "proposed_by_id", "staff"),
    )
    op.create_index("uq_kb_proposals_ticket", "kb_proposals", ["ticket_id"], unique=True)


def _events() -> None:
    _of_ticket(
        "ticket_events",
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("staff_id", BigId, nullable=True),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("file_kind", sa.String(length=16), nullable=True),
        sa.Column("file_id", sa.String(length=200), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        _points("ticket_events", "staff_id", "staff"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_events_act", "ticket_events", ["act", "at"])
    op.create_index("ix_ticket_events_source", "ticket_events", ["source", "ticket_id"])
    op.create_index("ix_ticket_events_ticket", "ticket_events", ["ticket_id", "id"])
    failed = sa.text("act = 'undelivered'")
    op.create_index(
        "uq_ticket_events_undelivered",
        "ticket_events",
        ["source"],
        unique=True,
        sqlite_where=failed,
        postgresql_where=failed,
    )
