"""Tries that are counted for all processes at once: passwords, and one-time codes that are asked for."""

import sqlalchemy as sa
from alembic import op

from lapor_desk.store.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lapor_tries",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_lapor_tries")),
    )
    op.create_index(op.f("ix_lapor_tries_since"), "lapor_tries", ["since"], unique=False)
