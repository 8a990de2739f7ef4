"""The record of each complaint: events are appended, chained by hashes, and never changed.

How the chain is made stands in ``docs/reference/log-format.md``, so that another program can verify it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import attrs
from sqlalchemy import Row, Select, bindparam, insert, select, type_coerce
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.types import NullType

from lapor_core.complaint import Complaint
from lapor_core.errors import BadValue, LaporError, NotFound, Refused
from lapor_core.events import FACTS, Event, Received
from lapor_core.evolution import replay
from lapor_core.records import Record, from_record, to_record, without_personal
from lapor_desk.store.database import StoreBusy, StoreDown
from lapor_desk.store.tables import complaints, events, instant_text
from lapor_desk.store.unit import ReadUnit, WriteUnit

__all__ = ["GENESIS", "Chain", "LogReads", "LogWrites", "link"]

GENESIS = "0" * 64
"""The hash before the first event."""


@attrs.frozen(kw_only=True)
class Chain:
    """What checking the chain of one complaint has found.

    Attributes:
        length: How many events are right, from the first on.
        head: The hash of the last of them; an office can publish it.
        broken_at: The sequence of the first event that is not right; None when all are.
        problem: What is wrong with it.
    """

    complaint: str
    length: int
    head: str
    broken_at: int | None = None
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether every link is right."""
        return self.broken_at is None


