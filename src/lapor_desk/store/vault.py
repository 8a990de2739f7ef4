"""Keys: one master key outside the database, one key per person inside it, wrapped by the master key.

What is personal is sealed with AES-256-GCM under the person's key, with its place in the database as associated data, so
that a ciphertext moved elsewhere does not open. To erase a person, their key is shredded (UU 27/2022): the ciphertext
stays, the log's hashes stay right, and nobody can read it again.
"""

from __future__ import annotations

import functools
import hmac
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lapor_core.errors import BadValue, Refused
from lapor_desk.store.disk import sync_folder

__all__ = ["HOUSE", "MasterKey", "Person", "Vault"]

HOUSE = "house"
"""The id under which the key of the house itself is kept: for challenges, officers and look-ups."""

_KEY_BYTES = 32
_NONCE_BYTES = 12


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
        if len(self.secret) != _KEY_BYTES:
            raise BadValue(f"the master key must be {_KEY_BYTES} bytes long", code="bad_master_key")

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

    @classmethod
    def from_file(cls, path: Path, *, create: bool = True) -> Self:
        """Read the key from ``path``; make it there, readable by its owner only, when there is no such file yet.

        Args:
            path: The key's file.
            create: Whether a key may be made; for a database that has one already, a new key would open nothing.

        Raises:
            BadValue: others can read the file (``master_key_exposed``), it holds no key (``bad_master_key``), or it is missing
                and may not be made (``missing_master_key``).
        """
        if not path.exists():
            if not create:
                message = f"{path} is missing, and this database was made with the key in it; put that file back"
                raise BadValue(message, code="missing_master_key", path=str(path))
            _create(path)
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            message = f"{path} can be read by others than its owner; run: chmod 600 {path}"
            raise BadValue(message, code="master_key_exposed", path=str(path))
        return cls.from_text(path.read_text(encoding="ascii", errors="replace"))

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short name of this key that tells nothing about it."""
        return _derived(self.secret, b"lapor fingerprint").hex()[:16]

    def wrap(self, person: Person) -> bytes:
        """Return the person's key as it may stand in the database."""
        return _encrypt(self._wrapping, person.key, person.id.encode())

    def unwrap(self, person_id: str, wrapped: bytes) -> Person:
        """Return the person whose key was wrapped.

        Raises:
            BadValue: another master key wrapped it, or it was tampered with (``wrong_master_key``).
        """
        try:
            key = _decrypt(self._wrapping, wrapped, person_id.encode())
        except InvalidTag:
            message = "this master key does not open this database; give the key that was made with it"
            raise BadValue(message, code="wrong_master_key") from None
        return Person(id=person_id, key=key)

    @functools.cached_property
    def _wrapping(self) -> bytes:
        return _derived(self.secret, b"lapor wrap")


@attrs.frozen(kw_only=True)
class Vault:
    """Seals and opens. Its index key hangs on the house's key, so that a change of the master key changes no look-up."""

    master: MasterKey
    house: Person

    @staticmethod
    def new_person(person_id: str | None = None) -> Person:
        """Return a new person with a fresh id and key; ``tx.add_person`` stores it."""
        return Person(id=person_id or secrets.token_hex(16), key=secrets.token_bytes(_KEY_BYTES))

    def seal(self, person: Person, plaintext: bytes, bound_to: str) -> bytes:
        """Return ``plaintext`` sealed for ``person`` at the place called ``bound_to``."""
        return _encrypt(person.key, plaintext, bound_to.encode())

    def open(self, person: Person, sealed: bytes, bound_to: str) -> bytes:
        """Return what was sealed.

        Raises:
            Refused: it was changed, or belongs to another person or place (``tampered``).
        """
        try:
            return _decrypt(person.key, sealed, bound_to.encode())
        except InvalidTag:
            message = f"the sealed data at {bound_to} does not open: it was changed, or was moved there"
            raise Refused(message, code="tampered", place=bound_to) from None

    def index(self, purpose: str, value: str) -> str:
        """Return a keyed digest by which ``value`` can be found without standing in the database."""
        named = f"{purpose}\0{value}".encode("utf-8", "surrogatepass")  # JSON can bring half a pair
        return hmac.digest(self._indexing, named, "sha256").hex()

    @functools.cached_property
    def _indexing(self) -> bytes:
        return _derived(self.house.key, b"lapor index")


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret)


def _encrypt(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def _decrypt(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)


def _create(path: Path) -> None:
    """Write a new key beside and move it into place, create-only: of several first processes, one wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".lapor-key-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        (os.rename if os.name == "nt" else os.link)(name, path)
    Path(name).unlink(missing_ok=True)
    sync_folder(path.parent)
