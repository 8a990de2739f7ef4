"""Events to complaint: the state is what the events have made of it, and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Complaint, Facts, Visit
from lapor_core.effects import apply
from lapor_core.errors import BadValue, require_type
from lapor_core.lifecycle import Action, State, next_state
from lapor_core.policy.model import Start

__all__ = ["CONSIDERING", "evolve", "replay", "replay_on"]

ACTION_OF: dict[type[happened.Fact], Action] = {
    happened.Completed: Action.COMPLETE,
    happened.Disposed: Action.DISPOSE,
    happened.Verified: Action.VERIFY,
    happened.Forwarded: Action.FORWARD,
    happened.Involved: Action.INVOLVE,
    happened.Classified: Action.CLASSIFY,
    happened.Extended: Action.EXTEND,
    happened.Held: Action.HOLD,
    happened.Resumed: Action.RESUME,
    happened.Returned: Action.RETURN,
    happened.ReturnedInPart: Action.RETURN_IN_PART,
    happened.Rejected: Action.REJECT,
    happened.Archived: Action.ARCHIVE,
    happened.Asked: Action.ASK,
    happened.Replied: Action.REPLY,
    happened.Attached: Action.ATTACH,
    happened.Responded: Action.RESPOND,
    happened.RespondedInPart: Action.RESPOND_IN_PART,
    happened.Escalated: Action.ESCALATE,
    happened.Closed: Action.CLOSE,
    happened.Rated: Action.RATE,
    happened.Reopened: Action.REOPEN,
    happened.Appealed: Action.APPEAL,
    happened.Reviewed: Action.REVIEW,
    happened.Merged: Action.MERGE,
    happened.Unmerged: Action.UNMERGE,
    happened.Withdrawn: Action.WITHDRAW,
    happened.ErasureRequested: Action.REQUEST_ERASURE,
    happened.Erased: Action.ERASE,
}
"""The action that each fact records; facts that are not listed leave the state alone."""

CONSIDERING = frozenset({Action.ASK, Action.RESPOND, Action.RESPOND_IN_PART, Action.REVIEW})
"""What somebody does who considers a complaint: what a step means that asks for a different person."""


def evolve(complaint: Complaint | None, event: happened.Event) -> Complaint:
    """Return the complaint after ``event``.

    Raises:
        BadValue: the event does not follow the last one (``broken_sequence``), or is not possible in this state
            (``impossible_event``): a record like that was not written by this library.
        BadType: it is no event, but a stored record that :func:`lapor_core.records.from_record` was not asked to read (``wrong_type``).
    """
    require_type(event, happened.Event, "event")
    if complaint is None:
        return _begin(event)
    if event.sequence != complaint.version + 1 or event.complaint != complaint.id:
        message = f"event {event.sequence} cannot follow event {complaint.version} of complaint {complaint.id}"
        raise BadValue(message, code="broken_sequence", sequence=event.sequence)
    moved = _considered(_moved(complaint, event), event)
    after = apply(event.fact, moved, event)
    return after if after.version == event.sequence else attrs.evolve(after, version=event.sequence)


def _considered(complaint: Complaint, event: happened.Event) -> Complaint:
    if ACTION_OF.get(type(event.fact)) not in CONSIDERING or not event.actor.id:
        return complaint
    return attrs.evolve(complaint, considered_by=complaint.considered_by | {event.actor.id})


def replay(events: Iterable[happened.Event]) -> Complaint:
    """Return the complaint that ``events``, in their order, have made.

    Raises:
        BadValue: there is no event (``no_events``), or one does not follow.
        BadType: these are no events, but what :func:`receive` returned with them in it, say (``wrong_type``).
    """
    require_type(events, Iterable, "events")
    complaint: Complaint | None = functools.reduce(evolve, events, None)
    if complaint is None:
        raise BadValue("a complaint has at least one event", code="no_events")
    return complaint


def replay_on(complaint: Complaint, events: Iterable[happened.Event]) -> Complaint:
    """Return the complaint after further ``events``; raises as :func:`evolve` does."""
    return functools.reduce(evolve, events, complaint)


def _begin(event: happened.Event) -> Complaint:
    fact = event.fact
    if not isinstance(fact, happened.Received) or event.sequence != 1:
        raise BadValue("the first event of a complaint is that it was received", code="broken_sequence")
    state = State.INCOMPLETE if fact.lacking else State.SUBMITTED
    return Complaint(
        id=event.complaint,
        code=fact.code,
        version=1,
        state=state,
        policy=fact.policy,
        channel=fact.channel,
        received_at=fact.received_at,
        reached_at=event.happened_at,
        visits=(Visit(state=state, since=event.happened_at),),
        facts=Facts(kind=fact.kind, category=fact.category, channel=fact.channel),
        visibility=fact.visibility,
        reporter_ref=fact.reporter_ref,
        reporter=fact.reporter,
        title=fact.title,
        narrative=fact.narrative,
        place=fact.place,
        event_date=fact.event_date,
        attachments=fact.attachments,
        pin_hash=fact.pin_hash,
        lacking=fact.lacking,
        external_ids=fact.external_ids,
        milestones={} if fact.lacking else {Start.RECEIVED: fact.received_at},
    )


def _moved(complaint: Complaint, event: happened.Event) -> Complaint:
    action = ACTION_OF.get(type(event.fact))
    if action is None:
        return complaint
    complaint = _with_milestone(complaint, event)
    state = next_state(complaint.state, action)
    if state is None:
        message = f"event {event.sequence} says {action} of complaint {complaint.id}, which is {complaint.state}"
        raise BadValue(message, code="impossible_event", action=action, state=complaint.state)
    return complaint if state is complaint.state else _entered(complaint, state, event.happened_at)


def _entered(complaint: Complaint, state: State, at: datetime) -> Complaint:
    left = (attrs.evolve(visit, until=visit.until or at) for visit in complaint.visits)
    return attrs.evolve(complaint, state=state, reached_at=at, visits=(*left, Visit(state=state, since=at)))


_MILESTONES: dict[type[happened.Fact], Start] = {
    happened.Completed: Start.RECEIVED,
    happened.Disposed: Start.DISPOSED,
    happened.Verified: Start.VERIFIED,
    happened.Forwarded: Start.FORWARDED,
    happened.Responded: Start.RESPONDED,
    happened.Reviewed: Start.RESPONDED,
    happened.Asked: Start.ASKED,
    happened.ErasureRequested: Start.ERASURE_REQUESTED,
    happened.Appealed: Start.APPEALED,
}


def _with_milestone(complaint: Complaint, event: happened.Event) -> Complaint:
    start = _MILESTONES.get(type(event.fact))
    if start is None:
        return complaint
    return attrs.evolve(complaint, milestones={**complaint.milestones, start: event.happened_at})
