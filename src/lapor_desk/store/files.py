"""Where the bytes of attachments lie: a folder, a bucket of S3, or memory; always sealed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store
from sqlalchemy import delete, select

from lapor_core.errors import LaporError, NotFound, Refused
from lapor_desk.places import Access, S3Place
from lapor_desk.store.database import StoreDown
from lapor_desk.store.disk import sync_file, sync_folder
from lapor_desk.store.keys import Person
from lapor_desk.store.tables import attachments
from lapor_desk.store.unit import ReadUnit, WriteUnit
from lapor_desk.store.uploads import PreparedFile
from lapor_desk.store.vault import Vault

if TYPE_CHECKING:
    from obstore.store import S3Credential, S3CredentialProvider

__all__ = ["FileReads", "FileWrites", "Files", "StoredFile"]


@attrs.frozen(kw_only=True)
class StoredFile:
    """Where a file lies, and what it is."""

    person_id: str
    digest: str
    media_type: str
    size: int
    stored_as: str


class Files:
    """A place for sealed bytes; a file lies under its owner's id and the digest of what is in it."""

    def __init__(self, place: ObjectStore, folder: Path | None = None) -> None:
        self._place = place
        self._folder = folder

    @classmethod
    def local(cls, folder: Path) -> Self:
        """Keep files in a folder, which is made when it is missing.

        Raises:
            StoreDown: it cannot be made (``store_down``).
        """
        with _mapped():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(LocalStore(prefix=folder), folder)

    @classmethod
    def s3(cls, place: S3Place) -> Self:
        """Keep files in a bucket; nobody is asked yet whether it is there, see :meth:`check`.

        Raises:
            StoreDown: the place cannot be used at all (``store_down``).
        """
        with _mapped():
            return cls(_bucket(place))

    @classmethod
    def memory(cls) -> Self:
        """Keep files in memory, for tests."""
        return cls(MemoryStore())

    def check(self) -> None:
        """Make sure that the place is there and lets us in. Nothing is written.

        Raises:
            StoreDown: it is not, or does not (``store_down``).
        """
        with _mapped():
            if self._folder is None:
                next(iter(obstore.list(self._place, prefix="-")), None)  # no id begins so: the answer is short
            elif not (self._folder.is_dir() and os.access(self._folder, os.R_OK | os.W_OK | os.X_OK)):
                raise PermissionError(self._folder)

    def put_sealed(self, vault: Vault, person: Person, prepared: PreparedFile) -> None:
        """Seal a prepared file for ``person`` and write it, down to the disk; one that is there whole is left alone.

        Raises:
            StoreDown: it cannot be written (``store_down``).
        """
        digest = prepared.attachment.digest
        name = stored_as(person.id, digest)
        with _mapped():
            if not self._is_whole(vault, person, digest):
                sealed = vault.seal(person, prepared.content, name)
                obstore.put(self._place, name, sealed, use_multipart=False)  # at once, or not at all
            if self._folder is not None:  # obstore leaves that to the system
                sync_file(self._folder / name)
                sync_folder((self._folder / name).parent)
                sync_folder(self._folder)

    def get_opened(self, vault: Vault, person: Person, digest: str) -> bytes:
        """Return the bytes of a file of ``person``.

        Raises:
            NotFound: the file is missing (``missing_file``).
            Refused: it was changed (``tampered``).
            StoreDown: it cannot be read (``store_down``).
        """
        name = stored_as(person.id, digest)
        sealed = self._read(name)
        if sealed is None:
            self.check()  # a service answers alike for a missing bucket
            raise NotFound(f'"{name}": this file is missing from the store', code="missing_file", name=name)
        return _opened(vault, person, sealed, digest)

    def holds(self, person_id: str, digest: str) -> bool:
        """Return whether there is such a file, without looking into it.

        Raises:
            StoreDown: the place cannot be asked (``store_down``).
        """
        with _mapped():
            try:
                obstore.head(self._place, stored_as(person_id, digest))
            except FileNotFoundError:
                return False
        return True

    def delete_all(self, person_id: str) -> None:
        """Delete every file of a person, also one that no transaction has noted down."""
        with _mapped():
            names = [entry["path"] for batch in obstore.list(self._place, prefix=person_id) for entry in batch]
            for name in names:
                with suppress(FileNotFoundError):  # another process may be doing the same
                    obstore.delete(self._place, name)

    def _is_whole(self, vault: Vault, person: Person, digest: str) -> bool:
        """Return whether the file is there and whole; a power cut may have left one that is not."""
        sealed = self._read(stored_as(person.id, digest))
        try:
            return sealed is not None and bool(_opened(vault, person, sealed, digest))
        except Refused:
            return False

    def _read(self, name: str) -> bytes | None:
        with _mapped():
            try:
                return bytes(obstore.get(self._place, name).bytes())
            except FileNotFoundError:
                return None


