"""The form of the database: made by migrations, as the tables are declared, whoever comes first."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, TableClause, column, inspect, select, text

from lapor_core.errors import BadValue
from lapor_desk.store import Database, database_url, migrating, upgrade
from lapor_desk.store.migrating import HEAD, VERSION_TABLE
from lapor_desk.store.tables import PREFIX, Instant, metadata

VERSIONS = Path(sys.modules[upgrade.__module__].__file__ or "").parent / "migrations" / "versions"

START = "import sys; from lapor_desk.store import *; upgrade(Database(database_url(sys.argv[1]))); print('made')"


def test_the_migrations_make_the_tables_as_they_are_declared(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def revisions() -> list[str]:
    """Return the revisions of all migrations, the first first."""
    assigned = (
        (path.name.partition("_")[0], node.targets[0].id, ast.literal_eval(node.value))
        for path in sorted(VERSIONS.glob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    )
    named = [(number, value) for number, name, value in assigned if name == "revision"]
    assert all(number == value for number, value in named)
    return [value for _, value in named]


def test_the_head_is_the_newest_migration() -> None:
    assert revisions()[-1] == HEAD


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_every_earlier_form_is_brought_to_the_newest_with_what_stands_in_it(
    open_database: Callable[[], Database], revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrating, "HEAD", revision)
        upgrade(database)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE complaints (id VARCHAR(8))"))
        connection.execute(text("INSERT INTO complaints VALUES ('host')"))
        filled = fill_every_table(connection)
        assert connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() == revision
    upgrade(database)
    with database.reading() as connection:
        ours = {"version_table": VERSION_TABLE, "include_name": lambda name, kind, _: kind != "table" or PREFIX in name}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []
        for table in filled:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1, table
        assert connection.execute(text("SELECT id FROM complaints")).scalars().all() == ["host"]


def test_after_an_update_the_sweep_looks_at_every_promise_that_is_past_due(
    open_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then it was made to look by the ladder alone; what it will look at sooner, or never, stays."""
    database, day = open_database(), [datetime(2026, 3, number, tzinfo=UTC) for number in (1, 2, 3)]
    with monkeypatch.context() as earlier:
        earlier.setattr(migrating, "HEAD", "0004")
        upgrade(database)
    moments = [(None, None), (day[1], None), (day[1], day[2]), (day[1], day[0])]
    texts = ("code", "state", "channel", "policy", "office", "person_id", "id")
    instants = ("received_at", "updated_at", "due_at", "next_step_at")
    then = TableClause(
        PREFIX + "complaints", column("version"), *map(column, texts), *(column(name, Instant) for name in instants)
    )
    with database.writing() as connection:
        connection.execute(text(f"INSERT INTO {PREFIX}people (id, master) VALUES ('p', 'x')"))
        for number, (due, step) in enumerate(moments):
            row = (
                dict.fromkeys(texts, f"c{number}") | {"version": 1, "person_id": "p"} | dict.fromkeys(instants, day[0])
            )
            connection.execute(then.insert().values(row | {"due_at": due, "next_step_at": step}))
    upgrade(database)
    with database.reading() as connection:
        query = select(then.c.next_step_at).order_by(then.c.id)
        assert connection.execute(query).scalars().all() == [None, day[1], day[1], day[0]]


def fill_every_table(connection: Connection) -> list[str]:
    """Put a row into each table of ours, as the tables are now; every text in it is the same, so that keys meet."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name.startswith(PREFIX) and name != VERSION_TABLE)
    values = {str: "x", int: 1, bytes: b"x", datetime: datetime(2026, 3, 13, 2, tzinfo=UTC)}
    for table in found.sorted_tables:
        connection.execute(table.insert().values({column.name: values[column.type.python_type] for column in table.c}))
    assert len(found.sorted_tables) > 10
    return [table.name for table in found.sorted_tables]


def test_every_table_bears_our_prefix_so_that_a_host_can_lend_its_database(database: Database) -> None:
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
    assert set(names) == {*metadata.tables, VERSION_TABLE}
    assert all(name.startswith(PREFIX) for name in names)


def test_the_tables_of_a_host_are_left_alone(open_database: Callable[[], Database]) -> None:
    database = open_database()
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('the host''s own')"))
    upgrade(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["the host's own"]


def test_a_schema_of_our_own_in_the_database_of_a_host_holds_all_of_it(postgres: Any) -> None:
    url = database_url(postgres.new_database())
    host, ours = Database(url), Database(url.update_query_dict({"options": "-csearch_path=kantor"}))
    with host.writing() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kantor")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    upgrade(ours)
    upgrade(ours)
    with host.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert set(inspect(connection).get_table_names("kantor")) == {*metadata.tables, VERSION_TABLE}
    host.close()
    ours.close()
    postgres.drop(url.render_as_string())


def test_upgrading_again_writes_nothing(database: Database, open_database: Callable[[], Database]) -> None:
    with database.writing() as connection:
        connection.execute(text("SELECT 1"))
        upgrade(open_database())  # would wait for this writer, if it wanted to write


def test_threads_that_start_at_once_make_one_form(open_database: Callable[[], Database]) -> None:
    databases = [open_database() for _ in range(4)]
    failures: list[Exception] = []

    def start(database: Database) -> None:
        try:
            upgrade(database)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=start, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert revision(databases[0]) == HEAD


def test_processes_that_start_at_once_make_one_form(open_database: Callable[[], Database], url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", START, url], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0] for process in processes] == ["made\n"] * 3
    assert revision(open_database()) == HEAD


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(BadValue, match="upgrade lapor") as caught:
        upgrade(database)
    assert (caught.value.code, caught.value.params["found"]) == ("newer_database", "9999")
    assert revision(database) == "9999"


def test_a_migration_that_breaks_off_leaves_nothing_behind(
    open_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database()
    whole = command.upgrade

    def break_off(*arguments: object) -> None:
        whole(*arguments)  # type: ignore[arg-type]  # handed on as it came
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", break_off)
        with pytest.raises(RuntimeError):
            upgrade(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    upgrade(database)
    assert revision(database) == HEAD


def revision(database: Database) -> str:
    with database.reading() as connection:
        found: str = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
    return found
