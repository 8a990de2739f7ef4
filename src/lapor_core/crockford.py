"""Letters and digits that cannot be taken for each other, read back however they were typed or spelled, with a check.

Crockford's alphabet has no letter that looks like a digit. Luhn's algorithm modulo 32 gives the last character: it notices
every single wrong character, and every swap of two neighbours but one (0 with Z).
"""

from __future__ import annotations

import re

__all__ = ["ALPHABET", "check_letter", "is_checked", "letters_of", "plain", "spelled"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_BETWEEN = re.compile(r"[\s\-‐-―−_.,;:/]+")
_WORDS = (
    *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo", "Mike"),
    *("November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey", "Xray", "Yankee", "Zulu"),
)
_SPELLING = {word[0]: word for word in _WORDS}
_SPELLED = {word.upper(): letter for letter, word in _SPELLING.items()}


def letters_of(number: int, length: int) -> str:
    """Return ``length`` characters that carry the lowest ``5 * length`` bits of ``number``."""
    return "".join(ALPHABET[number >> 5 * index & 31] for index in range(length))


def plain(text: str) -> str:
    """Return what was typed in capitals: without what stands between, look-alikes as they are meant, spelled words read."""
    parts = _BETWEEN.split(text.upper())
    return "".join(_SPELLED.get(part, part) for part in parts).translate(_LOOKALIKES)


def spelled(grouped: str) -> str:
    """Return groups as they are read out over the phone: letters by the international alphabet (ICAO), digits as they are."""
    groups = grouped.split("-")
    return ", ".join(" ".join(_SPELLING.get(letter, letter) for letter in group) for group in groups)


def check_letter(body: str) -> str:
    """Return the check of ``body``: every second value from the right is doubled, and its base-32 digits are added."""
    total = 0
    for index, letter in enumerate(reversed(body)):
        value = ALPHABET.index(letter) * (2 if index % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def is_checked(letters: str, length: int) -> bool:
    """Return whether these are ``length`` characters of the alphabet, the last of which is the check of the others."""
    shaped = len(letters) == length and all(letter in ALPHABET for letter in letters)
    return shaped and check_letter(letters[:-1]) == letters[-1]
