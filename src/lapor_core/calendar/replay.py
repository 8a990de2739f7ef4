"""Decrees played in the order in which they were issued: the state of each day they touch.

The theory, in one place. A day carries *entries*: reasons for being off, each of one kind. A decree may add an entry,
withdraw one of the same kind (its own or that of a wider scope), or make the day a working day, which beats every
entry issued before it; a later day off beats that again. Within one decree withdrawals come first, so that a day can
be renamed. Who asks matters: an office sees the decrees whose scope binds its region.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from lapor_core.calendar.decree import Decree, DecreeDay
from lapor_core.calendar.kinds import DayKind, Effect, Name
from lapor_core.calendar.regions import binds

__all__ = ["DayState", "Entry", "after", "matching", "replay"]


@attrs.frozen(kw_only=True)
class Entry:
    """What one decree says about one day; ``issued`` is ``None`` where no decree is behind it."""

    date: dt.date
    effect: Effect
    kind: DayKind
    name: Name
    decree: str
    issued: dt.date | None = None
    scope: str = "national"
    unsure: bool = False


@attrs.frozen(kw_only=True)
class DayState:
    """What holds for one day: reasons to be off, what was withdrawn, and the decree that makes it a working day."""

    off: tuple[Entry, ...] = ()
    withdrawn: tuple[Entry, ...] = ()
    working: Entry | None = None


EMPTY = DayState()


def replay(
    decrees: Iterable[Decree], region: str | None = None, start: Mapping[date, DayState] | None = None
) -> dict[date, DayState]:
    """Return the state of every day the decrees touch, as an office in ``region`` sees it.

    Args:
        decrees: In the order of issue.
        region: A full path, or ``None`` for national days only.
        start: The states before the first decree: days known without a decree.
    """
    states = dict(start or {})
    for decree in decrees:
        if binds(decree.scope, region):
            for day in withdrawals_first(decree):
                states[day.date] = after(states.get(day.date, EMPTY), entry_of(decree, day))
    return states


def withdrawals_first(decree: Decree) -> list[DecreeDay]:
    """Return the days of a decree in the order in which they take effect."""
    return sorted(decree.days, key=lambda day: day.effect is not Effect.WITHDRAWN)


def entry_of(decree: Decree, day: DecreeDay) -> Entry:
    """Return what a decree says about one of its days."""
    return Entry(
        date=day.date,
        effect=day.effect,
        kind=day.kind,
        name=day.name,
        decree=decree.number,
        issued=decree.issued,
        scope=decree.scope,
        unsure="days" in decree.unsure,
    )


def after(state: DayState, entry: Entry) -> DayState:
    """Return the state of a day after one more entry."""
    if entry.effect is Effect.WITHDRAWN:
        return _withdraw(state, entry)
    if entry.effect is Effect.WORKING:
        return attrs.evolve(state, working=entry)
    return attrs.evolve(state, off=(*state.off, entry), working=None)


def matching(state: DayState, entry: Entry) -> Entry | None:
    """Return the entry that a withdrawal takes away: of the same kind, and of the same name when there are several."""
    if state.working is not None and state.working.kind is entry.kind:
        return state.working
    same = [given for given in state.off if given.kind is entry.kind]
    named = [given for given in same if given.name.id == entry.name.id]
    if named:
        return named[-1]
    return same[0] if len(same) == 1 else None


def _withdraw(state: DayState, entry: Entry) -> DayState:
    gone = matching(state, entry)
    withdrawn = (*state.withdrawn, entry)
    if gone is None or gone is state.working:
        return attrs.evolve(state, withdrawn=withdrawn, working=None if gone is not None else state.working)
    return attrs.evolve(state, off=tuple(given for given in state.off if given is not gone), withdrawn=withdrawn)
