"""What can keep a database from its work, told apart by the drivers' own names for it, never by their words.

Their words may repeat what was written, or how the server is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError

from lapor_core.errors import LaporError

__all__ = [
    "MESSAGES",
    "StoreBusy",
    "StoreDown",
    "down_because",
    "drivers_name",
    "is_busy",
    "is_down",
    "no_room",
    "no_tables",
    "read_only",
]


class StoreBusy(LaporError, TimeoutError):
    """Another writer kept the database for too long; the action was not done and can be tried again."""


class StoreDown(LaporError, OSError):
    """The database or the place of files cannot do its work: a full disk, a lost server, a spoiled file.

    The action was not done, and nothing of it is stored. ``params["reason"]`` names what is amiss where the driver tells:
    ``full``, ``spoiled``, ``read_only``, ``cannot_open``, ``disk``, ``away``, ``no_entry``, ``no_right``, ``no_database``,
    ``no_schema``, ``no_tables``; ``files`` and ``folder`` where it is no database that fails, ``no_work`` where there is no place
    for what runs the work.
    """


MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "full": "its disk is full",
        "spoiled": "its file is spoiled, or is no database",
        "read_only": "it cannot be written: its file, its folder or its server is read-only for this user",
        "cannot_open": "its file cannot be opened, or made, by this user",
        "disk": "its disk failed to read or write, or has no room",
        "away": "its server cannot be reached, has no database of this name, or does not let this user in",
        "no_entry": "its server does not let this user in",
        "no_right": "its server does not let this user make and use tables there",
        "no_database": "its server has no database of this name",
        "no_schema": "its search_path names no schema that is there",
        "no_tables": "tables of lapor are missing in it",
    }
)

_OF_SQLITE: Mapping[str, str] = MappingProxyType(
    {
        "SQLITE_FULL": "full",
        "SQLITE_NOTADB": "spoiled",
        "SQLITE_CORRUPT": "spoiled",
        "SQLITE_READONLY": "read_only",
        "SQLITE_CANTOPEN": "cannot_open",
        "SQLITE_PERM": "cannot_open",
        "SQLITE_IOERR": "disk",
    }
)
"""The beginnings of SQLite's own names; what follows tells where in its code."""

_OF_POSTGRESQL: Mapping[str, str] = MappingProxyType(
    {
        "53100": "full",
        "25006": "read_only",
        "28000": "no_entry",
        "28P01": "no_entry",
        "42501": "no_right",
        "3D000": "no_database",
        "3F000": "no_schema",
        "XX001": "spoiled",
        "XX002": "spoiled",
    }
)

_BUSY = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's serialization_failure, deadlock_detected and lock_not_available."""


def is_busy(error: DBAPIError) -> bool:
    """Return whether it would do to try again."""
    if getattr(error.orig, "sqlstate", None) in _BUSY:
        return True
    return _sqlite_name(error.orig).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_down(error: DBAPIError) -> bool:
    """The drivers' classes for what is no fault of a statement; SQLite has none for a file that is no database."""
    kinds = (OperationalError, InternalError, InterfaceError)
    unfit = (
        getattr(error.orig, "sqlstate", None) in _OF_POSTGRESQL
    )  # the rights of a user are a fault of the statement to it
    return isinstance(error, kinds) or type(error) is DatabaseError or unfit


def down_because(error: BaseException | None) -> StoreDown:
    """Return the error that says in our words why the database cannot do its work; raise it from ``error``, the driver's own."""
    return _down(_reason(error))


def drivers_name(error: BaseException | None) -> str:
    """Return what the driver calls its error, for whoever looks it up: ``SQLITE_IOERR_WRITE``, ``SQLSTATE 53100``; never its words."""
    state = getattr(error, "sqlstate", None)
    return _sqlite_name(error) or (f"SQLSTATE {state}" if state else type(error).__name__)


def read_only() -> StoreDown:
    """Return the error that says that the database can be read and not written."""
    return _down("read_only")


def no_room() -> StoreDown:
    """Return the error that says that nothing more can be stored."""
    return _down("full")


def no_tables(missing: Iterable[str]) -> StoreDown:
    """Return the error that says which of our tables are not there."""
    down = _down("no_tables")
    return StoreDown(f"{down}: {', '.join(missing)}", code=down.code, **down.params)


def _down(reason: str) -> StoreDown:
    why = MESSAGES.get(reason, "its disk is full, it is away, or its file is spoiled")
    return StoreDown(f"the database cannot do its work: {why}", code="store_down", reason=reason)


def _reason(error: Any) -> str:
    name, state = _sqlite_name(error), getattr(error, "sqlstate", None) or ""
    if name:
        return next((reason for begins, reason in _OF_SQLITE.items() if name.startswith(begins)), "")
    if state in _OF_POSTGRESQL:
        return _OF_POSTGRESQL[state]
    lost = not state or state.startswith(("08", "57P"))  # a refused connection has no state at all
    return "away" if lost and hasattr(error, "pgconn") else ""


def _sqlite_name(error: object) -> str:
    return getattr(error, "sqlite_errorname", "")
