"""PINs: the second part of the receipt of an anonymous or secret report, without which its code shows a status and no more.

Nine characters in three groups, ``4KQ-7MX-W9T``: a digit from 2 to 9 and seven characters of Crockford's alphabet carry 38
random bits, and the last one checks them, as in a tracking code. Shorter than a code and begun by a digit, a PIN is never
taken for one, also where both are said over the phone or stand in one SMS.

What is kept of a PIN is its hash by scrypt (RFC 7914) in the PHC string format, in which parameters and salt stand beside it,
so that they can be raised later. 8 MiB and some 25 ms a try: little enough that a desk under load still answers, and enough
that trying out half of 2**38 PINs takes a thousand cores more than a month; the hash itself is personal, so it is sealed when stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from lapor_core.crockford import ALPHABET, check_letter, is_checked, letters_of, plain, spelled
from lapor_core.errors import BadValue

__all__ = [
    "PIN_RANDOM_BYTES",
    "SALT_BYTES",
    "hash_pin",
    "make_pin",
    "normalise_pin",
    "spell_pin",
    "split_pin",
    "verify_pin",
]

_LENGTH = 9
_FIRST = ALPHABET[2:10]
PIN_RANDOM_BYTES = 5
"""How many random bytes :func:`make_pin` takes."""

SALT_BYTES = 16
"""How many random bytes :func:`hash_pin` takes as the salt."""

_LOG_COST, _BLOCKS, _LANES = 13, 8, 1
_DIGEST_BYTES = 32
_PHC = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)")
_LEADING = re.compile(
    r"[\W_]*+(?:pin[\W_]++)?+([0-9a-z]{3}[\W_]{0,3}[0-9a-z]{3}[\W_]{0,3}[0-9a-z]{3})(?![^\W_])[\W_]*+", re.IGNORECASE
)


def make_pin(random: bytes) -> str:
    """Return the PIN made from ``random``.

    Raises:
        BadValue: not exactly :data:`PIN_RANDOM_BYTES` bytes (code ``bad_random``).
    """
    if len(random) != PIN_RANDOM_BYTES:
        raise BadValue(f"a PIN is made from {PIN_RANDOM_BYTES} random bytes, not {len(random)}", code="bad_random")
    number = int.from_bytes(random, "big")
    body = _FIRST[number & 7] + letters_of(number >> 3, _LENGTH - 2)
    return _grouped(body + check_letter(body))


def normalise_pin(text: str) -> str:
    """Return a PIN as it was given out, from however it was typed: any case and grouping, or spelled out.

    Raises:
        BadValue: not a PIN, or one with a typing slip (code ``bad_pin``); the text does not repeat it.
    """
    letters = plain(text)
    if not is_checked(letters, _LENGTH) or letters[0] not in _FIRST:
        message = f"not a PIN: a PIN has {_LENGTH} letters and digits, and one of these is mistyped or missing"
        raise BadValue(message, code="bad_pin", field="pin")
    return _grouped(letters)


def spell_pin(pin: str) -> str:
    """Return a PIN as it is read out over the phone: letters by the international alphabet (ICAO), digits as they are.

    Raises:
        BadValue: not a PIN (``bad_pin``).
    """
    return spelled(normalise_pin(pin))


def split_pin(text: str) -> tuple[str, str]:
    """Return what stands at the beginning of ``text`` in the shape of a PIN, as it was typed, and the text behind it.

    A word *PIN* may stand before it. For a channel in which a code, a PIN and words come in one line: only where a report needs
    a PIN, for the words of another may begin with nine letters as well. A PIN with a slip has the shape too. Without any, the
    first part is empty.
    """
    found = _LEADING.match(text)
    if found is None or plain(found[1])[0] not in _FIRST:
        return "", text
    return found[1], text[found.end() :]


def hash_pin(pin: str, salt: bytes) -> str:
    """Return what is kept of a PIN.

    Args:
        pin: The PIN, however it was typed.
        salt: :data:`SALT_BYTES` random bytes, new ones for each PIN.

    Raises:
        BadValue: not a PIN (``bad_pin``), or a salt of another length (``bad_random``).
    """
    if len(salt) != SALT_BYTES:
        raise BadValue(f"a salt has {SALT_BYTES} random bytes, not {len(salt)}", code="bad_random")
    digest = _scrypt(pin, salt, _LOG_COST, _BLOCKS, _LANES)
    return f"$scrypt$ln={_LOG_COST},r={_BLOCKS},p={_LANES}${_text(salt)}${_text(digest)}"


def verify_pin(pin: str, hashed: str) -> bool:
    """Return whether ``hashed`` was made from this PIN, by the parameters and the salt that stand in it.

    Raises:
        BadValue: not a PIN (``bad_pin``), or not what :func:`hash_pin` makes (``bad_pin_hash``).
    """
    if (found := _PHC.fullmatch(hashed)) is None:
        raise BadValue("not the hash of a PIN", code="bad_pin_hash")
    log_cost, blocks, lanes = map(int, found.groups()[:3])
    return hmac.compare_digest(_scrypt(pin, _bytes(found[4]), log_cost, blocks, lanes), _bytes(found[5]))


def _scrypt(pin: str, salt: bytes, log_cost: int, blocks: int, lanes: int) -> bytes:
    needed = 128 * blocks * (2**log_cost + lanes + 2)
    return hashlib.scrypt(
        normalise_pin(pin).encode(),
        salt=salt,
        n=2**log_cost,
        r=blocks,
        p=lanes,
        maxmem=2 * needed,
        dklen=_DIGEST_BYTES,
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadValue("not the hash of a PIN", code="bad_pin_hash") from None


def _grouped(letters: str) -> str:
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
