"""The working week: five days, six days, or any set of weekdays."""

from __future__ import annotations

from collections.abc import Iterable

from lapor_core.errors import BadType, BadValue

__all__ = ["WEEKDAYS", "Week", "as_week"]

Week = int | Iterable[int] | Iterable[str]
"""5 (Monday to Friday), 6 (Monday to Saturday), or weekdays as numbers (Monday is 0) or names (``"monday"``)."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def as_week(value: Week) -> frozenset[int]:
    """Return the weekdays of a working week, Monday is 0.

    Raises:
        BadValue: an empty week, another number than 5 or 6, or a weekday that does not exist (code ``bad_week``).
        BadType: something that is no week at all.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if value not in {5, 6}:
            message = f"a week has 5 (Monday to Friday) or 6 (Monday to Saturday) working days, not {value}"
            raise BadValue(message, code="bad_week", value=value)
        return frozenset(range(value))
    if isinstance(value, str | bool) or not isinstance(value, Iterable):
        message = f"a week is 5, 6 or a set of weekdays, not {value!r}"
        raise BadType(message, code="bad_week", value=repr(value))
    days = frozenset(map(_weekday, value))
    if not days:
        message = "a week without working days never answers; give 5, 6 or a set of weekdays"
        raise BadValue(message, code="empty_week")
    return days


def _weekday(value: int | str) -> int:
    if value in WEEKDAYS:
        return WEEKDAYS.index(str(value))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 6:
        message = f"{value!r} is not a weekday; allowed: 0 (Monday) to 6, or {', '.join(WEEKDAYS)}"
        raise BadValue(message, code="bad_week", value=repr(value))
    return value
