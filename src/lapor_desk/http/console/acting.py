"""What an officer does to a complaint: a form for each action that the table allows, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import attrs
from starlette.datastructures import FormData

from lapor_core.complaint import Complaint, Facts, Rating
from lapor_core.decisions import Act
from lapor_core.errors import BadValue, FactsNeeded, Incomplete, LaporError
from lapor_core.lifecycle import Action, Outcome
from lapor_core.policy import Limit
from lapor_core.submission import Submission, Upload
from lapor_desk.http.console.cases import Case
from lapor_desk.http.console.facts import PREFIX, facts_from
from lapor_desk.http.console.forms import text_of
from lapor_desk.http.console.turns import FORTH

__all__ = ["ActForm", "Field", "act_of", "forms_of", "shown_again", "told_of"]


class Field(StrEnum):
    """What a form can ask for, by the name of the field."""

    TEXT = "text"
    REMARK = "remark"
    REASON = "refusal"
    AGENCIES = "agencies"
    AGENCY = "agency"
    CLOCK = "clock"
    AMOUNT = "amount"
    FACTS = "facts"
    FILES = "uploads"
    STARS = "stars"
    OUTCOME = "outcome"
    REPORT = "report"
    MAIN = "main"
    EXTERNAL_ID = "external_id"


_ANSWER = (Field.AGENCY, Field.TEXT, Field.FILES)

_FIELDS: Mapping[Action, tuple[Field, ...]] = MappingProxyType(
    {
        Action.COMPLETE: (Field.REPORT, Field.FILES),
        Action.DISPOSE: (Field.AGENCIES, Field.FACTS, Field.EXTERNAL_ID),
        Action.VERIFY: (Field.FACTS,),
        Action.FORWARD: (Field.AGENCIES, Field.FACTS),
        Action.INVOLVE: (Field.AGENCIES, Field.FACTS),
        Action.CLASSIFY: (Field.AGENCIES, Field.FACTS),
        Action.EXTEND: (Field.CLOCK, Field.AMOUNT, Field.TEXT),
        Action.HOLD: (Field.TEXT,),
        Action.RESUME: (),
        Action.RETURN: (Field.AGENCY, Field.TEXT),
        Action.RETURN_IN_PART: (Field.AGENCY, Field.TEXT),
        Action.REJECT: (Field.REASON, Field.TEXT),
        Action.ARCHIVE: (Field.REASON, Field.TEXT),
        Action.ASK: (Field.TEXT,),
        Action.REPLY: (Field.TEXT, Field.FILES),
        Action.ATTACH: (Field.REMARK, Field.FILES),
        Action.RESPOND: _ANSWER,
        Action.RESPOND_IN_PART: _ANSWER,
        Action.RATE: (Field.STARS, Field.OUTCOME, Field.REMARK),
        Action.REOPEN: (Field.TEXT,),
        Action.APPEAL: (Field.TEXT,),
        Action.REVIEW: (Field.TEXT, Field.FILES),
        Action.MERGE: (Field.MAIN, Field.REMARK),
        Action.UNMERGE: (Field.REMARK,),
    }
)
_OTHERWISE = (Field.REMARK,)
"""What is asked for by an action that the table has and this page does not know yet."""


@attrs.frozen(kw_only=True)
class ActForm:
    """One action as a form.

    Attributes:
        agencies: The agencies that are ticked, by key.
        text: What was typed before, where the form is shown again.
        faults: What is wrong, by field; under an empty name, what is wrong with all of it.
        answers: What was answered before, by field; None where nothing was sent yet.
    """

    action: Action
    fields: tuple[Field, ...]
    agencies: tuple[str, ...] = ()
    text: str = ""
    faults: Mapping[str, str] = attrs.Factory(dict)
    answers: Mapping[str, str] | None = None


def forms_of(case: Case) -> tuple[ActForm, ...]:
    """Return a form for each action this officer may take now, first those that lead the complaint on."""
    return tuple(
        ActForm(action=action, fields=_fields_of(action, case), agencies=_proposed(case))
        for action in sorted(case.actions, key=lambda action: action not in FORTH)
    )


def act_of(
    action: Action, form: FormData, case: Case, uploads: tuple[Upload, ...] = (), main: Complaint | None = None
) -> Act:
    """Return what the form says; ``main`` is the complaint whose code stands in it.

    Raises:
        BadValue: an answer to a question is none (``bad_answer``), a day is none (``bad_date``), or an extension is no
            number (``bad_amount``).
    """
    chosen = _chosen(form)
    return Act(
        action=action,
        actor=case.officer.actor,
        text=text_of(form, Field.TEXT),
        agencies=chosen,
        agency=_answering(form, case),
        clock=text_of(form, Field.CLOCK) or None,
        limit=_more(form, case) if action is Action.EXTEND else None,
        facts=_facts(form, case, action, chosen),
        refusal=text_of(form, Field.REASON) or None,
        rating=_rating(form) if action is Action.RATE else None,
        submission=_report(form, case, uploads) if action is Action.COMPLETE else None,
        main=main,
        external_ids=told_of(form) if text_of(form, Field.EXTERNAL_ID) else {},
    )


def told_of(form: FormData) -> Mapping[str, str]:
    """Return what a form says of an id in another system, by the system's name."""
    return {text_of(form, "system"): text_of(form, Field.EXTERNAL_ID)}


