"""The record, stored by Django's ORM: one row per event, what is personal sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import ClassVar

import attrs
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import models

from lapor_core.events import Event
from lapor_core.records import Record, from_record, to_record

__all__ = ["Row", "append", "events_of"]


class Row(models.Model):
    """One event; two that claim the same place in a record cannot both be stored."""

    complaint = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    type = models.CharField(max_length=64)
    schema = models.PositiveIntegerField()
    office = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    public = models.JSONField()
    sealed = models.BinaryField()

    class Meta:
        """What the database holds to."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["complaint", "sequence"], name="one_event_per_place")]
        ordering: ClassVar = ["complaint", "sequence"]

    def __str__(self) -> str:
        return f"{self.complaint}/{self.sequence} {self.type}"


def append(events: Iterable[Event]) -> None:
    """Store events; Django's IntegrityError says that somebody else was faster."""
    for record in map(to_record, events):
        fields = attrs.asdict(record, recurse=False)
        sealed = _cipher().encrypt(json.dumps(fields.pop("personal")).encode())
        Row.objects.create(**fields, sealed=sealed)


def events_of(complaint_id: str) -> tuple[Event, ...]:
    """Return the record of a complaint; empty when there is none."""
    return tuple(map(_event, Row.objects.filter(complaint=complaint_id)))


def _event(row: Row) -> Event:
    names = [field.name for field in attrs.fields(Record) if field.name != "personal"]
    personal = json.loads(_cipher().decrypt(bytes(row.sealed)))
    return from_record(Record(**{name: getattr(row, name) for name in names}, personal=personal))


def _cipher() -> Fernet:
    return Fernet(settings.LAPOR_KEY)
