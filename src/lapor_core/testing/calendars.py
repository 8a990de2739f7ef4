"""Whether decrees may be laid over the shipped ones: they fit, each of their days counts, and arithmetic holds over them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lapor_core.calendar import Decree, DecreeDay, Effect, Ledger, Office, indonesia
from lapor_core.plugins.checks import calendar_problem
from lapor_core.testing.hostile import search

__all__ = ["check_calendar"]

_NATIONAL = "national"
_FURTHEST = 90


def check_calendar(make: Callable[[], Ledger]) -> None:
    """Check the decrees that a plug-in brings.

    They must not contradict the shipped ones; each day they make off or a working day must be one for an office they bind,
    and cite its decree; nobody knows a decree before it was issued; and adding and counting working days must agree around
    them. Hypothesis searches for the fault, under the profile in force.

    Args:
        make: Makes the ledger of these decrees, and no others.

    Raises:
        AssertionError: naming the decree, and what is wrong.
    """
    ours = make()
    problem = calendar_problem(ours)
    assert problem is None, f"not a calendar: {problem}"
    assert make() == ours, "make() must return the same decrees each time"
    ledger = Ledger((*indonesia().decrees, *ours.decrees))
    for decree in ours.decrees:
        _check_known(ledger, decree)
        office = _office(ledger, decree)
        for day in decree.days:
            _check_day(office, decree, day)
        if decree.days:
            _check_arithmetic(office, decree)


def _office(ledger: Ledger, decree: Decree) -> Office:
    region = None if decree.scope == _NATIONAL else decree.scope
    return Office.indonesia(zone="Asia/Makassar", region=region, ledger=ledger)


def _check_known(ledger: Ledger, decree: Decree) -> None:
    before = ledger.as_known_on(decree.issued - timedelta(days=1))
    known = decree.number in {earlier.number for earlier in before.decrees}
    assert not known, f"{decree.number}: it is known before it was issued"


def _check_day(office: Office, decree: Decree, day: DecreeDay) -> None:
    found = office.day(day.date)
    cited = {entry.decree for entry in (*found.entries, *found.withdrawn)}
    assert decree.number in cited, f"{decree.number}: an office it binds does not see its {day.date} ({day.effect})"
    if day.effect is Effect.OFF:
        assert not found.working, f"{decree.number}: {day.date} is off, and an office it binds works"


def _check_arithmetic(office: Office, decree: Decree) -> None:
    first = min(day.date for day in decree.days) - timedelta(days=_FURTHEST)
    starts = st.integers(0, 2 * _FURTHEST).map(lambda days: first + timedelta(days=days))

    @search()
    @given(start=starts, n=st.integers(1, _FURTHEST))
    def adding_and_counting_agree(start: date, n: int) -> None:
        end = office.add(start, n)
        assert office.is_working_day(end), f"{decree.number}: {n} working days after {start} is {end}, a day off"
        assert office.count(start, end) == n, f"{decree.number}: {start} + {n} is {end}, and counts otherwise"

    adding_and_counting_agree()
