"""Complaints with their records as JSON Lines, into a desk: what :mod:`lapor_desk.exporting` wrote, here or elsewhere."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import attrs
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lapor_core.complaint import Complaint
from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.lifecycle import State
from lapor_core.standard import Standard
from lapor_desk.auditing import LOG_FORMAT
from lapor_desk.counting import counted
from lapor_desk.exporting import EXCHANGE_FORMAT
from lapor_desk.lines import is_utf8
from lapor_desk.recording import enter
from lapor_desk.store import Person, Store, StoreBusy, StoreDown, Transaction
from lapor_desk.store.log import GENESIS, link
from lapor_desk.store.tables import attachments, events

__all__ = ["Taken", "import_complaints"]

_TOGETHER = 100
_COLUMNS = frozenset(column.name for column in events.c)
_DIGEST = re.compile("[0-9a-f]{64}")
_INSTANTS = ("happened_at", "recorded_at")


@attrs.frozen(kw_only=True)
class Taken:
    """What became of one line: ``new``, ``known`` (it was here before), or ``refused`` with the reason.

    Attributes:
        line: Its number in the file, from 1.
        unknown_agencies: Keys of agencies that a new one is with and that are none of this desk's: nobody of theirs sees it.
    """

    line: int
    outcome: str
    reason: str = ""
    unknown_agencies: tuple[str, ...] = ()


def import_complaints(
    store: Store, lines: Iterable[str], standard_of: Callable[[Complaint], Standard], now: datetime
) -> Iterator[Taken]:
    """Take complaints in, a hundred per transaction, and yield what became of each line; none is left out silently.

    A line that cannot be taken costs only itself. A complaint whose id is here already is left as it is, so that a run that
    was stopped can be repeated.

    Args:
        store: Where to.
        lines: The lines of an exported file, the first and the last one included.
        standard_of: Gives the standard a complaint was received under.
        now: The present instant (aware).

    Raises:
        BadValue: this is no file of this format, or one without personal data (``bad_exchange``), or its end is missing.
    """
    coming = _Lines(lines)
    while batch := tuple(islice(coming, _TOGETHER)):
        yield from _taken(store, batch, standard_of, now)
    coming.check_end()


class _Lines:
    """The lines between the first and the last one, each with its number in the file and what stands in it.

    Raises:
        BadValue: this is no file of this format, or one without personal data (``bad_exchange``), or it goes on after its end.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._numbered = enumerate(lines, 1)
        self._count = 0
        self._end: object = None
        _check_header(next(self._numbered, (1, ""))[1])

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        return self

    def __next__(self) -> tuple[int, dict[str, Any] | None]:
        for number, text in self._numbered:
            if not text.strip():
                continue
            if self._end is not None:
                message = f"line {number} stands after the end of the file; take files in that were joined one by one"
                raise BadValue(message, code="bad_exchange", line=number)
            data = _parsed(text)
            if data is None or "complaints" not in data:
                self._count += 1
                return number, data
            self._end = data["complaints"]
        raise StopIteration

    def check_end(self) -> None:
        """See that every line has come that was written.

        Raises:
            BadValue: the end is missing, or says another number (``bad_exchange``).
        """
        if self._end is None:
            message = f"the end of the file is missing: it breaks off after {counted(self._count, 'complaint')}"
            raise BadValue(message, code="bad_exchange")
        if self._end != self._count:
            found = f"{counted(self._count, 'complaint')} stood in it, and its last line says {self._end}"
            raise BadValue(f"the file is not what was written: {found}", code="bad_exchange")


def _check_header(text: str) -> None:
    header = _parsed(text.removeprefix("\ufeff"))
    known = header.get("format") if header is not None else None
    if header is None or known != EXCHANGE_FORMAT:
        raise BadValue(f"this is no file of the format {EXCHANGE_FORMAT}{_instead(known)}", code="bad_exchange")
    if header.get("personal_data") is not True:
        message = (
            "this file was exported without personal data, so nothing in it can be opened; export --with-personal-data"
        )
        raise BadValue(message, code="bad_exchange")


