"""The calendar of Indonesian offices: decrees, working days, office hours.

``Office.indonesia(zone="Asia/Makassar").add(date(2026, 3, 13), 14)`` is the whole idea. Names load when they are first
used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lapor_core.calendar.day import Day, Days
    from lapor_core.calendar.decree import Decree, DecreeDay
    from lapor_core.calendar.doubts import Doubt
    from lapor_core.calendar.hours import Break, DayHours, OfficeHours, Schedule, shipped_hours
    from lapor_core.calendar.kinds import CollectiveLeave, Confidence, DayKind, Effect, Name
    from lapor_core.calendar.ledger import Ledger, NetDay
    from lapor_core.calendar.ledger_diff import ChangedDay, difference
    from lapor_core.calendar.loading import indonesia, overlay, read_ledger
    from lapor_core.calendar.office import Office
    from lapor_core.calendar.overrides import LocalDay
    from lapor_core.calendar.regions import Region, regions, resolve_region
    from lapor_core.calendar.replay import Entry
    from lapor_core.calendar.table import Table, Zero
    from lapor_core.calendar.weeks import Week
    from lapor_core.calendar.workalendar_id import IndonesiaCalendar

__all__ = [
    "Break",
    "ChangedDay",
    "CollectiveLeave",
    "Confidence",
    "Day",
    "DayHours",
    "DayKind",
    "Days",
    "Decree",
    "DecreeDay",
    "Doubt",
    "Effect",
    "Entry",
    "IndonesiaCalendar",
    "Ledger",
    "LocalDay",
    "Name",
    "NetDay",
    "Office",
    "OfficeHours",
    "Region",
    "Schedule",
    "Table",
    "Week",
    "Zero",
    "difference",
    "indonesia",
    "overlay",
    "read_ledger",
    "regions",
    "resolve_region",
    "shipped_hours",
]

_MODULES = {
    "day": ("Day", "Days"),
    "decree": ("Decree", "DecreeDay"),
    "doubts": ("Doubt",),
    "ledger_diff": ("ChangedDay", "difference"),
    "hours": ("Break", "DayHours", "OfficeHours", "Schedule", "shipped_hours"),
    "kinds": ("CollectiveLeave", "Confidence", "DayKind", "Effect", "Name"),
    "ledger": ("Ledger", "NetDay"),
    "loading": ("indonesia", "overlay", "read_ledger"),
    "office": ("Office",),
    "overrides": ("LocalDay",),
    "regions": ("Region", "regions", "resolve_region"),
    "replay": ("Entry",),
    "table": ("Table", "Zero"),
    "weeks": ("Week",),
    "workalendar_id": ("IndonesiaCalendar",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
