"""campaigns, districts of enterprises, guesses at link codes; a queue in order of when each message is due

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from storage.tables import BigId
from storage.times import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PENDING = sa.text("state IN ('ready', 'leased', 'sending')")


def upgrade() -> None:
    op.add_column("enterprises", sa.Column("district", sa.String(length=16), nullable=True))
    op.create_table(
        "campaigns",
        sa.Column("id", BigId, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("measure_version", sa.Integer(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("spread_minutes", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_recipients",
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        _of_campaign("campaign_recipients"),
        _of_chat("campaign_recipients"),
        sa.PrimaryKeyConstraint("campaign_id", "position", name="pk_campaign_recipients"),
    )
    op.create_index("uq_campaign_recipients_chat", "campaign_recipients", ["campaign_id", "chat_id"], unique=True)
    op.create_table(
        "campaign_clicks",
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("button", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of_campaign("campaign_clicks"),
        _of_chat("campaign_clicks"),
        sa.PrimaryKeyConstraint("campaign_id", "chat_id", "button", name="pk_campaign_clicks"),
    )
    op.create_table(
        "link_tries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of_chat("link_tries"),
        sa.PrimaryKeyConstraint("id", name="pk_link_tries"),
    )
    op.create_index("ix_link_tries_chat_id", "link_tries", ["chat_id", "at"])
    op.drop_index("ix_outbox_queue", "outbox")
    op.create_index(
        "ix_outbox_queue", "outbox", ["lane", "not_before", "id"], sqlite_where=PENDING, postgresql_where=PENDING
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_queue", "outbox")
    op.create_index("ix_outbox_queue", "outbox", ["lane", "id"], sqlite_where=PENDING, postgresql_where=PENDING)
    for table in ("link_tries", "campaign_clicks", "campaign_recipients", "campaigns"):
        op.drop_table(table)
    op.drop_column("enterprises", "district")


def _of_campaign(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_campaign_id_campaigns"
    return sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=name, ondelete="CASCADE")


def _of_chat(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=f"fk_{table}_chat_id_chats", ondelete="CASCADE")
