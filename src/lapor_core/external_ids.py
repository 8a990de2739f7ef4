"""Ids under which other systems know a complaint, as the two of the national service: noted beside its own code. Pure.

A system is named by a short name that nothing here knows in advance (``sp4n_tracking``, ``sp4n_id``, that of a city's own
desk). Two complaints may bear the same id: one report of the national service may have come twice, by two doors, and then
both are found under its id until somebody merges them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from lapor_core.complaint import Actor, Complaint
from lapor_core.errors import BadValue, Refused, require_type
from lapor_core.events import Event, ExternalIdNoted
from lapor_core.lifecycle import Role, State
from lapor_core.noting import noted

__all__ = [
    "LONGEST_ID",
    "NOTING",
    "checked_external_id",
    "checked_external_ids",
    "note_external_ids",
    "notes_of",
    "plain_external_id",
]

LONGEST_ID = 64
"""In characters."""

NOTING = frozenset({Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.SYSTEM})
"""Who may note the ids of other systems: those who exchange complaints with them."""

_SYSTEM = re.compile("[a-z][a-z0-9_]{0,31}")
_ID = re.compile(f"[A-Za-z0-9][A-Za-z0-9._:/-]{{0,{LONGEST_ID - 1}}}")


def checked_external_id(system: str, typed: str) -> str:
    """Return an id as it is kept: without spaces around it, and without the number sign that people write before it.

    An empty one is none; by it an id is taken back.

    Args:
        system: The name of the system: up to 32 lower-case letters, digits and ``_``, a letter first.
        typed: The id: up to 64 letters and digits of ASCII, with ``.``, ``_``, ``:``, ``/`` and ``-`` between them.

    Raises:
        BadValue: the name of the system (``bad_external_system``) or the id (``bad_external_id``) cannot be one.
    """
    if not _SYSTEM.fullmatch(system):
        message = "the name of a system has up to 32 lower-case letters, digits and _, and begins with a letter"
        raise BadValue(message, code="bad_external_system", field="system")
    return plain_external_id(typed)


def checked_external_ids(told: Mapping[str, str]) -> dict[str, str]:
    """Return the ids by which other systems know a new complaint, as they are kept; an empty one is none.

    Raises:
        BadValue: as :func:`checked_external_id`. BadType: a name or an id is no text (``wrong_type``).
    """
    for system, typed in told.items():
        require_type(system, str, "the name of a system in external_ids")
        require_type(typed, str, "an id in external_ids")
    return {system: plain for system, typed in told.items() if (plain := checked_external_id(system, typed))}


def plain_external_id(typed: str) -> str:
    """Return an id as it is kept, of whichever system it is; raises as :func:`checked_external_id` does."""
    plain = typed.strip().removeprefix("#").strip()
    if plain and not _ID.fullmatch(plain):
        message = f"an id has 1 to {LONGEST_ID} letters and digits, and between them . _ : / -; no other characters"
        raise BadValue(message, code="bad_external_id", field="external_id", longest=LONGEST_ID)
    return plain


def notes_of(complaint: Complaint, actor: Actor, told: Mapping[str, str]) -> Iterator[ExternalIdNoted]:
    """Yield the facts that write down what ``told`` says anew; see :func:`note_external_ids`."""
    if not told:
        return
    if actor.role not in NOTING:
        message = f"the {actor.role} does not note the ids of other systems; these do: {', '.join(sorted(NOTING))}"
        raise Refused(message, code="not_permitted", role=actor.role)
    if complaint.state is State.ERASED:
        message = f"complaint {complaint.id} is erased: nothing is noted of it any more"
        raise Refused(message, code="not_possible", state=complaint.state)
    for system, typed in told.items():
        new = checked_external_id(system, typed)
        if new != complaint.external_ids.get(system, ""):
            yield ExternalIdNoted(system=system, external_id=new)


def note_external_ids(
    complaint: Complaint, told: Mapping[str, str], *, actor: Actor, office: str, now: datetime
) -> tuple[Event, ...]:
    """Return the events by which ids of other systems stand in the record; none where they stand there already.

    An id that was noted wrongly is corrected by noting another one, or taken back by noting an empty one; what was noted
    before stays in the record.

    Args:
        complaint: The complaint as it stands.
        told: The id in each system, by the system's name; empty to take one back.
        actor: Who notes it.
        office: The id of the policy's office that records it.
        now: The present instant (aware).

    Raises:
        BadValue: as :func:`checked_external_id`.
        Refused: the role does not note such ids (``not_permitted``), or the complaint is erased (``not_possible``).
    """
    return noted(complaint, notes_of(complaint, actor, told), actor=actor, office=office, now=now)
