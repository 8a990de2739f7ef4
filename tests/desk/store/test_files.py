"""Attachments: sealed for their owner, whole on the disk before anything points to them."""

from __future__ import annotations

import hashlib
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import obstore
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from lapor_core.complaint import Attachment
from lapor_core.errors import NotFound, Refused
from lapor_desk.places import S3Place
from lapor_desk.store import Files, Keyring, MasterKey, Person, PreparedFile, Store, StoreDown, Vault
from lapor_desk.store.tables import attachments

NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)
VAULT = Vault(keys=Keyring([MasterKey(bytes(32))]), house=Vault.new_person("house"))
CONTENT = b"rahasia-contoh" * 100


def prepared(content: bytes = CONTENT) -> PreparedFile:
    digest = hashlib.sha256(content).hexdigest()
    described = Attachment(digest=digest, name="foto.jpg", media_type="image/jpeg", size=len(content))
    return PreparedFile(attachment=described, content=content)


FILE = prepared()
_ANY = re.compile(".*")
DIGEST = FILE.attachment.digest


@pytest.fixture
def person() -> Person:
    return Vault.new_person()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture(params=["local", "memory", "s3"])
def files(request: pytest.FixtureRequest, folder: Path) -> Files:
    if request.param == "s3":
        return Files.s3(request.getfixturevalue("bucket"))
    return Files.local(folder) if request.param == "local" else Files.memory()


def names(files: Files) -> list[str]:
    return [entry["path"] for batch in obstore.list(files._place) for entry in batch]


def raw(files: Files, name: str) -> bytes:
    return bytes(obstore.get(files._place, name).bytes())


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


def test_a_file_lies_under_its_owner_and_content_and_can_be_asked_for(files: Files, person: Person) -> None:
    assert not files.holds(person.id, DIGEST)
    files.put_sealed(VAULT, person, FILE)
    assert names(files) == [f"{person.id}/{DIGEST}"]
    assert files.holds(person.id, DIGEST)
    assert not files.holds(Vault.new_person().id, DIGEST)


def test_nothing_of_a_file_lies_open(files: Files, person: Person) -> None:
    files.put_sealed(VAULT, person, FILE)
    (name,) = names(files)
    assert b"contoh" not in raw(files, name)


def test_a_flipped_bit_is_found(files: Files, person: Person) -> None:
    small = prepared(b"contoh")
    files.put_sealed(VAULT, person, small)
    (name,) = names(files)
    whole = raw(files, name)
    for bit in range(0, 8 * len(whole), 9):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << (bit % 8)
        obstore.put(files._place, name, bytes(changed))
        with pytest.raises(Refused) as caught:
            files.get_opened(VAULT, person, small.attachment.digest)
        assert caught.value.code == "tampered"


def test_a_moved_file_is_found(files: Files, person: Person) -> None:
    other, two = Vault.new_person(), prepared(b"two")
    for owner, file in ((person, FILE), (person, two), (other, FILE)):
        files.put_sealed(VAULT, owner, file)
    for owner in (person, other):
        obstore.put(files._place, f"{owner.id}/{DIGEST}", raw(files, f"{person.id}/{two.attachment.digest}"))
        with pytest.raises(Refused):
            files.get_opened(VAULT, owner, DIGEST)


@pytest.mark.parametrize("spoiled", [b"", b"half", None])
def test_a_file_that_a_power_cut_spoiled_is_mended_when_it_is_handed_in_again(
    files: Files, person: Person, spoiled: bytes | None
) -> None:
    files.put_sealed(VAULT, person, FILE)
    (name,) = names(files)
    obstore.put(files._place, name, raw(files, name)[:-1] if spoiled is None else spoiled)
    files.put_sealed(VAULT, person, FILE)
    assert files.get_opened(VAULT, person, DIGEST) == CONTENT


def test_a_file_that_is_whole_is_not_written_again(files: Files, person: Person) -> None:
    files.put_sealed(VAULT, person, FILE)
    (name,) = names(files)
    before = raw(files, name)
    files.put_sealed(VAULT, person, FILE)
    assert raw(files, name) == before


def test_a_place_that_is_there_passes_its_check_and_nothing_is_written(files: Files, person: Person) -> None:
    files.check()
    assert names(files) == []
    files.put_sealed(VAULT, person, FILE)
    files.check()


# In a folder


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


def test_a_folder_that_went_away_or_lets_nobody_in_is_told(folder: Path, person: Person) -> None:
    files = Files.local(folder)
    folder.rmdir()
    for asked in (files.check, lambda: files.get_opened(VAULT, person, DIGEST)):
        with pytest.raises(StoreDown):
            asked()


