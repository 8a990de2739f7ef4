"""Who sent an SMS: the number of a subscriber, told apart from short codes and names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

__all__ = ["subscriber"]

_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{4,30}")
"""Only digits: phonenumbers would read letters as the keys of a telephone, and make a number of a name."""


def subscriber(given: str) -> str:
    """Return a sender as the network gives it in international form, ``+62...``; empty for a short code or a name.

    The network vouches for the number, so its length decides: the first digits of a new operator are unknown to every
    list, and nobody's report may be refused for that. A number without ``+`` is Indonesian when it begins with 0 or 8, as
    mobile numbers do there, and international otherwise, unless only the other reading gives a number that is known.
    """
    if not _NUMBER.fullmatch(given):
        return ""
    possible = [number for number in _readings(given) if _has_length(number)]
    known = [number for number in possible if phonenumbers.is_valid_number(number)]
    return next((phonenumbers.format_number(number, PhoneNumberFormat.E164) for number in (*known, *possible)), "")


def _readings(given: str) -> Iterator[PhoneNumber]:
    international = "+" + given.lstrip("+0")
    for text in (given, international) if given[0] in "+08" else (international, given):
        try:
            yield phonenumbers.parse(text, "ID")
        except phonenumbers.NumberParseException:
            continue


def _has_length(number: PhoneNumber) -> bool:
    length = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
    return length == ValidationResult.IS_POSSIBLE  # and not only where one dials without an area code
