"""What an SMS says of a report beside its story: a day, a time, a kind, an agency, as far as its words say so plainly.

Pure and cautious: only what the standard asks for is looked for, and what is not plain is not there. A day without a year is
the last one of that name before the SMS was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from lapor_core.policy import Policy

__all__ = ["brought", "details"]

_INDONESIAN = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_MONTHS: Mapping[str, int] = MappingProxyType(
    {name: number for number, name in enumerate(_INDONESIAN, 1)} | {"may": 5, "ags": 8, "aug": 8, "oct": 10, "dec": 12}
)
"""By the first three letters, Indonesian and English."""

_DAY = re.compile(
    r"""(?<![\w./-])(?:
        (?P<y>20[0-9]{2})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})
        |(?P<d2>[0-9]{1,2})[-/.](?P<m2>[0-9]{1,2})[-/.](?P<y2>20[0-9]{2}|[0-9]{2})
        |(?P<d3>[0-9]{1,2})\ ?(?P<m3>[a-z]{3,9})(?:\ ?(?P<y3>20[0-9]{2}))?
    )(?![\w/-])""",
    re.IGNORECASE | re.VERBOSE,
)
_BY_NAME = re.compile(r"\b(?:hari ini|tadi (?:pagi|siang|sore|malam)|kemarin)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:(?:pukul|jam)\ ?)(?P<h>[0-9]{1,2})(?:[.:](?P<m>[0-9]{2}))?\b|\b(?P<h2>[0-9]{1,2}):(?P<m2>[0-9]{2})\b",
    re.IGNORECASE,
)


_WORD = re.compile(r"\w+")


def details(text: str, lacking: Collection[str], sent: datetime) -> dict[str, Any]:
    """Return the day and the time that are lacking and that a report itself says, by the name of the field.

    Args:
        text: The words of an SMS.
        lacking: What is looked for, by the codes of :class:`lapor_core.errors.Missing`.
        sent: When the SMS was sent (aware, in the office's zone).
    """
    return _found({"event_date": lambda: _date(text, sent.date()), "event_time": lambda: _time(text)}, lacking)


def brought(text: str, lacking: Collection[str], policy: Policy, sent: datetime) -> dict[str, Any]:
    """Return the fields that an SMS brings which completes a report, by name; its words stand wherever words are lacking.

    A kind and an agency are looked for only here: a report may well name an agency that it does not mean.

    Args:
        text: What stands behind the code.
        lacking: What the report lacks, by the codes of :class:`lapor_core.errors.Missing`.
        policy: Whose kinds and agencies may be named.
        sent: When the SMS was sent (aware, in the office's zone).
    """
    kinds = {kind: title.id for kind, title in policy.kinds.items()}
    agencies = {agency.key: agency.name for agency in policy.agencies}
    in_words = {name: lambda: text for name in ("title", "place", "category")}
    named = {"kind": lambda: _named(text, kinds), "agency": lambda: _named(text, agencies)}
    return {**_found({**in_words, **named}, lacking), **details(text, lacking, sent)}


def _found(readers: Mapping[str, Callable[[], Any]], lacking: Collection[str]) -> dict[str, Any]:
    found = {name: read() for name, read in readers.items() if f"missing_{name}" in lacking}
    return {name: value for name, value in found.items() if value is not None}


def _date(text: str, today: date) -> date | None:
    for found in _DAY.finditer(text):
        with suppress(ValueError, KeyError):
            day = _day(found, today)
            if day <= today:
                return day
    named = _BY_NAME.search(text)
    if named is None:
        return None
    return today - timedelta(days=1) if named[0].lower() == "kemarin" else today


def _day(found: re.Match[str], today: date) -> date:
    """Return the day that was written down; raises where there is none."""
    if found["y"]:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    if found["d2"]:
        return date(int(found["y2"]) % 100 + 2000, int(found["m2"]), int(found["d2"]))
    month, day = _MONTHS[found["m3"][:3].lower()], int(found["d3"])
    if found["y3"]:
        return date(int(found["y3"]), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


def _time(text: str) -> time | None:
    for found in _TIME.finditer(text):
        with suppress(ValueError):
            return time(int(found["h"] or found["h2"]), int(found["m"] or found["m2"] or 0))
    return None


def _named(text: str, names: Mapping[Any, str]) -> Any:
    """Return the one of which the text bears the name; None where it bears none, or several."""
    found = [key for key, name in names.items() if _words(name) in _words(text)]
    return found[0] if len(found) == 1 else None


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
