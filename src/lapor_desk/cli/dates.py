"""Dates and instants as they are typed on a command line."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Literal

from lapor_core.errors import BadValue, OutOfReach, require_aware

__all__ = ["Language", "read_date", "read_instant"]

Language = Literal["id", "en"]
"""The languages in which a command explains itself."""


def read_date(text: str) -> date:
    """Return a date from ``2026-03-13``.

    Raises:
        BadValue: code ``bad_date``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(f'"{text[:40]}": not a date; write it as 2026-03-13', code="bad_date") from None


def read_instant(text: str, name: str) -> datetime:
    """Return an instant from ``2026-03-13T10:00+08:00``.

    Raises:
        BadValue: not an instant (``bad_instant``), or one without its zone (``naive_datetime``).
        OutOfReach: so near the ends of time that another zone cannot show it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f'"{text[:40]}": not an instant; write {name} as 2026-03-13T10:00+08:00'
        raise BadValue(message, code="bad_instant") from None
    if not MINYEAR < moment.year < MAXYEAR:
        message = f"{name} {moment.isoformat()} is outside every calendar"
        raise OutOfReach(message, code="out_of_reach", value=moment)
    return require_aware(moment, name)
