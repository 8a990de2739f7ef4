"""What a changed decree or policy does to promises that were made: which running clocks move, from when to when, and why.

Pure, and idempotent: once the events of the moves are written, nothing moves any more. The old instant stays in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import attrs

from lapor_core.clock_facts import deadline_of, promised
from lapor_core.clocks import Deadline
from lapor_core.clocks.days import DeadlineDay
from lapor_core.complaint import Actor, Clock, Complaint
from lapor_core.errors import LaporError, require_aware
from lapor_core.events import ClockMoved, Event
from lapor_core.lifecycle import Role
from lapor_core.noting import noted
from lapor_core.policy.wording import Text
from lapor_core.standard import Standard

__all__ = ["CONFIRMED", "DECREE", "POLICY", "DayChange", "Move", "moved", "moves"]

DECREE = "decree"
"""The reason of a move that days on or off by decree have made."""

POLICY = "policy"
"""The reason of a move that no decree explains: the limit, the office's week or its hours are written otherwise now."""

CONFIRMED = "confirmed"
"""The reason of an event that moves nothing: what was provisional is decreed now, or the other way round."""

_LOOK_BACK = timedelta(days=730)
"""How long before a clock's start a decree may have been issued that was not known when the promise was made."""


@attrs.frozen(kw_only=True)
class DayChange:
    """A day that counts now and did not before, or the other way round, with the decrees that speak of it."""

    date: date
    counts: bool
    names: tuple[Text, ...]
    decrees: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Move:
    """A running clock whose promise is another one by what is known now.

    Attributes:
        clock: As it was promised.
        deadline: As it is worked out now; it explains itself day by day.
        before: As it was worked out then, by the decrees that were known; None when no state of knowledge gives it.
    """

    clock: Clock
    deadline: Deadline
    before: Deadline | None

    @property
    def reason(self) -> str:
        """:data:`CONFIRMED` when the instant stays, else :data:`DECREE` or :data:`POLICY`."""
        if self.deadline.due == self.clock.due:
            return CONFIRMED
        return POLICY if self.before is None else DECREE

    def into_past(self, now: datetime) -> bool:
        """Return whether a promise that can still be kept at ``now`` (aware) would be over by then."""
        return self.deadline.due < require_aware(now) <= self.clock.due

    @property
    def days(self) -> tuple[DayChange, ...]:
        """The days that count otherwise than they did, in order."""
        return tuple(_changes(self.before, self.deadline)) if self.before is not None else ()


def moves(complaint: Complaint, standard: Standard, now: datetime) -> tuple[Move, ...]:
    """Return what moves of a complaint, by the calendar and the policy as they are known to ``standard``.

    A clock that stands still waits for the end of its pause, which works it out anew in any case.

    Args:
        complaint: As it stands.
        standard: What it is judged by: the policy it was received under, over today's decrees.
        now: The present instant (aware).

    Raises:
        LaporError: as :meth:`lapor_core.standard.Standard.deadline`.
    """
    require_aware(now)
    running = complaint.running_clocks
    counting = (clock for clock in running if complaint.state not in standard.policy.clock(clock.name).pauses)
    found = (_move(complaint, clock, standard, now) for clock in counting)
    return tuple(move for move in found if move is not None)


def moved(complaint: Complaint, found: Iterable[Move], standard: Standard, now: datetime) -> tuple[Event, ...]:
    """Return the events that write ``found`` down, to be appended to the record of ``complaint`` at ``now`` (aware)."""
    facts = (ClockMoved(clock=move.clock.name, reason=move.reason, **promised(move.deadline)) for move in found)
    actor = Actor(role=Role.SYSTEM, id="recalculation")
    return noted(complaint, facts, actor=actor, office=standard.policy.id, now=now)


def _move(complaint: Complaint, clock: Clock, standard: Standard, now: datetime) -> Move | None:
    deadline = deadline_of(complaint, clock, standard, now)
    if deadline.due == clock.due:
        confirmed = deadline.provisional != clock.provisional
        return Move(clock=clock, deadline=deadline, before=deadline) if confirmed else None
    return Move(clock=clock, deadline=deadline, before=_as_promised(complaint, clock, standard, deadline, now))


def _as_promised(
    complaint: Complaint, clock: Clock, standard: Standard, deadline: Deadline, now: datetime
) -> Deadline | None:
    """Return the deadline by the latest state of knowledge that gives the promise made.

    Neither the day of the promise nor that of a decree's issue tells it: a decree may be loaded weeks after it was issued.
    """
    for day in _days_of_knowledge(deadline):
        try:
            earlier = deadline_of(complaint, clock, standard.as_known_on(day), now)
        except LaporError:  # so much was not known then
            continue
        if earlier.due == clock.due:
            return earlier
    return None


def _days_of_knowledge(deadline: Deadline) -> list[date]:
    """Return the eves of the decrees that may matter, the latest first."""
    ledger, first = deadline.office.ledger, deadline.start.date() - _LOOK_BACK
    issued = {decree.issued for decree in ledger.decrees if decree.issued >= first} if ledger is not None else set()
    return sorted((day - timedelta(days=1) for day in issued), reverse=True)


def _changes(before: Deadline, after: Deadline) -> Iterator[DayChange]:
    known = {day.date: day for day in before.days}
    for day in after.days:
        old = known.get(day.date)
        if old is not None and old.counted != day.counted and "moved" not in (old.reason, day.reason):
            yield DayChange(
                date=day.date,
                counts=day.counted,
                names=(old if day.counted else day).names,
                decrees=_decrees(old, day, after),
            )


def _decrees(old: DeadlineDay, new: DeadlineDay, deadline: Deadline) -> tuple[str, ...]:
    """Return who says so: the decree that makes the day what it is, or the one that takes back what another had said."""
    withdrawn = (entry.decree for entry in deadline.office.day(new.date).withdrawn)
    return tuple(dict.fromkeys((*new.decrees, *withdrawn))) or old.decrees
