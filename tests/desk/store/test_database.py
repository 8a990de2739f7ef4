"""Connections and transactions: all or nothing, on both databases, whatever goes wrong."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from lapor_core.errors import BadValue, LaporError
from lapor_desk.store import Database, StoreBusy, StoreDown, database_url, upgrade
from lapor_desk.store import database as database_module
from lapor_desk.store.database import shown_url
from lapor_desk.store.tables import instant_text, intake, notices
from lapor_desk.store.trouble import down_because

OPEN_ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # one database serves all examples
SQLITE_ONLY = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
POSTGRESQL_ONLY = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
ROW = {"channel": "sms", "source_id": "x", "complaint_id": "c"}


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(intake)).scalar_one()


def test_what_is_written_is_there_or_not_at_all(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(intake), ROW)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert count(database) == 0
    with database.writing() as connection:
        connection.execute(insert(intake), ROW)
    assert count(database) == 1


def test_an_error_of_the_database_that_is_swallowed_inside_does_not_pass_for_success(database: Database) -> None:
    """PostgreSQL answers COMMIT after an error with a rollback, and its driver says nothing."""

    def write_twice() -> None:
        with database.writing() as connection:
            connection.execute(insert(intake), ROW)
            with pytest.raises(IntegrityError):
                connection.execute(insert(intake), ROW)

    if database.is_sqlite:  # takes the one statement back, and goes on
        write_twice()
        assert count(database) == 1
    else:
        with pytest.raises(StoreDown, match="undone"):
            write_twice()
        assert count(database) == 0


def test_a_transaction_that_sqlite_undid_by_itself_does_not_pass_for_success(tmp_path: Path) -> None:
    database = Database(database_url(f"sqlite:///{tmp_path}/lapor.db"))
    with pytest.raises(StoreDown, match="undone"), database.writing() as connection:
        connection.exec_driver_sql("ROLLBACK")
    database.close()


def test_a_reader_sees_one_state_from_beginning_to_end(database: Database) -> None:
    with database.reading() as reader:
        assert reader.execute(select(func.count()).select_from(intake)).scalar_one() == 0
        with database.writing() as writer:
            writer.execute(insert(intake), ROW)
        assert reader.execute(select(func.count()).select_from(intake)).scalar_one() == 0
    assert count(database) == 1


def test_faults_of_our_own_are_not_taken_for_faults_of_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(insert(intake), [ROW, ROW])
    expected = StoreDown if database.is_sqlite else ProgrammingError  # SQLite has one kind of error for both
    with pytest.raises(expected), database.writing() as connection:
        connection.execute(text("SELECT * FROM nothing_of_this_name"))
    assert count(database) == 0


@SQLITE_ONLY
def test_sqlite_is_kept_to_its_habits_on_every_connection(database: Database) -> None:
    """What was accepted survives a power cut; what was deleted is over-written; no row points to nothing."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with ExitStack() as held:
        for _ in range(3):
            connection = held.enter_context(database.reading())
            habits = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
            assert habits == wanted


# Waiting


def test_a_writer_that_waits_too_long_for_another_thread_is_told_so(
    open_database: Callable[[], Database], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_PATIENCE", 0.2)
    impatient = open_database()  # in PostgreSQL the patience belongs to the connection
    with impatient.writing() as first:
        first.execute(insert(intake), ROW)
        refused = in_thread(lambda: write(impatient))
    assert isinstance(refused, StoreBusy)
    assert refused.code == "store_busy"
    assert count(database) == 1


def test_a_writer_that_waits_too_long_for_another_process_is_told_so(
    open_database: Callable[[], Database], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_PATIENCE", 0.2)
    impatient = open_database()
    with database.writing() as first:
        first.execute(insert(intake), ROW)
        refused = in_thread(lambda: write(impatient))
    assert isinstance(refused, StoreBusy)
    assert write(impatient, source_id="y") is None  # nothing of it sticks to the connection


@POSTGRESQL_ONLY  # in SQLite there is one writer at a time
def test_writers_that_embrace_each_other_are_parted(database: Database) -> None:
    both_have_one = threading.Barrier(2)

    def take(*sources: str) -> None:
        with database.writing() as connection:
            connection.execute(insert(intake), {**ROW, "source_id": sources[0]})
            both_have_one.wait(5)
            connection.execute(insert(intake), {**ROW, "source_id": sources[1]})

    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda s=s: outcomes.append(caught(lambda: take(*s)))) for s in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "StoreBusy"]
    assert count(database) == 2


