"""enterprises

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from storage.tables import BigId
from storage.times import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprises",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("external_key", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enterprises"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_enterprises_external_key", "enterprises", ["external_key"], unique=True)
    op.create_table(
        "ownerships",
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("enterprise_id", BigId, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("consent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_ownerships_chat_id_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name="fk_ownerships_enterprise_id_enterprises",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chat_id", "enterprise_id", name="pk_ownerships"),
    )
    op.create_index("ix_ownerships_enterprise_id", "ownerships", ["enterprise_id"])
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("enterprise_id", BigId, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprises.id"],
            name="fk_link_codes_enterprise_id_enterprises",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_link_codes"),
    )


def downgrade() -> None:
    op.drop_table("link_codes")
    op.drop_table("ownerships")
    op.drop_table("enterprises")
