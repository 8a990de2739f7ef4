"""Bringing a database to the form this version needs, with Alembic, on a connection of ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from lapor_core.errors import BadValue
from lapor_desk.store.database import Database
from lapor_desk.store.tables import PREFIX

__all__ = ["HEAD", "VERSION_TABLE", "revision", "upgrade"]

HEAD = "0006"
"""The newest revision in ``migrations/versions``."""

VERSION_TABLE = PREFIX + "alembic_version"

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6C61706F72  # "lapor"; the advisory lock that makes one process of several do the work


def upgrade(database: Database) -> None:
    """Bring the database to :data:`HEAD`; safe when several processes do so at once.

    Raises:
        BadValue: a newer version of this library has been here (``newer_database``).
    """
    with database.reading() as connection:
        if revision(connection) == HEAD:
            return
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if revision(connection) != HEAD:
            _migrate(connection)


def revision(connection: Connection) -> str | None:
    """Return the form the database has; None when it has no tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        found = revision(connection)
        message = f'the database has the form "{found}", which this version does not know; upgrade lapor'
        raise BadValue(message, code="newer_database", found=found, known=HEAD) from error
