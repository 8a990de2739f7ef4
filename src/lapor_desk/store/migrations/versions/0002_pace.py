"""Notifiers with a pace: turns that are counted, and an index in which each medium finds what is due of it."""

import sqlalchemy as sa
from alembic import op

from lapor_desk.store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of turns, and the index anew."""
    op.create_table(
        "lapor_turns",
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notifier", sa.String(length=64), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_lapor_turns")),
    )
    op.create_index(op.f("ix_lapor_turns_notifier_taken_at"), "lapor_turns", ["notifier", "taken_at"], unique=False)
    op.drop_index("ix_lapor_notices_waiting", table_name="lapor_notices")
    op.create_index(
        "ix_lapor_notices_waiting",
        "lapor_notices",
        ["medium", "not_before", "template"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
