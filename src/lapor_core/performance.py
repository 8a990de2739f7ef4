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
from lapor_core.lifecycle import Role, State
from lapor_core.policy.clock_rule import Keeper, Start

__all__ = ["ENDED_OTHERWISE", "ClockRow", "Miss", "Result", "Verdict", "clock_rows"]


class Verdict(StrEnum):
    """What has become of a promise; ``ended`` is one that another took the place of before its time was over."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    ENDED = "ended"


class Result(StrEnum):
    """What a promise came to: its verdict, and whether what was promised was done at all. Each clock has exactly one.

    An office's clock is done by what the office does: an answer, a disposition, a verification, and for a request of erasure
    the erasure. A reporter's is done by what the reporter does. Whatever else ends a clock in time keeps nothing, and breaks
    nothing. What had been found past due before it ended so was late all the same.

    ``in_time``: done in time. ``late``: done, and late. ``overdue``: its time is over, and it runs still. ``lapsed``: its time
    was over, and it has ended without being done. ``running``: it runs in time. The others were ended in time by something
    else: ``withdrawn``, ``erased``, ``rejected``, ``archived``; ``merged``, which says as well that it waits for the answer to
    another complaint; ``anew``, that another tier or another agency began a clock of its own; ``otherwise``.
    """

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    RUNNING = "running"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    REJECTED = "rejected"
    ARCHIVED = "archived"
    MERGED = "merged"
    ANEW = "anew"
    OTHERWISE = "otherwise"


ENDED_OTHERWISE = (
    *(Result.WITHDRAWN, Result.ERASED, Result.REJECTED, Result.ARCHIVED),
    *(Result.MERGED, Result.ANEW, Result.OTHERWISE),
)
"""Results of what was ended in time by something else than being done."""


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
        kept_by: Who had to keep it; where the record does not say, the reporter if it began when the reporter had been asked
            or answered.
        round: 1 for the first life of the complaint; each reopening begins a new one.
        limit: The limit of the standard, as ``14 working_days``.
        started: When it began to count.
        due: The last instant in time, as promised last.
        due_date: The same as a day of the office's calendar.
        stopped: When it stopped, or another took its place; None while it runs.
        verdict: What the record says of its time, whatever ended it.
        result: What it came to.
        ended_by: What ended it, by the name under which the fact is stored: ``responded``, ``withdrawn``, ``classified``;
            empty while it runs.
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
    kept_by: Keeper
    round: int
    limit: str
    started: datetime
    due: datetime
    due_date: date
    stopped: datetime | None
    verdict: Verdict
    result: Result
    ended_by: str
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
    kept_by: Keeper
    of_erasure: bool
    pauses: list[tuple[datetime, datetime | None]] = attrs.Factory(list)
    moves: list[str] = attrs.Factory(list)
    misses: list[Miss] = attrs.Factory(list)
    owed: tuple[str, ...] = ()
    stop: happened.ClockStopped | None = None
    ended_by: Event | None = None

    def end_pause(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], at)


@attrs.define
class _Reading:
    """A record that is read from its beginning; ``notes`` stand in the order of the complaint's clocks."""

    complaint: Complaint | None = None
    owed: tuple[str, ...] = ()
    act: Event | None = None
    entered: Event | None = None
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
            self.notes.append(self._noted(event.fact))
        before, self.complaint = self.complaint, evolve(self.complaint, event)
        if before is None or before.state is not self.complaint.state:
            self.entered = event

    def _noted(self, fact: happened.ClockStarted) -> _Notes:
        """Return what a clock begins with; older records show by the instant from which it counts what it counts from."""
        before = self._last(fact.clock)
        if before is not None:
            return _Notes(limit=fact.limit, kept_by=fact.kept_by or before.kept_by, of_erasure=before.of_erasure)
        begun = self.complaint.milestones if self.complaint is not None else {}
        since = {name for name, at in begun.items() if at == fact.start}
        acts = self._acts(happened.Asked, happened.Responded, happened.Reviewed)
        waits = since & _FOR_THE_REPORTER and (acts or since <= _FOR_THE_REPORTER)
        return _Notes(
            limit=fact.limit,
            kept_by=fact.kept_by or (Keeper.REPORTER if waits else Keeper.OFFICE),
            of_erasure=self._acts(happened.ErasureRequested) and Start.ERASURE_REQUESTED in since,
        )

    def _last(self, clock: str) -> _Notes | None:
        """Return what is noted of the last clock of this name: one that starts again counts from the same kind of event."""
        clocks = self.complaint.clocks if self.complaint is not None else ()
        return next((self.notes[place] for place in reversed(range(len(clocks))) if clocks[place].name == clock), None)

    def _acts(self, *kinds: type[happened.Fact]) -> bool:
        return self.act is not None and isinstance(self.act.fact, kinds)

    def _begins(self, event: Event) -> bool:
        """Tell whether somebody acts here: a classification that follows from what was done is no act of its own."""
        if type(event.fact) not in ACTION_OF:
            return False
        before, self.act = self.act, event
        return not isinstance(event.fact, happened.Classified) or before is None or _moment(event) != _moment(before)

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
                notes.stop, notes.ended_by = fact, self.entered
                notes.end_pause(event.happened_at)
                if fact.met or not clock.missed:  # else it stands already who owed it when it was missed
                    notes.owed = self.owed
            case happened.ClockStarted():  # it takes the place of the one that runs
                notes.ended_by = self.act or event
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
        kept_by=notes.kept_by,
        round=clock.round,
        limit=notes.limit,
        started=clock.start,
        due=clock.due,
        due_date=clock.due_date,
        stopped=clock.stopped_at,
        verdict=verdict,
        result=_result(complaint, clock, notes),
        ended_by=notes.ended_by.type if notes.ended_by is not None else "",
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


