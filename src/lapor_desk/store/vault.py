"""Keys: one master key outside the database, one key per person inside it, wrapped by the master key.

What is personal is sealed with AES-256-GCM under the person's key, with its place in the database as associated data, so
that a ciphertext moved elsewhere does not open. To erase a person, their key is shredded (UU 27/2022): the ciphertext
stays, the log's hashes stay right, and nobody can read it again.
"""

from __future__ import annotations

import functools
import hmac
import secrets

import attrs
from cryptography.exceptions import InvalidTag

from lapor_core.errors import Refused
from lapor_desk.store.keys import Keyring, Person
from lapor_desk.store.sealing import KEY_BYTES, decrypted, derived, encrypted

__all__ = ["HOUSE", "Vault"]

HOUSE = "house"
"""The id under which the key of the house itself is kept: for challenges, officers and look-ups."""


@attrs.frozen(kw_only=True)
class Vault:
    """Seals and opens. Its index key hangs on the house's key, so that a change of the master key changes no look-up."""

    keys: Keyring
    house: Person

    @staticmethod
    def new_person(person_id: str | None = None) -> Person:
        """Return a new person with a fresh id and key; ``tx.add_person`` stores it."""
        return Person(id=person_id or secrets.token_hex(16), key=secrets.token_bytes(KEY_BYTES))

    def seal(self, person: Person, plaintext: bytes, bound_to: str) -> bytes:
        """Return ``plaintext`` sealed for ``person`` at the place called ``bound_to``."""
        return encrypted(person.key, plaintext, bound_to.encode())

    def open(self, person: Person, sealed: bytes, bound_to: str) -> bytes:
        """Return what was sealed.

        Raises:
            Refused: it was changed, or belongs to another person or place (``tampered``).
        """
        try:
            return decrypted(person.key, sealed, bound_to.encode())
        except InvalidTag:
            message = f"the sealed data at {bound_to} does not open: it was changed, or was moved there"
            raise Refused(message, code="tampered", place=bound_to) from None

    def index(self, purpose: str, value: str) -> str:
        """Return a keyed digest by which ``value`` can be found without standing in the database."""
        named = f"{purpose}\0{value}".encode("utf-8", "surrogatepass")  # JSON can bring half a pair
        return hmac.digest(self._indexing, named, "sha256").hex()

    @functools.cached_property
    def _indexing(self) -> bytes:
        return derived(self.house.key, b"lapor index")
