"""Taking complaints of the national service in, with its two ids in their records."""

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
from lapor_core.decisions import Act, Begun, decide
from lapor_core.errors import LaporError
from lapor_core.events import Event, Fact, Received
from lapor_core.evolution import evolve, replay, replay_on
from lapor_core.external_ids import note_external_ids
from lapor_core.lifecycle import Action, Role
from lapor_core.standard import Standard
from lapor_desk.national_csv import BadRow, NationalRow
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.recording import record_new
from lapor_desk.store import Person, Reading, Store, Transaction, Vault
from lapor_desk.store.kept import OWN

__all__ = ["CHANNEL", "INTERNAL", "TRACKING", "Outcome", "carry_over", "find_national", "take_rows"]

CHANNEL = "sp4n"
"""The channel of complaints that came by the national service; their source id is the TrackingID."""

TRACKING, INTERNAL = "sp4n_tracking", "sp4n_id"
"""The national service as the two systems it is: the id that citizens hold (TrackingID), and the one of its database."""

_CARRIED = "national ids are in the records"
_SYSTEM = Actor(role=Role.SYSTEM, id="import")
_CENTRE = Actor(role=Role.CENTRAL_ADMIN, id="import")
_BATCH = 100


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one row: ``new``, ``known`` (it was here before) or ``bad`` with the reason."""

    line: int
    outcome: str
    reason: str = ""


def find_national(tx: Reading, tracking_id: str) -> str | None:
    """Return the id of a complaint with this TrackingID, imported or noted by hand; or None."""
    noted = tx.bearers(TRACKING, [tracking_id])
    return noted[tracking_id][0] if noted else tx.intake(CHANNEL, tracking_id)


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
        here = _here(tx, first)
        new = [entry for key, entry in first.items() if here[key] == (entry.complaint_id,)]
        tx.add_people(entry.person for entry in new)
        record_new(tx, [entry.begun for entry in new], taking.standard, taking.now, tell=False)
        internal = tx.external_digests(INTERNAL, [each for bearing in here.values() for each in bearing])
        known = _Known(tx=tx, here=here, internal=internal, now=taking.now)
        return [known.outcome(each) for each in looked_at]


def _here(tx: Transaction, wanted: Mapping[str, _Entry]) -> dict[str, tuple[str, ...]]:
    """Return the complaints that bear each TrackingID: those that have it already, or the new one that gets it now.

    An id may have been noted by hand; and one that was taken in stays known though its complaint was erased.
    """
    noted = tx.bearers(TRACKING, wanted)
    claimed = {key: entry.complaint_id for key, entry in wanted.items() if key not in noted}
    return {**noted, **{key: (each,) for key, each in tx.claim_intakes(CHANNEL, claimed).items()}}


@attrs.frozen(kw_only=True)
class _Known:
    """What is known of a batch's TrackingIDs: the complaints that bear them, and the digests of their internal ids."""

    tx: Transaction
    here: Mapping[str, tuple[str, ...]]
    internal: dict[str, str]
    now: datetime

    def outcome(self, looked_at: _Entry | BadRow) -> Outcome:
        """Return what became of a row; a complaint whose internal id was not known has it from now on."""
        if isinstance(looked_at, BadRow):
            return Outcome(line=looked_at.line, outcome="bad", reason=looked_at.reason)
        row, bearing = looked_at.row, self.here[looked_at.row.tracking_id]
        if bearing == (looked_at.complaint_id,):
            return Outcome(line=row.line, outcome="new")
        digest = self.tx.external_digest(row.national_id)
        if all(self.internal.get(each, digest) != digest for each in bearing):
            reason = f"TrackingID {row.tracking_id} is here already, with another id than {row.national_id}"
            return Outcome(line=row.line, outcome="bad", reason=reason)
        for complaint_id in bearing:
            if complaint_id not in self.internal and not self.tx.is_erased(self.tx.person_of(complaint_id)):
                _note(self.tx, complaint_id, {INTERNAL: row.national_id}, self.now)
                self.internal[complaint_id] = digest
        return Outcome(line=row.line, outcome="known")


def _note(tx: Transaction, complaint_id: str, told: Mapping[str, str], at: datetime | None = None) -> None:
    """Write ids into a record, as of ``at`` (aware) or else of its last event; nothing else follows, and nobody is told."""
    before = tx.events(complaint_id)
    now = before[-1].recorded_at if at is None else max(at, before[-1].happened_at)
    complaint = replay(before)
    new = note_external_ids(complaint, told, actor=_SYSTEM, office=before[0].office, now=now)
    tx.append(new)
    tx.project_noted(replay_on(complaint, new))


def carry_over(store: Store) -> int:
    """Bring the ids of complaints that an earlier version took in into their records; return how many complaints.

    That version kept them beside the records, in the desk's own storage. It is done once: a new house says at its first opening
    that nothing is left to do. Safe in several processes at once: what is done is not there any more.
    """
    with store.reading() as tx:
        if tx.recall(OWN, _CARRIED):
            return 0
        coming = iter(tx.taken_in(CHANNEL))
    count = 0
    while batch := tuple(islice(coming, _BATCH)):
        count += again_when_overtaken(partial(_carried_over, store, batch))
    with store.transaction() as tx:
        tx.keep(OWN, _CARRIED, b"1")
    return count


def _carried_over(store: Store, batch: Sequence[str]) -> int:
    count = 0
    with store.transaction() as tx:
        for complaint_id in batch:
            place = f"national/{complaint_id}"
            kept = tx.recall(OWN, place)
            if kept is None:
                continue
            ids = json.loads(kept)
            told = {TRACKING: ids["tracking_id"], INTERNAL: ids["national_id"]}
            if tx.is_erased(tx.person_of(complaint_id)):
                tx.enter_external_ids({complaint_id: told})
            else:
                _note(tx, complaint_id, told)
            tx.forget(OWN, place)
            count += 1
    return count


@attrs.frozen(kw_only=True)
class _Entry:
    """A row with what is to be stored of it."""

    row: NationalRow
    complaint_id: str
    person: Person
    begun: Begun


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
            return _Entry(row=row, complaint_id=record.complaint_id, person=person, begun=record.begun())
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

    def begun(self) -> Begun:
        """Return what the export says of the complaint, and no more."""
        received = self._event(1, self._received())
        complaint = evolve(None, received)
        clocks = clock_facts(complaint, self.standard, self.row.received_at)
        started = tuple(self._event(sequence, fact) for sequence, fact in enumerate(clocks, 2))
        complaint, act = replay_on(complaint, started), self._act()
        done = decide(complaint, act, self.standard, self.now) if act else ()
        return Begun(events=(received, *started, *done), complaint=replay_on(complaint, done))

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
            external_ids={TRACKING: row.tracking_id, INTERNAL: row.national_id},
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
