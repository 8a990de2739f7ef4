"""A deadline as text, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lapor_core.clocks import Deadline, DeadlineDay
from lapor_core.clocks.pauses import merged
from lapor_core.explanation.words import amount, amounts, say
from lapor_core.lifecycle import State
from lapor_core.policy.amounts import Unit
from lapor_core.policy.clock_rule import DayEnd, FirstDay, Start
from lapor_core.texts import clock_time, long_date, require_language, short_date

__all__ = [
    "anew_texts",
    "as_text",
    "due_text",
    "ends_within_the_day",
    "limit_text",
    "paused_by",
    "provisional_texts",
    "reason_text",
    "stood_still_texts",
]

_DAY = timedelta(days=1)


def as_text(deadline: Deadline, language: str) -> str:
    """Return the heading and a line for each day; the lines end on the day the clock is due.

    Raises:
        BadValue: there are no words in this language (code ``unknown_language``).
    """
    require_language(language)
    lines = [_heading(deadline, language), *(_line(deadline, day, language) for day in deadline.days)]
    further = (anew_texts, stood_still_texts, provisional_texts)
    return "\n".join([*lines, *(line for texts in further for line in texts(deadline, language))])


def anew_texts(deadline: Deadline, language: str) -> Iterator[str]:
    """Yield *Dihitung ulang: ...* where a return has made the clock start anew."""
    if deadline.first_start is not None:
        yield say("heading", "anew", language, date=long_date(deadline.first_start.date(), language))


def stood_still_texts(deadline: Deadline, language: str) -> Iterator[str]:
    """Yield *Tidak dihitung: ...* for each stretch that hours went on behind; of limits in days, the days say it."""
    if not any(part.limit.unit.in_hours for part in deadline.parts):
        return
    for begin, end in merged(deadline.pauses, deadline.office):
        if max(begin, deadline.start) < min(end, deadline.due):
            begins, ends = (_instant(at, language) for at in (begin, end))
            why = say("day", paused_by(deadline), language)
            yield say("heading", "stood_still", language, begins=begins, ends=ends, why=why)


def _instant(at: datetime, language: str) -> str:
    day = " ".join(short_date(at.date(), language).split())  # without the place that a column of days keeps
    return f"{day}, {clock_time(at, language)}"


def provisional_texts(deadline: Deadline, language: str) -> Iterator[str]:
    """Yield *Sementara: ...* for each reason why the answer may still change."""
    for reason in deadline.provisional_reasons:
        yield say("heading", "provisional", language, reason=reason.in_language(language))


def limit_text(deadline: Deadline, language: str) -> str:
    """Return *14 hari kerja*, or *3 hari kerja, yang tersingkat dari 3 hari kerja dan 5 hari kerja*, with what was added."""
    text = amount(deadline.limit, language)
    if deadline.chosen_from:
        text = say("heading", "shortest", language, limit=text, limits=amounts(deadline.chosen_from, language))
    if deadline.extensions:
        more = amounts((extension.limit for extension in deadline.extensions), language)
        text = say("heading", "more", language, limit=text, more=more)
    return text


def due_text(deadline: Deadline, language: str) -> str:
    """Return *Jumat, 10 April 2026*, with the time of day where the day does not end at midnight."""
    day = long_date(deadline.due_date, language)
    return f"{day}, {clock_time(deadline.due, language)}" if ends_within_the_day(deadline) else day


def reason_text(deadline: Deadline, day: DeadlineDay, language: str) -> str:
    """Return why a day counts or does not: what began or ends on it, and the names of the day."""
    remarks = [*_begins(deadline, day, language), *_state(deadline, day, language), *_ends(deadline, day, language)]
    return "; ".join(filter(None, remarks))


def paused_by(deadline: Deadline) -> str:
    """Return the key of the words for a day that does not count: a clock may stand still for others than the reporter."""
    return "paused" if set(deadline.rule.pauses) <= {State.WAITING} else "stands_still"


def ends_within_the_day(deadline: Deadline) -> bool:
    """Tell whether the due instant is a time of day that must be said, and not the end of the day."""
    return deadline.parts[-1].limit.unit.in_hours or deadline.rule.ends is DayEnd.CLOSING


def _heading(deadline: Deadline, language: str) -> str:
    tier = f", {say('heading', 'tier', language, tier=deadline.tier)}" if deadline.tier else ""
    title, due = deadline.title.in_language(language), due_text(deadline, language)
    return f"{title}: {due} ({limit_text(deadline, language)}{tier})"


def _line(deadline: Deadline, day: DeadlineDay, language: str) -> str:
    """Return one line: the day, its number or a dash, why, and by which decree; hours have no numbers, nor has the start."""
    plain = not day.counted and (day.date == deadline.start.date() or deadline.limit.unit.in_hours)
    mark = "" if plain else f"{day.number if day.counted else '-':<4} "
    why = f"{reason_text(deadline, day, language):<44} {'; '.join(day.decrees)}"
    return f"  {short_date(day.date, language):<12} {mark}{why}".rstrip()


def _begins(deadline: Deadline, day: DeadlineDay, language: str) -> Iterator[str]:
    if day.date != deadline.start.date():
        return
    event = deadline.rule.starts if deadline.rule.starts in set(Start) else "other"
    event = event if deadline.first_start is None else "anew"
    yield say("started", event, language, time=clock_time(deadline.start, language))
    unit = deadline.limit.unit
    if unit.in_hours or day.counted:
        return
    taken_as = deadline.parts[0].after + (_DAY if deadline.rule.first_day is FirstDay.INCLUDED else 0 * _DAY)
    if taken_as > day.date:
        yield say("counting", "later", language, date=long_date(taken_as, language))
    if deadline.rule.first_day is FirstDay.EXCLUDED:
        yield say("counting", unit, language)
    elif taken_as == day.date and not day.names:
        yield say("day", _why_not(deadline, day), language)


def _why_not(deadline: Deadline, day: DeadlineDay) -> str:
    """Return the key of why a first day does not count that would: nobody works on it, or it was waited through."""
    works = deadline.limit.unit is Unit.DAYS or deadline.office.is_working_day(day.date)
    return paused_by(deadline) if works else "weekend"


def _state(deadline: Deadline, day: DeadlineDay, language: str) -> Iterator[str]:
    names = " / ".join(name.in_language(language) for name in day.names)
    if not day.counted and not (day.reason == "day_off" and names) and day.reason != "working_day":
        yield say("day", paused_by(deadline) if day.reason == "paused" else day.reason, language)
    yield names


def _ends(deadline: Deadline, day: DeadlineDay, language: str) -> Iterator[str]:
    if day.date == deadline.due_date:
        at = "due_at" if ends_within_the_day(deadline) else "due"
        yield say("day", at, language, time=clock_time(deadline.due, language))
        return
    for part, extension in zip(deadline.parts, deadline.extensions, strict=False):
        if part.last == day.date:
            yield say("day", "extended", language, limit=amount(extension.limit, language))
