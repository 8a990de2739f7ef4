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
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from lapor_core.errors import BadValue, LaporError

__all__ = ["Database", "StoreBusy", "StoreDown", "database_url", "private_file"]

_PATIENCE = 30.0
"""Seconds that a writer waits for another one."""

_WRITE = "lapor_write"


class StoreBusy(LaporError, TimeoutError):
    """Another writer kept the database for too long; the action was not done and can be tried again."""


class StoreDown(LaporError, OSError):
    """The database or the place of files cannot do its work: a full disk, a lost server, a spoiled file.

    The action was not done, and nothing of it is stored. What is amiss stands in the error it was raised from.
    """


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
            StoreDown: the database cannot do its work (``store_down``).
        """
        with self._one_writer(), self._begun(write=True) as connection:
            yield connection
            if self._was_undone(connection):
                raise StoreDown("the database had undone this transaction before its end", code="store_down")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one transaction that sees a single state of the database and writes nothing.

        Raises:
            StoreBusy: no connection came free in time (``store_busy``).
            StoreDown: the database cannot do its work (``store_down``).
        """
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
        except NoConnectionFree as error:
            raise StoreBusy("every connection to the database is in use; try again", code="store_busy") from error
        except DBAPIError as error:
            if _is_busy(error):
                raise StoreBusy("the database is busy with another writer; try again", code="store_busy") from error
            if _is_down(error):
                message = "the database cannot do its work: its disk is full, it is away, or its file is spoiled"
                raise StoreDown(message, code="store_down") from error
            raise

    def _was_undone(self, connection: Connection) -> bool:
        """Return whether the transaction is lost already: both drivers would let its commit pass without a word."""
        driver: Any = connection.connection.driver_connection
        return not driver.in_transaction if self.is_sqlite else driver.info.transaction_status.name == "INERROR"

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

    def empty_log(self) -> None:
        """Bring what SQLite has in its write-ahead log into the database file, and empty the log as far as readers allow."""
        if self.is_sqlite:
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


_BUSY = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's serialization_failure, deadlock_detected and lock_not_available."""


def _is_busy(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _BUSY:
        return True
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _is_down(error: DBAPIError) -> bool:
    """The drivers' classes for what is no fault of a statement; SQLite has none for a file that is no database."""
    kinds = (OperationalError, InternalError, InterfaceError)
    return isinstance(error, kinds) or type(error) is DatabaseError


def _postgresql(url: URL) -> Engine:
    options = f"-c lock_timeout={_PATIENCE * 1000:.0f}"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
        connect_args={"options": f"{url.query.get('options', '')} {options}".strip()},
    )


def private_file(path: Path) -> None:
    """Make a database's file for its owner only; SQLite gives the files beside it the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _sqlite(url: URL) -> Engine:
    private_file(Path(url.database or "").absolute())
    arguments = {"timeout": _PATIENCE, "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)
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
