"""Opening a store: its key, its files, and who may be first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.errors import BadValue
from lapor_desk.store import (
    Database,
    Files,
    Keyring,
    MasterKey,
    Store,
    StoreDown,
    Vault,
    database_url,
    form_of,
    open_store,
    upgrade,
)
from lapor_desk.store.migrating import HEAD

OTHER_KEY = MasterKey(b"1" * 32)


def test_beside_a_sqlite_file_stand_its_key_and_its_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/lapor.db"
    store = open_store(url)
    person = Vault.new_person()
    with store.transaction() as tx:
        tx.add_person(person)
    store.close()
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names >= {"lapor.db", "lapor.key", "lapor-files"}
    again = open_store(url)
    with again.reading() as tx:
        assert tx.person(person.id) == person
    again.close()


@pytest.mark.parametrize("lacking", ["master", "files"])
def test_for_postgresql_the_key_and_the_files_must_be_given(lacking: str) -> None:
    given = {"master": OTHER_KEY, "files": Files.memory()}
    del given[lacking]
    with pytest.raises(BadValue, match=f"give {lacking}="):
        open_store("postgresql://lapor@127.0.0.1:9/lapor", **given)  # type: ignore[arg-type]  # one of two is there


def test_the_key_can_be_named_by_its_file(url: str, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "office.key"
    path.parent.mkdir()
    first = open_store(url, master=path, files=Files.memory())
    second = open_store(url, master=Keyring.from_file(path).newest, files=Files.memory())
    assert first.vault.house == second.vault.house
    first.close()
    second.close()


def test_a_wrong_key_opens_nothing(url: str, store: Store) -> None:
    with pytest.raises(BadValue, match="give the key that was made with it") as caught:
        open_store(url, master=OTHER_KEY, files=Files.memory())
    assert caught.value.code == "wrong_master_key"


def test_a_lost_key_is_asked_for_and_no_other_is_made(url: str, store: Store, tmp_path: Path) -> None:
    lost = tmp_path / "lost.key"
    with pytest.raises(BadValue, match="put that file back") as caught:
        open_store(url, master=lost, files=Files.memory())
    assert caught.value.code == "missing_master_key"
    assert not lost.exists()


def test_a_key_whose_database_is_gone_begins_no_other_one_by_itself(url: str, tmp_path: Path) -> None:
    """A path that was mistyped, or a file that was lost, would look like a desk that is well and empty."""
    path, files = tmp_path / "office.key", Files.memory()
    Keyring.from_file(path)
    before = path.read_bytes()
    with pytest.raises(BadValue, match="no desk lies there, and its key does") as caught:
        open_store(url, master=path, files=files)
    assert caught.value.code == "lost_database"
    assert form_of(url) is None
    assert not (tmp_path / "lapor.db").exists()
    open_store(url, master=path, files=files, new=True).close()
    open_store(url, master=path, files=files).close()
    assert path.read_bytes() == before
    with pytest.raises(BadValue) as caught:
        open_store(url, master=path, files=files, new=True)
    assert caught.value.code == "desk_is_there"


def test_a_file_that_holds_no_key_is_no_sign_of_a_desk(url: str, tmp_path: Path) -> None:
    (tmp_path / "lapor.toml").touch(mode=0o600)
    with pytest.raises(BadValue) as caught:
        open_store(url, master=tmp_path / "lapor.toml", files=Files.memory())
    assert caught.value.code == "bad_master_key"


def test_a_first_start_that_was_broken_off_is_taken_up(url: str, tmp_path: Path) -> None:
    """The tables come first, then the key, then what is wrapped with it."""
    database = Database(database_url(url))
    upgrade(database)
    database.close()
    Keyring.from_file(tmp_path / "office.key")
    open_store(url, master=tmp_path / "office.key", files=Files.memory()).close()


@pytest.mark.parametrize("text", ["", "contoh", "00" * 31, f"{'00' * 32}\ncontoh\n"])
def test_a_file_that_holds_no_key_is_named_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "office.key"
    path.write_text(text, "ascii")
    path.chmod(0o600)
    with pytest.raises(BadValue) as caught:
        Keyring.from_file(path)
    assert caught.value.code == "bad_master_key"
    assert str(path) in str(caught.value)
    assert "contoh" not in str(caught.value).replace(str(path), "")


def test_an_editor_may_leave_empty_lines_in_a_file_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    path.write_bytes(b"00" * 32 + b"\r\n\r\n")
    path.chmod(0o600)
    assert Keyring.from_file(path).newest == MasterKey(bytes(32))


def test_a_file_of_keys_that_cannot_be_read_or_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.key").mkdir(0o700)
    with pytest.raises(BadValue, match=r"folder\.key: the master key cannot be read") as caught:
        Keyring.from_file(tmp_path / "folder.key")
    assert caught.value.code == "unreadable_key_file"
    with pytest.raises(BadValue, match=r"no-folder/office\.key: cannot be written") as caught:
        Keyring.from_file(tmp_path / "no-folder" / "office.key")
    assert caught.value.code == "unwritable_key_file"


def test_the_form_of_a_database_is_told_and_nothing_is_made(url: str, tmp_path: Path) -> None:
    assert form_of(url) is None
    assert not list(tmp_path.rglob("*.db"))
    open_store(url, master=OTHER_KEY, files=Files.memory()).close()
    assert form_of(url) == HEAD


def test_a_database_that_came_back_in_part_is_not_opened(open_again: Callable[[], Store]) -> None:
    with open_again().transaction() as tx:
        tx.connection.exec_driver_sql("DROP TABLE lapor_turns")
    with pytest.raises(StoreDown, match="missing in it: lapor_turns") as caught:
        open_again()
    assert caught.value.params["reason"] == "no_tables"


def test_of_many_that_open_a_new_store_at_once_all_have_the_same_key(open_again: Callable[[], Store]) -> None:
    start, opened = threading.Barrier(4), []

    def open_one() -> None:
        start.wait()
        opened.append(open_again())

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.vault.house for store in opened}) == 1
    assert len(opened) == 4


def test_no_store_is_opened_where_there_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "lapor.db").mkdir()
    with pytest.raises(StoreDown):
        open_store(f"sqlite:///{tmp_path}/lapor.db")
    with pytest.raises(StoreDown):
        open_store("postgresql://lapor@127.0.0.1:9/lapor", master=OTHER_KEY, files=Files.memory())


def test_no_store_is_opened_where_files_cannot_lie(tmp_path: Path) -> None:
    (tmp_path / "lapor-files").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(StoreDown, match="place of files"):
        open_store(f"sqlite:///{tmp_path}/lapor.db")