class LogReads(ReadUnit):
    """Reading the record."""

    def events(self, complaint_id: str) -> tuple[Event, ...]:
        """Return the events of a complaint in their order; of a reporter who was erased, with nothing personal in them.

        Raises:
            NotFound: there is no such complaint (``unknown_complaint``).
            Refused: what is stored was changed (``tampered``).
            BadValue: a newer version of this library wrote it (``unknown_event``, ``unknown_schema``).
        """
        query = select(events).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
        return self.as_events(complaint_id, self.connection.execute(query)) or _unknown(complaint_id)

    def outline(self, complaint_id: str) -> tuple[Event, ...]:
        """Return the events of a complaint with every personal field empty; no seal is opened for it.

        Raises:
            NotFound, BadValue: as :meth:`events`. Refused: what is stored was changed (``tampered``).
        """
        query = select(events).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
        return self.as_events(complaint_id, self.connection.execute(query), sealed=True) or _unknown(complaint_id)

    def load_all(self, complaint_ids: Sequence[str]) -> tuple[Complaint, ...]:
        """Return several complaints, as :meth:`load_each` reads them; raises what :meth:`events` raises."""
        return tuple(_or_raised(found) for _, found in self.load_each(complaint_ids))

    def load_each(self, complaint_ids: Sequence[str]) -> Iterator[tuple[str, Complaint | LaporError]]:
        """Yield several complaints in the order asked for, each as :meth:`load` returns it or with the error that it raises.

        It takes two statements, however many complaints there are.
        """
        rows = self._gathered(select(events), complaint_ids)
        self.look_up(row.person_id for found in rows.values() for row in found if row.sealed is not None)
        for each in complaint_ids:
            yield each, self._loaded(each, rows[each])

    def _loaded(self, complaint_id: str, rows: Iterable[Row[Any]]) -> Complaint | LaporError:
        try:
            return replay(self.as_events(complaint_id, rows) or _unknown(complaint_id))
        except (StoreBusy, StoreDown):
            raise
        except LaporError as error:
            return error

    def outlines(self, complaint_ids: Sequence[str]) -> Iterator[tuple[str, tuple[Event, ...] | LaporError]]:
        """Yield several complaints each with what :meth:`outline` returns of it, or with the error that it raises."""
        rows = self._gathered(_OPEN, complaint_ids)
        for each in complaint_ids:
            try:
                found = self.as_events(each, rows[each], sealed=True)
                yield each, found or _unknown(each)
            except LaporError as error:
                yield each, error

    def _gathered(self, query: Select[Any], complaint_ids: Sequence[str]) -> Mapping[str, list[Row[Any]]]:
        rows: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        these = query.where(events.c.complaint_id.in_(complaint_ids)).order_by(events.c.sequence)
        for row in self.connection.execute(these):
            rows[row.complaint_id].append(row)
        return rows

    def as_events(self, complaint_id: str, rows: Iterable[Row[Any]], *, sealed: bool = False) -> tuple[Event, ...]:
        """Return rows of a record as events, with every personal field empty where the seals are to stay ``sealed``.

        Raises:
            Refused, BadValue: as :meth:`events`.
        """
        try:
            return tuple(from_record(_outline(row) if sealed else self._record(row)) for row in rows)
        except (TypeError, ValueError) as error:
            if isinstance(error, LaporError) and error.code != "naive_datetime":
                raise
            message = f"the record of complaint {complaint_id} cannot be read: it was changed"
            raise Refused(message, code="tampered", place=f"event/{complaint_id}") from error

    def load(self, complaint_id: str) -> Complaint:
        """Return the complaint as its events have made it; raises what :meth:`events` raises."""
        return replay(self.events(complaint_id))

    def find(self, code: str) -> str | None:
        """Return the id of the complaint with this tracking code, in its canonical spelling; or None."""
        found: str | None = self.connection.execute(select(complaints.c.id).where(complaints.c.code == code)).scalar()
        return found

    def verify_chain(self, complaint_id: str) -> Chain:
        """Check every link of a complaint's chain, and that no event is missing at its end.

        Events cut off at the end are missed in the register. Whoever cut them there too is found out by an office that has
        published :attr:`Chain.head`.

        Raises:
            NotFound: neither the record nor the register knows this complaint (``unknown_complaint``).
        """
        known = self.connection.execute(select(complaints.c.version).where(complaints.c.id == complaint_id)).scalar()
        head, length = GENESIS, 0
        for length, row in enumerate(self._stored(complaint_id), start=1):
            if problem := _fault(row, length, head):
                return Chain(complaint=complaint_id, length=length - 1, head=head, broken_at=length, problem=problem)
            head = row["hash"]
        if known is None and not length:
            _unknown(complaint_id)
        if known != length:
            problem = f"the register has seen {known or 0} events and the record holds {length}"
            return Chain(complaint=complaint_id, length=length, head=head, broken_at=length + 1, problem=problem)
        return Chain(complaint=complaint_id, length=length, head=head)

    def _stored(self, complaint_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows as they lie there, every value unread; an empty one for texts that are not UTF-8 any more, in SQLite."""
        columns = [type_coerce(column, NullType()).label(column.name) for column in events.c]
        query = select(*columns).where(events.c.complaint_id == complaint_id).order_by(events.c.sequence)
        try:
            for row in self.connection.execute(query):
                yield row._asdict()
        except OperationalError as error:
            if "decode" not in str(error.orig):
                raise
            yield {}

    def _record(self, row: Row[Any]) -> Record:
        record = _open_part(row)
        if row.sealed is None:
            return record
        if self.is_erased(row.person_id):
            return without_personal(record)
        place = _place(row.complaint_id, row.sequence)
        opened = self.vault.open(self.person(row.person_id), row.sealed, place)
        return attrs.evolve(record, personal=_object(opened))


def _open_part(row: Row[Any]) -> Record:
    return Record(
        complaint=row.complaint_id,
        sequence=row.sequence,
        type=row.type,
        schema=row.schema,
        office=row.office,
        role=row.role,
        actor=row.actor,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        public=_object(row.public),
        personal={},
    )


def _outline(row: Row[Any]) -> Record:
    """Return a row as a record whose seal is left shut; of a type that a later version wrote nothing is known to be sealed."""
    record = _open_part(row)
    return without_personal(record) if record.type in FACTS else record


class LogWrites(LogReads, WriteUnit):
    """Appending to the record."""

    def append(self, new: Sequence[Event]) -> None:
        """Append events of one complaint; the first must follow the last one that is stored.

        Raises:
            Refused: somebody else appended meanwhile (``changed_meanwhile``): load the complaint again and decide anew.
            BadValue: the events are of several complaints, or have a gap (``broken_sequence``).
        """
        if not new:
            return
        complaint_id = _one_complaint(new)
        tail, head, person_id = self._tail(complaint_id, new[0])
        if new[0].sequence != tail + 1:
            raise _changed_meanwhile(complaint_id)
        self._insert(list(self._linked(new, head, person_id)))

    def begin(self, records: Iterable[Sequence[Event]]) -> None:
        """Append the first events of new complaints, those of all complaints in one statement.

        Raises:
            Refused: a complaint with such an id is here already (``changed_meanwhile``).
            BadValue: as :meth:`append`, or a record does not begin with its receipt (``broken_sequence``).
        """
        rows: list[dict[str, Any]] = []
        for new in records:
            complaint_id = _one_complaint(new)
            if new[0].sequence != 1:
                raise _changed_meanwhile(complaint_id)
            rows += self._linked(new, GENESIS, _whose(new[0]))
        if rows:
            self._insert(rows)

    def _insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            self.connection.execute(_NEW, rows)
        except IntegrityError as error:  # in PostgreSQL, another transaction was faster by a moment
            raise _changed_meanwhile(rows[0]["complaint_id"]) from error

    def _tail(self, complaint_id: str, first: Event) -> tuple[int, str, str]:
        """Return the sequence and hash of the last stored event, and whose key seals this complaint."""
        row = self.connection.execute(_LATEST, {"of_id": complaint_id}).first()
        if row is not None:
            return row.sequence, row.hash, row.person_id
        return 0, GENESIS, _whose(first)

    def _linked(self, new: Sequence[Event], head: str, person_id: str) -> Iterator[dict[str, Any]]:
        for event in new:
            row = self._row(to_record(event), person_id) | {"prev_hash": head}
            head = link(row)
            yield row | {"hash": head}

    def _row(self, record: Record, person_id: str) -> dict[str, Any]:
        sealed = None
        if record.personal:
            place = _place(record.complaint, record.sequence)
            sealed = self.vault.seal(self.person(person_id), json.dumps(record.personal).encode(), place)
        row = {field: getattr(record, field) for field in _SAME}
        return row | {
            "complaint_id": record.complaint,
            "public": _PUBLIC.encode(record.public),
            "person_id": person_id,
            "sealed": sealed,
        }


# Built once: to build a statement costs more than to run it, and these run at every action.
_NEW = insert(events)
_LATEST = (
    select(events.c.sequence, events.c.hash, events.c.person_id)
    .where(events.c.complaint_id == bindparam("of_id"))
    .order_by(events.c.sequence.desc())
    .limit(1)
)

_PUBLIC = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
_SAME = ("sequence", "type", "schema", "office", "role", "actor", "happened_at", "recorded_at")
_COVERED = (*_SAME, "complaint_id", "public", "person_id", "sealed", "prev_hash")


def link(row: Mapping[str, Any]) -> str:
    """Return the hash of one event over the hash before it: SHA-256 of the canonical JSON (RFC 8785) of every other column."""
    covered = {name: row[name] for name in _COVERED}
    covered |= {name: _covered(row[name]) for name in ("happened_at", "recorded_at", "sealed")}
    return hashlib.sha256(_CANONICAL.encode(covered).encode()).hexdigest()


def _covered(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value.hex() if isinstance(value, bytes) else value


def _fault(row: Mapping[str, Any], expected: int, head: str) -> str:
    if not row:
        return f"event {expected} was changed"
    if row["sequence"] != expected:
        return f"event {expected} is missing"
    if row["prev_hash"] != head:
        return f"event {expected} does not follow the one before it"
    return "" if row["hash"] == link(row) else f"event {expected} was changed"


def _or_raised(found: Complaint | LaporError) -> Complaint:
    if isinstance(found, LaporError):
        raise found
    return found


def _unknown(complaint_id: str) -> NoReturn:
    raise NotFound(f'"{complaint_id}": no such complaint', code="unknown_complaint", complaint=complaint_id)


_OPEN = select(*(column for column in events.c if column.name not in ("sealed", "prev_hash", "hash")))
"""Without what is sealed, and without what only a verifier needs."""


def _object(text: str | bytes) -> dict[str, Any]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise TypeError("a record is a JSON object")
    return data


def _place(complaint_id: str, sequence: int) -> str:
    return f"event/{complaint_id}/{sequence}"


def _one_complaint(new: Sequence[Event]) -> str:
    if len({event.complaint for event in new}) > 1:
        raise BadValue("events of several complaints cannot be appended together", code="broken_sequence")
    sequences = [event.sequence for event in new]
    if sequences != list(range(sequences[0], sequences[0] + len(new))):
        raise BadValue("the events to append have a gap in their sequence", code="broken_sequence")
    return new[0].complaint


def _whose(first: Event) -> str:
    """Return the id of the person whose key seals a complaint that begins with this event."""
    if not isinstance(first.fact, Received):
        raise BadValue("the first event of a complaint is that it was received", code="broken_sequence")
    return first.fact.reporter_ref


def _changed_meanwhile(complaint_id: str) -> Refused:
    message = f"complaint {complaint_id} was changed meanwhile; load it again"
    return Refused(message, code="changed_meanwhile", complaint=complaint_id)
