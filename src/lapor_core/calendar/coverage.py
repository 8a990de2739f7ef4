"""Years without a loaded decree: answered from python-holidays, marked provisional, refused where its tables end.

python-holidays never says that a table has ended: after 2050 it silently knows no Nyepi any more, after 2100 nothing.
So a year counts as known only while every holiday that the law names (Keppres 19/2002, 24/2013, 24/2016, 8/2024) is
still found in it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from lapor_core.calendar.doubts import Doubt, doubt
from lapor_core.calendar.kinds import DayKind, Effect, Name
from lapor_core.calendar.replay import DayState, Entry

if TYPE_CHECKING:
    from holidays.countries.indonesia import Indonesia

__all__ = ["FIRST_YEAR", "holidays_version", "last_year", "provisional_reason", "provisional_year"]

FIRST_YEAR = 2003
"""The first year in which all of today's religious holidays were decreed (Lunar New Year since Keppres 19/2002)."""

_ALWAYS = (
    "Tahun Baru Masehi",
    "Hari Raya Natal",
    "Hari Raya Idul Fitri",
    "Hari kedua dari Hari Raya Idul Fitri",
    "Hari Raya Idul Adha",
    "Isra Mikraj Nabi Muhammad",
    "Kenaikan Yesus Kristus",
    "Tahun Baru Islam",
    "Maulid Nabi Muhammad",
    "Wafat Yesus Kristus",
    "Hari Suci Nyepi",
    "Hari Raya Waisak",
    "Tahun Baru Imlek",
    "Hari Kemerdekaan Republik Indonesia",
)
_SINCE = {"Hari Buruh Internasional": 2014, "Hari Lahir Pancasila": 2016, "Kebangkitan Yesus Kristus": 2024}


def holidays_version() -> str:
    """Return the version of python-holidays, which provisional answers depend on."""
    from holidays.version import __version__

    return __version__


def provisional_reason(year: int) -> Doubt:
    """Say why the days of a year are provisional."""
    return doubt("no_decree", year=year, version=holidays_version())


@functools.cache
def last_year() -> int:
    """Return the last year in a row from :data:`FIRST_YEAR` on for which python-holidays knows every holiday."""
    year = FIRST_YEAR
    while _complete(year):
        year += 1
    return year - 1


@functools.cache
def provisional_year(year: int) -> Mapping[date, DayState]:
    """Return the days off of a year as python-holidays knows them: national holidays, elections, collective leave."""
    known: dict[date, list[Entry]] = {}
    for category, kind in (("public", DayKind.NATIONAL_HOLIDAY), ("government", DayKind.COLLECTIVE_LEAVE)):
        english = _labels(year, category, "en_US")
        for day, names in _labels(year, category, "id").items():
            pairs = zip(names, english.get(day, names), strict=False)
            known.setdefault(day, []).extend(_entry(day, kind, Name(id=id_, en=en)) for id_, en in pairs)
    return {day: DayState(off=tuple(entries)) for day, entries in known.items()}


def _entry(day: date, kind: DayKind, name: Name) -> Entry:
    if name.id.startswith("Hari Pemilihan"):
        kind = DayKind.ELECTION
    source = f"python-holidays {holidays_version()}"
    return Entry(date=day, effect=Effect.OFF, kind=kind, name=name, decree=source, unsure=True)


def _complete(year: int) -> bool:
    found = {name.removesuffix(" (perkiraan)") for names in _labels(year, "public", "id").values() for name in names}
    expected = {*_ALWAYS, *(name for name, since in _SINCE.items() if year >= since)}
    return expected <= found


def _labels(year: int, category: str, language: str) -> dict[date, list[str]]:
    return {day: label.split("; ") for day, label in _holidays(year, category, language).items()}


@functools.cache
def _holidays(year: int, category: str, language: str) -> Indonesia:
    from holidays.countries.indonesia import Indonesia

    return Indonesia(years=year, categories=(category,), language=language, expand=False)
