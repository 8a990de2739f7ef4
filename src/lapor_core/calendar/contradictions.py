"""What is wrong with a set of decrees as a whole: contradictions that no single entry shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from lapor_core.calendar.decree import Decree, DecreeDay
from lapor_core.calendar.kinds import DayKind, Effect
from lapor_core.calendar.regions import NATIONAL, binds, resolve_region
from lapor_core.calendar.replay import EMPTY, DayState, Entry, after, entry_of, matching, withdrawals_first
from lapor_core.errors import LaporError, did_you_mean

__all__ = ["Contradiction", "contradictions", "in_order"]

_YEARS_AHEAD = 3  # no decree was found that fixes days further ahead: a slip of the pen


@attrs.frozen
class Contradiction:
    """A fault in decree number ``decree`` (an index), at ``key``, or at ``key`` of its day number ``day``."""

    decree: int
    day: int | None
    key: str
    problem: str


def in_order(decrees: Sequence[Decree]) -> list[int]:
    """Return the indexes of the decrees in the order of issue; decrees of one day keep the order in which they stand."""
    return sorted(range(len(decrees)), key=lambda index: decrees[index].issued)


def contradictions(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    """Yield everything that is wrong with these decrees, looked at one by one and played against each other."""
    yield from _alone(decrees)
    yield from _same_number(decrees)
    yield from _unknown_amended(decrees)
    yield from _two_bases(decrees)
    yield from _opposites_of_one_day(decrees)
    yield from _played(decrees)


def _alone(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    for index, decree in enumerate(decrees):
        for key, problem in _of_decree(decree):
            yield Contradiction(index, None, key, problem)
        for number, day in enumerate(decree.days):
            for key, problem in _of_day(decree, day):
                yield Contradiction(index, number, key, problem)


def _of_decree(decree: Decree) -> Iterator[tuple[str, str]]:
    if not decree.number.strip():
        yield "number", "is empty; where the number was not found, say so in words"
    if decree.covers and decree.year is None:
        yield "covers", "needs the year that this decree covers"
    if decree.covers and decree.scope != NATIONAL:
        yield "covers", f'only a national decree covers a year, not one of scope "{decree.scope}"'
    if decree.year is not None and decree.issued.year > decree.year:
        yield "issued", f"{decree.issued} is after {decree.year}, the year this decree governs"
    if decree.scope != NATIONAL:
        yield from _of_scope(decree.scope)
    allowed = [field.name for field in attrs.fields(Decree)]
    for field in decree.unsure:
        if field not in allowed:
            yield "unsure", f'"{field}": not a field of a decree; {did_you_mean(field, allowed)}'


def _of_scope(scope: str) -> Iterator[tuple[str, str]]:
    try:
        full = resolve_region(scope)
    except LaporError as error:
        yield "scope", str(error)
    else:
        if full != scope:
            yield "scope", f'"{scope}" must be written with its province, "{full}"'


def _of_day(decree: Decree, day: DecreeDay) -> Iterator[tuple[str, str]]:
    if decree.year is not None and day.date.year != decree.year:
        yield "date", f"{day.date} is outside {decree.year}, the year this decree governs"
    if decree.issued > day.date:
        yield "date", f"{day.date} was over when the decree was issued on {decree.issued}"
    if day.date.year > decree.issued.year + _YEARS_AHEAD:
        yield "date", f"{day.date} is more than {_YEARS_AHEAD} years after the decree was issued on {decree.issued}"
    if day.effect is Effect.WORKING and day.kind not in {DayKind.REPLACEMENT_WORKING_DAY, DayKind.REGIONAL}:
        yield "kind", f'effect "working" asks for kind "replacement_working_day" (or "regional"), not "{day.kind}"'
    if day.effect is Effect.OFF and day.kind is DayKind.REPLACEMENT_WORKING_DAY:
        yield "kind", 'a day off cannot be of kind "replacement_working_day"'
    if not day.name.id.strip() or not day.name.en.strip():
        yield "name", "needs a name in Indonesian (id) and in English (en)"
    if day.moved_from is not None and day.effect is not Effect.OFF:
        yield "moved_from", 'only a day with effect "off" can have been moved from another'


def _same_number(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    seen: set[tuple[str, str, int | None]] = set()
    for index, decree in enumerate(decrees):
        key = (decree.number, decree.scope, decree.year)
        if key in seen:
            yield Contradiction(index, None, "number", f'"{decree.number}" stands here a second time')
        seen.add(key)


def _unknown_amended(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    numbers = {decree.number for decree in decrees}
    for index, decree in enumerate(decrees):
        if decree.amends is not None and decree.amends not in numbers - {decree.number}:
            near = sorted(number for number in numbers if number != decree.number)
            problem = f'"{decree.amends}": not a decree that is loaded; {did_you_mean(decree.amends, near)}'
            yield Contradiction(index, None, "amends", problem)
        elif any(decree.amends == other.number and other.issued > decree.issued for other in decrees):
            yield Contradiction(index, None, "amends", f'"{decree.amends}" was issued later than this decree')


def _two_bases(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    bases: dict[int, str] = {}
    for index, decree in enumerate(decrees):
        if decree.covers and decree.year is not None:
            if decree.year in bases:
                yield Contradiction(index, None, "covers", f"{decree.year} is covered by {bases[decree.year]} already")
            bases.setdefault(decree.year, decree.number)


def _opposites_of_one_day(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    """Two decrees of one day that say opposite things: no order of issue can settle which holds."""
    seen: dict[tuple[date, date, str], list[tuple[int, DecreeDay]]] = {}
    for index, decree in enumerate(decrees):
        for number, day in enumerate(decree.days):
            said = seen.setdefault((decree.issued, day.date, decree.scope), [])
            for other, earlier in said:
                if other != index and _opposite(earlier, day):
                    problem = f'contradicts {decrees[other].number} of the same day, which says "{earlier.effect}"'
                    yield Contradiction(index, number, "effect", problem)
            said.append((index, day))


def _opposite(one: DecreeDay, other: DecreeDay) -> bool:
    effects = {one.effect, other.effect}
    if effects == {Effect.OFF, Effect.WITHDRAWN}:
        return one.kind is other.kind
    return effects == {Effect.OFF, Effect.WORKING}


def _played(decrees: Sequence[Decree]) -> Iterator[Contradiction]:
    """Play the decrees in order, each against the state that its own scope sees."""
    for index in in_order(decrees):
        decree = decrees[index]
        states = _seen_before(decrees, index)
        for day in withdrawals_first(decree):
            state = states.get(day.date, EMPTY)
            entry = entry_of(decree, day)
            for key, problem in _against(state, entry):
                yield Contradiction(index, decree.days.index(day), key, problem)
            states[day.date] = after(state, entry)
        for number, day in enumerate(decree.days):
            if day.moved_from is not None and _still_off(states.get(day.moved_from, EMPTY), day):
                problem = f"{day.moved_from} is still off under this name; withdraw it there as well"
                yield Contradiction(index, number, "moved_from", problem)


def _seen_before(decrees: Sequence[Decree], index: int) -> dict[date, DayState]:
    states: dict[date, DayState] = {}
    touched = {day.date for day in decrees[index].days} | {day.moved_from for day in decrees[index].days}
    for earlier in in_order(decrees):
        if earlier == index:
            break
        if binds(decrees[earlier].scope, decrees[index].scope):
            for day in withdrawals_first(decrees[earlier]):
                if day.date in touched:
                    states[day.date] = after(states.get(day.date, EMPTY), entry_of(decrees[earlier], day))
    return states


def _against(state: DayState, entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.effect is Effect.WITHDRAWN and matching(state, entry) is None:
        kinds = ", ".join(sorted({f'{given.kind} "{given.name.id}"' for given in state.off})) or "nothing"
        yield "effect", f"{entry.date} has no {entry.kind} of this name to withdraw at that moment (off: {kinds})"
    if entry.effect is Effect.OFF:
        for given in state.off:
            if (given.kind, given.name.id, given.scope) == (entry.kind, entry.name.id, entry.scope):
                yield "date", f"{entry.date} is off already under this name by {given.decree}; withdraw that first"
    if entry.effect is Effect.WORKING and state.working is not None and state.working.scope == entry.scope:
        yield "date", f"{entry.date} is a working day already by {state.working.decree}"


def _still_off(state: DayState, day: DecreeDay) -> bool:
    return any(given.kind is day.kind and given.name.id == day.name.id for given in state.off)
