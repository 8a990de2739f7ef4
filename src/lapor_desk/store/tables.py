"""The tables, all named ``lapor_...`` so that they can live beside a host's own.

Personal data stands only in columns called ``sealed``, as ciphertext. Look-ups go through keyed digests (``..._index``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TIMESTAMP, TypeDecorator, TypeEngine

from lapor_core.errors import require_aware

__all__ = [
    "PREFIX",
    "Instant",
    "accounts",
    "apart",
    "attachments",
    "challenges",
    "complaint_agencies",
    "complaints",
    "events",
    "external_ids",
    "instant_text",
    "intake",
    "metadata",
    "notices",
    "officers",
    "people",
    "plugin_storage",
    "sessions",
    "sketches",
    "tries",
    "turns",
]

PREFIX = "lapor_"


def instant_text(moment: datetime) -> str:
    """Return an aware instant as UTC text of one width, so that texts sort as instants do."""
    return require_aware(moment, "instant").astimezone(UTC).isoformat(timespec="microseconds")


class Instant(TypeDecorator[datetime]):
    """An aware instant, in UTC: ``timestamptz`` in PostgreSQL, text of one width in SQLite."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = String(32)
    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(32)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        require_aware(value, "instant")
        return value.astimezone(UTC) if dialect.name == "postgresql" else instant_text(value)

    def process_result_value(self, value: Any, _: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return require_aware(moment, "a stored instant").astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = String(64)

people = Table(
    PREFIX + "people",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("wrapped_key", LargeBinary),  # null once shredded
    Column("master", String(16), nullable=False),  # which master key wrapped it
    Column("erased_at", Instant),
)

events = Table(
    PREFIX + "events",
    metadata,
    Column("complaint_id", _ID, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("type", String(64), nullable=False),
    Column("schema", Integer, nullable=False),
    Column("office", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("actor", _ID, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("public", Text, nullable=False),  # canonical JSON, byte for byte what the hash covers
    Column("person_id", _ID, ForeignKey(people.c.id), nullable=False),
    Column("sealed", LargeBinary),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

complaints = Table(
    PREFIX + "complaints",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("tier", String(64)),
    Column("channel", String(64), nullable=False),
    Column("policy", String(128), nullable=False),
    Column("office", String(64), nullable=False),
    Column("due_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("next_step_at", Instant, index=True),
    Column("person_id", _ID, ForeignKey(people.c.id), nullable=False, index=True),
    Column("updated_at", Instant, nullable=False),
    Column("sketched_at", Instant),  # null until it was looked at for likeness with others
    Index(None, "state", "received_at"),
    Index(None, "received_at"),
    # only what is whole and not sketched yet is in this index, so that its size follows the work to do and not the past
    Index(
        "ix_lapor_complaints_unsketched",
        "received_at",
        sqlite_where=text("sketched_at IS NULL AND state != 'incomplete'"),
        postgresql_where=text("sketched_at IS NULL AND state != 'incomplete'"),
    ),
)

complaint_agencies = Table(
    PREFIX + "complaint_agencies",
    metadata,
    Column("complaint_id", _ID, ForeignKey(complaints.c.id, ondelete="CASCADE"), primary_key=True),
    Column("agency", String(64), primary_key=True, index=True),
)

sketches = Table(
    PREFIX + "sketches",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),  # keyed: nobody can try words against it
    Column("received_at", Instant, primary_key=True),
    Column("complaint_id", _ID, ForeignKey(complaints.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,  # the key is all there is
)

apart = Table(
    PREFIX + "apart",
    metadata,
    # the lesser of the two ids
    Column("one_id", _ID, ForeignKey(complaints.c.id, ondelete="CASCADE"), primary_key=True),
    Column("other_id", _ID, ForeignKey(complaints.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    Column("officer_id", _ID, nullable=False),
    Column("said_at", Instant, nullable=False),
)

external_ids = Table(
    PREFIX + "external_ids",
    metadata,
    Column("complaint_id", _ID, ForeignKey(complaints.c.id, ondelete="CASCADE"), primary_key=True),
    Column("system", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),  # keyed: the id itself stands sealed in the record
    Index(None, "digest", "system"),
)

intake = Table(
    PREFIX + "intake",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("source_id", String(64), primary_key=True),  # a keyed digest: a source's id may hold a telephone number
    Column("complaint_id", _ID, nullable=False),
)

attachments = Table(
    PREFIX + "attachments",
    metadata,
    Column("person_id", _ID, ForeignKey(people.c.id), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("media_type", String(128), nullable=False),
    Column("size", Integer, nullable=False),
    Column("stored_as", String(255), nullable=False),
)

notices = Table(
    PREFIX + "notices",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("key", String(512), nullable=False, unique=True),
    Column("complaint_id", _ID, index=True),
    Column("sequence", Integer),
    Column("challenge_id", _ID),
    Column("template", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("agency", String(64)),
    Column("recipient_id", _ID),
    Column("medium", String(32), nullable=False),
    Column("notifier", String(64)),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # since it was queued
    Column("claims", Integer, nullable=False),  # ever; the number of the last one tells it from all before it
    Column("lease_until", Instant),
    Column("lease_owner", String(128)),
    Column("status", String(16), nullable=False),
    Column("provider_id", String(255)),
    Column("last_error", String(255)),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    # only what still waits is in this index, so that its size follows the work to do and not the past
    Index(
        "ix_lapor_notices_waiting",
        "medium",
        "not_before",
        "template",
        sqlite_where=text("status = 'queued'"),
        postgresql_where=text("status = 'queued'"),
    ),
)

turns = Table(
    PREFIX + "turns",
    metadata,
    Column("notice_id", _ID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the claim
    Column("notifier", String(64), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Index(None, "notifier", "taken_at"),
)

accounts = Table(
    PREFIX + "accounts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("person_id", _ID, ForeignKey(people.c.id), nullable=False, unique=True),
    Column("email_index", String(64), unique=True),
    Column("mobile_index", String(64), unique=True),
    Column("sealed", LargeBinary),
    Column("created_at", Instant, nullable=False),
)

challenges = Table(
    PREFIX + "challenges",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("confirmed_at", Instant),
)

sessions = Table(
    PREFIX + "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("principal_kind", String(16), nullable=False),
    Column("principal_id", _ID, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Index(None, "principal_kind", "principal_id"),
)

tries = Table(
    PREFIX + "tries",
    metadata,
    Column("digest", String(64), primary_key=True),  # keyed: what is tried may be somebody's address
    Column("number", Integer, nullable=False),
    Column("since", Instant, nullable=False, index=True),
)

officers = Table(
    PREFIX + "officers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("login", String(128), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(32), nullable=False),
    Column("agency", String(64)),
    Column("sealed", LargeBinary),
    Column("disabled_at", Instant),
    Index(None, "role", "agency"),
)

plugin_storage = Table(
    PREFIX + "plugin_storage",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
