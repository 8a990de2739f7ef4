"""Another master key takes its place under a desk that runs: nobody's data is lost, at whatever point it breaks off."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from lapor_core.errors import BadValue, Refused
from lapor_desk.cli import main
from lapor_desk.store import Files, Keyring, MasterKey, Person, Store, StoreDown, Vault, keys, open_store, rotation
from lapor_desk.store.tables import people

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
SEVERAL = 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.key"


@pytest.fixture
def opened(url: str, path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the store with the file of keys, as each process does."""
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(open_store(url, master=path, files=Files.memory()))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def desk(opened: Callable[[], Store]) -> Store:
    return opened()


def enrol(store: Store, count: int = 1) -> list[Person]:
    persons = [Vault.new_person() for _ in range(count)]
    with store.transaction() as tx:
        tx.add_people(persons)
    return persons


def rotate(store: Store, batch: int = 2) -> tuple[Path, ...]:
    rotation.prepare(store)
    rotation.begin(store)
    list(rotation.wrap_anew(store, batch))
    return rotation.finish(store)


def are_all_read(store: Store, persons: list[Person]) -> bool:
    with store.reading() as tx:
        return [tx.person(person.id) for person in persons] == persons


def masters(store: Store) -> set[str]:
    with store.reading() as tx:
        return set(tx.connection.execute(select(people.c.master).where(people.c.wrapped_key.is_not(None))).scalars())


def test_everything_hangs_on_the_new_key_and_opens_without_the_old_one(
    opened: Callable[[], Store], desk: Store, path: Path
) -> None:
    persons, index = enrol(desk, SEVERAL), desk.vault.index("email", "warga@example.id")
    old = desk.vault.keys.newest
    (kept,) = rotate(desk)
    fresh = Keyring.from_file(path)
    assert (fresh.newest != old, fresh.former, masters(desk)) == (True, (), {fresh.newest.fingerprint})
    again = opened()
    assert are_all_read(again, persons)
    assert again.vault.house == desk.vault.house
    assert again.vault.index("email", "warga@example.id") == index
    assert kept.name == f"desk.key.{old.fingerprint}"
    assert Keyring.from_file(kept).newest == old
    assert sorted(entry.name for entry in path.parent.glob("*key*")) == ["desk.key", kept.name]


def test_the_old_key_opens_nothing_any_more(desk: Store, url: str) -> None:
    old = desk.vault.keys.newest
    enrol(desk)
    rotate(desk)
    with pytest.raises(BadValue) as caught:
        open_store(url, master=old, files=Files.memory())
    assert caught.value.code == "wrong_master_key"


def test_a_desk_that_runs_reads_and_stores_at_every_step(opened: Callable[[], Store], desk: Store) -> None:
    running = opened()
    persons = enrol(running, SEVERAL)

    def go_on() -> None:
        persons.extend(enrol(running))
        assert are_all_read(running, persons)

    assert rotation.prepare(desk)
    go_on()
    assert not rotation.prepare(desk)
    assert rotation.begin(desk) == SEVERAL + 1
    for _ in rotation.wrap_anew(desk, 2):
        go_on()
    rotation.finish(desk)
    go_on()
    rotate(desk)
    go_on()
    assert are_all_read(opened(), persons)
    assert len(masters(desk)) == 1


def test_a_process_without_the_new_key_says_so_and_stores_nothing(desk: Store, url: str) -> None:
    persons, other = enrol(desk), open_store(url, master=desk.vault.keys.newest, files=Files.memory())
    rotate(desk)
    for use in (lambda: enrol(other), lambda: are_all_read(other, persons)):
        with pytest.raises(StoreDown, match="bring the file of keys up to date") as caught:
            use()
        assert caught.value.code == "unknown_master_key"
    with desk.reading() as tx:
        assert len(tx.connection.execute(select(people.c.id)).all()) == 2
    with pytest.raises(BadValue) as refused:
        rotation.prepare(other)
    assert refused.value.code == "unwritable_key_file"
    other.close()


def test_a_transaction_that_stores_somebody_meanwhile_is_waited_for(opened: Callable[[], Store], desk: Store) -> None:
    running, person = opened(), Vault.new_person()
    thread = threading.Thread(target=rotate, args=[desk])
    with running.transaction() as tx:
        tx.add_person(person)  # under the old key
        thread.start()
        thread.join(0.1)
    thread.join(60)
    assert are_all_read(opened(), [person])
    assert len(masters(desk)) == 1


def test_whoever_waits_for_a_change_of_the_key_stores_under_the_new_one(
    opened: Callable[[], Store], desk: Store
) -> None:
    running, stored = opened(), list[Person]()
    enrol(running)  # it knows the old key as the one that wraps
    rotation.prepare(desk)
    thread = threading.Thread(target=lambda: stored.extend(enrol(running, SEVERAL)))
    with desk.transaction() as tx:
        tx.hold_keys()
        tx.change_wrapping_key(desk.vault.keys.newest)
        thread.start()
        thread.join(0.1)
    thread.join(60)
    assert len(stored) == SEVERAL
    with desk.reading() as tx:
        ids = [person.id for person in stored]
        under = tx.connection.execute(select(people.c.master).where(people.c.id.in_(ids))).scalars().all()
    assert under == [desk.vault.keys.newest.fingerprint] * SEVERAL
    assert are_all_read(opened(), stored)


