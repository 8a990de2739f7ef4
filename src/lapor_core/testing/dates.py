"""Hypothesis strategies for dates, instants, offices and tiers, biased to where calendars go wrong.

Year edges, days that a decree touches and opening minutes come up often: two of eleven planted faults survived
strategies without that bias.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from lapor_core.calendar import Office, OfficeHours, indonesia
from lapor_core.clocks import Pause
from lapor_core.policy.amounts import Limit, Unit
from lapor_core.policy.clock_rule import AfterHours, ClockRule, DayEnd, DayOffEnd, FirstDay, Keeper
from lapor_core.policy.model import Tier
from lapor_core.policy.wording import Text
from lapor_core.standard import Standard

__all__ = ["amounts", "clock_rules", "dates", "instants", "limits", "offices", "pauses", "tiers", "working_days"]

FIRST = date(2016, 1, 1)
LAST = date(2029, 12, 31)
"""The years strategies draw from: those with decrees, and two without on either side."""

_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def dates() -> st.SearchStrategy[date]:
    """Dates around decreed days, around the turn of a year, at the end of February, or anywhere."""
    decreed = sorted(day for day in indonesia().states(None) if FIRST < day < LAST)
    near = st.integers(-3, 3).map(lambda days: days * _DAY)
    years = st.integers(FIRST.year + 1, LAST.year - 1)
    return st.one_of(
        st.dates(FIRST, LAST),
        st.builds(lambda day, off: day + off, st.sampled_from(decreed), near),
        st.builds(lambda year, off: date(year, 1, 1) + off, years, near),
        st.builds(lambda year, off: date(year, 3, 1) + off, years, near),
    )


def amounts() -> st.SearchStrategy[int]:
    """Signed numbers of working days, small ones often."""
    return st.one_of(st.integers(-5, 5), st.integers(-120, 120))


def offices() -> st.SearchStrategy[Office]:
    """Indonesian offices: five- and six-day weeks, each way with collective leave, with and without a region."""
    return st.builds(
        Office.indonesia,
        zone=st.sampled_from(_ZONES),
        week=st.sampled_from((5, 6)),
        region=st.sampled_from((None, "kalimantan-selatan/banjarbaru", "aceh", "bali")),
        collective_leave=st.sampled_from(("off", "asn", "working")),
    )


def working_days(office: Office) -> st.SearchStrategy[date]:
    """Working days of ``office``."""
    return dates().map(office.next_working_day)


def instants(standard: Standard | Office) -> st.SearchStrategy[datetime]:
    """Aware instants in the office's zone, often at midnight, at an opening, closing or break, or a moment beside."""
    office = standard.office if isinstance(standard, Standard) else standard
    edges = st.sampled_from((time(), time(23, 59, 59), *_edges(office.hours)))
    beside = st.sampled_from((timedelta(0), _SECOND, -_SECOND, timedelta.resolution, -timedelta.resolution))
    moments = st.one_of(st.times(), edges)
    return st.builds(lambda day, at, off: _local(office, day, at) + off, dates(), moments, beside)


def pauses(standard: Standard | Office) -> st.SearchStrategy[tuple[Pause, ...]]:
    """Up to three closed pauses, one after the other, whose ends lie where :func:`instants` lie; some are empty."""
    instant = instants(standard)
    paired = st.integers(0, 3).flatmap(lambda count: st.lists(instant, min_size=2 * count, max_size=2 * count))
    return paired.map(lambda ends: _paired(sorted(ends)))


def limits(*units: Unit) -> st.SearchStrategy[Limit]:
    """Limits in the given units, in all four of them by default; short ones often."""
    amount = st.one_of(st.integers(1, 5), st.integers(1, 60))
    return st.builds(Limit, amount, st.sampled_from(units or tuple(Unit)))


def clock_rules() -> st.SearchStrategy[ClockRule]:
    """Rules of clocks: each way of beginning and of ending a day."""
    return st.builds(
        ClockRule,
        title=st.just(Text(id="Tenggat contoh", en="Example deadline")),
        first_day=st.sampled_from(FirstDay),
        after_hours=st.sampled_from(AfterHours),
        ends=st.sampled_from(DayEnd),
        day_off_end=st.sampled_from(DayOffEnd),
        kept_by=st.sampled_from(Keeper),
    )


def tiers(standard: Standard) -> st.SearchStrategy[Tier]:
    """Tiers of the standard's policy."""
    return st.sampled_from(standard.policy.tiers)


def _paired(ends: list[datetime]) -> tuple[Pause, ...]:
    return tuple(Pause(start=start, end=end) for start, end in zip(ends[::2], ends[1::2], strict=True))


def _edges(hours: OfficeHours) -> tuple[time, ...]:
    """Every time of day at which the office opens or closes on some weekday, breaks and Ramadan included."""
    schedules = (hours.ordinary, hours.ramadan) if hours.ramadan is not None else (hours.ordinary,)
    days = (schedule.on(weekday) for schedule in schedules for weekday in range(7))
    return tuple(sorted({edge for day in days for stretch in day.stretches for edge in stretch}))


def _local(office: Office, day: date, at: time) -> datetime:
    return office.start_of_day(day).replace(
        hour=at.hour, minute=at.minute, second=at.second, microsecond=at.microsecond
    )
