"""What somebody wants to do to a complaint, and the facts by which it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Actor, Attachment, Complaint, Ground, Rating, personal
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused, did_you_mean, is_a, is_none_or_a
from lapor_core.extending import extension
from lapor_core.external_ids import notes_of
from lapor_core.facts import Facts
from lapor_core.lifecycle import AFTER_RATING, Action, Role, State, is_open, is_over, next_state
from lapor_core.policy.amounts import Limit
from lapor_core.standard import Standard
from lapor_core.submission import Submission

__all__ = ["Act", "facts_of", "joined", "known_agencies"]


@attrs.frozen(kw_only=True)
class Act:
    """What somebody wants to do.

    Attributes:
        action: The action of the table.
        actor: Who acts.
        text: The answer, question or reason, where the action has one.
        agencies: To whom it is disposed or forwarded, or who is involved too, by key.
        agency: The agency that answers or returns, where there are several.
        clock: The clock that is extended, by its name in the policy, where several may be.
        limit: How much it is extended by; as much as the standard allows when None.
        facts: What the actor knows for its classification; what is None stays as it was.
        attachments: Files that go with it, already stored.
        refusal: The reason of the policy for which it is rejected or archived, by key.
        rating: What a reporter thinks of the answer.
        submission: What completes an incomplete complaint.
        main: The complaint into which this one is merged.
        external_ids: Under which ids other systems know it, as far as the actor tells it now; an empty one takes it back.
        ground: Why personal data is erased.
        happened_at: When it happened (aware), where that lies before ``now``: it is written down afterwards.

    Raises:
        BadType: the action or the actor is a text, the agencies are one text instead of several, the text is none, or what
            completes it is no submission (``wrong_type``).
    """

    action: Action = attrs.field(validator=is_a(Action))
    actor: Actor = attrs.field(validator=is_a(Actor))
    text: str = personal(default="", validator=is_a(str))
    agencies: tuple[str, ...] = attrs.field(default=(), validator=is_a(tuple))
    agency: str | None = None
    clock: str | None = None
    limit: Limit | None = None
    facts: Facts | None = None
    attachments: tuple[Attachment, ...] = personal(default=())
    refusal: str | None = None
    rating: Rating | None = None
    submission: Submission | None = personal(default=None, validator=is_none_or_a(Submission))
    main: Complaint | None = personal(default=None)
    external_ids: Mapping[str, str] = personal(factory=dict)
    ground: Ground | None = None
    happened_at: datetime | None = None


def facts_of(complaint: Complaint, act: Act, standard: Standard, at: datetime) -> tuple[happened.Fact, ...]:
    """Return the facts that record an act which the table allows and which happens ``at`` (aware): most often one.

    Raises:
        BadValue, NotFound, Refused, Incomplete, FactsNeeded: what the act must bring is missing or not known.
    """
    if act.action is Action.EXTEND:  # the one act that can come too late
        more = extension(complaint, standard, at, clock=act.clock, limit=act.limit, reason=_text(act))
        return (more,)
    noted = notes_of(complaint, act.actor, act.external_ids)
    return (*noted, *_FACTS_OF[act.action](complaint, act, standard))


def joined(complaint: Complaint, known: Facts | None, *, named: bool = True) -> Facts:
    """Return what was known with what is known now.

    Args:
        complaint: What was known.
        known: What is known now; what is None stays as it was.
        named: Whether the agencies it was handed to are taken for those that must settle it.
    """
    before = complaint.facts
    agencies = (complaint.agencies if named else ()) or (known and known.agencies) or before.agencies
    if known is None:
        return before if agencies == before.agencies else attrs.evolve(before, agencies=agencies)
    changes = {
        field.name: value
        for field in attrs.fields(Facts)
        if field.name not in ("extra", "agencies") and (value := getattr(known, field.name)) is not None
    }
    return attrs.evolve(before, **changes, extra={**before.extra, **known.extra}, agencies=agencies)


def known_agencies(keys: Iterable[str], standard: Standard) -> tuple[str, ...]:
    """Return the keys, each once.

    Raises:
        NotFound: one of them is not known (``unknown_agency``).
    """
    for key in keys:
        if key not in standard.agencies:
            message = f'"{key}": not an agency; {did_you_mean(key, standard.agencies)}'
            raise NotFound(message, code="unknown_agency", name=key, allowed=tuple(standard.agencies))
    return tuple(dict.fromkeys(keys))


_Facts = Iterable[happened.Fact]


def _completed(complaint: Complaint, act: Act, standard: Standard) -> _Facts:
    brought = act.submission
    if brought is None:
        raise BadValue("what completes it is missing", code="submission_needed", allowed=complaint.lacking)
    judged = attrs.evolve(brought, channel=complaint.channel, kind=brought.kind or complaint.facts.kind)
    lacking = tuple(piece for piece in standard.missing(judged) if piece.code in complaint.lacking)
    if lacking:
        raise Incomplete(lacking)
    same = ("kind", "title", "narrative", "event_date", "event_time", "place", "agency", "category")
    yield happened.Completed(**{name: getattr(brought, name) for name in same}, attachments=act.attachments)


def _classified(complaint: Complaint, act: Act, standard: Standard) -> _Facts:
    assessment = standard.assess(joined(complaint, act.facts))
    yield happened.Classified(tier=assessment.tier.name, facts=assessment.facts, rule=assessment.rule.text)


def _involved(complaint: Complaint, act: Act, standard: Standard) -> _Facts:
    new = tuple(key for key in _named(act.agencies, standard) if key not in complaint.agencies)
    if not new:
        message = f"it was handed to {', '.join(complaint.agencies)} before; name an agency that is not among them"
        raise BadValue(message, code="already_involved", field="agencies")
    yield happened.Involved(agencies=new)


def _returned(complaint: Complaint, act: Act, _: Standard) -> _Facts:
    agency, reason = _one_of_several(complaint, act), _text(act)
    if agency is not None and len(complaint.agencies) > 1:
        yield happened.ReturnedInPart(reason=reason, agency=agency)
    else:
        yield happened.Returned(reason=reason, agency=agency)


def _responded(complaint: Complaint, act: Act, _: Standard) -> _Facts:
    agency, text = _one_of_several(complaint, act), _text(act)
    in_part = act.action is Action.RESPOND_IN_PART
    owed_by_others = agency is not None and set(complaint.owing) - {agency}
    if in_part or (owed_by_others and next_state(complaint.state, Action.RESPOND_IN_PART) is not None):
        yield happened.RespondedInPart(text=text, agency=agency, settled=not in_part, attachments=act.attachments)
    else:
        yield happened.Responded(text=text, agency=agency, attachments=act.attachments)


def _one_of_several(complaint: Complaint, act: Act) -> str | None:
    """Return the agency that speaks; None when the admin speaks for all of several."""
    agencies = complaint.agencies
    if act.agency is not None and act.agency not in agencies:
        message = f'"{act.agency}": it was not handed to this agency; {did_you_mean(act.agency, agencies)}'
        raise BadValue(message, code="other_agency", field="agency", allowed=agencies)
    for_all = act.actor.role is Role.AGENCY_ADMIN and act.action is not Action.RETURN_IN_PART
    if act.agency is None and len(agencies) > 1 and not for_all:
        message = f"say which agency does {act.action}: {', '.join(agencies)}"
        raise BadValue(message, code="agency_needed", field="agency", allowed=agencies)
    return act.agency or (agencies[0] if len(agencies) == 1 else None)


def _reminded(_: Complaint, act: Act, __: Standard) -> _Facts:
    yield happened.StepTaken(step="by hand", clock="", remind=(Role.LIAISON_OFFICER,), text=act.text)


def _rated(complaint: Complaint, act: Act, _: Standard) -> _Facts:
    """Whoever is not content says why, for others must act on it."""
    if act.rating is None:
        raise BadValue("give a rating: stars, and what has become of the matter", code="rating_needed", field="stars")
    after = AFTER_RATING[act.rating.outcome]
    reason = act.text if after is Action.CLOSE else _text(act)
    yield happened.Rated(stars=act.rating.stars, outcome=act.rating.outcome, text=act.text)
    if next_state(complaint.state, after) is not None:
        yield _AFTER_RATING[after](reason)


_AFTER_RATING: Mapping[Action, Callable[[str], happened.Fact]] = {
    Action.CLOSE: lambda _: happened.Closed(),
    Action.REOPEN: lambda reason: happened.Reopened(reason=reason),
    Action.APPEAL: lambda reason: happened.Appealed(reason=reason),
}


def _attached(_: Complaint, act: Act, __: Standard) -> _Facts:
    if not act.attachments:
        raise BadValue("add at least one file", code="files_needed", field="uploads")
    yield happened.Attached(text=act.text, attachments=act.attachments)


def _merged(complaint: Complaint, act: Act, _: Standard) -> _Facts:
    main = act.main
    if main is None or main.id == complaint.id:
        raise BadValue("name another complaint to merge this one into", code="main_needed", field="main")
    if complaint.followers:
        message = f"complaint {complaint.id} has others merged into it; unmerge them first, or merge the other way"
        raise Refused(message, code="has_followers", complaint=complaint.id)
    if not is_open(main.state):
        message = f"complaint {main.id} is {main.state}: no answer of it will come; merge into one that is open"
        raise Refused(message, code="main_not_open", state=main.state)
    if main.visibility.secret:
        message = f"complaint {main.id} is secret: nobody else is given its answer"
        raise Refused(message, code="main_secret", complaint=main.id)
    yield happened.Merged(into=main.id, reason=act.text)


def _erased(complaint: Complaint, act: Act, _: Standard) -> _Facts:
    if act.ground is None:
        allowed = ", ".join(Ground)
        raise BadValue(f"name the ground for erasing ({allowed})", code="ground_needed", allowed=allowed)
    if act.ground in _AFTERWARDS and (complaint.state is State.MERGED or not is_over(complaint.state)):
        message = f"complaint {complaint.id} is {complaint.state}: it is still needed, so {act.ground} is no ground"
        raise Refused(message, code="still_needed", state=complaint.state)
    if complaint.followers:
        message = f"complaint {complaint.id} has others merged into it; unmerge them first"
        raise Refused(message, code="has_followers", complaint=complaint.id)
    yield happened.Erased(ground=act.ground)


_AFTERWARDS = frozenset({Ground.PURPOSE_ENDED, Ground.RETENTION_OVER})
"""Grounds that begin when a complaint is over; a merged one still waits for its answer."""


def _put_aside(fact: type[happened.Rejected | happened.Archived]) -> Callable[[Complaint, Act, Standard], _Facts]:
    def facts(_: Complaint, act: Act, standard: Standard) -> _Facts:
        known = standard.policy.refusals_for(act.action)
        if act.refusal is None:
            yield fact(reason=_text(act))
        elif act.refusal in known:
            yield fact(reason=act.text.strip() or known[act.refusal].title.id, refusal=act.refusal)
        else:
            message = f'"{act.refusal}": not a reason to {act.action}; {did_you_mean(act.refusal, known)}'
            raise NotFound(message, code="unknown_refusal", name=act.refusal, allowed=tuple(known))

    return facts


def _one(make: Callable[[Complaint, Act, Standard], happened.Fact]) -> Callable[[Complaint, Act, Standard], _Facts]:
    return lambda complaint, act, standard: (make(complaint, act, standard),)


_FACTS_OF: Mapping[Action, Callable[[Complaint, Act, Standard], _Facts]] = {
    Action.COMPLETE: _completed,
    Action.DISPOSE: _one(lambda _, act, standard: happened.Disposed(agencies=_named(act.agencies, standard))),
    Action.VERIFY: _one(lambda *_: happened.Verified()),
    Action.FORWARD: _one(
        lambda complaint, act, standard: happened.Forwarded(
            agencies=_named(act.agencies or complaint.agencies, standard)
        )
    ),
    Action.INVOLVE: _involved,
    Action.CLASSIFY: _classified,
    Action.HOLD: _one(lambda _, act, __: happened.Held(reason=_text(act))),
    Action.RESUME: _one(lambda *_: happened.Resumed()),
    Action.RETURN: _returned,
    Action.RETURN_IN_PART: _returned,
    Action.REJECT: _put_aside(happened.Rejected),
    Action.ARCHIVE: _put_aside(happened.Archived),
    Action.ASK: _one(lambda _, act, __: happened.Asked(text=_text(act))),
    Action.REPLY: _one(lambda _, act, __: happened.Replied(text=_text(act), attachments=act.attachments)),
    Action.ATTACH: _attached,
    Action.RESPOND: _responded,
    Action.RESPOND_IN_PART: _responded,
    Action.REMIND: _reminded,
    Action.ESCALATE: _one(lambda _, act, __: happened.Escalated(reason=act.text)),
    Action.CLOSE: _one(lambda _, act, __: happened.Closed(reason=act.text)),
    Action.RATE: _rated,
    Action.REOPEN: _one(lambda _, act, __: happened.Reopened(reason=_text(act))),
    Action.APPEAL: _one(lambda _, act, __: happened.Appealed(reason=_text(act))),
    Action.REVIEW: _one(lambda _, act, __: happened.Reviewed(text=_text(act), attachments=act.attachments)),
    Action.MERGE: _merged,
    Action.UNMERGE: _one(lambda complaint, act, __: happened.Unmerged(of=complaint.merged_into or "", reason=act.text)),
    Action.WITHDRAW: _one(lambda _, act, __: happened.Withdrawn(reason=act.text)),
    Action.REQUEST_ERASURE: _one(lambda _, act, __: happened.ErasureRequested(text=act.text)),
    Action.ERASE: _erased,
}


def _text(act: Act) -> str:
    if not act.text.strip():
        raise BadValue(
            f"{act.action} needs a text: an answer, a question or a reason", code="text_needed", action=act.action
        )
    return act.text


def _named(keys: tuple[str, ...], standard: Standard) -> tuple[str, ...]:
    if not keys:
        known = ", ".join(standard.agencies) or "none is configured"
        raise BadValue(f"name at least one agency ({known})", code="agencies_needed", allowed=tuple(standard.agencies))
    return known_agencies(keys, standard)
