"""The ciphers: AES-256-GCM under keys that come from HKDF-SHA-256."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["KEY_BYTES", "decrypted", "derived", "encrypted"]

KEY_BYTES = 32
_NONCE_BYTES = 12


def derived(secret: bytes, purpose: bytes) -> bytes:
    """Return the key for one purpose that hangs on ``secret``."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


def encrypted(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Return nonce and ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def decrypted(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Return the plaintext.

    Raises:
        InvalidTag: it was changed, or sealed under another key or for another place.
    """
    if len(sealed) < _NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
