"""Connections: one code for SQLite and PostgreSQL, and the few things that must differ between them."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from lapor_core.errors import BadValue
from lapor_desk.store.trouble import (
    StoreBusy,
    StoreDown,
    down_because,
    drivers_name,
    is_busy,
    is_down,
    no_room,
    read_only,
)

__all__ = ["Database", "StoreBusy", "StoreDown", "database_url", "private_file", "shown_url"]

_log = logging.getLogger("lapor.store")
_log.addHandler(logging.NullHandler())  # a command says the same by itself, and has no log

_PATIENCE = 30.0
"""Seconds that a writer waits for another one."""

_LEAST_ROOM = 16 * 2**20
"""Bytes; with less, the log of writes and a photograph or two may not find their place."""

_WRITE = "lapor_write"


def database_url(text: str) -> URL:
    """Return the SQLAlchemy URL for ``sqlite:///lapor.db`` or ``postgresql://user@host/name``.

    Raises:
        BadValue: another kind of database, no file for SQLite, or options that it does not have (``bad_database_url``); no
            password is repeated.
    """
    allowed = "allowed: sqlite:///file.db, postgresql://user@host/name"
    try:
        url = make_url(text)
    except (
        ArgumentError,
        ValueError,
    ):  # of a port that is no number it would repeat what stands there: half a password, say
        hint = "; in a password, write @ as %40" if "://" in text else ""
        raise BadValue(f"this is not the URL of a database; {allowed}{hint}", code="bad_database_url") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        if url.query or url.database.startswith("file:"):
            message = f"{shown_url(url)}: a SQLite database takes no options; write the path of its file alone"
            raise BadValue(f"{message}; {allowed}", code="bad_database_url")
        return url.set(drivername="sqlite")
    what = "a SQLite database in memory" if kind == "sqlite" else kind
    raise BadValue(f"{what} cannot be used; {allowed}", code="bad_database_url")


def shown_url(url: URL) -> str:
    """Return a database as it may be printed: without its password, and without options, in which another one may stand."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


class Database:
    """An engine with the habits of its kind: SQLite takes the write lock at BEGIN, and one writer per process at a time."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writer = threading.Lock()

    @property
    def file(self) -> Path:
        """Where a SQLite database lies."""
        return Path(self.url.database or "").absolute()

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
            with self._connected().execution_options(**options) as connection, connection.begin():
                yield connection
        except NoConnectionFree as error:
            raise StoreBusy("every connection to the database is in use; try again", code="store_busy") from error
        except DBAPIError as error:
            if is_busy(error):
                raise StoreBusy("the database is busy with another writer; try again", code="store_busy") from error
            if is_down(error):
                down = down_because(error.orig)
                _log.warning("%s (%s)", down, drivers_name(error.orig))
                raise down from error
            raise

    def _connected(self) -> Connection:
        try:
            return self.engine.connect()
        except ProgrammingError as error:  # the driver read the URL, and met an option that it does not have
            message = "the URL of the database has an option that the driver does not know; look at what follows the ?"
            raise BadValue(message, code="bad_database_url") from error

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
        """Bring what SQLite has in its write-ahead log into the database file, and empty the log as far as readers allow.

        Raises:
            StoreDown: the database cannot do its work (``store_down``).
        """
        if not self.is_sqlite:
            return
        try:
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
        except (sqlite3.Error, DBAPIError) as error:
            raise down_because(getattr(error, "orig", error)) from error

    def check_writable(self) -> None:
        """Make sure that the database takes what is written, as far as can be told without writing or waiting.

        Raises:
            StoreDown: it is read-only for this user (``store_down``, its reason ``read_only``), or is away.
        """
        if not self.is_sqlite:
            with self.reading() as connection:
                query = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
                is_writable = not connection.exec_driver_sql(query).scalar_one()
        else:
            beside = (self.file.with_name(self.file.name + ending) for ending in ("-wal", "-shm"))
            mine = (
                self.file,
                self.file.parent,
                *filter(Path.exists, beside),
            )  # a log keeps the rights it was made with
            is_writable = all(os.access(path, os.W_OK) for path in mine)
        if not is_writable:
            raise read_only()

    def check_schema(self, name: str) -> None:
        """Make sure that this user can have a schema ``name`` of a PostgreSQL database for tables of their own.

        Raises:
            StoreDown: they may neither make it nor use the one that is there (``store_down``, its reason ``no_work``).
        """
        if self.is_sqlite:
            return
        mine = (
            "SELECT coalesce((SELECT has_schema_privilege(oid, 'CREATE, USAGE') FROM pg_namespace WHERE nspname = :name),"
            " has_database_privilege(current_database(), 'CREATE')), current_user"
        )
        with self.reading() as connection:
            may, user = connection.execute(text(mine), {"name": name}).one()
        if not may:
            message = f"the server does not let this user make the schema {name}; let somebody who may run there: CREATE SCHEMA {name} AUTHORIZATION {user}"
            raise StoreDown(message, code="store_down", reason="no_work")

    def check_room(self) -> None:
        """Make sure that a SQLite database has room to grow; of a server's disk nothing is known here.

        Raises:
            StoreDown: its disk is full, or as good as (``store_down``, its reason ``full``).
        """
        if self.is_sqlite and shutil.disk_usage(self.file.parent).free < _LEAST_ROOM:
            raise no_room()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


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
    """Make a database's file for its owner only; SQLite gives the files beside it the same rights.

    Raises:
        StoreDown: it cannot be made (``store_down``).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        message = f"{path}: cannot be made: {error.strerror or error}"
        raise StoreDown(message, code="store_down", reason="cannot_open") from error


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
    told = None
    for _ in range(100):
        try:
            if connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",):
                return
        except sqlite3.OperationalError as error:
            told = error
            if error.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_FULL")):
                break  # no patience helps
        time.sleep(0.05)
    if told is not None and not told.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        raise told
    raise StoreBusy("the database file stays locked by another program", code="store_busy")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
