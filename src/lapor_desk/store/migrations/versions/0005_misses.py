"""The sweep looks at each promise when it is past due, and not only when a rung of the ladder is reached."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have every complaint with a running clock looked at when that is due: the first sweep finds what has been missed."""
    complaints = sa.table("lapor_complaints", sa.column("due_at"), sa.column("next_step_at"))
    later = sa.or_(complaints.c.next_step_at.is_(None), complaints.c.next_step_at > complaints.c.due_at)
    op.execute(
        sa.update(complaints).where(complaints.c.due_at.is_not(None), later).values(next_step_at=complaints.c.due_at)
    )
