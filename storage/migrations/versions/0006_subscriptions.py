"""subscriptions, notices, what was announced and matched

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from storage.tables import BigId
from storage.times import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PENDING = sa.text("outbox_key IS NULL AND dropped IS NULL")


def upgrade() -> None:
    _people()
    _notices()
    op.create_table(
        "announced_measures",
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "version", name="pk_announced_measures"),
    )
    op.create_table(
        "matched_enterprises",
        sa.Column("enterprise_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name="fk_matched_enterprises_enterprise_id_enterprises",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name="pk_matched_enterprises"),
    )


def _people() -> None:
    op.create_table(
        "subscribers",
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("consent_at", UtcDateTime(), nullable=False),
        sa.Column("matches", sa.Boolean(), nullable=False),
        sa.Column("most_a_day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_subscribers_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", name="pk_subscribers"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["subscribers.chat_id"],
            name="fk_subscriptions_chat_id_subscribers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chat_id", "scope", "name", name="pk_subscriptions"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("deadline", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("planned", sa.Date(), nullable=False),
        sa.Column("enterprise_id", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("outbox_key", sa.String(length=160), nullable=True),
        sa.Column("put_at", UtcDateTime(), nullable=True),
        sa.Column("dropped", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["subscribers.chat_id"], name="fk_notices_chat_id_subscribers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_notices_enterprise_id_enterprises", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_notices_key", "notices", ["key"], unique=True)
    op.create_index("ix_notices_pending", "notices", ["chat_id"], sqlite_where=PENDING, postgresql_where=PENDING)
    op.create_index("ix_notices_chat", "notices", ["chat_id", "put_at"])
    op.create_index("ix_notices_outbox_key", "notices", ["outbox_key"])


def downgrade() -> None:
    for name in ("matched_enterprises", "announced_measures", "notices", "subscriptions", "subscribers"):
        op.drop_table(name)
