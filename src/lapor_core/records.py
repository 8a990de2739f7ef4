"""Events as plain records and back: what a host stores, split into what is open and what it must seal.

The split follows the fields marked personal in :mod:`lapor_core.complaint` and :mod:`lapor_core.events`; a new personal
field is sealed by being marked, and in no other place. Reading is strict: an unknown type, field, role or version, a value
of another type, and a personal field that stands in the open are refused. A record that an earlier version wrote is brought
up to date when it is read; what is stored never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from lapor_core.complaint import PERSONAL, Actor, Attachment, Reporter
from lapor_core.errors import BadValue, did_you_mean, require_aware, require_type
from lapor_core.events import FACTS, Event, Fact
from lapor_core.lifecycle import Role
from lapor_core.structure import from_json, to_json

__all__ = ["SCHEMA", "UPCASTS", "Record", "from_record", "to_record", "without_personal"]

SCHEMA = 1
"""The version of the fields of every fact as this module writes them."""

Data = Mapping[str, Any]
UPCASTS: Mapping[tuple[str, int], Callable[[Data, Data], tuple[Data, Data]]] = {}
"""How the open and the personal fields of a type, as an earlier version wrote them, become those of the next version. A
type whose fields did not change then has no entry; a field that was added with a default needs none."""


@attrs.frozen(kw_only=True)
class Record:
    """One event as plain data; ``personal`` is to be sealed before it is stored."""

    complaint: str
    sequence: int
    type: str
    schema: int
    office: str
    role: str
    actor: str
    happened_at: datetime
    recorded_at: datetime
    public: Mapping[str, Any]
    personal: Mapping[str, Any] = attrs.field(repr=False)


def to_record(event: Event) -> Record:
    """Return ``event`` as a record.

    Raises:
        BadType: it is no event (``wrong_type``).
    """
    require_type(event, Event, "event")
    data = to_json(event.fact)
    hidden = _SEALED[event.type]
    return Record(
        complaint=event.complaint,
        sequence=event.sequence,
        type=event.type,
        schema=SCHEMA,
        office=event.office,
        role=event.actor.role.value,
        actor=event.actor.id,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        public={key: value for key, value in data.items() if key not in hidden},
        personal={key: value for key, value in data.items() if key in hidden},
    )


def from_record(record: Record) -> Event:
    """Return the event that ``record`` was made from.

    Raises:
        BadValue: an unknown type (``unknown_event``) or role (``unknown_role``), a schema that this version does not read
            (``unknown_schema``), an instant without a zone (``naive_datetime``), or fields that do not fit (``bad_json``).
        BadType: it is no record (``wrong_type``).
    """
    require_type(record, Record, "record")
    if record.type not in FACTS:
        message = f'"{record.type}": not a type of event; {did_you_mean(record.type, FACTS)}'
        raise BadValue(message, code="unknown_event", type=record.type)
    if record.role not in _ROLES:
        message = f'"{record.role}": not a role; {did_you_mean(record.role, _ROLES)}'
        raise BadValue(message, code="unknown_role", role=record.role)
    return Event(
        complaint=record.complaint,
        sequence=record.sequence,
        office=record.office,
        actor=Actor(role=_ROLES[record.role], id=record.actor),
        happened_at=require_aware(record.happened_at, "happened_at"),
        recorded_at=require_aware(record.recorded_at, "recorded_at"),
        fact=_fact(record, FACTS[record.type]),
    )


def without_personal(record: Record) -> Record:
    """Return the record with every personal field empty: what can still be read when the person's key was shredded.

    The state, the instants and the clocks of an erased complaint can be replayed from such records; nobody is in them.
    """
    fields = (field for field in attrs.fields(attrs.resolve_types(FACTS[record.type])) if field.metadata.get(PERSONAL))
    return attrs.evolve(record, personal={field.name: _EMPTY[field.type] for field in fields})


_EMPTY: Mapping[Any, Any] = {str: "", Reporter: {}, tuple[Attachment, ...]: [], Mapping[str, str]: {}}
"""What stands for a sealed field of each type once its seal cannot be opened any more."""

_ROLES = {role.value: role for role in Role}
_SEALED = {
    name: frozenset(field.name for field in attrs.fields(cls) if field.metadata.get(PERSONAL))
    for name, cls in FACTS.items()
}


def _fact(record: Record, cls: type[Fact]) -> Fact:
    public, personal = _upcast(record)
    hidden = _SEALED[record.type]
    known = {field.name for field in attrs.fields(cls)}
    misplaced = sorted((public.keys() & hidden) | (personal.keys() & (known - hidden)))
    if misplaced:
        message = f"event {record.sequence} ({record.type}) holds on the wrong side of the seal: {', '.join(misplaced)}"
        raise BadValue(message, code="bad_json", problems=tuple(misplaced))
    return from_json({**public, **personal}, cls)


def _upcast(record: Record) -> tuple[Data, Data]:
    """Return the fields as the present version writes them."""
    if not 1 <= record.schema <= SCHEMA:
        message = f"event {record.sequence} has schema {record.schema}; this version reads up to schema {SCHEMA}"
        raise BadValue(message, code="unknown_schema", schema=record.schema)
    public, personal = record.public, record.personal
    for version in range(record.schema, SCHEMA):
        step = UPCASTS.get((record.type, version))
        public, personal = step(public, personal) if step else (public, personal)
    return public, personal
