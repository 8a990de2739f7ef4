"""A deadline as text, day by day."""

from __future__ import annotations

from lapor_core.clocks import Deadline, DeadlineDay
from lapor_core.texts import clock_time, long_date, short_date, word

__all__ = ["amount_text", "as_text", "reason_text"]


def as_text(deadline: Deadline, language: str) -> str:
    """Return the heading and a line for each day; the lines end on the day the clock is due."""
    lines = [_heading(deadline, language)]
    lines += [_line(deadline, day, language) for day in deadline.days]
    lines += [
        word("explanation", "provisional", language).format(reason=why.in_language(language))
        for why in deadline.provisional_reasons
    ]
    return "\n".join(lines)


def amount_text(deadline: Deadline, language: str) -> str:
    """Return *14 hari kerja*."""
    return f"{deadline.limit.amount} {word('unit', deadline.limit.unit, language)}"


def reason_text(deadline: Deadline, day: DeadlineDay, language: str) -> str:
    """Return why a day counts or does not, with the names of the day."""
    names = " / ".join(name.in_language(language) for name in day.names)
    if day.reason == "day_off" and names:
        return names
    text = word("explanation", day.reason, language).format(time=clock_time(deadline.start, language))
    return f"{text}; {names}" if names else text


def _heading(deadline: Deadline, language: str) -> str:
    title = deadline.title.in_language(language)
    tier = f", {word('explanation', 'tier', language).format(tier=deadline.tier)}" if deadline.tier else ""
    by_hour = deadline.limit.unit in ("hours", "office_hours")
    time = f", {clock_time(deadline.due, language)}" if by_hour else ""
    return f"{title}: {long_date(deadline.due_date, language)}{time} ({amount_text(deadline, language)}{tier})"


def _line(deadline: Deadline, day: DeadlineDay, language: str) -> str:
    start = day.date == deadline.start.date() and not day.counted
    mark = "" if start else str(day.number) if day.counted else "-"
    return f"  {short_date(day.date, language):<12} {mark:<4} {_remark(deadline, day, language)}".rstrip()


def _remark(deadline: Deadline, day: DeadlineDay, language: str) -> str:
    if day.date == deadline.due_date and day.counted:
        return word("explanation", "due", language)
    if day.reason in ("working_day", "calendar_day") and not day.names:
        return ""
    return f"{reason_text(deadline, day, language):<44} {'; '.join(day.decrees)}".rstrip()
