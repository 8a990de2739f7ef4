"""Complaints that may be about the same as the one on the page: suggestions, which an officer follows or turns down."""

from __future__ import annotations

import attrs

from lapor_core.complaint import Complaint
from lapor_core.errors import NotFound, Refused
from lapor_core.lifecycle import Action, is_open
from lapor_core.privacy import reader_of
from lapor_desk.desk import Desk
from lapor_desk.http.console.acting import ActForm, Field
from lapor_desk.http.console.cases import Case
from lapor_desk.http.console.linked import Linked, linked
from lapor_desk.store import Reading
from lapor_desk.suggesting import Suggestion, hold_apart, suggestions

__all__ = ["Alike", "alike_to", "merging_into", "turn_down"]


@attrs.frozen(kw_only=True)
class Alike:
    """Another complaint that may be about the same.

    Attributes:
        signs: By what, in words.
        can_be_main: Whether the complaint on the page can be merged into it now.
    """

    other: Linked
    signs: tuple[str, ...]
    can_be_main: bool


def alike_to(tx: Reading, case: Case, language: str) -> tuple[Alike, ...]:
    """Return what may be about the same as ``case``, for an officer who may merge it now; else nothing."""
    if Action.MERGE not in case.actions:
        return ()
    officer = case.officer
    found = suggestions(tx, case.complaint, reader_of(officer.role), agency=officer.agency)
    return tuple(_alike(each, case, language) for each in found)


def merging_into(desk: Desk, case: Case, forms: tuple[ActForm, ...], main_id: str) -> tuple[ActForm, ...]:
    """Return the forms, the one to merge with the code of ``main_id`` in it; as they are where the officer has no such complaint."""
    try:
        code = desk.complaint(main_id, agency=case.officer.agency).code if main_id else ""
    except (NotFound, Refused):
        return forms
    answers = {Field.MAIN.value: code}
    return tuple(
        attrs.evolve(form, answers=answers) if code and form.action is Action.MERGE else form for form in forms
    )


def turn_down(desk: Desk, case: Case, other_id: str) -> None:
    """Remember that the officer says the other complaint is about another matter.

    Raises:
        Refused: the officer may not merge this complaint now (``not_permitted``).
        NotFound: there is no such complaint for the officer (``unknown_complaint``).
    """
    if Action.MERGE not in case.actions:
        message = "whether complaints are about the same is for those to say who may merge them"
        raise Refused(message, code="not_permitted", complaint=case.complaint.id)
    hold_apart(desk.store, case.complaint.id, other_id, case.officer.id, desk.now(), agency=case.officer.agency)


def _alike(suggestion: Suggestion, case: Case, language: str) -> Alike:
    return Alike(
        other=linked(suggestion.complaint, case.officer),
        signs=tuple(sign.text(language) for sign in suggestion.likeness.signs),
        can_be_main=_can_be_main(suggestion.complaint) and not case.complaint.followers,
    )


def _can_be_main(complaint: Complaint) -> bool:
    """Return whether others may be merged into it, as :func:`lapor_core.merging.merge` has it."""
    return is_open(complaint.state) and not complaint.visibility.secret
