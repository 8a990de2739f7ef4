"""Complaints with their records as JSON Lines, out of one desk and into another; the format: ``docs/reference/exchange.md``.

The record travels as it stands, sealed parts and hashes included, so the chain is the same on both sides. With personal data
the key of each person travels too, and everything sealed is there in the open beside; without, nobody can read it, and no desk
can take it in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

import attrs
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from lapor_core.complaint import Complaint
from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.records import to_record
from lapor_core.standard import Standard
from lapor_desk.auditing import exported
from lapor_desk.recording import project
from lapor_desk.store import Person, Reading, Store, StoreBusy, StoreDown, Transaction
from lapor_desk.store.log import GENESIS, link
from lapor_desk.store.tables import attachments, complaints, events, instant_text

__all__ = ["EXCHANGE_FORMAT", "Taken", "export_complaints", "import_complaints"]

EXCHANGE_FORMAT = "lapor-complaints/1"

_BATCH = 200
_COLUMNS = frozenset(column.name for column in events.c)
_DIGEST = re.compile("[0-9a-f]{64}")
_INSTANTS = ("happened_at", "recorded_at")


@attrs.frozen(kw_only=True)
class Taken:
    """What became of one line: ``new``, ``known`` (it was here before), or ``refused`` with the reason.

    Attributes:
        line: Its number in the file, from 1.
    """

    line: int
    outcome: str
    reason: str = ""


def export_complaints(store: Store, out: TextIO, now: datetime, *, with_personal_data: bool = False) -> Iterator[str]:
    """Write every complaint, and yield its id as it is written.

    Args:
        store: Where they are.
        out: Where to; UTF-8. With personal data, only its owner should be able to read it.
        now: The present instant (aware).
        with_personal_data: Whether names, contacts and texts go out too, with the keys to what is sealed.
    """
    _write(out, {"format": EXCHANGE_FORMAT, "exported_at": instant_text(now), "personal_data": with_personal_data})
    count, after = 0, ""
    while ids := _ids(store, after):
        with store.reading() as tx:
            for complaint_id in ids:
                _write(out, _as_line(tx, complaint_id, with_personal_data=with_personal_data))
                yield complaint_id
        count, after = count + len(ids), ids[-1]
    _write(out, {"complaints": count})


def import_complaints(
    store: Store, lines: Iterable[str], standard_of: Callable[[Complaint], Standard], now: datetime
) -> Iterator[Taken]:
    """Take complaints in, each in its own transaction, and yield what became of each line; none is left out silently.

    A complaint whose id is here already is left as it is, so that a run that was stopped can be repeated.

    Args:
        store: Where to.
        lines: The lines of an exported file, the first and the last one included.
        standard_of: Gives the standard a complaint was received under.
        now: The present instant (aware).

    Raises:
        BadValue: this is no file of this format, or one without personal data (``bad_exchange``), or its end is missing.
    """
    numbered = enumerate(lines, 1)
    _check_header(next(numbered, (1, ""))[1])
    count, end = 0, None
    for number, text in numbered:
        data = _parsed(text)
        if data is not None and "complaints" in data:
            end = data["complaints"]
            break
        count += 1
        yield _taken(store, number, data, standard_of, now)
    if end != count:
        message = f"the end of the file is missing: {count} complaints were found, and the last line says {end}"
        raise BadValue(message, code="bad_exchange")


def _ids(store: Store, after: str) -> list[str]:
    query = select(complaints.c.id).where(complaints.c.id > after).order_by(complaints.c.id).limit(_BATCH)
    with store.reading() as tx:
        return list(tx.connection.execute(query).scalars())


def _as_line(tx: Reading, complaint_id: str, *, with_personal_data: bool) -> dict[str, Any]:
    rows = tx.connection.execute(
        select(events).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
    ).all()
    line: dict[str, Any] = {"id": complaint_id, "events": [exported(row) for row in rows]}
    if not with_personal_data:
        return line
    person_id = rows[0].person_id
    if tx.is_erased(person_id):
        return line | {"person": {"id": person_id, "key": None}}
    for row, event in zip(line["events"], tx.events(complaint_id), strict=True):
        row["personal"] = to_record(event).personal
    person = tx.person(person_id)
    files = select(attachments).where(attachments.c.person_id == person_id)
    line["files"] = [row._asdict() for row in tx.connection.execute(files)]
    return line | {"person": {"id": person.id, "key": person.key.hex()}}


def _check_header(text: str) -> None:
    header = _parsed(text)
    if header is None or header.get("format") != EXCHANGE_FORMAT:
        raise BadValue(f"this is no file of the format {EXCHANGE_FORMAT}", code="bad_exchange")
    if header.get("personal_data") is not True:
        message = (
            "this file was exported without personal data, so nothing in it can be opened; export --with-personal-data"
        )
        raise BadValue(message, code="bad_exchange")


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _taken(
    store: Store,
    number: int,
    data: dict[str, Any] | None,
    standard_of: Callable[[Complaint], Standard],
    now: datetime,
) -> Taken:
    try:
        coming = _checked(data)
        with store.transaction() as tx:
            outcome = _take(tx, coming, standard_of, now)
    except (StoreBusy, StoreDown):
        raise
    except LaporError as error:
        return Taken(line=number, outcome="refused", reason=str(error))
    except (KeyError, TypeError, ValueError, AttributeError, SQLAlchemyError):  # its words may repeat what is personal
        return Taken(line=number, outcome="refused", reason="not a complaint of this format")
    return Taken(line=number, outcome=outcome)


@attrs.frozen(kw_only=True)
class _Coming:
    """A complaint as it comes in: the rows of its record, whose chain holds, the person whose key seals them, their files."""

    rows: list[dict[str, Any]]
    person: Person
    files: list[dict[str, Any]]


def _checked(data: dict[str, Any] | None) -> _Coming:
    if data is None:
        raise BadValue("not a JSON object", code="bad_exchange")
    if data["person"]["key"] is None:
        raise Refused("its reporter was erased, and it can be read by nobody any more", code="erased")
    person = Person(id=data["person"]["id"], key=bytes.fromhex(data["person"]["key"]))
    rows = [{name: value for name, value in row.items() if name != "personal"} for row in data["events"]]
    _check_chain(data["id"], person.id, rows)
    return _Coming(rows=rows, person=person, files=data["files"])


def _check_chain(complaint_id: str, person_id: str, rows: list[dict[str, Any]]) -> None:
    head = GENESIS
    for sequence, row in enumerate(rows, 1):
        mine = (row.get("complaint_id"), row.get("person_id"), row.get("sequence")) == (
            complaint_id,
            person_id,
            sequence,
        )
        if row.keys() != _COLUMNS or not mine or row["prev_hash"] != head or row["hash"] != link(row):
            raise Refused(f"link {sequence} of its chain is broken", code="broken_chain")
        head = row["hash"]
    if not rows:
        raise BadValue("it has no events", code="no_events")


def _take(tx: Transaction, coming: _Coming, standard_of: Callable[[Complaint], Standard], now: datetime) -> str:
    rows, person = coming.rows, coming.person
    complaint_id = rows[0]["complaint_id"]
    mine = select(events.c.hash).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
    if here := list(tx.connection.execute(mine).scalars()):
        if [row["hash"] for row in rows] == here[: len(rows)]:
            return "known"
        raise Refused("another record is here under its id", code="other_record")
    _add_person(tx, person)
    tx.connection.execute(insert(events), [_stored(row) for row in rows])
    for file in coming.files:
        if not _DIGEST.fullmatch(file["digest"]):
            raise BadValue("a file has no digest by which it could lie anywhere", code="bad_exchange")
        tx.insert_new(
            attachments, {column.name: file[column.name] for column in attachments.c} | {"person_id": person.id}
        )
    complaint = tx.load(complaint_id)  # opens everything that is sealed, and refuses what no version of ours wrote
    project(tx, complaint, standard_of(complaint), now)
    return "new"


def _add_person(tx: Transaction, person: Person) -> None:
    known = tx.find_person(person.id)
    if known is None:
        tx.add_person(person)
    elif known.key != person.key:
        raise Refused("another person is here under the id of its reporter", code="other_record")


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(row[name]) for name in _INSTANTS}
    return {**row, **instants, "sealed": None if row["sealed"] is None else bytes.fromhex(row["sealed"])}


def _write(out: TextIO, data: Mapping[str, Any]) -> None:
    out.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
