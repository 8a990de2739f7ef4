"""What each fact makes of a complaint, beside the state it leads to."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Clock, Complaint, MoreTime, Rating, Reporter
from lapor_core.lifecycle import State
from lapor_core.policy.model import Start

__all__ = ["apply"]


@functools.singledispatch
def apply(_: happened.Fact, complaint: Complaint, __: happened.Event) -> Complaint:
    """Return the complaint with what the fact says, beside the state; most facts say nothing more.

    Those that come with every new complaint bring the version too: to copy a complaint twice for one fact costs intake.
    """
    return complaint


@apply.register
def _(fact: happened.Classified, complaint: Complaint, event: happened.Event) -> Complaint:
    return attrs.evolve(complaint, version=event.sequence, tier=fact.tier, facts=fact.facts, judged_by=fact.facts)


@apply.register
def _(fact: happened.Learned, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, facts=fact.facts)


@apply.register
def _(fact: happened.ExternalIdNoted, complaint: Complaint, _: happened.Event) -> Complaint:
    noted = {**complaint.external_ids, fact.system: fact.external_id}
    return attrs.evolve(complaint, external_ids={system: known for system, known in noted.items() if known})


@apply.register
def _(fact: happened.Completed, complaint: Complaint, _: happened.Event) -> Complaint:
    """What was there stays; what is brought now is added to it, or fills an empty place."""
    known = attrs.evolve(
        complaint.facts, kind=fact.kind or complaint.facts.kind, category=fact.category or complaint.facts.category
    )
    return attrs.evolve(
        complaint,
        lacking=(),
        facts=known,
        title=complaint.title or fact.title,
        narrative="\n\n".join(part for part in (complaint.narrative.strip(), fact.narrative.strip()) if part),
        place=complaint.place or fact.place,
        event_date=fact.event_date or complaint.event_date,
        attachments=(*complaint.attachments, *fact.attachments),
    )


@apply.register
def _(fact: happened.Disposed, complaint: Complaint, event: happened.Event) -> Complaint:
    """Whoever returns a complaint and gets it back is no new agency, nor is one that had it long before."""
    transferred = _comes_back(complaint) and complaint.handed.isdisjoint(fact.agencies)
    at = event.happened_at if transferred else complaint.transferred_at
    return attrs.evolve(_handed_to(complaint, fact.agencies), answered=(), transferred_at=at)


@apply.register
def _(fact: happened.Forwarded, complaint: Complaint, _: happened.Event) -> Complaint:
    return _handed_to(complaint, fact.agencies)


@apply.register
def _(fact: happened.Involved, complaint: Complaint, _: happened.Event) -> Complaint:
    return _handed_to(complaint, tuple(dict.fromkeys((*complaint.agencies, *fact.agencies))))


@apply.register
def _(fact: happened.ReturnedInPart, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, agencies=tuple(key for key in complaint.agencies if key != fact.agency))


@apply.register(happened.Replied)
@apply.register(happened.Attached)
def _(fact: happened.Replied | happened.Attached, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, attachments=(*complaint.attachments, *fact.attachments))


@apply.register
def _(fact: happened.Responded, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, answers=(*complaint.answers, fact.text), answered=complaint.agencies)


@apply.register
def _(fact: happened.RespondedInPart, complaint: Complaint, _: happened.Event) -> Complaint:
    answered = (fact.agency,) if fact.settled and fact.agency else ()
    return attrs.evolve(complaint, answers=(*complaint.answers, fact.text), answered=(*complaint.answered, *answered))


@apply.register
def _(fact: happened.Reviewed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, answers=(*complaint.answers, fact.text))


@apply.register
def _(fact: happened.Rated, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, rating=Rating(stars=fact.stars, outcome=fact.outcome))


@apply.register
def _(fact: happened.PinRenewed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, pin_hash=fact.pin_hash)


@apply.register
def _(fact: happened.Merged, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, merged_into=fact.into)


@apply.register
def _(_: happened.Unmerged, complaint: Complaint, __: happened.Event) -> Complaint:
    return attrs.evolve(complaint, merged_into=None)


@apply.register
def _(fact: happened.Followed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, followers=(*complaint.followers, fact.complaint))


@apply.register
def _(fact: happened.Unfollowed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, followers=tuple(key for key in complaint.followers if key != fact.complaint))


@apply.register
def _(_: happened.Erased, complaint: Complaint, __: happened.Event) -> Complaint:
    """Nothing that a person is or wrote is left; when what happened, and whether in time, is."""
    return attrs.evolve(
        complaint,
        reporter=Reporter(language=complaint.reporter.language),
        title="",
        narrative="",
        place="",
        event_date=None,
        attachments=(),
        answers=(),
        external_ids={},
        pin_hash="",
    )


@apply.register
def _(fact: happened.StepTaken, complaint: Complaint, _: happened.Event) -> Complaint:
    steps = complaint.steps | {(fact.step, complaint.place_of(fact.clock))}
    barred = complaint.barred | complaint.considered_by if fact.different_person else complaint.barred
    return attrs.evolve(complaint, steps=steps, barred=barred)


@apply.register
def _(_: happened.Reopened, complaint: Complaint, event: happened.Event) -> Complaint:
    """A new round begins: what was received the first time is received again now, and the ladder starts anew."""
    milestones: dict[str, datetime] = {Start.RECEIVED: event.happened_at, Start.REOPENED: event.happened_at}
    return attrs.evolve(complaint, round=complaint.round + 1, milestones=milestones, answered=(), transferred_at=None)


@apply.register
def _(fact: happened.ClockStarted, complaint: Complaint, event: happened.Event) -> Complaint:
    """A clock that starts anew ends the running one of its name: both stay in the record."""
    clock = Clock(
        name=fact.clock,
        tier=fact.tier,
        start=fact.start,
        due=fact.due,
        due_date=fact.due_date,
        provisional=fact.provisional,
        fingerprint=fact.fingerprint,
        first_start=fact.first_start,
        policy=fact.policy,
        calendar=fact.calendar,
        round=complaint.round,
    )
    ended = _clocks_with(complaint, fact.clock, stopped_at=event.happened_at)
    return attrs.evolve(complaint, version=event.sequence, clocks=(*ended, clock))


@apply.register
def _(fact: happened.ClockPaused, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, clocks=_clocks_with(complaint, fact.clock, paused_since=fact.since))


@apply.register
def _(fact: happened.ClockResumed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, clocks=_clocks_with(complaint, fact.clock, paused_since=None))


@apply.register
def _(fact: happened.ClockMissed, complaint: Complaint, _: happened.Event) -> Complaint:
    return attrs.evolve(complaint, clocks=_clocks_with(complaint, fact.clock, missed=True))


@apply.register
def _(fact: happened.ClockMoved, complaint: Complaint, _: happened.Event) -> Complaint:
    return _moved(complaint, fact)


@apply.register
def _(fact: happened.Extended, complaint: Complaint, event: happened.Event) -> Complaint:
    running = complaint.running(fact.clock)
    before = running.extensions if running is not None else ()
    more = MoreTime(limit=fact.limit, granted_at=event.happened_at)
    return _moved(complaint, fact, extensions=(*before, more))


@apply.register
def _(fact: happened.ClockStopped, complaint: Complaint, event: happened.Event) -> Complaint:
    return attrs.evolve(complaint, clocks=_clocks_with(complaint, fact.clock, stopped_at=event.happened_at))


def _handed_to(complaint: Complaint, agencies: tuple[str, ...]) -> Complaint:
    return attrs.evolve(complaint, agencies=agencies, handed=complaint.handed.union(agencies))


def _comes_back(complaint: Complaint) -> bool:
    """Tell whether a complaint that is disposed had been returned, and nobody has had it since."""
    before = (visit.state for visit in reversed(complaint.visits[:-1]) if visit.state not in _WITH_NOBODY)
    return next(before, None) is State.RETURNED


_WITH_NOBODY = (State.SUBMITTED, State.HELD, State.MERGED)
"""Where a complaint may stand between its return and its disposition: it was merged, and unmerged again."""


def _moved(complaint: Complaint, fact: happened.ClockMoved | happened.Extended, **changes: Any) -> Complaint:
    """What was missed by another due instant than this one is not missed by it: whoever finds that writes it down again."""
    running = complaint.running(fact.clock)
    moved = _clocks_with(
        complaint,
        fact.clock,
        due=fact.due,
        due_date=fact.due_date,
        provisional=fact.provisional,
        fingerprint=fact.fingerprint,
        policy=fact.policy,
        calendar=fact.calendar,
        missed=running is not None and running.missed and running.due == fact.due,
        **changes,
    )
    return attrs.evolve(complaint, clocks=moved)


def _clocks_with(complaint: Complaint, name: str, **changes: Any) -> tuple[Clock, ...]:
    """Return the clocks of a complaint, the running one of this name changed."""
    running = complaint.place_of(name)
    return tuple(
        attrs.evolve(clock, **changes) if place == running else clock for place, clock in enumerate(complaint.clocks)
    )
