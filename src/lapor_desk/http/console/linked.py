"""The complaints that hang together with one: the one it was merged into, and those that wait for its answer."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from lapor_core.complaint import Complaint
from lapor_core.lifecycle import State
from lapor_core.privacy import reader_of, view
from lapor_desk.http.console.cases import Case, subject_of
from lapor_desk.officers import Officer
from lapor_desk.standing import is_theirs
from lapor_desk.store import Reading

__all__ = ["Linked", "Links", "linked", "links_of"]


@attrs.frozen(kw_only=True)
class Linked:
    """Another complaint, as the officer may see it in one line."""

    id: str
    code: str
    state: State
    subject: str


@attrs.frozen(kw_only=True)
class Links:
    """What a complaint hangs together with.

    Attributes:
        main: The one it was merged into; None where there is none, or where it is no matter of the officer's agency.
        followers: Those that wait for its answer and that the officer may open.
        unseen: How many more wait for it, of other agencies.
    """

    main: Linked | None
    followers: tuple[Linked, ...]
    unseen: int


def links_of(tx: Reading, case: Case) -> Links:
    """Return what the complaint of ``case`` hangs together with."""
    complaint, officer = case.complaint, case.officer
    main = _seen(tx, [complaint.merged_into] if complaint.merged_into else [], officer)
    followers = _seen(tx, complaint.followers, officer)
    return Links(main=next(iter(main), None), followers=followers, unseen=len(complaint.followers) - len(followers))


def _seen(tx: Reading, ids: Sequence[str], officer: Officer) -> tuple[Linked, ...]:
    return tuple(linked(each, officer) for each in tx.load_all(ids) if is_theirs(each, officer.agency))


def linked(complaint: Complaint, officer: Officer) -> Linked:
    """Return a complaint in one line, as ``officer`` may see it."""
    seen = view(complaint, reader_of(officer.role))
    return Linked(id=complaint.id, code=complaint.code, state=complaint.state, subject=subject_of(seen))
