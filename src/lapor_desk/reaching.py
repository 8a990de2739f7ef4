"""How officers are reached: addresses and numbers as an administrator types them, made into one form or refused."""

from __future__ import annotations

import re

from lapor_core.errors import BadValue

__all__ = ["checked_email", "normal_mobile"]

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
_BETWEEN = re.compile(r"[ ().-]")
_MOBILE = re.compile(r"\+(?:628[0-9]{7,11}|(?!62|0)[0-9]{8,15})")


def checked_email(text: str) -> str:
    """Return an e-mail address without blanks at its ends; nothing stays nothing.

    Raises:
        BadValue: it is none (``bad_email``); it is not repeated.
    """
    email = text.strip()
    if email and not _EMAIL.fullmatch(email):
        raise BadValue("the e-mail address is none; write it like name@example.id", code="bad_email", field="email")
    return email


def normal_mobile(text: str) -> str:
    """Return a mobile number as ``+62...``: one that begins with 0 or 62 is Indonesian; nothing stays nothing.

    Raises:
        BadValue: it is none (``bad_mobile``); it is not repeated.
    """
    digits = _BETWEEN.sub("", text.strip())
    mobile = f"+62{digits[1:]}" if digits.startswith("0") else f"+{digits}" if digits.startswith("62") else digits
    if mobile and not _MOBILE.fullmatch(mobile):
        message = "the mobile number is none; write it like 0812..., or +62812..."
        raise BadValue(message, code="bad_mobile", field="mobile")
    return mobile
