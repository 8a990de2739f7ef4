"""One SMS as Kannel hands it over: the query string of its request, as bytes, made into a number, words and an instant.

The parameters are named in ``get-url`` with Kannel's escape codes (Kannel 1.4.5, User Guide, "Parameters (Escape Codes)"):
``from=%q``, ``text=%b``, ``charset=%C``, ``coding=%c``, ``id=%I`` and ``time=%T``. Others are not looked at.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import parse_qsl
from uuid import UUID

import attrs

from lapor_channels.http import clean
from lapor_channels.sms.numbers import subscriber
from lapor_core.complaint import Proof, Reporter, personal
from lapor_core.errors import BadValue, Incomplete, Missing, require_aware
from lapor_core.submission import Submission

__all__ = ["KEY", "LONGEST", "PROOFS", "Incoming", "fields_of", "read"]

KEY = "sms"
PROOFS = frozenset({Proof.SENDER_NUMBER})

LONGEST = 40_000
"""Characters. 255 parts of 153 are the most that an SMS can have (3GPP TS 23.040), so no citizen meets this limit."""

LONGEST_WAY = timedelta(days=31)
"""An SMS that seems to have been longer on its way comes from a clock that is wrong."""

_MOST_FIELDS = 50
_CODECS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf-16be": "utf-16-be",
        "utf-16": "utf-16-be",
        "ucs-2": "utf-16-be",
        "iso-10646-ucs-2": "utf-16-be",
        "iso-8859-1": "cp1252",
        "windows-1252": "cp1252",
    }
)


@attrs.frozen(kw_only=True)
class Incoming:
    """One SMS.

    Attributes:
        sender: The number it was sent from, in international form.
        text: What was written, as it can be stored.
        source_id: The same however often Kannel hands the message over.
        received_at: When it was handed to the network.
    """

    sender: str = personal()
    text: str = personal()
    source_id: str
    received_at: datetime

    def submission(self) -> Submission:
        """Return the message as a report. Its kind stays open: an SMS does not say it."""
        return Submission(
            channel=KEY,
            source_id=self.source_id,
            received_at=self.received_at,
            reporter=Reporter(mobile=self.sender),
            proofs=PROOFS,
            narrative=self.text,
        )


def read(message: bytes, now: datetime, key: str = "") -> Incoming:
    """Return the SMS that a query string holds.

    Args:
        message: The query string.
        now: The present instant (aware); it serves where the message has no time that can be believed.
        key: Keys the digest by which a message without an id is known again.

    Raises:
        Incomplete: There is no sender.
        BadValue: The sender is not a subscriber's number (code ``bad_sender``), the text is longer than an SMS can be
            (``too_large``), or this is no query string (``bad_form``).
    """
    require_aware(now)
    fields = fields_of(message)
    sender = _sender(_plain(fields, "from"))
    text = clean(_decoded(fields.get("text", b""), _plain(fields, "charset"), _plain(fields, "coding")))
    if len(text) > LONGEST:
        raise BadValue(f"text: at most {LONGEST} characters", code="too_large", field="text", limit=LONGEST)
    source_id = _source_id(fields, sender, text, now, key)
    return Incoming(
        sender=sender, text=text, source_id=source_id, received_at=_received_at(_plain(fields, "time"), now)
    )


def fields_of(message: bytes) -> dict[str, bytes]:
    """Return the parameters of a query string, each as its bytes, for only ``charset`` says what they mean.

    Of a parameter that comes twice, the first one counts.

    Raises:
        BadValue: code ``bad_form``.
    """
    try:
        pairs = parse_qsl(
            message.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise BadValue(f"more than {_MOST_FIELDS} parameters", code="bad_form") from None
    return {name: value.encode("latin-1") for name, value in reversed(pairs)}


def _plain(fields: Mapping[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("latin-1").strip()


def _sender(given: str) -> str:
    if not given:
        raise Incomplete([Missing(field="from", code="sender_number", text="the number it was sent from is needed")])
    number = subscriber(given)
    if not number:
        message = "from: not the number of a subscriber; a short code or a name cannot be answered and proves nobody"
        raise BadValue(message, code="bad_sender", field="from")
    return number


def _decoded(raw: bytes, charset: str, coding: str) -> str:
    """Return the text; Kannel hands over UTF-8, and UTF-16BE what came as UCS-2 (coding 2), which phones fill with emoji.

    Nothing is refused for its bytes: what cannot be read becomes the replacement character, and the rest survives.
    """
    codec = _CODECS.get(charset.lower(), "utf-16-be" if coding == "2" else "utf-8")
    if codec == "utf-8" and not _is_utf8(raw):
        codec = "cp1252"  # the service's alt-charset, or 8-bit data
    return raw.decode(codec, "replace").removeprefix("\ufeff")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _source_id(fields: Mapping[str, bytes], sender: str, text: str, now: datetime, key: str) -> str:
    """Return the message's identity: Kannel's own id, or else a digest.

    The ids of other gateways may repeat, so they count only together with number and words. Without id and time, the same
    words from the same number on the same day are one message.
    """
    given = _plain(fields, "id")
    try:
        return str(UUID(given))
    except ValueError:
        known_by = given + _plain(fields, "time") or now.date().isoformat()
    # Keyed, so that who sees the digest cannot try out numbers against it.
    return hmac.new(key.encode(), f"{known_by}\0{sender}\0{text}".encode(), hashlib.sha256).hexdigest()


def _received_at(given: str, now: datetime) -> datetime:
    """Return when the message was sent, by ``%T`` (seconds since 1970) or ``%t`` (UTC), as far as that can be true."""
    try:
        sent = datetime.fromtimestamp(int(given), UTC) if given.isdigit() else datetime.fromisoformat(given)
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
        believable = now - sent <= LONGEST_WAY
    except (ValueError, OverflowError, OSError):
        return now
    return min(sent, now).astimezone(now.tzinfo) if believable else now