def _opened(vault: Vault, person: Person, sealed: bytes, digest: str) -> bytes:
    name = stored_as(person.id, digest)
    content = vault.open(person, sealed, name)
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(f"the file {name} is not what was stored", code="tampered", place=name)
    return content


def _bucket(place: S3Place) -> S3Store:
    """Return the bucket as the configuration says: whatever ``AWS_...`` stands in the environment must not change it."""
    endpoint = place.access.endpoint
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        credential_provider=_credentials(place.access),
        endpoint=endpoint,
        aws_endpoint_url_s3=endpoint,
        region=place.access.region,
        skip_signature=False,
        virtual_hosted_style_request=False,
        disable_bulk_delete=True,  # not every service has it
        client_options={
            "allow_http": endpoint.startswith("http:"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        # A citizen waits meanwhile; obstore's own patience is three minutes.
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


def _credentials(access: Access) -> S3CredentialProvider:
    """A key that is given as a plain option is joined by a session's token out of the environment; this one is not."""
    credential: S3Credential = {
        "access_key_id": access.access_key_id,
        "secret_access_key": access.secret_access_key,
        "token": None,
        "expires_at": None,
    }
    return lambda: credential


@contextmanager
def _mapped() -> Iterator[None]:
    """Say in our words what went wrong at the place of files."""
    try:
        yield
    except LaporError:
        raise
    except (BaseError, OSError) as error:
        message = "the place of files cannot do its work: its disk is full, it is away, or access is denied"
        raise StoreDown(message, code="store_down", reason="files") from error


class FileReads(ReadUnit):
    """Looking up attachments."""

    def file(self, person_id: str, digest: str) -> StoredFile:
        """Return where a person's file lies.

        Raises:
            NotFound: there is no such file (``unknown_file``).
        """
        mine = (attachments.c.person_id == person_id, attachments.c.digest == digest)
        row = self.connection.execute(select(attachments).where(*mine)).first()
        if row is None:
            raise NotFound("this person has no such file", code="unknown_file", person=person_id, digest=digest)
        return StoredFile(**row._asdict())


class FileWrites(FileReads, WriteUnit):
    """Noting attachments down."""

    def attach(self, person_id: str, prepared: Iterable[PreparedFile]) -> None:
        """Note files down that :meth:`Store.keep_files` has written before; a file noted already is left alone."""
        for file in prepared:
            digest = file.attachment.digest
            row = StoredFile(
                person_id=person_id,
                digest=digest,
                media_type=file.attachment.media_type,
                size=file.attachment.size,
                stored_as=stored_as(person_id, digest),
            )
            self.insert_new(attachments, attrs.asdict(row))

    def forget_files(self, person_id: str) -> None:
        """Forget which files a person had; once they are deleted."""
        self.connection.execute(delete(attachments).where(attachments.c.person_id == person_id))


def stored_as(person_id: str, digest: str) -> str:
    """Return the name under which a file lies: by its owner, then by its content."""
    return f"{person_id}/{digest}"
