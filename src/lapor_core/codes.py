"""Tracking codes: not to be guessed, easy to read out over the phone, and able to notice a typing slip.

Ten characters of Crockford's alphabet, in which no letter can be taken for a digit, carry 50 random bits; an eleventh
checks them by Luhn's algorithm modulo 32, which notices every single wrong character and every swap of two neighbours
but one (0 with Z). Written in groups, ``7KQ2-M4XW-9T3``; read back in any case, with or without the dashes, and as it is
spelled over the phone.
"""

from __future__ import annotations

import re

from lapor_core.errors import BadValue

__all__ = ["RANDOM_BYTES", "normalise_code", "spell_code", "tracking_code"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_BETWEEN = re.compile(r"[\s\-‐-―−_.,;:/]+")
_WORDS = (
    *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo", "Mike"),
    *("November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey", "Xray", "Yankee", "Zulu"),
)
_SPELLING = {word[0]: word for word in _WORDS}
_SPELLED = {word.upper(): letter for letter, word in _SPELLING.items()}
RANDOM_BYTES = 7
"""How many random bytes :func:`tracking_code` takes."""


def tracking_code(random: bytes) -> str:
    """Return the code made from ``random``.

    Raises:
        BadValue: not exactly :data:`RANDOM_BYTES` bytes (code ``bad_random``).
    """
    if len(random) != RANDOM_BYTES:
        raise BadValue(
            f"a tracking code is made from {RANDOM_BYTES} random bytes, not {len(random)}", code="bad_random"
        )
    number = int.from_bytes(random, "big")
    body = "".join(_ALPHABET[number >> 5 * index & 31] for index in range(_LENGTH))
    return _grouped(body + _check(body))


def normalise_code(text: str) -> str:
    """Return a code as it was given out, from however it was typed: any case, grouping and dashes, or spelled out.

    Raises:
        BadValue: not a code, or one with a typing slip (code ``bad_code``).
    """
    parts = _BETWEEN.split(text.upper())
    plain = "".join(_SPELLED.get(part, part) for part in parts).translate(_LOOKALIKES)
    shaped = len(plain) == _LENGTH + 1 and all(letter in _ALPHABET for letter in plain)
    if not shaped or _check(plain[:-1]) != plain[-1]:
        message = (
            f"not a tracking code: a code has {_LENGTH + 1} letters and digits, and one of these is mistyped or missing"
        )
        raise BadValue(message, code="bad_code")
    return _grouped(plain)


def spell_code(code: str) -> str:
    """Return a code as it is read out over the phone: letters by the international alphabet (ICAO), digits as they are.

    Raises:
        BadValue: not a code (``bad_code``).
    """
    groups = normalise_code(code).split("-")
    return ", ".join(" ".join(_SPELLING.get(letter, letter) for letter in group) for group in groups)


def _grouped(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def _check(body: str) -> str:
    """Luhn's algorithm modulo 32: every second value from the right is doubled, and its two base-32 digits are added."""
    total = 0
    for index, letter in enumerate(reversed(body)):
        value = _ALPHABET.index(letter) * (2 if index % 2 == 0 else 1)
        total += value // 32 + value % 32
    return _ALPHABET[-total % 32]
