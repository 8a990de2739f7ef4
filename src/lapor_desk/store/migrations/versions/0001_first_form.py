"""The first form of the database: the register, its queue of notices, and the accounts."""

import sqlalchemy as sa
from alembic import op

from lapor_desk.store.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "lapor_challenges",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_challenges")),
    )
    op.create_index(op.f("ix_lapor_challenges_expires_at"), "lapor_challenges", ["expires_at"], unique=False)
    op.create_table(
        "lapor_intake",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("complaint_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("channel", "source_id", name=op.f("pk_lapor_intake")),
    )
    op.create_table(
        "lapor_notices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("complaint_id", sa.String(length=64), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("challenge_id", sa.String(length=64), nullable=True),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("recipient_id", sa.String(length=64), nullable=True),
        sa.Column("medium", sa.String(length=32), nullable=False),
        sa.Column("notifier", sa.String(length=64), nullable=True),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("lease_owner", sa.String(length=128), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.String(length=255), nullable=True),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_lapor_notices_key")),
    )
    op.create_index(op.f("ix_lapor_notices_complaint_id"), "lapor_notices", ["complaint_id"], unique=False)
    op.create_index(
        "ix_lapor_notices_waiting",
        "lapor_notices",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_table(
        "lapor_officers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=128), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_officers")),
        sa.UniqueConstraint("login", name=op.f("uq_lapor_officers_login")),
    )
    op.create_index(op.f("ix_lapor_officers_role_agency"), "lapor_officers", ["role", "agency"], unique=False)
    op.create_table(
        "lapor_people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("master", sa.String(length=16), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_people")),
    )
    op.create_table(
        "lapor_plugin_storage",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name=op.f("pk_lapor_plugin_storage")),
    )
    op.create_table(
        "lapor_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("principal_kind", sa.String(length=16), nullable=False),
        sa.Column("principal_id", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_lapor_sessions")),
    )
    op.create_index(op.f("ix_lapor_sessions_expires_at"), "lapor_sessions", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_lapor_sessions_principal_kind_principal_id"),
        "lapor_sessions",
        ["principal_kind", "principal_id"],
        unique=False,
    )
    op.create_table(
        "lapor_accounts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("email_index", sa.String(length=64), nullable=True),
        sa.Column("mobile_index", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lapor_people.id"], name=op.f("fk_lapor_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_accounts")),
        sa.UniqueConstraint("email_index", name=op.f("uq_lapor_accounts_email_index")),
        sa.UniqueConstraint("mobile_index", name=op.f("uq_lapor_accounts_mobile_index")),
        sa.UniqueConstraint("person_id", name=op.f("uq_lapor_accounts_person_id")),
    )
    op.create_table(
        "lapor_attachments",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lapor_people.id"], name=op.f("fk_lapor_attachments_person_id")),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_lapor_attachments")),
    )
    op.create_table(
        "lapor_complaints",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tier", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=128), nullable=False),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("next_step_at", Instant(), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lapor_people.id"], name=op.f("fk_lapor_complaints_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapor_complaints")),
        sa.UniqueConstraint("code", name=op.f("uq_lapor_complaints_code")),
    )
    op.create_index(op.f("ix_lapor_complaints_next_step_at"), "lapor_complaints", ["next_step_at"], unique=False)
    op.create_index(op.f("ix_lapor_complaints_person_id"), "lapor_complaints", ["person_id"], unique=False)
    op.create_index(op.f("ix_lapor_complaints_received_at"), "lapor_complaints", ["received_at"], unique=False)
    op.create_index(
        op.f("ix_lapor_complaints_state_received_at"), "lapor_complaints", ["state", "received_at"], unique=False
    )
    op.create_table(
        "lapor_events",
        sa.Column("complaint_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["lapor_people.id"], name=op.f("fk_lapor_events_person_id")),
        sa.PrimaryKeyConstraint("complaint_id", "sequence", name=op.f("pk_lapor_events")),
    )
    op.create_table(
        "lapor_complaint_agencies",
        sa.Column("complaint_id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["lapor_complaints.id"],
            name=op.f("fk_lapor_complaint_agencies_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", "agency", name=op.f("pk_lapor_complaint_agencies")),
    )
    op.create_index(op.f("ix_lapor_complaint_agencies_agency"), "lapor_complaint_agencies", ["agency"], unique=False)
