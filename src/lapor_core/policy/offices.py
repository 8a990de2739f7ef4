"""From what a policy says of its office to the office's calendar, Indonesian or of another country."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from lapor_core.calendar import Ledger, Office
from lapor_core.errors import NotFound, did_you_mean
from lapor_core.policy.model import OfficeRule, Policy

if TYPE_CHECKING:
    from workalendar.core import CoreCalendar

__all__ = ["INDONESIA", "NO_CALENDAR", "foreign_calendar", "office_from", "office_of"]

INDONESIA = "ID"
"""The ledger of Indonesian decrees."""

NO_CALENDAR = "none"
"""No day off is known: the week alone counts."""


def office_of(policy: Policy, ledger: Ledger | None = None) -> Office:
    """Return the calendar of the office that owns the policy; see :func:`office_from`."""
    return office_from(policy.office, policy.time_zone, ledger)


def office_from(rule: OfficeRule, zone: str, ledger: Ledger | None = None) -> Office:
    """Return the calendar of an office as it is written; ``ledger`` replaces the shipped decrees.

    Raises:
        NotFound: no calendar of this country is known (code ``unknown_calendar``), or the zone or region is not.
        BadValue: the week or the hours cannot be.
    """
    if rule.calendar == INDONESIA:
        return Office.indonesia(
            zone=zone,
            week=rule.week,
            region=rule.region,
            collective_leave=rule.collective_leave,
            hours=rule.office_hours,
            ledger=ledger,
            name=rule.name,
        )
    calendar = foreign_calendar(rule.calendar)
    return Office.from_workalendar(calendar, zone=zone, week=rule.week, hours=rule.office_hours, name=rule.name)


@functools.cache
def foreign_calendar(code: str) -> CoreCalendar:
    """Return workalendar's calendar of a country by its ISO 3166 code, or the empty one for ``none``.

    Raises:
        NotFound: code ``unknown_calendar``, with the codes that are near.
    """
    if code == NO_CALENDAR:
        return _week_only()
    from workalendar.registry import registry

    found = registry.region_registry.get(code)
    if found is None:
        known = (INDONESIA, NO_CALENDAR, *sorted(registry.region_registry))
        message = f'"{code}": not a calendar; {INDONESIA}, {NO_CALENDAR} or an ISO code; {did_you_mean(code, known)}'
        raise NotFound(message, code="unknown_calendar", name=code, allowed=known)
    calendar: CoreCalendar = found()
    return calendar


def _week_only() -> CoreCalendar:
    from workalendar.core import Calendar

    class NoHolidays(Calendar):  # type: ignore[misc]  # workalendar ships no types
        """A calendar that knows no holiday."""

        def get_weekend_days(self) -> list[int]:
            return [5, 6]

        def holidays(self, year: int | None = None) -> list[tuple[object, str]]:  # noqa: ARG002  # nothing, in any year
            return []

    calendar: CoreCalendar = NoHolidays()
    return calendar
