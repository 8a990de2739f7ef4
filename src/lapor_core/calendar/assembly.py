"""From a source of days, a week and an office's own days to the shared working-day table."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, timedelta

import attrs

from lapor_core.calendar.day import Day
from lapor_core.calendar.doubts import Doubt
from lapor_core.calendar.kinds import Effect
from lapor_core.calendar.overrides import LocalDay
from lapor_core.calendar.replay import DayState
from lapor_core.calendar.sources import Source, doubt_of
from lapor_core.calendar.table import Table

__all__ = ["table_of"]


@functools.lru_cache(maxsize=256)
def table_of(
    source: Source, week: frozenset[int], days_off: tuple[LocalDay, ...] = (), working_days: tuple[LocalDay, ...] = ()
) -> Table:
    """Return the table of an office with this week; offices that are alike share it.

    Args:
        source: The days that are off or worked by decree.
        week: The weekdays that are worked, Monday is 0.
        days_off: The office's own days off, which beat the decrees.
        working_days: The office's own working days, which beat the decrees and the week.
    """
    first, last = date(source.first_year, 1, 1), date(source.last_year, 12, 31)
    states = _with_own(source.states, days_off, working_days)
    size = (last - first).days + 1
    pattern = [(first.weekday() + step) % 7 in week for step in range(7)]
    working = (pattern * (size // 7 + 1))[:size]
    base = first.toordinal()
    for day, state in states.items():
        index = day.toordinal() - base
        if 0 <= index < size:
            working[index] = state.working is not None or (working[index] and not state.off)

    def value(index: int) -> Day:
        day = first + timedelta(days=index)
        state, reason = states.get(day, DayState()), source.provisional.get(day.year)
        return _day(day, state, reason, working=working[index], weekend=day.weekday() not in week)

    return Table(first, working, value)


def _with_own(
    states: Mapping[date, DayState], days_off: tuple[LocalDay, ...], working_days: tuple[LocalDay, ...]
) -> Mapping[date, DayState]:
    own = dict(states)
    for off in days_off:
        state = own.get(off.date, DayState())
        own[off.date] = attrs.evolve(state, off=(*state.off, off.entry(Effect.OFF)), working=None)
    for worked in working_days:
        own[worked.date] = attrs.evolve(own.get(worked.date, DayState()), working=worked.entry(Effect.WORKING))
    return own


def _day(day: date, state: DayState, provisional: Doubt | None, *, working: bool, weekend: bool) -> Day:
    entries = (state.working,) if state.working is not None else state.off
    return Day(
        date=day,
        working=working,
        weekend=weekend,
        entries=entries,
        withdrawn=state.withdrawn,
        provisional=provisional or doubt_of(state),
    )
