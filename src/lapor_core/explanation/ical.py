"""A deadline as an iCalendar task (RFC 5545, VTODO) with alarms at hours at which somebody is in the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lapor_core.clocks import Deadline
from lapor_core.errors import LaporError, require_aware
from lapor_core.explanation.text import as_text, due_text
from lapor_core.texts import require_language

__all__ = ["as_ics"]

_WORKING_DAYS_BEFORE = (-3, -1)
_HOUR = timedelta(hours=1)


def as_ics(deadline: Deadline, language: str, *, uid: str, now: datetime) -> bytes:
    """Return the task, with an alarm when the office opens three working days before, one before, and on the due day.

    A limit in hours has one alarm, an hour before. Alarms that would lie before the start are left out.

    Raises:
        LaporError: the package ``icalendar`` is not installed (code ``missing_extra``).
        BadValue: there are no words in this language (code ``unknown_language``).
    """
    require_language(language)
    try:
        from icalendar import Alarm, Calendar, Todo
    except ModuleNotFoundError:
        raise LaporError('an iCalendar file needs: pip install "lapor[cli]"', code="missing_extra") from None
    calendar = Calendar()
    calendar.add("prodid", "-//lapor//deadlines//ID")
    calendar.add("version", "2.0")
    task = Todo()
    summary = f"{deadline.title.in_language(language)}: {due_text(deadline, language)}"
    task.add("uid", uid)
    task.add("dtstamp", require_aware(now))
    task.add("dtstart", deadline.start)
    task.add("due", deadline.due)
    task.add("status", "NEEDS-ACTION")
    task.add("summary", summary)
    task.add("description", as_text(deadline, language))
    for moment in _alarms(deadline):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", moment - deadline.due, parameters={"RELATED": "END"})
        task.add_component(alarm)
    calendar.add_component(task)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _alarms(deadline: Deadline) -> Iterator[datetime]:
    if deadline.limit.unit.in_hours:
        moments: list[datetime | None] = [deadline.due - _HOUR]
    else:
        office, due = deadline.office, deadline.due_date
        days = (*(office.add(due, back) for back in _WORKING_DAYS_BEFORE), due)
        moments = [office.opening(day) for day in days]
    yield from (moment for moment in moments if moment is not None and deadline.start < moment < deadline.due)