def test_a_pool_without_a_free_connection_is_a_busy_store(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.1)
    with ExitStack() as held:
        for _ in range(database.engine.pool.size() + database.engine.pool._max_overflow):
            held.enter_context(database.reading())
        with pytest.raises(StoreBusy, match="in use"):
            count(database)
    assert count(database) == 0


# A database that is not there, or cannot go on


@pytest.mark.parametrize("url", ["postgresql://lapor@127.0.0.1:9/lapor", "sqlite:////proc/lapor.db"])
def test_a_database_that_is_not_there_is_down(url: str) -> None:
    with pytest.raises(StoreDown) as caught, Database(database_url(url)).reading() as connection:
        connection.execute(text("SELECT 1"))
    assert "lapor@" not in str(caught.value)


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "lapor.db"
    path.write_bytes(b"Laporan contoh, kegiatan bulanan. " * 100)
    database = Database(database_url(f"sqlite:///{path}"))
    with pytest.raises(StoreDown, match="spoiled") as caught, database.reading() as connection:
        connection.execute(text("SELECT 1"))
    assert caught.value.code == "store_down"
    assert path.read_bytes().startswith(b"Laporan contoh")
    database.close()


class Told(Exception):
    """What a driver raises: the name that its library gave the fault."""

    pgconn = None

    def __init__(self, *, sqlite_errorname: str = "", sqlstate: str | None = None) -> None:
        super().__init__("rahasia-contoh")
        self.sqlite_errorname, self.sqlstate = sqlite_errorname, sqlstate


@pytest.fixture
def guest(postgres: Any) -> Iterator[str]:
    """The name of a user who may come in and do nothing."""
    name = f"tamu_{secrets.token_hex(4)}"
    postgres.run(f"CREATE ROLE {name} LOGIN")
    yield name
    postgres.run(f"DROP OWNED BY {name}")
    postgres.run(f"DROP ROLE {name}")


def test_whether_a_user_can_have_a_schema_of_their_own_is_told_with_the_statement_that_mends_it(
    postgres: Any, guest: str
) -> None:
    url = database_url(postgres.new_database())
    owner, other = Database(url), Database(url.set(username=guest))
    owner.check_schema("kerja")
    with pytest.raises(StoreDown, match=f"CREATE SCHEMA kerja AUTHORIZATION {guest}") as caught:
        other.check_schema("kerja")
    assert caught.value.params["reason"] == "no_work"
    with owner.writing() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kerja")
    with pytest.raises(StoreDown):
        other.check_schema("kerja")
    with owner.writing() as connection:
        connection.exec_driver_sql(f"ALTER SCHEMA kerja OWNER TO {guest}")
    other.check_schema("kerja")
    owner.close()
    other.close()
    postgres.drop(url.render_as_string())


def test_a_user_who_may_make_no_tables_and_a_schema_that_is_not_there_are_told(postgres: Any, guest: str) -> None:
    url = database_url(postgres.new_database())
    for place, reason in (
        (url.set(username=guest), "no_right"),
        (url.update_query_dict({"options": "-csearch_path=tiada"}), "no_schema"),
    ):
        database = Database(place)
        with pytest.raises(StoreDown) as caught:
            upgrade(database)
        assert caught.value.params["reason"] == reason
        database.close()
    postgres.drop(url.render_as_string())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Told(sqlite_errorname="SQLITE_FULL"), "full"),
        (Told(sqlite_errorname="SQLITE_CORRUPT_INDEX"), "spoiled"),
        (Told(sqlite_errorname="SQLITE_READONLY_DIRECTORY"), "read_only"),
        (Told(sqlite_errorname="SQLITE_CANTOPEN"), "cannot_open"),
        (Told(sqlite_errorname="SQLITE_IOERR_WRITE"), "disk"),
        (Told(sqlite_errorname="SQLITE_ERROR"), ""),
        (Told(sqlstate="53100"), "full"),
        (Told(sqlstate="25006"), "read_only"),
        (Told(sqlstate="28P01"), "no_entry"),
        (Told(sqlstate="3D000"), "no_database"),
        (Told(sqlstate="3F000"), "no_schema"),
        (Told(sqlstate="57P01"), "away"),
        (Told(), "away"),
        (Told(sqlstate="XX000"), ""),
    ],
)
def test_why_a_database_is_down_is_told_by_its_name_and_not_in_the_drivers_words(told: Told, reason: str) -> None:
    down = down_because(told)
    assert (down.code, down.params["reason"]) == ("store_down", reason)
    assert "rahasia-contoh" not in str(down)


