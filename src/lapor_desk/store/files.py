"""Where the bytes of attachments lie: a folder, memory, or whatever else obstore reaches; always sealed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

import attrs
import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore, ObjectStore
from sqlalchemy import select

from lapor_core.errors import NotFound, Refused
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
    """A place for sealed bytes. A name is written once and never over-written."""

    def __init__(self, place: ObjectStore, folder: Path | None = None) -> None:
        self._place = place
        self._folder = folder

    @classmethod
    def local(cls, folder: Path) -> Self:
        """Keep files in a folder, which is made when it is missing."""
        return cls(LocalStore(prefix=folder, mkdir=True), folder)

    @classmethod
    def memory(cls) -> Self:
        """Keep files in memory, for tests."""
        return cls(MemoryStore())

    def put(self, name: str, content: bytes) -> None:
        """Write ``content`` under a new name, down to the disk; a name that is there already is left alone."""
        with suppress(AlreadyExistsError):
            obstore.put(self._place, name, content, mode="create")
        if self._folder is not None:
            _settle(self._folder / name)

    def get(self, name: str) -> bytes:
        """Return what lies under ``name``.

        Raises:
            NotFound: nothing does (``missing_file``).
        """
        try:
            return bytes(obstore.get(self._place, name).bytes())
        except FileNotFoundError:
            raise NotFound(f'"{name}": this file is missing from the store', code="missing_file", name=name) from None

    def delete(self, names: Iterable[str]) -> None:
        """Delete files; one that is not there is no error."""
        for name in names:
            with suppress(FileNotFoundError):
                obstore.delete(self._place, name)

    def put_sealed(self, vault: Vault, person: Person, prepared: PreparedFile) -> None:
        """Seal a prepared file for ``person`` and write it."""
        name = stored_as(person.id, prepared.attachment.digest)
        self.put(name, vault.seal(person, prepared.content, name))

    def get_opened(self, vault: Vault, person: Person, digest: str) -> bytes:
        """Return the bytes of a file of ``person``.

        Raises:
            NotFound: the file is missing (``missing_file``). Refused: it was changed (``tampered``).
        """
        name = stored_as(person.id, digest)
        content = vault.open(person, self.get(name), name)
        if hashlib.sha256(content).hexdigest() != digest:
            raise Refused(f"the file {name} is not what was stored", code="tampered", place=name)
        return content


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
        return StoredFile(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


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


def _settle(path: Path) -> None:
    """Wait until a file, and the folders that name it, are on the disk; obstore leaves that to the system."""
    _sync(path, os.O_RDWR)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        for folder in (path.parent, path.parent.parent):
            _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