# In a bucket


def away(bucket: S3Place, endpoint: str) -> Files:
    return Files.s3(attrs.evolve(bucket, access=attrs.evolve(bucket.access, endpoint=endpoint)))


def each_use(files: Files, person: Person) -> Iterator[pytest.ExceptionInfo[StoreDown]]:
    """Do each thing that can be done with files, where none can be."""
    for use in (
        files.check,
        lambda: files.put_sealed(VAULT, person, FILE),
        lambda: files.get_opened(VAULT, person, DIGEST),
        lambda: files.holds(person.id, DIGEST),
        lambda: files.delete_all(person.id),
    ):
        with pytest.raises(StoreDown) as caught:
            use()
        yield caught


def test_a_service_that_is_away_is_told_by_everything(bucket: S3Place, person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for caught in each_use(away(bucket, f"http://127.0.0.1:{port}"), person):
        assert caught.value.code == "store_down"


def test_a_service_that_refuses_is_told_by_everything_without_the_key(
    bucket: S3Place, person: Person, httpserver: HTTPServer
) -> None:
    for method in ("GET", "PUT", "HEAD", "DELETE"):
        httpserver.expect_request(_ANY, method=method).respond_with_data("", status=403)
    shown = [repr(caught.value) for caught in each_use(away(bucket, httpserver.url_for("").rstrip("/")), person)]
    assert len(shown) == 5
    assert not any("rahasia" in text or "KUNCI" in text for text in shown)


def test_a_bucket_that_is_missing_is_no_missing_file(bucket: S3Place, person: Person) -> None:
    """Both are answered with 404: a slip in the bucket's name would read as if a citizen's file were lost."""
    files = Files.s3(attrs.evolve(bucket, bucket="contoh-lain"))
    with pytest.raises(StoreDown):
        files.check()
    with pytest.raises(StoreDown):
        files.put_sealed(VAULT, person, FILE)
    with pytest.raises(StoreDown):
        files.get_opened(VAULT, person, DIGEST)


def test_two_prefixes_of_a_bucket_are_two_places(bucket: S3Place, person: Person) -> None:
    first, whole = Files.s3(bucket), Files.s3(attrs.evolve(bucket, prefix=""))
    first.put_sealed(VAULT, person, FILE)
    assert names(whole) == [f"lapor/files/{person.id}/{DIGEST}"]
    whole.delete_all(person.id)
    assert first.holds(person.id, DIGEST)


def test_the_environment_changes_nothing_of_what_was_configured(
    bucket: S3Place, person: Person, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request(_ANY, method="HEAD").respond_with_data("")
    for name, value in {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "lain",
        "AWS_SESSION_TOKEN": "lain",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
        "AWS_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    assert away(bucket, httpserver.url_for("").rstrip("/")).holds(person.id, DIGEST)
    ((request, _),) = httpserver.log
    assert request.path == f"/{bucket.bucket}/lapor/files/{person.id}/{DIGEST}"
    assert "Credential=KUNCI-CONTOH/" in request.headers["authorization"]
    assert "/us-east-1/s3/" in request.headers["authorization"]
    assert "x-amz-security-token" not in request.headers


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


def test_of_somebody_who_was_erased_while_the_place_was_away_the_files_are_deleted_later(
    store: Store, person: Person, bucket: S3Place, erase: Callable[[Store, str], object]
) -> None:
    store.files = here = Files.s3(bucket)
    keep(store, person)
    store.files = Files.s3(attrs.evolve(bucket, bucket="contoh-lain"))
    erase(store, person.id)
    with pytest.raises(StoreDown):
        store.clear_leftovers()
    with store.reading() as tx:
        assert tx.is_erased(person.id)
    assert len(names(here)) == 1
    store.files = here
    assert [store.clear_leftovers(), store.clear_leftovers()] == [1, 0]
    assert names(here) == []


def test_of_an_erased_person_no_file_is_left(
    store: Store, person: Person, files: Files, erase: Callable[[Store, str], object]
) -> None:
    store.files = files
    keep(store, person)
    store.keep_files(person, [prepared(b"of a transaction that failed")])
    assert len(names(files)) == 2
    for _ in range(2):
        erase(store, person.id)
    with pytest.raises(Refused) as caught:
        store.read_file(person.id, DIGEST)
    assert caught.value.code == "erased"
    with store.reading() as tx:
        assert tx.connection.execute(select(attachments)).all() == []
    assert names(files) == []
