"""Events as plain records and back: what a host stores, split into what is open and what it must seal.

The split follows the fields marked personal in :mod:`lapor_core.complaint` and :mod:`lapor_core.events`; a new personal
field is sealed by being marked, and in no other place. Reading is strict: an unknown type, field or version is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from lapor_core.complaint import PERSONAL, Actor
from lapor_core.errors import BadValue, did_you_mean
from lapor_core.events import FACTS, Event
from lapor_core.lifecycle import Role
from lapor_core.structure import from_json, to_json

__all__ = ["SCHEMA", "Record", "from_record", "to_record"]

SCHEMA = 1
"""The version of the fields of every fact as this module writes them."""


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
    """Return ``event`` as a record."""
    data = to_json(event.fact)
    hidden = {field.name for field in attrs.fields(type(event.fact)) if field.metadata.get(PERSONAL)}
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
        BadValue: an unknown type (``unknown_event``), a schema from the future (``unknown_schema``), or fields that do not
            fit (``bad_json``).
    """
    if record.type not in FACTS:
        message = f'"{record.type}": not a type of event; {did_you_mean(record.type, FACTS)}'
        raise BadValue(message, code="unknown_event", type=record.type)
    if record.schema != SCHEMA:
        message = f"event {record.sequence} has schema {record.schema}; this version reads schema {SCHEMA}"
        raise BadValue(message, code="unknown_schema", schema=record.schema)
    return Event(
        complaint=record.complaint,
        sequence=record.sequence,
        office=record.office,
        actor=Actor(role=Role(record.role), id=record.actor),
        happened_at=record.happened_at,
        recorded_at=record.recorded_at,
        fact=from_json({**record.public, **record.personal}, FACTS[record.type]),
    )
