"""What follows when somebody acts: (complaint, act, standard, now) -> events. Pure; ids and codes come in as arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.acts import Act, facts_of, joined, known_agencies
from lapor_core.clock_facts import clock_facts
from lapor_core.complaint import Actor, Attachment, Complaint, Proof
from lapor_core.errors import BadValue, FactsNeeded, Incomplete, Missing, Refused, require_aware, require_type
from lapor_core.evolution import CONSIDERING, evolve
from lapor_core.external_ids import checked_external_ids
from lapor_core.facts import Facts
from lapor_core.lifecycle import Action, Role, State, allowed, next_state
from lapor_core.pausing import pause_facts
from lapor_core.standard import Standard
from lapor_core.submission import LONGEST_CHANNEL, LONGEST_MEDIUM, Submission

__all__ = ["Act", "Begun", "decide", "receive", "write_down"]


@attrs.frozen(kw_only=True)
class Begun:
    """A complaint that has just begun: the first events of its record, and what they have made of it."""

    events: tuple[happened.Event, ...]
    complaint: Complaint


def receive(
    submission: Submission,
    standard: Standard,
    now: datetime,
    *,
    complaint: str,
    code: str,
    reporter_ref: str,
    attachments: tuple[Attachment, ...] = (),
    partial: bool = False,
    pin_hash: str = "",
) -> Begun:
    """Return a new complaint, with the first events of its record.

    Args:
        submission: What the channel handed in.
        standard: What it is judged by.
        now: When it is written down (aware).
        complaint: The id of the new complaint.
        code: Its tracking code.
        reporter_ref: The person's opaque id.
        attachments: The uploads, stored.
        partial: Whether content may be missing for now (*belum lengkap*): the complaint is then incomplete, and has its
            code. Who reports must be known in any case.
        pin_hash: What is kept of its PIN, where one was drawn.

    Raises:
        Incomplete: the submission lacks what its channel must bring.
        BadValue: it was received after ``now`` (code ``from_the_future``), or an instant is naive; the id of another system
            or its name cannot be one (``bad_external_id``, ``bad_external_system``); the key of a channel or the name of a
            medium is too long (``bad_key``).
        OutOfReach: it was received on a day that the office's calendar does not know (``out_of_reach``).
        BadType: the submission or the standard is none, or its id or code, or that of another system, is no text
            (``wrong_type``).
        NotFound: the policy has no requirements for the channel, or the chosen agency is not known.
    """
    require_type(submission, Submission, "submission")
    require_type(standard, Standard, "standard")
    for name, text in (("complaint", complaint), ("code", code), ("reporter_ref", reporter_ref)):
        require_type(text, str, name)
    _check_names(submission)
    _check_instants(submission, now)
    standard.office.is_working_day(
        standard.office.local_date(submission.received_at)
    )  # else nobody could say when it is due
    lacking = standard.missing(submission)
    if lacking and not (partial and _only_content(lacking)):
        raise Incomplete(lacking)
    if submission.agency is not None:
        known_agencies([submission.agency], standard)
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
        lacking=tuple(piece.code for piece in lacking),
        external_ids=checked_external_ids(submission.external_ids),
        pin_hash=pin_hash,
    )
    actor = Actor(role=Role.REPORTER, id=reporter_ref)
    page = _Page(complaint_id=complaint, actor=actor, happened_at=submission.received_at, recorded_at=now, by=standard)
    begun = page.write(fact)
    return Begun(events=tuple(page.events), complaint=begun)


def decide(complaint: Complaint, act: Act, standard: Standard, now: datetime) -> tuple[happened.Event, ...]:
    """Return the events that follow from ``act``, or refuse it.

    Raises:
        Refused: the action is not possible in this state (``not_possible``) or not for this role (``not_permitted``); the
            message says what is allowed now, and to whom. Or it cannot be merged or erased so (``has_followers``,
            ``main_not_open``, ``main_secret``, ``still_needed``), or its clock cannot be extended now (``clock_not_running``,
            ``clock_paused``).
        FactsNeeded: it cannot be forwarded before its tier is known.
        Incomplete: it cannot be completed with what is brought.
        BadValue: something the act must bring is missing or does not fit (``text_needed``, ``agencies_needed``,
            ``agency_needed``, ``files_needed``, ``rating_needed``, ...), the standard does not allow the extension
            (``no_extension``, ``too_many_extensions``, ``long_extension``, ``late_extension``, ``short_extension``), or it happened after ``now``
            (``from_the_future``) or before the complaint came to stand where it stands (``before_its_state``).
        NotFound: an agency (``unknown_agency``), a clock (``unknown_clock``) or a reason of the policy
            (``unknown_refusal``) is not known.
        BadType: it is asked of something else than a complaint (``wrong_type``).
    """
    require_type(complaint, Complaint, "complaint")
    require_type(act, Act, "act")
    _check_possible(complaint, act, standard)
    happened_at = _moment(complaint, act, now)
    facts = facts_of(complaint, act, standard, happened_at)
    page = _Page(
        complaint_id=complaint.id,
        actor=act.actor,
        happened_at=happened_at,
        recorded_at=now,
        by=standard,
        complaint=complaint,
    )
    return page.filled(facts, act.facts)


def write_down(
    complaint: Complaint,
    facts: Iterable[happened.Fact],
    standard: Standard,
    now: datetime,
    *,
    actor: Actor,
    known: Facts | None = None,
    happened_at: datetime | None = None,
) -> tuple[happened.Event, ...]:
    """Return the events of facts that follow from what happened elsewhere, with what follows from them here.

    Args:
        complaint: The complaint in whose record they stand.
        facts: What happened, in order; the table must allow it.
        standard: What it is judged by.
        now: When it is written down (aware).
        actor: Who did it.
        known: Facts that become known with it.
        happened_at: When it happened (aware), where that lies before ``now``; never before its state was reached.

    Raises:
        BadValue: the table does not allow it (``impossible_event``).
    """
    page = _Page(
        complaint_id=complaint.id,
        actor=actor,
        happened_at=max(happened_at or require_aware(now), complaint.reached_at),
        recorded_at=require_aware(now),
        by=standard,
        complaint=complaint,
    )
    return page.filled(facts, known)


@attrs.define(kw_only=True)
class _Page:
    """What is written into a complaint's record at one moment: facts, and what follows from each."""

    complaint_id: str
    actor: Actor
    happened_at: datetime
    recorded_at: datetime
    by: Standard
    complaint: Complaint | None = None
    events: list[happened.Event] = attrs.field(factory=list)

    def filled(self, facts: Iterable[happened.Fact], known: Facts | None = None) -> tuple[happened.Event, ...]:
        """Write each fact down with what follows from it, and return all that is written here."""
        for fact in facts:
            self.write(fact, known)
        return tuple(self.events)

    def write(self, fact: happened.Fact, known: Facts | None = None) -> Complaint:
        """Write a fact down, then a classification and the clocks that it starts, moves, stops, pauses and resumes."""
        complaint = self.add(fact)
        for further in tuple(_classification(complaint, fact, known, self.by)):
            complaint = self.add(further)
        for further in tuple(_clock_facts(complaint, self.by, self.happened_at)):
            complaint = self.add(further)
        for further in tuple(pause_facts(complaint, self.by)):
            complaint = self.add(further)
        return complaint

    def add(self, fact: happened.Fact) -> Complaint:
        """Write ``fact`` down as the event that follows the last one, and return the complaint after it."""
        event = happened.Event(
            complaint=self.complaint_id,
            sequence=1 if self.complaint is None else self.complaint.version + 1,
            office=self.by.policy.id,
            actor=self.actor,
            happened_at=self.happened_at,
            recorded_at=self.recorded_at,
            fact=fact,
        )
        self.events.append(event)
        self.complaint = evolve(self.complaint, event)
        return self.complaint