def shown_again(shown: ActForm, form: FormData, error: LaporError, message: str) -> ActForm:
    """Return a form with what was typed into it and what is wrong with it."""
    answers = {name: value for name, value in form.items() if isinstance(value, str)}
    return attrs.evolve(
        shown,
        agencies=_chosen(form) or shown.agencies,
        text=text_of(form, Field.TEXT),
        answers=answers,
        faults=_faults(error, message),
    )


def _fields_of(action: Action, case: Case) -> tuple[Field, ...]:
    asked = _FIELDS.get(action, _OTHERWISE)
    return tuple(field for field in asked if _is_asked(field, action, case))


def _is_asked(field: Field, action: Action, case: Case) -> bool:
    agencies = case.complaint.agencies
    if field is Field.AGENCY:  # of several, an officer who belongs to none of them must say for which one
        return len(agencies) > 1 and case.officer.agency not in agencies
    if field is Field.EXTERNAL_ID:
        return case.may_note
    if field is Field.REASON:
        return bool(case.standard.policy.refusals_for(action))
    return not (field is Field.AGENCIES and action is Action.CLASSIFY and agencies)


def _proposed(case: Case) -> tuple[str, ...]:
    """The agencies it has, or before there are any the one the reporter named."""
    named = case.named_agency
    return case.complaint.agencies or ((named,) if named is not None else ())


def _chosen(form: FormData) -> tuple[str, ...]:
    return tuple(key for key in form.getlist(Field.AGENCIES) if isinstance(key, str))


def _answering(form: FormData, case: Case) -> str | None:
    own = case.officer.agency
    return own if own in case.complaint.agencies else text_of(form, Field.AGENCY) or None


def _more(form: FormData, case: Case) -> Limit | None:
    """Return how much more time is given, in the unit of the standard; None for a clock that cannot be extended now."""
    name, typed = text_of(form, Field.CLOCK), text_of(form, Field.AMOUNT)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed)):
        raise BadValue("not a whole number of days or hours", code="bad_amount", field=Field.AMOUNT.value)
    units = {one.clock.name: one.most.unit for one in case.extendable}
    return Limit(int(typed), units[name]) if name in units else None


def _rating(form: FormData) -> Rating | None:
    stars, outcome = text_of(form, Field.STARS), text_of(form, Field.OUTCOME)
    if not stars or not outcome:
        return None
    if stars not in _STARS or outcome not in set(Outcome):
        raise BadValue("not a rating; allowed: 1 to 5, and an outcome", code="bad_answer", field=Field.STARS.value)
    return Rating(stars=int(stars), outcome=Outcome(outcome))


def _report(form: FormData, case: Case, uploads: tuple[Upload, ...]) -> Submission:
    """Return the whole report as the officer has completed it."""
    complaint = case.complaint
    return Submission(
        channel=complaint.channel,
        source_id=complaint.id,
        received_at=complaint.received_at,
        reporter=complaint.reporter,
        kind=complaint.facts.kind,
        title=text_of(form, "title"),
        narrative=text_of(form, "narrative"),
        place=text_of(form, "place"),
        event_date=_day(text_of(form, "event_date")),
        agency=case.named_agency,
        category=complaint.facts.category,
        uploads=uploads,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue("not a date; write it as 2026-03-13", code="bad_date", field="event_date") from None


def _facts(form: FormData, case: Case, action: Action, chosen: tuple[str, ...]) -> Facts | None:
    """Return the answers; before there is a disposition, the agencies that must settle it are one of them."""
    facts = facts_from(form, case.standard.policy)
    if action is not Action.CLASSIFY or not chosen:
        return facts
    return attrs.evolve(facts or Facts(), agencies=chosen)


def _faults(error: LaporError, message: str) -> dict[str, str]:
    if isinstance(error, Incomplete):
        return {"": message, **{piece.field: message for piece in error.missing}}
    if isinstance(error, FactsNeeded):
        return {"": message, **{PREFIX + name: message for name in error.needed}}
    field = str(error.params.get("field") or _FIELD_OF.get(error.code, ""))
    return {"": message, field: message}


_FIELD_OF = {
    "text_needed": "text",
    "agencies_needed": "agencies",
    "unknown_agency": "agencies",
    "unknown_refusal": "refusal",
    "bad_rating": "stars",
    "bad_code": "main",
    "unknown_code": "main",
    "main_not_open": "main",
    "main_secret": "main",
    "long_extension": "amount",
    "short_extension": "amount",
    "clock_needed": "clock",
    "unknown_clock": "clock",
}
_STARS = frozenset("12345")
