"""The words citizens and officers read, in Indonesian and English: data in ``id.toml`` and ``en.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from importlib import resources
from typing import Any

from lapor_core.errors import BadValue, LaporError, did_you_mean

__all__ = [
    "LANGUAGES",
    "all_words",
    "clock_time",
    "decimal",
    "error_text",
    "long_date",
    "require_language",
    "short_date",
    "word",
    "zone_name",
]

LANGUAGES = ("id", "en")
"""The languages of the service; Indonesian serves everybody who asked for another one."""


def require_language(language: str) -> str:
    """Return ``language`` unchanged when it is one of :data:`LANGUAGES`, for what a program asks for and no citizen.

    Raises:
        BadValue: it is another one (code ``unknown_language``).
    """
    if language not in LANGUAGES:
        message = f'language "{language}": {did_you_mean(str(language), LANGUAGES)}'
        raise BadValue(message, code="unknown_language", field="language", allowed=LANGUAGES)
    return language


def word(group: str, key: str, language: str = "id") -> str:
    """Return one text: ``word("state", "responded", "id")`` is *Sudah dijawab*. An unknown key is shown as it is."""
    return str(_texts(language).get(group, {}).get(key, key))


def all_words(group: str, language: str = "id") -> Mapping[str, str]:
    """Return all texts of a group by their keys, in the order of the file; nothing for a group that is not there."""
    return dict(_texts(language).get(group, {}))


def error_text(error: LaporError, language: str = "id") -> str:
    """Return what a citizen should read of an error, by its code; a general sentence when the code has no text."""
    texts = _texts(language)["error"]
    known = f"{error.code}_of_late" if "minutes" in error.params else error.code  # one that passes says when
    template = texts.get(known, texts["other"])
    params = {name: _shown(name, value, language) for name, value in error.params.items()}
    return str(template).format_map(_Params(params))


def long_date(day: date, language: str = "id") -> str:
    """Return *Jumat, 10 April 2026*."""
    names = _texts(language)["calendar"]
    return f"{names['weekdays'][day.weekday()]}, {day.day} {names['months'][day.month - 1]} {day.year}"


def short_date(day: date, language: str = "id") -> str:
    """Return *Jum 10 Apr*."""
    names = _texts(language)["calendar"]
    return f"{names['weekdays_short'][day.weekday()]} {day.day:2d} {names['months_short'][day.month - 1]}"


def clock_time(moment: datetime, language: str = "id") -> str:
    """Return *10.00 WITA*: the time of day in the zone of ``moment``, by the zone's Indonesian name."""
    separator = _texts(language)["calendar"]["time_separator"]
    return f"{moment:%H}{separator}{moment:%M} {zone_name(moment)}"


def decimal(value: float, language: str = "id") -> str:
    """Return *0,72*: a number with two places."""
    return f"{value:.2f}".replace(".", _texts(language)["calendar"]["decimal_separator"])


def zone_name(moment: datetime) -> str:
    """Return WIB, WITA or WIT (Keppres 41/1987), or the zone's own abbreviation elsewhere."""
    return moment.tzname() or moment.strftime("UTC%z")


def _shown(name: str, value: object, language: str) -> object:
    if name == "unit":
        return word("unit", str(value), language)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class _Params(dict[str, Any]):
    """Parameters of an error; one that is absent leaves its place visible instead of hiding the error."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


@functools.cache
def _texts(language: str) -> Mapping[str, Any]:
    name = language if language in LANGUAGES else "id"
    return tomllib.loads((resources.files(__name__) / f"{name}.toml").read_text("utf-8"))