_NAMING = (happened.Disposed, happened.Forwarded, happened.Involved)
"""Facts by which agencies are named; what an agency gives back makes nothing lighter by itself: somebody must classify."""


def _classification(
    complaint: Complaint, fact: happened.Fact, known: Facts | None, standard: Standard
) -> Iterator[happened.Fact]:
    """Classify as soon as the facts suffice, again when they change, and insist on it when the complaint is forwarded.

    What becomes known before they suffice, or where the table has no place for a classification, is written down and
    counts later, so that nobody is asked for it twice.
    """
    if isinstance(fact, happened.Classified):
        return
    facts = joined(complaint, known, named=isinstance(fact, _NAMING))
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
    if known is not None and facts != joined(complaint, None, named=isinstance(fact, _NAMING)):
        yield happened.Learned(facts=facts)


def _clock_facts(complaint: Complaint, standard: Standard, at: datetime) -> Iterator[happened.Fact]:
    """Yield what the clocks do; all that still run end where nobody is left to whom something was promised."""
    if complaint.state is not State.ERASED:
        yield from clock_facts(complaint, standard, at)
        return
    for clock in complaint.running_clocks:
        yield happened.ClockStopped(clock=clock.name, met=at <= clock.due, policy=clock.policy, calendar=clock.calendar)


def _check_possible(complaint: Complaint, act: Act, standard: Standard) -> None:
    roles = standard.policy.roles_for
    possible = "; ".join(
        f"{action} ({', '.join(sorted(roles(action)))})" for action, _ in allowed(complaint.state) if roles(action)
    )
    now_allowed = f"possible now: {possible or 'nothing, this is its end'}"
    if next_state(complaint.state, act.action) is None:
        message = f"{act.action} is not possible while the complaint is {complaint.state}; {now_allowed}"
        raise Refused(message, code="not_possible", action=act.action, state=complaint.state)
    if act.actor.role not in roles(act.action):
        message = f"{act.action} is not for the {act.actor.role}; {now_allowed}"
        raise Refused(message, code="not_permitted", action=act.action, role=act.actor.role)
    if act.action in CONSIDERING and act.actor.id in complaint.barred:
        message = f"{act.action} is for a different person now: this one has considered the complaint before"
        raise Refused(message, code="different_person", action=act.action)


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


def _check_names(submission: Submission) -> None:
    """Names of channels and media stand beside the record, by which complaints and notices are found."""
    names = {"channel": submission.channel, "entry_channel": submission.entry_channel or submission.channel}
    for field, name in names.items():
        if len(name) > LONGEST_CHANNEL:
            message = f"{field} has {len(name)} characters; the key of a channel has {LONGEST_CHANNEL} at most"
            raise BadValue(message, code="bad_key", field=field)
    for medium in submission.reporter.addresses:
        if not 0 < len(medium) <= LONGEST_MEDIUM:
            message = f"a medium in addresses has {len(medium)} characters; its name has 1 to {LONGEST_MEDIUM}"
            raise BadValue(message, code="bad_key", field="addresses")


def _check_instants(submission: Submission, now: datetime) -> None:
    require_aware(now)
    latest = max(submission.received_at, submission.entered_at or submission.received_at)
    if latest > now:
        message = f"received at {latest.isoformat()}, which is after now ({now.isoformat()})"
        raise BadValue(message, code="from_the_future", field="received_at")


_OF_PROOFS = frozenset(f"missing_{proof}" for proof in Proof)


def _only_content(lacking: Iterable[Missing]) -> bool:
    """Whoever reports can be reached and asked for the rest; only what was reported is missing."""
    return all(piece.code not in _OF_PROOFS for piece in lacking)
