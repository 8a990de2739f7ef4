"""A deadline as an iCalendar task (RFC 5545, VTODO) with alarms a week and a day before."""

from __future__ import annotations

from datetime import datetime, timedelta

from lapor_core.clocks import Deadline
from lapor_core.errors import LaporError, require_aware
from lapor_core.explanation.text import as_text
from lapor_core.texts import long_date

__all__ = ["as_ics"]

_ALARMS = (timedelta(days=-7), timedelta(days=-1))


def as_ics(deadline: Deadline, language: str, *, uid: str, now: datetime) -> bytes:
    """Return the task; alarms that would lie before the start are left out.

    Raises:
        LaporError: the package ``icalendar`` is not installed (code ``missing_extra``).
    """
    try:
        from icalendar import Alarm, Calendar, Todo
    except ModuleNotFoundError:
        raise LaporError('an iCalendar file needs: pip install "lapor[cli]"', code="missing_extra") from None
    calendar = Calendar()
    calendar.add("prodid", "-//lapor//deadlines//ID")
    calendar.add("version", "2.0")
    task = Todo()
    summary = f"{deadline.title.in_language(language)}: {long_date(deadline.due_date, language)}"
    task.add("uid", uid)
    task.add("dtstamp", require_aware(now))
    task.add("dtstart", deadline.start)
    task.add("due", deadline.due)
    task.add("summary", summary)
    task.add("description", as_text(deadline, language))
    for before in _ALARMS:
        if deadline.due + before > deadline.start:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", summary)
            alarm.add("trigger", before, parameters={"RELATED": "END"})
            task.add_component(alarm)
    calendar.add_component(task)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
