"""Complaints with their records as JSON Lines, out of a desk; the format: ``docs/reference/exchange.md``.

The record travels as it stands, sealed parts and hashes included, so the chain is the same on both sides. With personal data
the key of each person travels too, and everything sealed is there in the open beside; without, nobody can read it, and no desk
can take it in.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

import attrs
from sqlalchemy import Row, select

from lapor_core.errors import LaporError
from lapor_core.records import to_record
from lapor_desk.auditing import exported, heads_of, portions, records
from lapor_desk.store import Reading, Store, StoreBusy, StoreDown
from lapor_desk.store.tables import attachments, instant_text

__all__ = ["EXCHANGE_FORMAT", "Written", "export_complaints"]

EXCHANGE_FORMAT = "lapor-complaints/1"

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
    """Write every complaint as it stands when this begins, and yield what became of each.

    What the record holds goes out, whether the register knows of it or not; where what is sealed cannot be opened, the record
    alone. Somebody who is erased meanwhile goes out as erased, as far as their complaints have not gone out yet.

    Args:
        store: Where they are.
        out: Where to; UTF-8. With personal data, only its owner should be able to read it.
        now: The present instant (aware).
        with_personal_data: Whether names, contacts and texts go out too, with the keys to what is sealed.
    """
    _write(out, {"format": EXCHANGE_FORMAT, "exported_at": instant_text(now), "personal_data": with_personal_data})
    heads = heads_of(store)
    for some in portions(heads):
        with store.reading() as tx:
            gone = list(_lines(tx, some, with_personal_data=with_personal_data))
        for line, written in gone:
            _write(out, line)
            yield written
    _write(out, {"complaints": len(heads)})


def _lines(
    tx: Reading, heads: Mapping[str, int], *, with_personal_data: bool
) -> Iterator[tuple[Mapping[str, Any], Written]]:
    """Yield the lines of some complaints, which take one statement for each table, with what became of each."""
    found = records(tx, heads)
    files = _files(tx, {record[0].person_id for record in found.values()}) if with_personal_data else {}
    for complaint_id, record in found.items():
        then = record[: heads[complaint_id]]
        line, problem = _line(complaint_id, then), ""
        if with_personal_data:
            try:
                line = _opened(tx, complaint_id, then, record, files)
            except (StoreBusy, StoreDown):
                raise
            except LaporError as error:
                problem = str(error)
        yield line, Written(complaint=complaint_id, problem=problem)


def _line(complaint_id: str, record: Sequence[Row[Any]]) -> dict[str, Any]:
    return {"id": complaint_id, "events": [exported(row) for row in record]}


def _opened(
    tx: Reading,
    complaint_id: str,
    then: Sequence[Row[Any]],
    now: Sequence[Row[Any]],
    files: Mapping[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    """Return a line with what is personal in it beside what is sealed, and what another desk needs to open that.

    Of somebody who was erased nothing can be opened, and the record goes out as it is ``now``: that it says so is what lets
    another desk take it in.
    """
    person_id = then[0].person_id
    if tx.is_erased(person_id):
        return {**_line(complaint_id, now), "person": {"id": person_id, "key": None}, "files": []}
    line = _line(complaint_id, then)
    opened = zip(line["events"], tx.as_events(complaint_id, then), strict=True)
    rows = [{**row, "personal": to_record(event).personal} for row, event in opened]
    person = tx.person(person_id)
    return {
        **line,
        "events": rows,
        "files": files.get(person_id, []),
        "person": {"id": person.id, "key": person.key.hex()},
    }


def _files(tx: Reading, person_ids: Collection[str]) -> Mapping[str, list[dict[str, Any]]]:
    """Return what is known of the files of some persons, and look these up for what follows."""
    tx.look_up(person_ids)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tx.connection.execute(select(attachments).where(attachments.c.person_id.in_(person_ids))):
        found[row.person_id].append(row._asdict())
    return found


def _write(out: TextIO, data: Mapping[str, Any]) -> None:
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    out.write(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
