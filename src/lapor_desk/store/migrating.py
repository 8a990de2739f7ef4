"""Bringing a database to the form this version needs, with Alembic, on a connection of ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from lapor_core.errors import BadValue
from lapor_desk.store.database import Database
from lapor_desk.store.tables import PREFIX, metadata
from lapor_desk.store.trouble import no_tables

__all__ = ["HEAD", "VERSION_TABLE", "check_tables", "revision", "upgrade"]

HEAD = "0006"
"""The newest revision in ``migrations/versions``."""

VERSION_TABLE = PREFIX + "alembic_version"

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6C61706F72  # "lapor"; the advisory lock that makes one process of several do the work


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    # wherever on the search_path they are, as our statements find them
    "postgresql": "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)",
}


def upgrade(database: Database) -> None:
    """Bring the database to :data:`HEAD`; safe when several processes do so at once.

    Raises:
        BadValue: a newer version of this library has been here (``newer_database``).
        StoreDown: some of its tables are missing (``store_down``, its reason ``no_tables``).
    """
    with database.reading() as connection:
        if revision(connection) == HEAD:
            check_tables(connection)
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


def check_tables(connection: Connection) -> None:
    """Make sure that every table is there, in one look; a back-up that came back in part may lack some.

    Raises:
        StoreDown: tables are missing (``store_down``, its reason ``no_tables``).
    """
    there = set(connection.exec_driver_sql(_TABLES[connection.dialect.name]).scalars())
    if missing := sorted(metadata.tables.keys() - there):
        raise no_tables(missing)


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
