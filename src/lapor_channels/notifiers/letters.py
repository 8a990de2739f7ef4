"""A message as an e-mail that any server carries unchanged: RFC 5322 and MIME, built from checked parts. Pure.

The header lines are written here and not by ``email.message``: its folding loses blanks of a long subject (Python 3.11), and
takes a text that looks like an encoded word for one (3.13 still does).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

import attrs

from lapor_core.complaint import personal
from lapor_core.errors import BadValue
from lapor_core.plugins.contracts import Message

__all__ = ["Letter", "Sender", "fingerprint", "header_address", "write_letter"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL_PART = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LONGEST_ADDRESS = 254
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_PLAIN = re.compile(r"[ -~]{0,66}")
"""What stands in a header as it is: printable ASCII that fits on the line of its name."""


@attrs.frozen(kw_only=True)
class Sender:
    """Who writes: the office's own address, its name, and where answers go when not to that address.

    Addresses have passed :func:`header_address`. Without an address a letter has no ``From``: it is a draft.
    """

    address: str = ""
    name: str = ""
    reply_to: str = ""


@attrs.frozen(kw_only=True)
class Letter:
    """An e-mail as it goes over the wire, with lines that end in CRLF, and the address it goes to."""

    recipient: str = personal()
    content: bytes = personal()


def fingerprint(key: str) -> str:
    """Return the 32 hexadecimal digits that stand for a message's key; the queue's id of a notice is made the same way."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def header_address(address: str) -> str:
    """Return an address in the form in which it stands in a header and in an envelope: ASCII, its domain in IDNA.

    Raises:
        BadValue: It is no such address (code ``bad_address``); the text does not repeat it.
    """
    local_part, _, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    whole = f"{local_part}@{domain}"
    if _LOCAL_PART.fullmatch(local_part) and _DOMAIN.fullmatch(domain) and len(whole) <= _LONGEST_ADDRESS:
        return whole
    raise BadValue("not an e-mail address that every mail server can carry", code="bad_address")


def write_letter(message: Message, sender: Sender, now: datetime, *, draft: bool = False) -> Letter:
    """Return a message as a letter in plain text.

    Args:
        message: What to say, and to whom.
        sender: Who says it.
        now: The date of the letter, aware.
        draft: Whether a mail program shall open it for sending, and not as a letter that has arrived.

    Raises:
        BadValue: The address cannot stand in a header (code ``bad_address``).
    """
    recipient = header_address(message.address)
    headers = {"X-Unsent": "1" if draft else "", **_headers(message, sender, recipient, now)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return Letter(recipient=recipient, content=head.encode("ascii") + _body(message.text))


def _headers(message: Message, sender: Sender, recipient: str, now: datetime) -> Mapping[str, str]:
    """The same key gives the same Message-ID, by which a mail program knows the second copy of a letter sent twice."""
    domain = sender.address.rpartition("@")[2] or "lapor.invalid"
    return {
        "From": _mailbox(sender),
        "To": recipient,
        "Reply-To": sender.reply_to,
        "Subject": _header_text("Subject", message.subject),
        "Date": format_datetime(now),
        "Message-ID": f"<{fingerprint(message.key)}@{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: an absence notice does not answer it
        "Content-Language": message.language if _LANGUAGE.fullmatch(message.language) else "",
    }


def _mailbox(sender: Sender) -> str:
    if not sender.address:
        return ""
    name = _header_text("From", sender.name)
    return f"{name} <{sender.address}>" if name.startswith("=?") else formataddr((name, sender.address))


def _header_text(header: str, text: str) -> str:
    """Return a text as one header value, on folded lines of encoded words (RFC 2047) where it cannot stand as it is."""
    line = "".join(" " if _breaks(letter) else letter for letter in _encodable(text)).strip()
    if _PLAIN.fullmatch(line) and "=?" not in line:
        return line
    return Header(line, "utf-8", header_name=header).encode(linesep="\r\n")


def _breaks(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Zl", "Zp"}


def _body(text: str) -> bytes:
    """Return the MIME headers and the text; quoted-printable passes servers that know seven bits only."""
    part = EmailMessage(policy=SMTP)
    part.set_content(_encodable(text), cte="quoted-printable")
    return part.as_bytes()


def _encodable(text: str) -> str:
    """Return a text with a question mark for each half of a broken pair, which UTF-8 does not know."""
    return text.encode("utf-8", "replace").decode("utf-8")
