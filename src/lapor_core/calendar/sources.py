"""Where an office's days come from: the ledger with its gaps filled, or a calendar of workalendar."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import attrs

from lapor_core.calendar.coverage import FIRST_YEAR, last_year, provisional_reason, provisional_year
from lapor_core.calendar.doubts import Doubt, doubt
from lapor_core.calendar.kinds import CollectiveLeave, DayKind, Effect, Name
from lapor_core.calendar.ledger import Ledger
from lapor_core.calendar.replay import DayState, Entry, replay
from lapor_core.errors import OutOfReach

if TYPE_CHECKING:
    from workalendar.core import CoreCalendar

__all__ = ["Source", "doubt_of", "from_ledger", "from_workalendar", "workalendar_name"]


@attrs.frozen(kw_only=True, eq=False)
class Source:
    """Every day that is not what the week makes of it, over a reach of whole years.

    Attributes:
        provisional: By year, why its days may change.
    """

    first_year: int
    last_year: int
    states: Mapping[date, DayState]
    provisional: Mapping[int, Doubt]

    @functools.cached_property
    def doubtful(self) -> tuple[tuple[date, Doubt], ...]:
        """The days that a doubtful decree adds or withdraws, in order, each with why it may change."""
        found = ((day, doubt_of(self.states[day])) for day in sorted(self.states))
        return tuple((day, why) for day, why in found if why is not None and day.year not in self.provisional)

    def reasons(self, first: date, last: date) -> tuple[Doubt, ...]:
        """Return why answers about the days from ``first`` to ``last``, both included, may change."""
        years = [self.provisional[year] for year in range(first.year, last.year + 1) if year in self.provisional]
        days = [why for day, why in self.doubtful if first <= day <= last]
        return tuple(dict.fromkeys((*years, *days))) if years or days else ()


def doubt_of(state: DayState) -> Doubt | None:
    """Return why a day may change: a decree whose days are doubtful adds it, withdraws it or makes it a working day."""
    entries = (*state.off, *state.withdrawn, *((state.working,) if state.working is not None else ()))
    doubtful = next((entry for entry in entries if entry.unsure), None)
    return doubt("uncertain_days", decree=doubtful.decree) if doubtful is not None else None


@functools.lru_cache(maxsize=128)
def from_ledger(ledger: Ledger, region: str | None, collective_leave: CollectiveLeave) -> Source:
    """Return what the ledger says to an office in ``region``, with uncovered years filled in from python-holidays.

    Collective leave that the office does not keep is left out. For an office that follows the ASN's Keppres, a year in
    which no such Keppres is known takes the days of the SKB, provisionally.
    """
    first, last = _reach(ledger)
    gaps = [year for year in range(first, last + 1) if year not in ledger.covered_years]
    provisional = {year: provisional_reason(year) for year in gaps}
    known = {day: state for year in gaps for day, state in provisional_year(year).items()}
    states = replay(ledger.decrees, region, known)
    leaves = _leave_by_year(states, collective_leave, range(first, last + 1))
    if collective_leave is CollectiveLeave.ASN:
        for year, kind in leaves.items():
            if kind is DayKind.COLLECTIVE_LEAVE:
                provisional.setdefault(year, doubt("no_keppres", year=year))
    kept = {day: _keeping(state, leaves.get(day.year)) for day, state in states.items()}
    return Source(first_year=first, last_year=last, states=kept, provisional=provisional)


@functools.lru_cache(maxsize=32)
def from_workalendar(calendar: CoreCalendar) -> Source:
    """Return the holidays of another country's workalendar calendar, for the latest years in a row that it can compute.

    Raises:
        OutOfReach: it computes no year at all.
    """
    known: dict[int, dict[date, DayState]] = {}
    for year in range(FIRST_YEAR, last_year() + 1):
        computed = _workalendar_year(calendar, year)
        if computed is not None:
            known = {**known, year: computed} if year - 1 in known else {year: computed}
    if not known:
        message = f"{workalendar_name(calendar)} knows no year from {FIRST_YEAR} to {last_year()}"
        raise OutOfReach(message, code="out_of_reach")
    states = {day: state for year in known for day, state in known[year].items()}
    return Source(first_year=min(known), last_year=max(known), states=states, provisional={})


def workalendar_name(calendar: CoreCalendar) -> str:
    """Return the name under which a workalendar calendar is cited: its class and the version of workalendar."""
    import workalendar

    return f"workalendar {workalendar.__version__} {type(calendar).__qualname__}"


def _reach(ledger: Ledger) -> tuple[int, int]:
    """Whole years in a row; decrees may lead further than python-holidays does."""
    first, last = FIRST_YEAR, last_year()
    while first - 1 in ledger.covered_years:
        first -= 1
    while last + 1 in ledger.covered_years:
        last += 1
    return first, last


def _leave_by_year(
    states: Mapping[date, DayState], collective_leave: CollectiveLeave, years: range
) -> dict[int, DayKind]:
    """Which kind of collective leave counts in a year; no kind at all where the office works through it."""
    if collective_leave is CollectiveLeave.WORKING:
        return {}
    if collective_leave is CollectiveLeave.OFF:
        return dict.fromkeys(years, DayKind.COLLECTIVE_LEAVE)
    decreed = {day.year for day, state in states.items() if _has(state, DayKind.ASN_COLLECTIVE_LEAVE)}
    return {y: DayKind.ASN_COLLECTIVE_LEAVE if y in decreed else DayKind.COLLECTIVE_LEAVE for y in years}


def _has(state: DayState, kind: DayKind) -> bool:
    return any(entry.kind is kind for entry in (*state.off, *state.withdrawn))


def _keeping(state: DayState, leave: DayKind | None) -> DayState:
    dropped = {DayKind.COLLECTIVE_LEAVE, DayKind.ASN_COLLECTIVE_LEAVE} - {leave}
    return attrs.evolve(
        state,
        off=tuple(entry for entry in state.off if entry.kind not in dropped),
        withdrawn=tuple(entry for entry in state.withdrawn if entry.kind not in dropped),
    )


def _workalendar_year(calendar: CoreCalendar, year: int) -> dict[date, DayState] | None:
    """Return the days off of one year, or None for a year of which the calendar has no table."""
    source = workalendar_name(calendar)
    found: dict[date, list[Entry]] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "this Islamic calendar computation may be wrong", for every year
            holidays = tuple(calendar.holidays(year))
    except Exception:  # noqa: BLE001 - beyond its tables, each country's calendar raises something else
        return None
    for day, label in holidays:
        entry = Entry(
            date=day, effect=Effect.OFF, kind=DayKind.NATIONAL_HOLIDAY, name=Name(id=label, en=label), decree=source
        )
        found.setdefault(day, []).append(entry)
    return {day: DayState(off=tuple(entries)) for day, entries in found.items()}
