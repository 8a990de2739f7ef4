"""Tracking codes: not to be guessed, easy to read out over the phone, and able to notice a typing slip.

Ten characters of Crockford's alphabet, in which no letter can be taken for a digit, carry 50 random bits; an eleventh
checks them by Luhn's algorithm modulo 32, which notices every single wrong character and every swap of two neighbours
but one (0 with Z). Written in groups, ``7KQ2-M4XW-9T3``; read back in any case, with or without the dashes, and as it is
spelled over the phone.
"""

from __future__ import annotations

from lapor_core.crockford import check_letter, is_checked, letters_of, plain, spelled
from lapor_core.errors import BadValue, require_type

__all__ = ["RANDOM_BYTES", "normalise_code", "spell_code", "tracking_code"]

_LENGTH = 10
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
    body = letters_of(int.from_bytes(random, "big"), _LENGTH)
    return _grouped(body + check_letter(body))


def normalise_code(text: str) -> str:
    """Return a code as it was given out, from however it was typed: any case, grouping and dashes, or spelled out.

    Raises:
        BadValue: not a code, or one with a typing slip (code ``bad_code``). BadType: no text (``wrong_type``).
    """
    require_type(text, str, "code")
    letters = plain(text)
    if not is_checked(letters, _LENGTH + 1):
        message = (
            f"not a tracking code: a code has {_LENGTH + 1} letters and digits, and one of these is mistyped or missing"
        )
        raise BadValue(message, code="bad_code")
    return _grouped(letters)


def spell_code(code: str) -> str:
    """Return a code as it is read out over the phone: letters by the international alphabet (ICAO), digits as they are.

    Raises:
        BadValue: not a code (``bad_code``).
    """
    return spelled(normalise_code(code))


def _grouped(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
