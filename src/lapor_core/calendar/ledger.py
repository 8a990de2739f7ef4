"""The ledger of decrees: what is off, since when it is known, and by which decree."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Iterable
from datetime import date

import attrs

from lapor_core.calendar.contradictions import contradictions, in_order
from lapor_core.calendar.decree import Decree
from lapor_core.calendar.kinds import CollectiveLeave, DayKind, Effect, Name, as_collective_leave
from lapor_core.calendar.regions import resolve_region
from lapor_core.calendar.replay import DayState, Entry, replay
from lapor_core.errors import BadType, BadValue, all_of

__all__ = ["Ledger", "NetDay", "net_day"]


@attrs.frozen(kw_only=True)
class NetDay:
    """One day that is not what the week makes of it: off, or a working day by decree.

    Where several decrees make one day off, names, decrees and ``entries`` stand together, and ``kind`` is the first's.
    """

    date: dt.date
    effect: Effect
    kind: DayKind
    name: Name
    decree: str
    issued: dt.date | None
    entries: tuple[Entry, ...] = attrs.field(repr=False)


def _consistent(_ledger: Ledger, _field: object, decrees: tuple[Decree, ...]) -> None:
    problems = [f"{decrees[found.decree].number}: {found.key}: {found.problem}" for found in contradictions(decrees)]
    if problems:
        raise BadValue("; ".join(problems), code="contradicting_decrees", problems=tuple(problems))


def _ordered(decrees: Iterable[Decree]) -> tuple[Decree, ...]:
    given = all_of(decrees, Decree, "decrees")
    return tuple(given[index] for index in in_order(given))


@attrs.frozen(eq=False)
class Ledger:
    """All decrees that are known, in the order of issue. Two ledgers of the same content are equal.

    Raises:
        BadValue: the decrees contradict each other (code ``contradicting_decrees``); a file of decrees that does is
            refused with file and line by :func:`lapor_core.calendar.loading.read_ledger`.
    """

    decrees: tuple[Decree, ...] = attrs.field(default=(), converter=_ordered, validator=_consistent)

    @functools.cached_property
    def version(self) -> str:
        """A short stable hash of the content: the same decrees have the same version on every machine."""
        return hashlib.sha256(repr(self.decrees).encode()).hexdigest()[:12]

    @functools.cached_property
    def covered_years(self) -> frozenset[int]:
        """The years whose base decree (SKB 3 Menteri) is in the ledger; the others are answered provisionally."""
        return frozenset(decree.year for decree in self.decrees if decree.covers and decree.year is not None)

    @functools.cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes that the decrees mention."""
        return frozenset(decree.scope for decree in self.decrees)

    def as_known_on(self, day: date) -> Ledger:
        """Return the ledger as it stood at the end of ``day``: the decrees issued up to then."""
        if type(day) is not date:
            message = f"as known on takes a date, not {type(day).__name__}"
            raise BadType(message, code="not_a_date", name="known_on")
        return _as_known_on(self, day)

    def overlaid_with(self, decrees: Iterable[Decree]) -> Ledger:
        """Return a ledger with more decrees, an office's own, laid over these."""
        return Ledger((*self.decrees, *all_of(decrees, Decree, "decrees")))

    def states(self, region: str | None = None) -> dict[date, DayState]:
        """Return the state of every day that the decrees touch, as an office in ``region`` sees it.

        Raises:
            BadValue, NotFound: not a region that is known, as :func:`lapor_core.calendar.regions.resolve_region`.
        """
        return replay(self.decrees, None if region is None else resolve_region(region, self.scopes))

    def net(
        self, year: int, region: str | None = None, collective_leave: CollectiveLeave | str = CollectiveLeave.OFF
    ) -> tuple[NetDay, ...]:
        """Return the final state of a year: one row for each day that is off or working by decree, in order.

        Years without a covering decree give what single decrees say of them; see ``covered_years``.

        Raises:
            BadValue, NotFound: an unknown word for collective leave (``bad_collective_leave``), or as :meth:`states`.
        """
        states, leave = self.states(region), as_collective_leave(collective_leave)
        days = (net_day(states[day], leave) for day in sorted(states) if day.year == year)
        return tuple(day for day in days if day is not None)

    def __eq__(self, other: object) -> bool:
        return self.version == other.version if isinstance(other, Ledger) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.version)


def net_day(state: DayState, collective_leave: CollectiveLeave) -> NetDay | None:
    """Return what remains of a day's state for an office with this rule for collective leave, if anything does."""
    entries = (state.working,) if state.working else tuple(e for e in state.off if _kept(e.kind, collective_leave))
    if not entries:
        return None
    return NetDay(
        date=entries[0].date,
        effect=entries[0].effect,
        kind=entries[0].kind,
        name=Name(id=_joined(e.name.id for e in entries), en=_joined(e.name.en for e in entries)),
        decree=_joined(e.decree for e in entries),
        issued=max((e.issued for e in entries if e.issued is not None), default=None),
        entries=entries,
    )


def _kept(kind: DayKind, collective_leave: CollectiveLeave) -> bool:
    if kind is DayKind.COLLECTIVE_LEAVE:
        return collective_leave is CollectiveLeave.OFF
    if kind is DayKind.ASN_COLLECTIVE_LEAVE:
        return collective_leave is CollectiveLeave.ASN
    return True


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


@functools.lru_cache(maxsize=256)
def _as_known_on(ledger: Ledger, day: date) -> Ledger:
    return Ledger(decree for decree in ledger.decrees if decree.issued <= day)
