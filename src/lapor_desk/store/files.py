"""Where the bytes of attachments lie: a folder, memory, or whatever else obstore reaches; always sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import attrs
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore
from sqlalchemy import select

from lapor_core.errors import LaporError, NotFound, Refused
from lapor_desk.store.database import StoreDown
from lapor_desk.store.disk import sync_file, sync_folder
from lapor_desk.store.tables import attachments
from lapor_desk.store.unit import ReadUnit, WriteUnit
from lapor_desk.store.uploads import PreparedFile
from lapor_desk.store.vault import Person, Vault

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
    def memory(cls) -> Self:
        """Keep files in memory, for tests."""
        return cls(MemoryStore())

    def put_sealed(self, vault: Vault, person: Person, prepared: PreparedFile) -> None:
        """Seal a prepared file for ``person`` and write it, down to the disk; one that is there whole is left alone.

        Raises:
            StoreDown: it cannot be written (``store_down``).
        """
        digest = prepared.attachment.digest
        name = stored_as(person.id, digest)
        with _mapped():
            if not self._holds(vault, person, digest):
                obstore.put(self._place, name, vault.seal(person, prepared.content, name))
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
        content = vault.open(person, self._get(name), name)
        if hashlib.sha256(content).hexdigest() != digest:
            raise Refused(f"the file {name} is not what was stored", code="tampered", place=name)
        return content

    def delete_all(self, person_id: str) -> None:
        """Delete every file of a person, also one that no transaction has noted down."""
        with _mapped():
            names = [entry["path"] for batch in obstore.list(self._place, prefix=person_id) for entry in batch]
            for name in names:
                with suppress(FileNotFoundError):  # another process may be doing the same
                    obstore.delete(self._place, name)

    def _holds(self, vault: Vault, person: Person, digest: str) -> bool:
        """Return whether the file is there and whole; a power cut may have left one that is not."""
        try:
            self.get_opened(vault, person, digest)
        except (NotFound, Refused):
            return False
        return True

    def _get(self, name: str) -> bytes:
        try:
            with _mapped():
                return bytes(obstore.get(self._place, name).bytes())
        except FileNotFoundError:
            raise NotFound(f'"{name}": this file is missing from the store', code="missing_file", name=name) from None


@contextmanager
def _mapped() -> Iterator[None]:
    """Say in our words what went wrong at the place of files."""
    try:
        yield
    except (FileNotFoundError, LaporError):
        raise
    except (BaseError, OSError) as error:
        message = "the place of files cannot do its work: its disk is full, it is away, or access is denied"
        raise StoreDown(message, code="store_down") from error


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


def stored_as(person_id: str, digest: str) -> str:
    """Return the name under which a file lies: by its owner, then by its content."""
    return f"{person_id}/{digest}"
