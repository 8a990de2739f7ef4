"""What follows when somebody acts: (complaint, act, standard, now) -> events. Pure; ids and codes come in as arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.clock_facts import clock_facts
from lapor_core.complaint import Actor, Attachment, Complaint, Facts, personal
from lapor_core.errors import BadValue, FactsNeeded, Incomplete, NotFound, Refused, did_you_mean, require_aware
from lapor_core.evolution import evolve
from lapor_core.lifecycle import Action, Role, allowed, may, next_state
from lapor_core.standard import Standard
from lapor_core.submission import Submission

__all__ = ["Act", "decide", "receive"]


@attrs.frozen(kw_only=True)
class Act:
    """What somebody wants to do.

    Attributes:
        action: The action of the table.
        actor: Who acts.
        text: The answer, question or reason, where the action has one.
        agencies: To whom it is disposed or forwarded, by key.
        agency: The agency that answers.
        facts: What the actor knows for its classification; what is None stays as it was.
        attachments: Files that go with an answer or a reply, already stored.
        happened_at: When it happened (aware), where that lies before ``now``: it is written down afterwards.
    """

    action: Action
    actor: Actor
    text: str = personal(default="")
    agencies: tuple[str, ...] = ()
    agency: str | None = None
    facts: Facts | None = None
    attachments: tuple[Attachment, ...] = personal(default=())
    happened_at: datetime | None = None


def receive(
    submission: Submission,
    standard: Standard,
    now: datetime,
    *,
    complaint: str,
    code: str,
    reporter_ref: str,
    attachments: tuple[Attachment, ...] = (),
) -> tuple[happened.Event, ...]:
    """Return the first events of a complaint.

    Args:
        submission: What the channel handed in.
        standard: What it is judged by.
        now: When it is written down (aware).
        complaint: The id of the new complaint.
        code: Its tracking code.
        reporter_ref: The person's opaque id.
        attachments: The uploads, stored.

    Raises:
        Incomplete: the submission lacks what its channel must bring.
        BadValue: it was received after ``now`` (code ``from_the_future``), or an instant is naive.
        NotFound: the policy has no requirements for the channel, or the chosen agency is not known.
    """
    _check_instants(submission, now)
    lacking = standard.missing(submission)
    if lacking:
        raise Incomplete(lacking)
    if submission.agency is not None:
        _known_agencies([submission.agency], standard)
    fact = happened.Received(
        code=code,
        policy=standard.policy.reference,
        channel=submission.channel,
        entry_channel=submission.entry_channel,
        received_at=submission.received_at,
        reporter_ref=reporter_ref,
        reporter=submission.reporter,
        proofs=submission.proofs,
        kind=submission.kind,
        title=submission.title,
        narrative=submission.narrative,
        event_date=submission.event_date,
        event_time=submission.event_time,
        place=submission.place,
        agency=submission.agency,
        category=submission.category,
        visibility=submission.visibility,
        attachments=attachments,
    )
    actor = Actor(role=Role.REPORTER, id=reporter_ref)
    header = _Header(complaint=complaint, actor=actor, happened_at=submission.received_at, recorded_at=now)
    return _write(None, fact, header, standard)


def decide(complaint: Complaint, act: Act, standard: Standard, now: datetime) -> tuple[happened.Event, ...]:
    """Return the events that follow from ``act``, or refuse it.

    Raises:
        Refused: the action is not possible in this state (``not_possible``) or not for this role (``not_permitted``); the
            message says what is allowed now, and to whom.
        FactsNeeded: it cannot be forwarded before its tier is known.
        BadValue: a text is missing (``text_needed``), no agency is named (``agencies_needed``), or it happened after ``now``
            (``from_the_future``) or before the complaint came to stand where it stands (``before_its_state``).
        NotFound: an agency is not known (``unknown_agency``).
    """
    _check_possible(complaint, act)
    happened_at = _moment(complaint, act, now)
    fact = _fact(complaint, act, standard)
    header = _Header(complaint=complaint.id, actor=act.actor, happened_at=happened_at, recorded_at=now)
    return _write(complaint, fact, header, standard, act.facts)


@attrs.frozen(kw_only=True)
class _Header:
    """What all events of one decision have in common."""

    complaint: str
    actor: Actor
    happened_at: datetime
    recorded_at: datetime

    def event(self, fact: happened.Fact, after: Complaint | None, standard: Standard) -> happened.Event:
        """Return ``fact`` as the event that follows the last one of the complaint."""
        return happened.Event(
            complaint=self.complaint,
            sequence=1 if after is None else after.version + 1,
            office=standard.policy.id,
            actor=self.actor,
            happened_at=self.happened_at,
            recorded_at=self.recorded_at,
            fact=fact,
        )


def _write(
    complaint: Complaint | None, fact: happened.Fact, header: _Header, standard: Standard, known: Facts | None = None
) -> tuple[happened.Event, ...]:
    """Write the fact down, then what follows from it: a classification, and the clocks it starts, moves and stops."""
    written = [header.event(fact, complaint, standard)]
    complaint = evolve(complaint, written[0])
    for further in tuple(_classification(complaint, fact, known, standard)):
        written.append(header.event(further, complaint, standard))
        complaint = evolve(complaint, written[-1])
    for further in tuple(clock_facts(complaint, standard, header.happened_at)):
        written.append(header.event(further, complaint, standard))
        complaint = evolve(complaint, written[-1])
    return tuple(written)


def _classification(
    complaint: Complaint, fact: happened.Fact, known: Facts | None, standard: Standard
) -> Iterable[happened.Fact]:
    """Classify as soon as the facts suffice, again when they change, and insist on it when the complaint is forwarded.

    What becomes known before they suffice, or where the table has no place for a classification, is written down and
    counts later, so that nobody is asked for it twice.
    """
    if isinstance(fact, happened.Classified):
        return
    facts = _joined(complaint, known)
    if complaint.tier is not None and facts == complaint.judged_by:
        return
    if next_state(complaint.state, Action.CLASSIFY) is not None:
        try:
            assessment = standard.assess(facts)
        except (FactsNeeded, BadValue):
            if isinstance(fact, happened.Forwarded):
                raise
        else:
            yield happened.Classified(tier=assessment.tier.name, facts=facts, rule=assessment.rule.text)
            return
    if known is not None and facts != _joined(complaint, None):
        yield happened.Learned(facts=facts)


def _joined(complaint: Complaint, known: Facts | None) -> Facts:
    """Return what was known with what is known now; the agencies it was disposed to are a fact of their own."""
    before = complaint.facts
    agencies = complaint.agencies or None
    if known is None:
        return attrs.evolve(before, agencies=agencies or before.agencies)
    changes = {
        field.name: value
        for field in attrs.fields(Facts)
        if field.name not in ("extra", "agencies") and (value := getattr(known, field.name)) is not None
    }
    extra = {**before.extra, **known.extra}
    return attrs.evolve(before, **changes, extra=extra, agencies=agencies or known.agencies or before.agencies)


def _fact(complaint: Complaint, act: Act, standard: Standard) -> happened.Fact:
    """Return the fact that records this act."""
    return _FACT_OF[act.action](complaint, act, standard)


def _classified(complaint: Complaint, act: Act, standard: Standard) -> happened.Fact:
    assessment = standard.assess(_joined(complaint, act.facts))
    return happened.Classified(tier=assessment.tier.name, facts=assessment.facts, rule=assessment.rule.text)


def _responded(complaint: Complaint, act: Act, _: Standard) -> happened.Fact:
    agency = act.agency or (complaint.agencies[0] if len(complaint.agencies) == 1 else None)
    return happened.Responded(text=_text(act), agency=agency, attachments=act.attachments)


def _reminded(_: Complaint, act: Act, __: Standard) -> happened.Fact:
    return happened.StepTaken(step="by hand", clock="", remind=(Role.LIAISON_OFFICER,), text=act.text)


_FACT_OF: Mapping[Action, Callable[[Complaint, Act, Standard], happened.Fact]] = {
    Action.DISPOSE: lambda _, act, standard: happened.Disposed(agencies=_agencies(act.agencies, standard)),
    Action.VERIFY: lambda *_: happened.Verified(),
    Action.FORWARD: lambda complaint, act, standard: happened.Forwarded(
        agencies=_agencies(act.agencies or complaint.agencies, standard)
    ),
    Action.CLASSIFY: _classified,
    Action.HOLD: lambda _, act, __: happened.Held(reason=_text(act)),
    Action.RESUME: lambda *_: happened.Resumed(),
    Action.RETURN: lambda _, act, __: happened.Returned(reason=_text(act)),
    Action.REJECT: lambda _, act, __: happened.Rejected(reason=_text(act)),
    Action.ARCHIVE: lambda _, act, __: happened.Archived(reason=_text(act)),
    Action.ASK: lambda _, act, __: happened.Asked(text=_text(act)),
    Action.REPLY: lambda _, act, __: happened.Replied(text=_text(act), attachments=act.attachments),
    Action.RESPOND: _responded,
    Action.REMIND: _reminded,
    Action.ESCALATE: lambda _, act, __: happened.Escalated(reason=act.text),
    Action.CLOSE: lambda _, act, __: happened.Closed(reason=act.text),
    Action.REOPEN: lambda _, act, __: happened.Reopened(reason=_text(act)),
    Action.WITHDRAW: lambda _, act, __: happened.Withdrawn(reason=act.text),
}


def _text(act: Act) -> str:
    if not act.text.strip():
        raise BadValue(
            f"{act.action} needs a text: an answer, a question or a reason", code="text_needed", action=act.action
        )
    return act.text


def _agencies(keys: tuple[str, ...], standard: Standard) -> tuple[str, ...]:
    if not keys:
        known = ", ".join(standard.agencies) or "none is configured"
        raise BadValue(f"name at least one agency ({known})", code="agencies_needed", allowed=tuple(standard.agencies))
    return _known_agencies(keys, standard)


def _known_agencies(keys: Iterable[str], standard: Standard) -> tuple[str, ...]:
    for key in keys:
        if key not in standard.agencies:
            message = f'"{key}": not an agency; {did_you_mean(key, standard.agencies)}'
            raise NotFound(message, code="unknown_agency", name=key, allowed=tuple(standard.agencies))
    return tuple(dict.fromkeys(keys))


def _check_possible(complaint: Complaint, act: Act) -> None:
    possible = "; ".join(f"{action} ({', '.join(sorted(roles))})" for action, roles in allowed(complaint.state))
    now_allowed = f"possible now: {possible or 'nothing, this is its end'}"
    if next_state(complaint.state, act.action) is None:
        message = f"{act.action} is not possible while the complaint is {complaint.state}; {now_allowed}"
        raise Refused(message, code="not_possible", action=act.action, state=complaint.state)
    if not may(complaint.state, act.action, act.actor.role):
        message = f"{act.action} is not for the {act.actor.role}; {now_allowed}"
        raise Refused(message, code="not_permitted", action=act.action, role=act.actor.role)


def _moment(complaint: Complaint, act: Act, now: datetime) -> datetime:
    """Return when it happened: now, or earlier, but never before the state in which it happened was reached."""
    require_aware(now)
    moment = now if act.happened_at is None else require_aware(act.happened_at, "happened_at")
    if moment > now:
        message = f"happened at {moment.isoformat()}, which is after now ({now.isoformat()})"
        raise BadValue(message, code="from_the_future", field="happened_at")
    if moment < complaint.reached_at:
        reached = f"the complaint is {complaint.state} only since {complaint.reached_at.isoformat()}"
        message = f"{act.action} cannot have happened at {moment.isoformat()}: {reached}"
        raise BadValue(message, code="before_its_state", field="happened_at", since=complaint.reached_at.isoformat())
    return moment


def _check_instants(submission: Submission, now: datetime) -> None:
    require_aware(now)
    latest = max(submission.received_at, submission.entered_at or submission.received_at)
    if latest > now:
        message = f"received at {latest.isoformat()}, which is after now ({now.isoformat()})"
        raise BadValue(message, code="from_the_future", field="received_at")
