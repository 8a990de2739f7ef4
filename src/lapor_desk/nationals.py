"""Taking complaints of the national service in, with its two ids kept beside ours."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

import attrs

from lapor_core.clock_facts import clock_facts
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Actor, Reporter
from lapor_core.decisions import Act, decide
from lapor_core.errors import LaporError
from lapor_core.events import Event, Fact, Received
from lapor_core.evolution import replay, replay_on
from lapor_core.lifecycle import Action, Role
from lapor_core.standard import Standard
from lapor_desk.national_csv import BadRow, NationalRow
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.recording import record_new
from lapor_desk.store import Person, Reading, Store, Transaction, Vault

__all__ = ["CHANNEL", "NationalIds", "Outcome", "find_national", "national_ids", "take_rows"]

CHANNEL = "sp4n"
"""The channel of complaints that came by the national service; their source id is the TrackingID."""

_OWN = "(desk)"
_SYSTEM = Actor(role=Role.SYSTEM, id="import")
_CENTRE = Actor(role=Role.CENTRAL_ADMIN, id="import")
_BATCH = 100


@attrs.frozen(kw_only=True)
class NationalIds:
    """The ids of the national service: the one citizens hold, and its internal one."""

    tracking_id: str
    national_id: str


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one row: ``new``, ``known`` (it was here before) or ``bad`` with the reason."""

    line: int
    outcome: str
    reason: str = ""


def national_ids(tx: Reading, complaint_id: str) -> NationalIds | None:
    """Return the national ids of a complaint; None for one that did not come by the national service."""
    kept = tx.recall(_OWN, f"national/{complaint_id}")
    return NationalIds(**json.loads(kept)) if kept else None


def find_national(tx: Reading, tracking_id: str) -> str | None:
    """Return the id of the complaint with this TrackingID, or None."""
    return tx.intake(CHANNEL, tracking_id)


def take_rows(
    store: Store,
    rows: Iterable[NationalRow | BadRow],
    standard: Standard,
    now: datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Iterator[Outcome]:
    """Take rows in, a hundred per transaction, and yield what became of each; a row that was taken before is ``known``.

    Nobody is told: these complaints are no news to anybody. A run that was stopped can be repeated.

    Args:
        store: Where to.
        rows: What :func:`lapor_desk.national_csv.read_rows` yields.
        standard: What they are judged by from now on.
        now: The present instant (aware).
        random: Gives random bytes, for tracking codes.
    """
    taking = _Taking(standard=standard, now=now, random=random)
    coming = iter(rows)
    while batch := tuple(islice(coming, _BATCH)):
        yield from again_when_overtaken(partial(_taken, store, batch, taking))


def _taken(store: Store, batch: Sequence[NationalRow | BadRow], taking: _Taking) -> list[Outcome]:
    """Take a batch in, with one transaction for all of it and one statement for each table."""
    looked_at = [row if isinstance(row, BadRow) else taking.entry(row) for row in batch]
    with store.transaction() as tx:
        first = {each.row.tracking_id: each for each in reversed(looked_at) if isinstance(each, _Entry)}
        here = tx.claim_intakes(CHANNEL, {key: entry.complaint_id for key, entry in first.items()})
        new = [entry for key, entry in first.items() if here[key] == entry.complaint_id]
        tx.add_people(entry.person for entry in new)
        record_new(tx, [entry.events for entry in new], taking.standard, taking.now, tell=False)
        tx.keep_all(_OWN, {f"national/{entry.complaint_id}": entry.ids for entry in new})
        return [_outcome(tx, each, here) for each in looked_at]


def _outcome(tx: Transaction, looked_at: _Entry | BadRow, here: Mapping[str, str]) -> Outcome:
    if isinstance(looked_at, BadRow):
        return Outcome(line=looked_at.line, outcome="bad", reason=looked_at.reason)
    complaint_id = here[looked_at.row.tracking_id]
    if complaint_id == looked_at.complaint_id:
        return Outcome(line=looked_at.row.line, outcome="new")
    return _known(tx, looked_at.row, complaint_id)


def _known(tx: Transaction, row: NationalRow, complaint_id: str) -> Outcome:
    ids = national_ids(tx, complaint_id)
    if ids is not None and ids.national_id != row.national_id:
        reason = (
            f"TrackingID {row.tracking_id} was taken in before with the id {ids.national_id}, not {row.national_id}"
        )
        return Outcome(line=row.line, outcome="bad", reason=reason)
    return Outcome(line=row.line, outcome="known")


@attrs.frozen(kw_only=True)
class _Entry:
    """A row with what is to be stored of it."""

    row: NationalRow
    complaint_id: str
    person: Person
    events: tuple[Event, ...]

    @property
    def ids(self) -> bytes:
        """The national ids as they are kept."""
        ids = NationalIds(tracking_id=self.row.tracking_id, national_id=self.row.national_id)
        return json.dumps(attrs.asdict(ids)).encode()


@attrs.frozen(kw_only=True)
class _Taking:
    """What all rows are judged by, and where chance comes from."""

    standard: Standard
    now: datetime
    random: Callable[[int], bytes]

    def entry(self, row: NationalRow) -> _Entry | BadRow:
        """Return what is to be stored of a row; or the row as a bad one, where the standard does not allow it."""
        person = Vault.new_person()
        record = _Record(
            row=row,
            complaint_id=secrets.token_hex(16),
            code=tracking_code(self.random(RANDOM_BYTES)),
            person_id=person.id,
            standard=self.standard,
            now=self.now,
        )
        try:
            return _Entry(row=row, complaint_id=record.complaint_id, person=person, events=record.events())
        except LaporError as error:
            return BadRow(line=row.line, reason=str(error))


@attrs.frozen(kw_only=True)
class _Record:
    """One row as the record of a complaint."""

    row: NationalRow
    complaint_id: str
    code: str
    person_id: str
    standard: Standard
    now: datetime

    def events(self) -> tuple[Event, ...]:
        """Return what the export says of the complaint, and no more."""
        events = [self._event(1, self._received())]
        complaint = replay(events)
        for sequence, fact in enumerate(clock_facts(complaint, self.standard, self.row.received_at), 2):
            events.append(self._event(sequence, fact))
        complaint = replay_on(complaint, events[1:])
        act = self._act()
        return (*events, *(decide(complaint, act, self.standard, self.now) if act else ()))

    def _received(self) -> Received:
        row = self.row
        return Received(
            code=self.code,
            policy=self.standard.policy.reference,
            channel=CHANNEL,
            received_at=row.received_at,
            reporter_ref=self.person_id,
            reporter=Reporter(),
            title=row.title,
            narrative=row.narrative,
            place=row.place,
            agency=row.agency,
            category=row.category,
        )

    def _act(self) -> Act | None:
        """Return what was done there; what is finished is put away here, with where it was finished as the reason."""
        row = self.row
        if row.status == "closed":
            reason = f"Selesai di SP4N-LAPOR! ({row.tracking_id})"
            return Act(action=Action.ARCHIVE, actor=_CENTRE, text=reason, happened_at=row.closed_at)
        if row.status == "disposed":
            agencies = (row.agency,) if row.agency else ()
            return Act(action=Action.DISPOSE, actor=_CENTRE, agencies=agencies, happened_at=row.disposed_at)
        return None

    def _event(self, sequence: int, fact: Fact) -> Event:
        return Event(
            complaint=self.complaint_id,
            sequence=sequence,
            office=self.standard.policy.id,
            actor=_SYSTEM,
            happened_at=self.row.received_at,
            recorded_at=self.now,
            fact=fact,
        )