class Stubborn:
    """A connection to a file whose folder cannot be written, say; the tests may run as root, who can write anywhere."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = 0

    def execute(self, _: str) -> None:
        self.asked += 1
        error = sqlite3.OperationalError("it does not work")
        error.sqlite_errorname = self.name
        raise error


@pytest.mark.parametrize(
    ("name", "is_told", "at_once"),
    [
        ("SQLITE_READONLY_DIRECTORY", sqlite3.OperationalError, True),
        ("SQLITE_FULL", sqlite3.OperationalError, True),
        ("SQLITE_IOERR_WRITE", sqlite3.OperationalError, False),
        ("SQLITE_BUSY", StoreBusy, False),
    ],
)
def test_only_what_another_program_holds_is_called_locked(
    name: str, is_told: type[Exception], at_once: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module.time, "sleep", lambda _: None)
    connection = Stubborn(name)
    with pytest.raises(is_told):
        database_module._use_wal(cast("sqlite3.Connection", connection))
    assert (connection.asked == 1) is at_once


@SQLITE_ONLY
@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_a_file_that_cannot_be_written_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    database.check_writable()
    one_of_them = database.file.with_name(database.file.name + ending)
    assert one_of_them.exists()
    monkeypatch.setattr(os, "access", lambda path, *_, **__: path != one_of_them)
    with pytest.raises(StoreDown, match="read-only") as caught:
        database.check_writable()
    assert caught.value.params["reason"] == "read_only"


def test_a_disk_without_room_is_told_before_it_fails(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.check_room()
    full = shutil.disk_usage(Path.cwd())._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    if not database.is_sqlite:
        database.check_room()
        return
    with pytest.raises(StoreDown, match="disk is full") as caught:
        database.check_room()
    assert caught.value.params["reason"] == "full"


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(StoreDown) as caught:
        Database(database_url(f"sqlite:///{tmp_path}/taken/lapor.db"))
    assert caught.value.params["reason"] == "cannot_open"


@POSTGRESQL_ONLY
def test_a_server_that_takes_no_writes_is_told(database: Database) -> None:
    database.check_writable()
    name = database.url.database
    with database.writing() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    database.close()  # it counts for new connections
    with pytest.raises(StoreDown) as caught:
        database.check_writable()
    assert caught.value.params["reason"] == "read_only"


def test_a_database_that_cannot_work_is_logged_by_the_drivers_name_for_it_and_not_by_its_words(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A citizen is told to come again, so the log is where an operator learns why."""
    statement = (
        "SELECT 'rahasia-contoh' FROM absent"
        if database.is_sqlite
        else "DO $$ BEGIN RAISE 'rahasia-contoh' USING ERRCODE = '53100'; END $$"
    )
    with pytest.raises(StoreDown), database.writing() as connection:
        connection.exec_driver_sql(statement)
    (line,) = (record for record in caplog.records if record.name == "lapor.store")
    assert line.levelname == "WARNING"
    assert ("SQLITE_ERROR" if database.is_sqlite else "SQLSTATE 53100") in line.getMessage()
    assert "rahasia-contoh" not in caplog.text


@SQLITE_ONLY
def test_a_log_that_cannot_be_emptied_is_told_in_our_words(database: Database, tmp_path: Path) -> None:
    path = Path(database.url.database or "")
    database.close()
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()
    path.write_bytes(b"Laporan contoh, kegiatan bulanan. " * 100)
    with pytest.raises(StoreDown) as caught:
        database.empty_log()
    assert caught.value.params["reason"] == "spoiled"


@SQLITE_ONLY  # the disk of PostgreSQL cannot be filled from here
def test_a_full_disk_stores_nothing_of_the_action(database: Database) -> None:
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    refused = caught(lambda: fill(database, limit=pages + 2))
    assert isinstance(refused, StoreDown)
    assert count(database) == 0
    assert write(database) is None  # and when there is room again, work goes on


