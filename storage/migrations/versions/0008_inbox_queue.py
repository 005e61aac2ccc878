"""The inbox's queue by channel, so that what is done already is not looked through."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PENDING = sa.text("state IN ('ready', 'leased')")


def upgrade() -> None:
    _replace(["channel", "id"])


def downgrade() -> None:
    _replace(["id"])


def _replace(columns: list[str]) -> None:
    op.drop_index("ix_inbox_queue", table_name="inbox")
    op.create_index("ix_inbox_queue", "inbox", columns, sqlite_where=PENDING, postgresql_where=PENDING)
