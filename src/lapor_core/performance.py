"""What was promised and what was kept, read from records alone: no policy and no calendar comes in, so none can change it.

Each clock that was applied is one :class:`ClockRow`, judged as the record has it: by the policy and the calendar of its day.
Nothing personal is in it. :mod:`lapor_core.reports` counts such rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import partial

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Actor, Clock, Complaint
from lapor_core.events import Event
from lapor_core.evolution import ACTION_OF, evolve

__all__ = ["ClockRow", "Miss", "Verdict", "clock_rows"]


class Verdict(StrEnum):
    """What has become of a promise; ``ended`` is one that another took the place of before its time was over."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    ENDED = "ended"


@attrs.frozen(kw_only=True)
class Miss:
    """That a running clock was found past due: which instant that was, and by which policy and calendar it had been found."""

    due: datetime
    recorded_at: datetime
    policy: str
    calendar: str


@attrs.frozen(kw_only=True)
class ClockRow:
    """One clock that was applied to one complaint.

    Attributes:
        complaint: The complaint's id; its code is in no report.
        agencies: Those that owed the answer when the verdict fell, by key, and now while there is none: when it was missed,
            else just before it stopped. Empty while the complaint was with the office itself.
        tier: The tier it was judged by.
        round: 1 for the first life of the complaint; each reopening begins a new one.
        limit: The limit of the standard, as ``14 working_days``.
        started: When it began to count.
        due: The last instant in time, as promised last.
        due_date: The same as a day of the office's calendar.
        stopped: When it stopped, or another took its place; None while it runs.
        verdict: What has become of it.
        misses: Each time it was found past due. One that was moved later afterwards can still have been met.
        working_days: How many it took; None while it runs, and where the record does not say.
        days_late: How many working days after the due day it stopped; None likewise.
        pauses: When it stood still; the last one has no end while it lasts.
        extensions: How often it was extended.
        moves: Why it was moved, each time (``pause``, ``agency``, ``decree``, ``policy``, ``confirmed``).
        policy: ``id@version`` of the policy it was judged by last; empty where the record does not say.
        calendar: The fingerprint of the calendar it was judged by last; empty likewise.
    """

    complaint: str
    agencies: tuple[str, ...]
    tier: str
    clock: str
    round: int
    limit: str
    started: datetime
    due: datetime
    due_date: date
    stopped: datetime | None
    verdict: Verdict
    misses: tuple[Miss, ...]
    working_days: int | None
    days_late: int | None
    pauses: tuple[tuple[datetime, datetime | None], ...]
    extensions: int
    moves: tuple[str, ...]
    policy: str
    calendar: str


def clock_rows(events: Iterable[Event]) -> tuple[ClockRow, ...]:
    """Return every clock that was applied to a complaint, in the order in which they started.

    Args:
        events: Its whole record, in order; what is personal may be left out of it.

    Raises:
        BadValue: an event does not follow the last one, as :func:`lapor_core.evolution.evolve` says.
    """
    reading = _Reading()
    for event in events:
        reading.take(event)
    return reading.rows()


@attrs.define
class _Notes:
    """What the record says of one clock beside what the complaint itself knows of it."""

    limit: str
    pauses: list[tuple[datetime, datetime | None]] = attrs.Factory(list)
    moves: list[str] = attrs.Factory(list)
    misses: list[Miss] = attrs.Factory(list)
    owed: tuple[str, ...] = ()
    stop: happened.ClockStopped | None = None

    def end_pause(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], at)


@attrs.define
class _Reading:
    """A record that is read from its beginning; ``notes`` stand in the order of the complaint's clocks."""

    complaint: Complaint | None = None
    owed: tuple[str, ...] = ()
    moment: tuple[Actor, datetime, datetime] | None = None
    notes: list[_Notes] = attrs.Factory(list)

    def take(self, event: Event) -> None:
        """An act comes before the clocks that it stops, and may pay what was owed: who owed it is looked at before the act."""
        if self.complaint is not None:
            if self._begins(event):
                self.owed = _owed(self.complaint)
            place = self.complaint.place_of(getattr(event.fact, "clock", ""))
            if place is not None:
                self._note(event, self.notes[place], self.complaint.clocks[place], _owed(self.complaint))
        if isinstance(event.fact, happened.ClockStarted):
            self.notes.append(_Notes(limit=event.fact.limit))
        self.complaint = evolve(self.complaint, event)

    def _begins(self, event: Event) -> bool:
        """Tell whether somebody acts here: a classification that follows from what was done is no act of its own."""
        if type(event.fact) not in ACTION_OF:
            return False
        before, self.moment = self.moment, (event.actor, event.happened_at, event.recorded_at)
        return not isinstance(event.fact, happened.Classified) or self.moment != before

    def _note(self, event: Event, notes: _Notes, clock: Clock, owed: tuple[str, ...]) -> None:
        match event.fact:
            case happened.ClockPaused() as fact:
                notes.pauses.append((fact.since, None))
            case happened.ClockResumed():
                notes.end_pause(event.happened_at)
            case happened.ClockMoved() as fact:
                notes.moves.append(fact.reason)
            case happened.ClockMissed() as fact:
                judged_by = {"policy": fact.policy, "calendar": fact.calendar}
                notes.misses.append(Miss(due=fact.due, recorded_at=event.recorded_at, **judged_by))
                notes.owed = owed
            case happened.ClockStopped() as fact:
                notes.stop = fact
                notes.end_pause(event.happened_at)
                if fact.met or not clock.missed:  # else it stands already who owed it when it was missed
                    notes.owed = self.owed
            case happened.ClockStarted():  # it takes the place of the one that runs
                notes.end_pause(event.happened_at)
                if not clock.missed:
                    notes.owed = self.owed
            case _:
                pass

    def rows(self) -> tuple[ClockRow, ...]:
        """Return the rows, as the last event that was taken leaves them."""
        complaint = self.complaint
        return () if complaint is None else tuple(map(partial(_row, complaint), complaint.clocks, self.notes))


def _row(complaint: Complaint, clock: Clock, notes: _Notes) -> ClockRow:
    stop, verdict = notes.stop, _verdict(clock, notes.stop)
    return ClockRow(
        complaint=complaint.id,
        agencies=_owed(complaint) if verdict is Verdict.RUNNING else notes.owed,
        tier=clock.tier,
        clock=clock.name,
        round=clock.round,
        limit=notes.limit,
        started=clock.start,
        due=clock.due,
        due_date=clock.due_date,
        stopped=clock.stopped_at,
        verdict=verdict,
        misses=tuple(notes.misses),
        working_days=stop.working_days if stop is not None else None,
        days_late=stop.days_late if stop is not None else None,
        pauses=tuple(notes.pauses),
        extensions=len(clock.extensions),
        moves=tuple(notes.moves),
        policy=clock.policy,
        calendar=clock.calendar,
    )


def _owed(complaint: Complaint) -> tuple[str, ...]:
    """Where all have answered, what runs on is still the matter of those who had it."""
    return complaint.owing or complaint.agencies


def _verdict(clock: Clock, stop: happened.ClockStopped | None) -> Verdict:
    if stop is not None:
        return Verdict.MET if stop.met else Verdict.MISSED
    if clock.missed:  # whatever took its place afterwards: a new tier does not undo it
        return Verdict.MISSED
    return Verdict.RUNNING if clock.stopped_at is None else Verdict.ENDED
