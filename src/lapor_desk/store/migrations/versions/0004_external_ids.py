"""Ids in other systems: keyed digests by which a complaint is found.

The two ids of complaints that came by the national service stood sealed in the desk's own storage before. To read them takes
the house's key, so they are brought into the records when the house is opened (``lapor_desk.nationals.carry_over``).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and its index."""
    op.create_table(
        "lapor_external_ids",
        sa.Column("complaint_id", sa.String(length=64), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["lapor_complaints.id"],
            name=op.f("fk_lapor_external_ids_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", "system", name=op.f("pk_lapor_external_ids")),
    )
    op.create_index(
        op.f("ix_lapor_external_ids_digest_system"), "lapor_external_ids", ["digest", "system"], unique=False
    )
