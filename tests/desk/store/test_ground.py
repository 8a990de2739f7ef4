"""The ground the store stands on: its form, its writers and its keys."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from lapor_core.errors import BadValue, Refused
from lapor_desk.store import Database, MasterKey, Vault, database_url, upgrade
from lapor_desk.store.tables import intake, metadata, notices


@pytest.fixture
def database(tmp_path: Path):
    database = Database(database_url(f"sqlite:///{tmp_path}/lapor.db"))
    upgrade(database)
    yield database
    database.close()


@pytest.fixture
def vault() -> Vault:
    return Vault(master=MasterKey(bytes(32)), house=Vault.new_person("house"))


def test_the_migrations_make_the_tables_as_they_are_declared(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "lapor_alembic_version"})
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database)


def test_processes_that_start_at_once_make_one_form(tmp_path: Path) -> None:
    databases = [Database(database_url(f"sqlite:///{tmp_path}/lapor.db")) for _ in range(4)]
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
    for database in databases:
        database.close()
    assert failures == []


def test_what_is_written_is_there_or_not_at_all(database: Database) -> None:
    row = {"channel": "sms", "source_id": "x", "complaint_id": "c"}

    def write_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(intake), row)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.writing() as connection:
        assert connection.execute(select(intake)).all() == []
        connection.execute(insert(intake), row)
    with database.reading() as connection:
        assert len(connection.execute(select(intake)).all()) == 1


def test_instants_come_out_aware_as_they_went_in(database: Database) -> None:
    at = datetime(2026, 3, 13, 2, 0, 0, 123456, tzinfo=UTC)
    row = {
        "id": "1",
        "key": "k",
        "template": "received",
        "role": "reporter",
        "medium": "sms",
        "attempts": 0,
        "claims": 0,
    }
    with database.writing() as connection:
        connection.execute(insert(notices), {**row, "status": "queued", "not_before": at, "created_at": at})
        assert connection.execute(select(notices.c.not_before)).scalar_one() == at


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nothing"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(BadValue, match="allowed: sqlite"):
        database_url(url)


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(BadValue) as caught:
        database_url("mysql://user:rahasia-contoh@host/name")
    assert "rahasia-contoh" not in str(caught.value)


def test_what_is_sealed_opens_only_for_its_person_and_place(vault: Vault) -> None:
    person, other = Vault.new_person(), Vault.new_person()
    sealed = vault.seal(person, b"narasi contoh", "complaint/1")
    assert b"narasi" not in sealed
    assert vault.open(person, sealed, "complaint/1") == b"narasi contoh"
    for who, place in ((other, "complaint/1"), (person, "complaint/2")):
        with pytest.raises(Refused, match="does not open"):
            vault.open(who, sealed, place)


def test_any_flipped_bit_is_found(vault: Vault) -> None:
    person = Vault.new_person()
    sealed = vault.seal(person, b"narasi contoh", "complaint/1")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Refused):
            vault.open(person, bytes(changed), "complaint/1")


def test_the_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "lapor.key"
    made = MasterKey.from_file(path)
    assert MasterKey.from_file(path) == made
    if os.name == "posix":
        path.chmod(0o644)
        with pytest.raises(BadValue, match="can be read by others"):
            MasterKey.from_file(path)


def test_another_master_key_does_not_unwrap() -> None:
    person = Vault.new_person()
    wrapped = MasterKey(bytes(32)).wrap(person)
    assert MasterKey(bytes(32)).unwrap(person.id, wrapped) == person
    with pytest.raises(BadValue, match="does not open this database"):
        MasterKey(b"1" * 32).unwrap(person.id, wrapped)


def test_an_index_is_stable_keyed_and_kept_apart_by_purpose(vault: Vault) -> None:
    number = "+6280000000001"  # invented
    assert vault.index("mobile", number) == vault.index("mobile", number)
    assert vault.index("mobile", number) != vault.index("email", number)
    assert vault.index("mobile", number) != Vault(master=vault.master, house=Vault.new_person()).index("mobile", number)
