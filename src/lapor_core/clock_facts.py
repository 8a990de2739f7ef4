"""What the clocks of a complaint do when something has happened: which start, which move, which stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from lapor_core.clocks import Deadline, Extension, Pause
from lapor_core.complaint import Clock, Complaint
from lapor_core.events import ClockMoved, ClockStarted, ClockStopped, Fact
from lapor_core.policy.amounts import Limit
from lapor_core.policy.clock_rule import CalendarOf, ClockRule, Start
from lapor_core.policy.model import Policy
from lapor_core.standard import Standard

__all__ = ["clock_facts", "deadline_of"]


def clock_facts(complaint: Complaint, standard: Standard, at: datetime) -> Iterator[Fact]:
    """Yield what every clock of the policy does now that the complaint stands where it stands.

    A clock starts once its event has happened, or the clock it follows has ended, and its limit is known: a complaint
    whose tier is decided late still counts from its start. A new tier starts it anew from the same start, and both stay in
    the record. A pause moves the due instant when it ends, and so does an agency that is named, where its calendar or
    its own limit counts. A state in ``stops`` ends it, met or missed by the instant ``at``.

    Args:
        complaint: The complaint after what has happened.
        standard: What it is judged by.
        at: When it happened (aware); the last thing in the record.

    Raises:
        BadValue: the record holds a pause that ends after ``at`` (code ``future_pause``).
        OutOfReach: the calendar does not reach that far.
    """
    case, ended = _Case(complaint, standard, at), dict[str, datetime]()
    for name in _in_order(standard.policy):
        running = complaint.running(name)
        if running is None:
            yield from _start(case, name, ended)
        elif complaint.state in case.rule(name).stops:
            # An answer may come out of a pause: what was waited for moves the due instant before it is judged.
            moved = tuple(_move(case, name, running))
            yield from moved
            due = next((fact.due for fact in moved if isinstance(fact, ClockMoved)), running.due)
            ended[name] = at
            yield ClockStopped(clock=name, met=at <= due)
        elif _other_limit(case, name, running):
            yield _started(name, complaint.tier or "", case.fresh(name, running.start))
        else:
            yield from _move(case, name, running)


def deadline_of(
    complaint: Complaint, clock: Clock, standard: Standard, now: datetime, more: Sequence[Extension] = ()
) -> Deadline:
    """Return the deadline behind a clock of the present round, which can explain itself day by day.

    It is worked out from the calendar as it is known now: where that has changed since the promise was made, its
    fingerprint differs from the clock's, and perhaps its due instant.

    Args:
        complaint: The complaint as it stands.
        clock: One of its clocks.
        standard: What it is judged by.
        now: The present instant (aware).
        more: What the clock is to be extended by, judged by what the standard allows.

    Raises:
        LaporError: as :meth:`lapor_core.standard.Standard.deadline`.
    """
    judged = attrs.evolve(complaint, tier=clock.tier or None)
    return _Case(judged, standard, now).deadline(clock, more)


@attrs.frozen
class _Case:
    """A complaint, what it is judged by, and the present instant."""

    complaint: Complaint
    standard: Standard
    at: datetime

    def rule(self, name: str) -> ClockRule:
        return self.standard.policy.clock(name)

    def deadline(self, clock: Clock, more: Sequence[Extension] = ()) -> Deadline:
        """Return when a clock is due, with every pause that is over, what it was extended by, and ``more``."""
        granted = [Extension(limit=Limit.parse(one.limit), granted_at=one.granted_at) for one in clock.extensions]
        return self.fresh(clock.name, clock.start, granted, more)

    def fresh(
        self, name: str, start: datetime, granted: Sequence[Extension] = (), more: Sequence[Extension] = ()
    ) -> Deadline:
        """Return when a clock is due that starts; a pause that lasts gives no new due instant yet."""
        pauses = tuple(
            Pause(start=visit.since, end=visit.until)
            for visit in self.complaint.visits
            if visit.state in self.rule(name).pauses and visit.until is not None
        )
        agency = self.complaint.agencies[0] if self.complaint.agencies else None
        return self.standard.deadline(
            name,
            self.complaint.tier,
            start=start,
            pauses=pauses,
            granted=granted,
            extensions=more,
            agency=agency,
            now=self.at,
        )


def _in_order(policy: Policy) -> list[str]:
    """Return the clocks so that each comes after the one whose end starts it."""
    return sorted(policy.clocks, key=lambda name: len(policy.chain(name)))


def _start(case: _Case, name: str, ended: Mapping[str, datetime]) -> Iterator[Fact]:
    complaint, rule = case.complaint, case.rule(name)
    begun = _begun(complaint, rule, ended)
    if begun is None or complaint.state in rule.stops or not rule.rounds.has(complaint.round):
        return
    if case.standard.limit(name, complaint.tier) is None:
        return
    before = (clock.start for clock in complaint.clocks if (clock.name, clock.round) == (name, complaint.round))
    if any(start >= begun for start in before):  # it ran for this event; an event that happens again starts it again
        return
    yield _started(name, complaint.tier or "", case.fresh(name, begun))


def _begun(complaint: Complaint, rule: ClockRule, ended: Mapping[str, datetime]) -> datetime | None:
    """Return when the clock's event happened in this round, or when the clock it follows ended."""
    if rule.follows is None:
        return complaint.milestones.get(rule.starts)
    if complaint.running(rule.follows) is not None:
        return ended.get(rule.follows)
    before = [clock for clock in complaint.clocks if (clock.name, clock.round) == (rule.follows, complaint.round)]
    return before[-1].stopped_at if before else None


def _other_limit(case: _Case, name: str, running: Clock) -> bool:
    """Tell whether the tier has changed and gives this clock another limit; without one the promise made still holds."""
    tier, limit = case.complaint.tier, case.standard.limit(name, case.complaint.tier)
    if tier is None or tier == running.tier or limit is None:
        return False
    return limit != case.standard.limit(name, running.tier or None)


def _move(case: _Case, name: str, running: Clock) -> Iterator[Fact]:
    """Move a running clock for what has just happened; a decree that came meanwhile is no reason by itself."""
    reason = _reason(case, name)
    deadline = case.deadline(running) if reason is not None else None
    if reason is not None and deadline is not None and deadline.due != running.due:
        yield ClockMoved(
            clock=name,
            reason=reason,
            due=deadline.due,
            due_date=deadline.due_date,
            provisional=deadline.provisional,
            fingerprint=deadline.fingerprint,
        )


def _reason(case: _Case, name: str) -> str | None:
    """Say what has just happened that may move a clock: a pause ended, or the agency whose time counts was named."""
    complaint, rule = case.complaint, case.rule(name)
    if complaint.state in rule.pauses:
        return None
    if any(visit.state in rule.pauses and visit.until == case.at for visit in complaint.visits):
        return "pause"
    limit = case.standard.limit(name, complaint.tier)
    heeded = rule.calendar is CalendarOf.AGENCY or (limit is not None and limit.agency)
    named = (complaint.milestones.get(event) for event in (Start.DISPOSED, Start.FORWARDED))
    return "agency" if heeded and case.at in named else None


def _started(name: str, tier: str, deadline: Deadline) -> ClockStarted:
    return ClockStarted(
        clock=name,
        tier=tier,
        limit=str(deadline.limit),
        start=deadline.start,
        due=deadline.due,
        due_date=deadline.due_date,
        provisional=deadline.provisional,
        fingerprint=deadline.fingerprint,
    )
