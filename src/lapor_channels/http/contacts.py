"""How a person is reached and named: what is told apart from a slip before a code is sent, the same at every door.

Needs phonenumbers, so it stands apart like :mod:`lapor_channels.http.files`.
"""

from __future__ import annotations

import re

import phonenumbers

__all__ = ["LONGEST_EMAIL", "LONGEST_NAME", "international", "is_email", "is_name"]

LONGEST_NAME = 200
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
# The code that is sent there is the proof; this only catches slips, and anything that could forge a header.
EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\.]{2,}")
MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def international(mobile: str) -> str:
    """Return a mobile number as ``+62...``, or empty when it is none; a number without a country is Indonesian."""
    try:
        number = phonenumbers.parse(mobile, "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE_TYPES:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_email(text: str) -> bool:
    """Return whether ``text`` can be one e-mail address, of at most :data:`LONGEST_EMAIL` characters."""
    return len(text) <= LONGEST_EMAIL and EMAIL.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Return whether ``text`` can be a person's name: one line of 1 to :data:`LONGEST_NAME` characters."""
    return 0 < len(text) <= LONGEST_NAME and "\n" not in text
