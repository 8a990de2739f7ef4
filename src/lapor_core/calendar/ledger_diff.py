"""What changed between two states of the ledger: which days, from what to what, by which decree."""

from __future__ import annotations

from datetime import date

import attrs

from lapor_core.calendar.kinds import CollectiveLeave
from lapor_core.calendar.ledger import Ledger, NetDay, net_day
from lapor_core.calendar.replay import DayState, Entry

__all__ = ["ChangedDay", "difference"]


@attrs.frozen(kw_only=True)
class ChangedDay:
    """One day that the two ledgers see differently.

    Attributes:
        before: What the first ledger says of it; None where it says nothing.
        after: What the second ledger says of it; None where it says nothing.
        because: The entries of the second ledger that were not in the first: what was added or withdrawn.
    """

    date: date
    before: NetDay | None
    after: NetDay | None
    because: tuple[Entry, ...]


def difference(
    before: Ledger,
    after: Ledger,
    region: str | None = None,
    collective_leave: CollectiveLeave = CollectiveLeave.OFF,
) -> tuple[ChangedDay, ...]:
    """Return the days whose net state differs, in order.

    Args:
        before: The ledger as it stood.
        after: The ledger as it stands.
        region: Full path of the region that asks; national days only when None.
        collective_leave: Which collective leave the asking office keeps.
    """
    first, second = before.states(region), after.states(region)
    changed = (
        _changed(day, first.get(day), second.get(day), collective_leave) for day in sorted(first.keys() | second.keys())
    )
    return tuple(day for day in changed if day is not None)


def _changed(
    day: date, before: DayState | None, after: DayState | None, collective_leave: CollectiveLeave
) -> ChangedDay | None:
    one = net_day(before, collective_leave) if before else None
    other = net_day(after, collective_leave) if after else None
    if one == other:
        return None
    known = set(_entries(before))
    because = tuple(entry for entry in _entries(after) if entry not in known)
    return ChangedDay(date=day, before=one, after=other, because=because)


def _entries(state: DayState | None) -> tuple[Entry, ...]:
    if state is None:
        return ()
    return (*state.off, *state.withdrawn, *((state.working,) if state.working else ()))
