"""Complaints about the same: keyed marks of their words, which of them have none yet, and what officers hold apart."""

import sqlalchemy as sa
from alembic import op

from lapor_desk.store.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, and the index of what is still to be sketched: at first, that is everything."""
    unsketched = sa.text("sketched_at IS NULL AND state != 'incomplete'")
    op.add_column("lapor_complaints", sa.Column("sketched_at", Instant(), nullable=True))
    op.create_index(
        "ix_lapor_complaints_unsketched",
        "lapor_complaints",
        ["received_at"],
        unique=False,
        sqlite_where=unsketched,
        postgresql_where=unsketched,
    )
    op.create_table(
        "lapor_sketches",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("complaint_id", sa.String(length=64), nullable=False),
        _of_a_complaint("lapor_sketches", "complaint_id"),
        sa.PrimaryKeyConstraint("mark", "received_at", "complaint_id", name=op.f("pk_lapor_sketches")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_lapor_sketches_complaint_id"), "lapor_sketches", ["complaint_id"], unique=False)
    op.create_table(
        "lapor_apart",
        sa.Column("one_id", sa.String(length=64), nullable=False),
        sa.Column("other_id", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        _of_a_complaint("lapor_apart", "one_id"),
        _of_a_complaint("lapor_apart", "other_id"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_lapor_apart")),
    )
    op.create_index(op.f("ix_lapor_apart_other_id"), "lapor_apart", ["other_id"], unique=False)


def _of_a_complaint(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["lapor_complaints.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )
