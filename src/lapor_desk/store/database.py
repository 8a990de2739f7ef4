"""Connections: one code for SQLite and PostgreSQL, and the few things that must differ between them."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from lapor_core.errors import BadValue, LaporError

__all__ = ["Database", "StoreBusy", "database_url"]

_PATIENCE = 30.0
"""Seconds that a writer waits for another one."""

_WRITE = "lapor_write"


class StoreBusy(LaporError, TimeoutError):
    """Another writer kept the database for too long; the action was not done and can be tried again."""


def database_url(text: str) -> URL:
    """Return the SQLAlchemy URL for ``sqlite:///lapor.db`` or ``postgresql://user@host/name``.

    Raises:
        BadValue: another kind of database, or no file for SQLite (``bad_database_url``); no password is repeated.
    """
    allowed = "allowed: sqlite:///file.db, postgresql://user@host/name"
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadValue(f"this is not the URL of a database; {allowed}", code="bad_database_url") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url
    shown = url.render_as_string(hide_password=True)
    raise BadValue(f"{shown} cannot be used; {allowed}", code="bad_database_url", url=shown)


class Database:
    """An engine with the habits of its kind: SQLite takes the write lock at BEGIN, and one writer per process at a time."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writer = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one write transaction; it is committed when the block ends well and undone otherwise.

        Raises:
            StoreBusy: another writer did not finish in time (``store_busy``).
        """
        with self._one_writer(), self._begun(write=True) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one transaction that sees a single state of the database and writes nothing."""
        with self._begun(write=False) as connection:
            yield connection

    @contextmanager
    def _begun(self, *, write: bool) -> Iterator[Connection]:
        options: dict[str, Any] = {_WRITE: write}
        if not self.is_sqlite and not write:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            with self.engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        except OperationalError as error:
            if _is_busy(error):
                raise StoreBusy("the database is busy with another writer; try again", code="store_busy") from error
            raise

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Let threads queue here rather than at SQLite's file lock, where waiting is polling."""
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=_PATIENCE):
            raise StoreBusy("another thread kept the database for too long; try again", code="store_busy")
        try:
            yield
        finally:
            self._writer.release()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)


def _sqlite(url: URL) -> Engine:
    Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _PATIENCE, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are ours; the driver would begin them late and deferred
    _use_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn to WAL; the change fails at once, without waiting, while another process is making it."""
    for _ in range(100):
        try:
            if connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",):
                return
        except sqlite3.OperationalError:
            pass
        time.sleep(0.05)
    raise StoreBusy("the database file stays locked by another program", code="store_busy")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