def _moment(event: Event) -> tuple[Actor, datetime, datetime]:
    return event.actor, event.happened_at, event.recorded_at


_FOR_THE_REPORTER = {Start.ASKED, Start.RESPONDED}


def _result(complaint: Complaint, clock: Clock, notes: _Notes) -> Result:
    done = notes.stop is not None and notes.ended_by is not None and _is_done(notes, notes.ended_by)
    match _verdict(clock, notes.stop):
        case Verdict.RUNNING:
            return Result.MERGED if complaint.state is State.MERGED else Result.RUNNING
        case Verdict.ENDED:
            return Result.ANEW
        case Verdict.MISSED:
            return Result.OVERDUE if clock.stopped_at is None else Result.LATE if done else Result.LAPSED
        case Verdict.MET:
            ended_by = type(notes.ended_by.fact) if notes.ended_by is not None else happened.Fact
            return Result.IN_TIME if done else _OTHERWISE.get(ended_by, Result.OTHERWISE)


_OTHERWISE: dict[type[happened.Fact], Result] = {
    happened.Withdrawn: Result.WITHDRAWN,
    happened.Erased: Result.ERASED,
    happened.Rejected: Result.REJECTED,
    happened.Archived: Result.ARCHIVED,
    happened.Merged: Result.MERGED,
}
_BY_THE_REPORTER = (happened.Completed, happened.Replied, happened.Appealed)
_PUT_OFF = (happened.Held, happened.Returned)
_CITIZEN = (Role.REPORTER, Role.COUNTER_OFFICER)


def _is_done(notes: _Notes, by: Event) -> bool:
    """Tell whether what ended a clock is what was promised. A complaint is only closed once it has been answered."""
    fact, by_citizen = by.fact, by.actor.role in _CITIZEN
    if notes.kept_by is Keeper.REPORTER:
        return isinstance(fact, _BY_THE_REPORTER) or (
            by_citizen and isinstance(fact, happened.Reopened | happened.Closed)
        )
    if isinstance(fact, happened.Erased):
        return notes.of_erasure
    if isinstance(fact, happened.Reopened):
        return not by_citizen
    return not isinstance(fact, (*_OTHERWISE, *_BY_THE_REPORTER, *_PUT_OFF))
