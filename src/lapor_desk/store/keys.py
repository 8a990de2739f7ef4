"""Master keys, and the file they are read from: one line, or several while one key takes another's place.

The first line is the newest key. Those after it still open what they wrapped, until :mod:`lapor_desk.store.rotation` has wrapped
all of it anew. Which of them wraps new keys, the database says.
"""

from __future__ import annotations

import functools
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import attrs
from cryptography.exceptions import InvalidTag

from lapor_core.errors import BadValue
from lapor_desk.store.disk import sync_folder
from lapor_desk.store.sealing import KEY_BYTES, decrypted, derived, encrypted

__all__ = ["Keyring", "MasterKey", "Person", "key_is_there"]


@attrs.frozen(kw_only=True)
class Person:
    """A person as the vault knows them: an opaque id and a key, which never leaves the process in the clear."""

    id: str
    key: bytes = attrs.field(repr=False)


@attrs.frozen
class MasterKey:
    """The one secret that must be kept apart from the database, and backed up apart from it."""

    secret: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise BadValue(f"the master key must be {KEY_BYTES} bytes long", code="bad_master_key")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a key written as 64 hexadecimal digits, from the environment say.

        Raises:
            BadValue: it is not that (``bad_master_key``); what was given is not repeated.
        """
        try:
            return cls(bytes.fromhex(text.strip()))
        except ValueError:
            raise BadValue("the master key must be 64 hexadecimal digits", code="bad_master_key") from None

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short name of this key that tells nothing about it."""
        return derived(self.secret, b"lapor fingerprint").hex()[:16]

    def wrap(self, person: Person) -> bytes:
        """Return the person's key as it may stand in the database."""
        return encrypted(self._wrapping, person.key, person.id.encode())

    def unwrap(self, person_id: str, wrapped: bytes) -> Person:
        """Return the person whose key was wrapped.

        Raises:
            BadValue: another master key wrapped it, or it was tampered with (``wrong_master_key``).
        """
        try:
            key = decrypted(self._wrapping, wrapped, person_id.encode())
        except InvalidTag:
            message = "this master key does not open this database; give the key that was made with it"
            raise BadValue(message, code="wrong_master_key") from None
        return Person(id=person_id, key=key)

    @functools.cached_property
    def _wrapping(self) -> bytes:
        return derived(self.secret, b"lapor wrap")


class Keyring:
    """The master keys that this process has met; the file is read anew when one is asked for that is not among them.

    Attributes:
        wrapping: The key that wrapped new persons' keys when this process looked last; whether it still does, the database says.
    """

    wrapping: MasterKey

    def __init__(self, keys: Iterable[MasterKey], path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, MasterKey] = {}
        self._written: tuple[MasterKey, ...] = ()
        self._learn(tuple(keys))
        self.wrapping = self.newest

    @classmethod
    def from_file(cls, path: Path, *, create: bool = True) -> Self:
        """Read the keys from ``path``; make one there, readable by its owner only, when there is no such file yet.

        Args:
            path: The file: 64 hexadecimal digits, in several lines while a key takes another's place.
            create: Whether a key may be made; for a database that has one already, a new key would open nothing.

        Raises:
            BadValue: others can read the file (``master_key_exposed``), it holds no key (``bad_master_key``), it cannot be
                read by this user (``unreadable_key_file``) or made (``unwritable_key_file``), or it is missing and may not
                be made (``missing_master_key``).
        """
        if not key_is_there(path):
            if not create:
                message = f"{path} is missing, and this database was made with the key in it; put that file back"
                raise BadValue(message, code="missing_master_key", path=str(path))
            _create(path)
        return cls(_read(path), path)

    @property
    def path(self) -> Path | None:
        """The file; None when the key was given without one, and so cannot be changed."""
        return self._path

    @property
    def newest(self) -> MasterKey:
        """The first key of the file."""
        return self._written[0]

    @property
    def former(self) -> tuple[MasterKey, ...]:
        """The other keys of the file: none, but while one takes another's place."""
        return self._written[1:]

    def find(self, fingerprint: str) -> MasterKey | None:
        """Return the key of this name; None when neither this process nor the file has it."""
        if fingerprint not in self._known:
            with suppress(BadValue, OSError):  # then it stays unknown, which is told
                self.refresh()
        return self._known.get(fingerprint)

    def refresh(self) -> None:
        """Read the file anew; keys that were known stay known to this process.

        Raises:
            BadValue: the file cannot be used, as in :meth:`from_file`.
        """
        if self._path is not None:
            self._learn(_read(self._path))

    def write(self, *keys: MasterKey) -> None:
        """Put these keys into the file, whole or not at all, down to the disk.

        Raises:
            BadValue: it cannot be written, or there is none (``unwritable_key_file``).
        """
        if self._path is None:
            message = "the master key was given without its file, and cannot be changed here"
            raise BadValue(message, code="unwritable_key_file")
        replace_file(self._path, keys)
        self._learn(keys)

    def retire(self, key: MasterKey) -> Path:
        """Keep a key in a file of its own, beside the file of keys, for back-ups from before; return that file.

        Raises:
            BadValue: it cannot be written (``unwritable_key_file``).
        """
        beside = self._path or Path()
        path = beside.with_name(f"{beside.name}.{key.fingerprint}")
        replace_file(path, [key])
        return path

    def _learn(self, keys: tuple[MasterKey, ...]) -> None:
        self._known = self._known | {key.fingerprint: key for key in keys}
        self._written = keys


def replace_file(path: Path, keys: Iterable[MasterKey]) -> None:
    """Write a file of keys that has all of them or is as it was before; its owner stays who it was."""
    with _unwritable(path):
        temporary = _beside(path, keys)
        try:
            if os.name == "posix" and path.exists():
                before = path.stat()
                os.chown(temporary, before.st_uid, before.st_gid)  # whoever runs the command, the desk must read it
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def _read(path: Path) -> tuple[MasterKey, ...]:
    try:
        exposed = os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
        text = "" if exposed else path.read_text("ascii", "replace")
    except OSError as error:
        raise _unreadable(path, error) from error
    if exposed:
        message = f"{path} can be read by others than its owner; run: chmod 600 {path}"
        raise BadValue(message, code="master_key_exposed", path=str(path))
    try:
        return tuple(MasterKey.from_text(line) for line in text.split() or [""])
    except BadValue as error:
        message = f"{path} holds no key: it must have 64 hexadecimal digits in each line, and nothing else"
        raise BadValue(message, code=error.code, path=str(path)) from None


def key_is_there(path: Path) -> bool:
    """Return whether there is a file of keys.

    Raises:
        BadValue: it lies in a folder that this user may not look into (``unreadable_key_file``).
    """
    try:
        return path.exists()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BadValue:
    message = f"{path}: the master key cannot be read: {error.strerror or error}"
    return BadValue(message, code="unreadable_key_file", path=str(path))


def _create(path: Path) -> None:
    """Write a new key beside and move it into place, create-only: of several first processes, one wins."""
    with _unwritable(path):
        temporary = _beside(path, [MasterKey(secrets.token_bytes(KEY_BYTES))])
        try:
            with suppress(FileExistsError):
                (os.rename if os.name == "nt" else os.link)(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


@contextmanager
def _unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise BadValue(message, code="unwritable_key_file", path=str(path)) from error


def _beside(path: Path, keys: Iterable[MasterKey]) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".lapor-key-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(f"{key.secret.hex()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