def test_whoever_was_erased_stays_erased(desk: Store, erase: Callable[[Store, str], object]) -> None:
    gone, meanwhile, stays = enrol(desk, 3)
    erase(desk, gone.id)
    rotation.prepare(desk)
    assert rotation.begin(desk) == 2
    erase(desk, meanwhile.id)
    assert list(rotation.wrap_anew(desk)) == [stays.id]
    rotation.finish(desk)
    with desk.reading() as tx:
        assert (tx.is_erased(gone.id), tx.is_erased(meanwhile.id)) == (True, True)
        with pytest.raises(Refused):
            tx.person(meanwhile.id)


def test_an_old_key_that_is_in_use_is_not_taken_out(desk: Store, path: Path) -> None:
    persons = enrol(desk, SEVERAL)
    rotation.prepare(desk)
    rotation.begin(desk)
    next(rotation.wrap_anew(desk, 1))
    with pytest.raises(Refused) as caught:
        rotation.finish(desk)
    assert caught.value.code == "keys_in_use"
    assert len(Keyring.from_file(path).former) == 1
    assert are_all_read(desk, persons)


class PowerCut(BaseException):
    """The process is gone: no handler of ours has a say."""


@contextmanager
def power_cut_at(step: int) -> Iterator[None]:
    """Break off before or after the given one of all writes: of files of keys, and of transactions."""
    count = itertools.count()

    def cutting(work: Callable[..., object]) -> Callable[..., object]:
        def cut(*arguments: object, **options: object) -> object:
            for moment in ("before", "after"):
                if moment == "after":
                    result = work(*arguments, **options)
                if next(count) == step:
                    raise PowerCut(moment)
            return result

        return cut

    transaction = Store.transaction

    @contextmanager
    def cut_transaction(store: Store) -> Iterator[object]:
        with transaction(store) as tx:
            yield tx
            if next(count) == step:
                raise PowerCut("before the commit")
        if next(count) == step:
            raise PowerCut("after the commit")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "replace_file", cutting(keys.replace_file))
        patch.setattr(Store, "transaction", cut_transaction)
        yield


def test_broken_off_at_any_step_nothing_is_lost_and_it_can_be_finished(
    opened: Callable[[], Store], desk: Store, path: Path, url: str
) -> None:
    running, persons = opened(), enrol(desk, SEVERAL)
    for step in itertools.count():
        before = Keyring.from_file(path).newest
        batch = len(persons) // 2 + 1
        with closing(open_store(url, master=path, files=Files.memory())) as first:
            try:
                with power_cut_at(step):
                    rotate(first, batch)
                break
            except PowerCut:
                persons += enrol(running)
        with closing(open_store(url, master=path, files=Files.memory())) as second:
            persons += enrol(second)
            assert are_all_read(second, persons)
            assert are_all_read(running, persons)
            rotate(second, batch)
        now = Keyring.from_file(path)
        assert (now.former, masters(running)) == ((), {now.newest.fingerprint})
        assert now.newest != before
        assert are_all_read(running, persons)
    assert step > 14  # three files, and at least seven transactions


def test_the_command_changes_the_key_and_says_what_to_keep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = f"sqlite:///{tmp_path}/lapor.db"
    store = open_store(database)
    persons = enrol(store, 3)
    assert main(["keys", "rotate", "--prepare", "--database", database]) == 0
    assert "is still in use" in capsys.readouterr().out
    assert main(["keys", "rotate", "--database", database]) == 0
    said = capsys.readouterr().out
    assert "Going on with the key" in said
    assert "3 keys were wrapped" in said
    assert "lapor.key." in said
    assert are_all_read(store, persons)
    text = (tmp_path / "lapor.key").read_text("ascii")
    assert text.strip() not in said
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="permissions of this kind are POSIX's")
def test_the_file_of_keys_stays_its_owners(desk: Store, path: Path) -> None:
    before = path.stat()
    (kept,) = rotate(desk)
    for file in (path, kept):
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.stat().st_uid == before.st_uid


def test_a_file_of_keys_that_cannot_be_read_now_leaves_the_key_unknown(desk: Store, path: Path) -> None:
    with desk.transaction() as tx:
        tx.connection.execute(update(people).values(master="0" * 16))
    path.unlink()
    with pytest.raises(StoreDown):
        enrol(desk)
    assert desk.vault.keys.find("0" * 16) is None
    assert desk.vault.keys.newest == MasterKey(desk.vault.keys.newest.secret)
