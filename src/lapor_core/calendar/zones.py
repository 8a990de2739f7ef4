"""Time zones by IANA name; Keppres 41/1987 gives Indonesia three, without summer time."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lapor_core.errors import BadType, NotFound, did_you_mean

__all__ = ["ABBREVIATIONS", "as_zone"]

ABBREVIATIONS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def as_zone(value: str) -> str:
    """Return the name of a zone that exists.

    Raises:
        BadType: not a text.
        NotFound: no such zone (code ``unknown_zone``).
    """
    if not isinstance(value, str):
        message = f"zone must be an IANA name such as Asia/Makassar, not {type(value).__name__}"
        raise BadType(message, code="bad_zone")
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f'"{value[:40]}" is not an IANA zone; in Indonesia: {did_you_mean(value, ABBREVIATIONS)}'
        raise NotFound(message, code="unknown_zone", value=value) from None
    return value
