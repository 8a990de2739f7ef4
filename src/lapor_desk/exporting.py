"""Complaints with their records as JSON Lines, out of a desk; the format: ``docs/reference/exchange.md``.

The record travels as it stands, sealed parts and hashes included, so the chain is the same on both sides. With personal data
the key of each person travels too, and everything sealed is there in the open beside; without, nobody can read it, and no desk
can take it in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

import attrs
from sqlalchemy import select

from lapor_core.errors import LaporError
from lapor_core.records import to_record
from lapor_desk.auditing import exported
from lapor_desk.store import Reading, Store, StoreBusy, StoreDown
from lapor_desk.store.tables import attachments, events, instant_text

__all__ = ["EXCHANGE_FORMAT", "Written", "export_complaints"]

EXCHANGE_FORMAT = "lapor-complaints/1"

_BATCH = 200
_ESCAPED = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""What some programs take for the end of a line and JSON lets stand as it is, and halves of characters, which no file can hold."""


@attrs.frozen(kw_only=True)
class Written:
    """What became of a complaint that goes out; ``problem`` says why it could not be read, and is empty otherwise."""

    complaint: str
    problem: str = ""


def export_complaints(
    store: Store, out: TextIO, now: datetime, *, with_personal_data: bool = False
) -> Iterator[Written]:
    """Write every complaint as it stands at one moment, and yield what became of each.

    What the record holds goes out, whether the register knows of it or not; where what is sealed cannot be opened, the record
    alone.

    Args:
        store: Where they are.
        out: Where to; UTF-8. With personal data, only its owner should be able to read it.
        now: The present instant (aware).
        with_personal_data: Whether names, contacts and texts go out too, with the keys to what is sealed.
    """
    _write(out, {"format": EXCHANGE_FORMAT, "exported_at": instant_text(now), "personal_data": with_personal_data})
    count = 0
    with store.reading() as whole:  # a report and the one it was merged into go out as they stood at one moment
        for ids in _recorded(whole):
            tx = Reading(whole.connection, store.vault)  # which does not keep the keys of everybody it has met
            for complaint_id in ids:
                yield _written(out, tx, complaint_id, with_personal_data=with_personal_data)
            count += len(ids)
    _write(out, {"complaints": count})


def _recorded(tx: Reading) -> Iterator[Sequence[str]]:
    query, after = select(events.c.complaint_id).distinct().order_by(events.c.complaint_id), ""
    while ids := tx.connection.execute(query.where(events.c.complaint_id > after).limit(_BATCH)).scalars().all():
        yield ids
        after = ids[-1]


def _written(out: TextIO, tx: Reading, complaint_id: str, *, with_personal_data: bool) -> Written:
    rows = tx.connection.execute(
        select(events).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
    ).all()
    line: dict[str, Any] = {"id": complaint_id, "events": [exported(row) for row in rows]}
    problem = ""
    if with_personal_data:
        try:
            line = _opened(tx, rows[0].person_id, line)
        except (StoreBusy, StoreDown):
            raise
        except LaporError as error:
            problem = str(error)
    _write(out, line)
    return Written(complaint=complaint_id, problem=problem)


def _opened(tx: Reading, person_id: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line with what is personal in it beside what is sealed, and what another desk needs to open that."""
    if tx.is_erased(person_id):
        return {**line, "person": {"id": person_id, "key": None}, "files": []}
    opened = zip(line["events"], tx.events(line["id"]), strict=True)
    rows = [{**row, "personal": to_record(event).personal} for row, event in opened]
    person = tx.person(person_id)
    found = tx.connection.execute(select(attachments).where(attachments.c.person_id == person_id))
    files = [row._asdict() for row in found]
    return {**line, "events": rows, "files": files, "person": {"id": person.id, "key": person.key.hex()}}


def _write(out: TextIO, data: Mapping[str, Any]) -> None:
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    out.write(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
