"""Attachments: sealed for their owner, whole on the disk before anything points to them."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lapor_core.complaint import Attachment
from lapor_core.errors import NotFound, Refused
from lapor_desk.store import Files, MasterKey, Person, PreparedFile, Store, StoreDown, Vault
from lapor_desk.store.tables import attachments

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
VAULT = Vault(master=MasterKey(bytes(32)), house=Vault.new_person("house"))
CONTENT = b"rahasia-contoh" * 100


def prepared(content: bytes = CONTENT) -> PreparedFile:
    digest = hashlib.sha256(content).hexdigest()
    described = Attachment(digest=digest, name="foto.jpg", media_type="image/jpeg", size=len(content))
    return PreparedFile(attachment=described, content=content)


FILE = prepared()
DIGEST = FILE.attachment.digest


@pytest.fixture
def person() -> Person:
    return Vault.new_person()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture(params=["local", "memory"])
def files(request: pytest.FixtureRequest, folder: Path) -> Files:
    return Files.local(folder) if request.param == "local" else Files.memory()


def test_what_is_put_is_got_again(files: Files, person: Person) -> None:
    files.put_sealed(VAULT, person, FILE)
    files.put_sealed(VAULT, person, FILE)
    assert files.get_opened(VAULT, person, DIGEST) == CONTENT


def test_a_file_is_its_owners(files: Files, person: Person) -> None:
    files.put_sealed(VAULT, person, FILE)
    with pytest.raises(NotFound) as caught:
        files.get_opened(VAULT, Vault.new_person(), DIGEST)
    assert caught.value.code == "missing_file"


def test_all_files_of_one_person_can_be_deleted_and_again(files: Files, person: Person) -> None:
    other = Person(id=person.id + "0", key=person.key)  # whose id begins alike
    for owner in (person, other):
        files.put_sealed(VAULT, owner, FILE)
        files.put_sealed(VAULT, owner, prepared(b"two"))
    for _ in range(2):
        files.delete_all(person.id)
        for digest in (DIGEST, prepared(b"two").attachment.digest):
            with pytest.raises(NotFound):
                files.get_opened(VAULT, person, digest)
            assert files.get_opened(VAULT, other, digest)


# In a folder


def test_nothing_of_a_file_lies_open(folder: Path, person: Person) -> None:
    Files.local(folder).put_sealed(VAULT, person, FILE)
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    assert path.relative_to(folder).parts == (person.id, DIGEST)
    assert b"contoh" not in path.read_bytes()


def test_any_flipped_bit_is_found(folder: Path, person: Person) -> None:
    files = Files.local(folder)
    small = prepared(b"contoh")
    files.put_sealed(VAULT, person, small)
    path = folder / person.id / small.attachment.digest
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(changed)
        with pytest.raises(Refused) as caught:
            files.get_opened(VAULT, person, small.attachment.digest)
        assert caught.value.code == "tampered"


def test_a_moved_file_is_found(folder: Path, person: Person) -> None:
    files, other, two = Files.local(folder), Vault.new_person(), prepared(b"two")
    for owner, file in ((person, FILE), (person, two), (other, FILE)):
        files.put_sealed(VAULT, owner, file)
    shutil.copy(folder / person.id / two.attachment.digest, folder / person.id / DIGEST)
    with pytest.raises(Refused):
        files.get_opened(VAULT, person, DIGEST)
    shutil.copy(folder / person.id / two.attachment.digest, folder / other.id / DIGEST)
    with pytest.raises(Refused):
        files.get_opened(VAULT, other, DIGEST)


@pytest.mark.parametrize("spoiled", [b"", b"half", None])
def test_a_file_that_a_power_cut_spoiled_is_mended_when_it_is_handed_in_again(
    folder: Path, person: Person, spoiled: bytes | None
) -> None:
    files = Files.local(folder)
    files.put_sealed(VAULT, person, FILE)
    path = folder / person.id / DIGEST
    path.write_bytes(path.read_bytes()[:-1] if spoiled is None else spoiled)
    files.put_sealed(VAULT, person, FILE)
    assert files.get_opened(VAULT, person, DIGEST) == CONTENT


def test_a_file_that_is_whole_is_not_written_again(folder: Path, person: Person) -> None:
    files = Files.local(folder)
    files.put_sealed(VAULT, person, FILE)
    before = (folder / person.id / DIGEST).read_bytes()
    files.put_sealed(VAULT, person, FILE)
    assert (folder / person.id / DIGEST).read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="files are not limited there in this way")
def test_a_full_disk_is_told_and_leaves_no_half_file(folder: Path, person: Person) -> None:
    files = Files.local(folder)
    with largest_file(500), pytest.raises(StoreDown, match="disk is full") as caught:
        files.put_sealed(VAULT, person, FILE)
    assert caught.value.code == "store_down"
    with pytest.raises(NotFound):
        files.get_opened(VAULT, person, DIGEST)
    files.put_sealed(VAULT, person, FILE)
    assert files.get_opened(VAULT, person, DIGEST) == CONTENT


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_place_that_is_no_folder_is_told(folder: Path, person: Person) -> None:
    files = Files.local(folder)
    (folder / person.id).write_text("a file where the folder should be", "utf-8")
    with pytest.raises(StoreDown):
        files.put_sealed(VAULT, person, FILE)


# With the store


def keep(store: Store, person: Person) -> None:
    store.keep_files(person, [FILE])
    with store.transaction() as tx:
        tx.add_person(person)
        tx.attach(person.id, [FILE, FILE])
        tx.attach(person.id, [FILE])


def test_a_file_is_found_by_its_owner_and_digest(store: Store, person: Person) -> None:
    keep(store, person)
    with store.reading() as tx:
        found = tx.file(person.id, DIGEST)
        assert (found.media_type, found.size) == ("image/jpeg", len(CONTENT))
        with pytest.raises(NotFound) as caught:
            tx.file(person.id, "0" * 64)
    assert caught.value.code == "unknown_file"
    assert store.read_file(person.id, DIGEST) == CONTENT


def test_of_an_erased_person_no_file_is_left(store: Store, person: Person, tmp_path: Path) -> None:
    keep(store, person)
    store.keep_files(person, [prepared(b"of a transaction that failed")])
    for _ in range(2):
        store.erase_person(person.id, NOW)
    with pytest.raises(Refused) as caught:
        store.read_file(person.id, DIGEST)
    assert caught.value.code == "erased"
    with store.reading() as tx:
        assert tx.connection.execute(select(attachments)).all() == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