def _instead(known: object) -> str:
    """Say what the file is, where it is one of ours."""
    if known == LOG_FORMAT:
        return ", but a record for an auditor (lapor audit export); write one with lapor export --with-personal-data"
    name = EXCHANGE_FORMAT.partition("/")[0]
    if isinstance(known, str) and re.fullmatch(rf"{name}/[0-9]{{1,4}}", known):
        return f", but of {known}: another version of lapor wrote it, and that one or a later one can read it"
    return ""


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and is_utf8(text) else None


@attrs.frozen(kw_only=True)
class _Coming:
    """A complaint as it comes in: the rows of its record, whose chain holds, whose it is, and their files.

    Attributes:
        person: Whose key seals it; None when they were erased, and the key is nowhere any more.
    """

    line: int
    rows: list[dict[str, Any]]
    person_id: str
    person: Person | None
    files: list[dict[str, Any]]

    @property
    def id(self) -> str:
        return str(self.rows[0]["complaint_id"])

    @property
    def hashes(self) -> list[str]:
        return [row["hash"] for row in self.rows]


_Judge = Callable[[Complaint], Standard]


def _taken(
    store: Store, batch: Sequence[tuple[int, dict[str, Any] | None]], standard_of: _Judge, now: datetime
) -> list[Taken]:
    """Return what became of the lines: those are refused that say by themselves that they cannot be taken, before the rest."""
    looked_at = [_looked_at(number, data) for number, data in batch]
    taken = _stored_together(store, [each for each in looked_at if isinstance(each, _Coming)], standard_of, now)
    outcome = {each.line: each for each in taken}
    return [each if isinstance(each, Taken) else outcome[each.line] for each in looked_at]


def _looked_at(number: int, data: dict[str, Any] | None) -> _Coming | Taken:
    try:
        return _checked(number, data)
    except KeyError as error:  # of ours: what a line must have
        return _refused(number, BadValue(f"it has no {error}", code="bad_exchange"))
    except _NOT_TAKEN as error:
        return _refused(number, error)


def _stored_together(
    store: Store, coming: Sequence[_Coming], standard_of: _Judge, now: datetime, *, again: bool = True
) -> list[Taken]:
    """Take complaints in with one transaction; where one of them cannot be taken, each half again with one of its own."""
    if not coming:
        return []
    try:
        with store.transaction() as tx:
            return _take(tx, coming, standard_of, now)
    except (StoreBusy, StoreDown):
        raise
    except _NOT_TAKEN as error:
        if again and isinstance(error, IntegrityError):  # another import was faster by a moment
            return _stored_together(store, coming, standard_of, now, again=False)
        if len(coming) == 1:
            return [_refused(coming[0].line, error)]
    middle = len(coming) // 2
    halves = (coming[:middle], coming[middle:])
    return [taken for half in halves for taken in _stored_together(store, half, standard_of, now)]


_NOT_TAKEN = (LaporError, KeyError, TypeError, ValueError, AttributeError, OverflowError, SQLAlchemyError)
"""What is wrong with a line; of any but our own errors, the words may repeat what is personal."""


def _refused(line: int, error: Exception) -> Taken:
    reason = str(error) if isinstance(error, LaporError) else "not a complaint of this format"
    return Taken(line=line, outcome="refused", reason=reason)


def _checked(number: int, data: dict[str, Any] | None) -> _Coming:
    if data is None:
        raise BadValue("not a JSON object in UTF-8", code="bad_exchange")
    person_id, key = data["person"]["id"], data["person"]["key"]
    person = None if key is None else Person(id=person_id, key=bytes.fromhex(key))
    rows = [{name: value for name, value in row.items() if name != "personal"} for row in data["events"]]
    _check_chain(data["id"], person_id, rows)
    files = data["files"] if person is not None else []
    for file in files:
        if not _DIGEST.fullmatch(file["digest"]):
            raise BadValue("a file has no digest by which it could lie anywhere", code="bad_exchange")
    return _Coming(line=number, rows=rows, person_id=person_id, person=person, files=files)


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


