"""How a person is reached and named: what is told apart from a slip before a code is sent, the same at every door.

Needs phonenumbers, so it stands apart like :mod:`lapor_channels.http.files`.
"""

from __future__ import annotations

import re

import phonenumbers

__all__ = ["LONGEST_EMAIL", "LONGEST_NAME", "international", "is_email", "is_name"]

LONGEST_NAME = 200
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
# The code that is sent there is the proof; this catches slips, what could forge a header, and what no letter can be sent to.
LOCAL_PART = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
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
    """Return whether ``text`` can be one e-mail address, of at most :data:`LONGEST_EMAIL` characters.

    Before the ``@`` is ASCII, for few mail servers carry anything else; a domain may be of any script.
    """
    if len(text) > LONGEST_EMAIL:
        return False  # before it is spelled in ASCII: of a domain as long as a book, that takes seconds
    local_part, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    whole = len(local_part) + 1 + len(domain)
    return whole <= LONGEST_EMAIL and bool(LOCAL_PART.fullmatch(local_part) and DOMAIN.fullmatch(domain))


def is_name(text: str) -> bool:
    """Return whether ``text`` can be a person's name: one line of 1 to :data:`LONGEST_NAME` characters."""
    return 0 < len(text) <= LONGEST_NAME and "\n" not in text