def fill(database: Database, limit: int) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")
        try:
            for number in range(10_000):
                connection.execute(insert(intake), {**ROW, "source_id": str(number)})
        finally:
            connection.exec_driver_sql("PRAGMA max_page_count=4294967294")


# Values


@given(
    moment=st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001
        datetime(9000, 1, 1),  # noqa: DTZ001
        timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone),
    )
)
@OPEN_ONCE
def test_instants_come_out_as_they_went_in(database: Database, moment: datetime) -> None:
    with database.writing() as connection:
        connection.execute(notices.delete())
        connection.execute(insert(notices), notice_row(moment))
        assert connection.execute(select(notices.c.not_before)).scalar_one() == moment
        found = connection.execute(select(notices.c.id).where(notices.c.not_before <= moment)).scalar()
        assert found == "1"
        earlier = moment - timedelta(microseconds=1)
        assert connection.execute(select(notices.c.id).where(notices.c.not_before <= earlier)).first() is None


def notice_row(moment: datetime) -> dict[str, object]:
    named = {"id": "1", "key": "k", "template": "received", "role": "reporter", "medium": "sms", "status": "queued"}
    return {**named, "attempts": 0, "claims": 0, "not_before": moment, "created_at": moment}


@given(first=st.datetimes(timezones=st.just(UTC)), second=st.datetimes(timezones=st.just(UTC)))
def test_the_texts_of_instants_sort_as_instants_do(first: datetime, second: datetime) -> None:
    assert (first < second) == (instant_text(first) < instant_text(second))


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="has no time zone"), database.writing() as connection:
        connection.execute(insert(notices), notice_row(datetime(2026, 3, 13)))  # noqa: DTZ001


# URLs


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nothing", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(BadValue, match="allowed: sqlite"):
        database_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:rahasia-contoh@host/name",
        "rahasia-contoh:/",
        "postgresql://user:satu@dua:rahasia-contoh@host/name",  # what follows its @ is taken for a host and a port
        "mysql://user:satu@rahasia-contoh@host/name",
        "mysql://user@host/name?password=rahasia-contoh",
        "sqlite:///lapor.db?key=rahasia-contoh",
    ],
)
def test_a_password_in_a_url_is_not_repeated(url: str) -> None:
    with pytest.raises(BadValue) as caught:
        database_url(url)
    assert "rahasia-contoh" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:///lapor.db?mode=ro", "sqlite:///file:lapor.db"])
def test_options_that_would_change_which_file_it_is_are_refused(url: str) -> None:
    with pytest.raises(BadValue, match="takes no options"):
        database_url(url)


def test_a_url_is_shown_without_what_is_secret_in_it() -> None:
    url = "postgresql://user:rahasia-contoh@host/name?password=rahasia-contoh&sslmode=require"
    assert shown_url(database_url(url)) == "postgresql://user:***@host/name"


def test_an_option_that_the_driver_does_not_know_is_told_and_not_repeated() -> None:
    database = Database(database_url("postgresql://user@127.0.0.1:9/name?contoh=rahasia-contoh"))
    with pytest.raises(BadValue, match="option") as caught, database.reading():
        pass
    assert caught.value.code == "bad_database_url"
    assert "rahasia-contoh" not in str(caught.value)


def test_the_values_of_a_statement_are_not_repeated(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.writing() as connection:
        connection.execute(insert(intake), [{**ROW, "source_id": "rahasia-contoh"}, {**ROW, "source_id": None}])
    assert "rahasia-contoh" not in str(caught.value)


def write(database: Database, source_id: str = "x") -> LaporError | None:
    def once() -> None:
        with database.writing() as connection:
            connection.execute(insert(intake), {**ROW, "source_id": source_id})

    return caught(once)


def caught(action: Callable[[], object]) -> LaporError | None:
    try:
        action()
    except LaporError as error:
        return error
    return None


def in_thread(action: Callable[[], LaporError | None]) -> LaporError | None:
    outcome: list[LaporError | None] = []
    thread = threading.Thread(target=lambda: outcome.append(action()))
    thread.start()
    thread.join(30)
    return outcome[0]