def _take(tx: Transaction, coming: Sequence[_Coming], standard_of: _Judge, now: datetime) -> list[Taken]:
    """Take complaints in, with one statement for each table; raises where one of them cannot be taken."""
    here = _hashes_here(tx, [each.id for each in coming])
    new: list[_Coming] = []
    taken: list[Taken] = []
    for each in coming:
        if each.id not in here:
            here[each.id] = each.hashes
            new.append(each)
            taken.append(Taken(line=each.line, outcome="new"))
        elif each.hashes == here[each.id][: len(each.rows)]:
            taken.append(Taken(line=each.line, outcome="known"))
        else:
            raise _other(here[each.id], each)
    _add_people(tx, new, now)
    if not new:
        return taken
    tx.connection.execute(insert(events), [_stored(row) for each in new for row in each.rows])
    tx.insert_all_new(attachments, [_file(file, each.person_id) for each in new for file in each.files])
    # loading opens everything that is sealed, and refuses what no version of ours wrote
    loaded = tx.load_all([each.id for each in new])
    _check_erased(new, loaded)
    enter(tx, loaded, standard_of, now)
    strangers = {each.line: _strangers(complaint, standard_of) for each, complaint in zip(new, loaded, strict=True)}
    return [attrs.evolve(each, unknown_agencies=strangers.get(each.line, ())) for each in taken]


def _strangers(complaint: Complaint, standard_of: _Judge) -> tuple[str, ...]:
    known = standard_of(complaint).agencies
    return tuple(agency for agency in complaint.agencies if agency not in known)


def _other(here: Sequence[str], coming: _Coming) -> Refused:
    """Return why a record is not taken in beside the one that is here under its id."""
    if here != coming.hashes[: len(here)]:
        return Refused("another record is here under its id", code="other_record")
    more = counted(len(coming.rows) - len(here), "event")
    message = f"its record is here up to event {len(here)} and has {more} more in the file: a record that is here is left alone"
    return Refused(message, code="other_record")


def _hashes_here(tx: Transaction, complaint_ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(events.c.complaint_id, events.c.hash).where(events.c.complaint_id.in_(complaint_ids))
    here: defaultdict[str, list[str]] = defaultdict(list)
    for row in tx.connection.execute(query.order_by(events.c.complaint_id, events.c.sequence)):
        here[row.complaint_id].append(row.hash)
    return dict(here)


def _add_people(tx: Transaction, coming: Sequence[_Coming], now: datetime) -> None:
    new: dict[str, Person] = {}
    for each in coming:
        erased_here = tx.is_erased(each.person_id)
        known = None if erased_here else new.get(each.person_id) or tx.find_person(each.person_id)
        if each.person is None:
            if known is not None:
                message = "its reporter was erased where it comes from, and is not erased here; erase them here first"
                raise Refused(message, code="not_erased_here")
            if not erased_here:
                tx.add_erased(each.person_id, now)
        elif erased_here:
            raise Refused("its reporter was erased here", code="erased")
        elif known is None:
            new[each.person_id] = each.person
        elif known.key != each.person.key:
            raise Refused("another person is here under the id of its reporter", code="other_record")
    tx.add_people(new.values())


def _check_erased(new: Sequence[_Coming], loaded: Iterable[Complaint]) -> None:
    keyless = {each.id for each in new if each.person is None}
    if any(complaint.id in keyless and complaint.state is not State.ERASED for complaint in loaded):
        raise Refused("the key to it is missing, and its record does not say that it was erased", code="bad_exchange")


def _file(file: Mapping[str, Any], person_id: str) -> dict[str, Any]:
    return {column.name: file[column.name] for column in attachments.c} | {"person_id": person_id}


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(row[name]) for name in _INSTANTS}
    return {**row, **instants, "sealed": None if row["sealed"] is None else bytes.fromhex(row["sealed"])}
