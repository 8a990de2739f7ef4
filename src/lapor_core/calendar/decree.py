"""A decree and the days it changes, as they stand in a decree file."""

from __future__ import annotations

import datetime as dt

import attrs

from lapor_core.calendar.kinds import Confidence, DayKind, Effect, Name
from lapor_core.calendar.regions import NATIONAL

__all__ = ["Decree", "DecreeDay"]


@attrs.frozen(kw_only=True)
class DecreeDay:
    """One day that a decree declares off, withdraws, or makes a working day.

    A moved day is written twice: withdrawn where it was, and off where it is, with ``moved_from``.
    """

    date: dt.date
    effect: Effect = attrs.field(converter=Effect)
    kind: DayKind = attrs.field(converter=DayKind)
    name: Name
    moved_from: dt.date | None = None


@attrs.frozen(kw_only=True)
class Decree:
    """One decree: its number, the day it was issued, whom it binds, and the days it changes.

    Attributes:
        number: As cited, "SKB 1497/2025, 2/2025, 5/2025".
        issued: From this day on the decree is known.
        year: The year it governs, when it governs one.
        covers: The base SKB of ``year``: with it the year's holidays are known, without one they are provisional.
        scope: ``national`` or the path of a region: ``province``, ``province/city``, ``province/city/unit``.
        amends: The number of the decree it changes.
        unsure: The fields whose source is doubtful; ``days`` makes every day of this decree provisional.
    """

    number: str
    issued: dt.date
    days: tuple[DecreeDay, ...] = ()
    title: str = ""
    year: int | None = None
    covers: bool = False
    scope: str = NATIONAL
    amends: str | None = None
    confidence: Confidence = attrs.field(default=Confidence.SOURCED, converter=Confidence)
    unsure: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
