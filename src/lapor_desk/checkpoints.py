"""Checkpoints: the heads of all chains at one moment, with a digest that an office can publish or have time-stamped.

A chain shows that nothing was changed in the middle, but whoever can write to the database can cut its end off, or write a
whole chain anew. A head that was published before shows that too. Taking one reads and never writes to the database, so
that intake is not held up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import attrs
from sqlalchemy import and_, select

from lapor_core.errors import BadValue, NotFound, Refused, require_aware
from lapor_desk.store import Reading, Store
from lapor_desk.store.tables import complaints, events, instant_text
from lapor_desk.writing import placed

__all__ = ["CHECKPOINT_FORMAT", "Checkpoint", "Deviation", "check_checkpoint", "kept_checkpoints", "take_checkpoint"]

CHECKPOINT_FORMAT = "lapor-checkpoint/1"

_HEADS = ".heads"
_PORTION = 500


@attrs.frozen(kw_only=True)
class Checkpoint:
    """What an office publishes: nothing personal, and not one complaint's id.

    Attributes:
        taken_at: When (aware).
        complaints: How many chains there were.
        events: How many links they had together.
        digest: SHA-256, in hexadecimal, of the file of heads that lies beside it.
    """

    taken_at: datetime
    complaints: int
    events: int
    digest: str

    def as_json(self) -> str:
        """Return the document to publish."""
        data = {
            "format": CHECKPOINT_FORMAT,
            "taken_at": instant_text(self.taken_at),
            "complaints": self.complaints,
            "events": self.events,
            "digest": self.digest,
        }
        return json.dumps(data, indent=2) + "\n"


@attrs.frozen(kw_only=True)
class Deviation:
    """A complaint whose record is not what the checkpoint saw; ``sequence`` is the event whose hash differs."""

    complaint: str
    sequence: int


def take_checkpoint(store: Store, folder: Path, now: datetime) -> tuple[Path, Checkpoint]:
    """Write the heads of all chains into ``folder``, and beside them the document to publish.

    Args:
        store: Whose chains.
        folder: Made when it is missing.
        now: The present instant (aware); it names the two files.

    Raises:
        Refused: a complaint's last event is missing from the record (``broken_chain``): verify the chains first.
        StoreDown: the folder cannot be written (``store_down``).
    """
    name = require_aware(now).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest, number, total = hashlib.sha256(), 0, 0
    with placed(folder / f"{name}{_HEADS}") as file:
        for complaint_id, length, head in _heads(store):
            line = f"{complaint_id} {length} {head}\n".encode()
            digest.update(line)
            file.write(line)
            number, total = number + 1, total + length
    taken = Checkpoint(taken_at=now, complaints=number, events=total, digest=digest.hexdigest())
    document = folder / f"{name}.json"
    with placed(document) as file:
        file.write(taken.as_json().encode())
    return document, taken


def kept_checkpoints(folder: Path) -> tuple[Path, ...]:
    """Return the documents kept in ``folder``, the oldest first."""
    return tuple(sorted(folder.glob("*T*Z.json")))


def check_checkpoint(store: Store, document: Path) -> Iterator[Deviation]:
    """Yield every complaint whose record no longer contains what the checkpoint saw.

    Raises:
        NotFound: one of the two files is missing (``missing_file``).
        BadValue: the document is none (``bad_checkpoint``).
        Refused: the file of heads is not the one the document speaks of (``broken_checkpoint``).
    """
    seen = map(str.split, _published_heads(document).splitlines())
    while some := tuple(islice(seen, _PORTION)):
        with store.reading() as tx:
            yield from tuple(
                _deviations(tx, {(complaint_id, int(length)): head for complaint_id, length, head in some})
            )


def _deviations(tx: Reading, seen: Mapping[tuple[str, int], str]) -> Iterator[Deviation]:
    theirs = events.c.complaint_id.in_({complaint_id for complaint_id, _ in seen})
    query = select(events.c.complaint_id, events.c.sequence, events.c.hash).where(theirs)
    found = {(row[0], row[1]): row[2] for row in tx.connection.execute(query)}
    for (complaint_id, length), head in seen.items():
        if found.get((complaint_id, length)) != head:
            yield Deviation(complaint=complaint_id, sequence=length)


def _published_heads(document: Path) -> str:
    try:
        published = json.loads(document.read_text("utf-8"))
        heads = document.with_suffix(_HEADS).read_bytes()
    except FileNotFoundError as error:
        message = f"{error.filename}: a checkpoint is this file and the other of its name, .json and {_HEADS}"
        raise NotFound(message, code="missing_file", name=str(error.filename)) from None
    except (OSError, ValueError) as error:
        raise BadValue(f"{document}: cannot be read as a checkpoint", code="bad_checkpoint") from error
    if not isinstance(published, dict) or published.get("format") != CHECKPOINT_FORMAT:
        message = f"{document}: not a checkpoint of the format {CHECKPOINT_FORMAT}"
        raise BadValue(message, code="bad_checkpoint")
    if hashlib.sha256(heads).hexdigest() != published.get("digest"):
        message = f"{document.with_suffix(_HEADS)}: its SHA-256 is not the digest of {document.name}"
        raise Refused(message, code="broken_checkpoint")
    return heads.decode("ascii")


def _heads(store: Store) -> Iterator[tuple[str, int, str]]:
    last = and_(events.c.complaint_id == complaints.c.id, events.c.sequence == complaints.c.version)
    query = select(complaints.c.id, complaints.c.version, events.c.hash)
    query = query.join(events, last, isouter=True).order_by(complaints.c.id)
    streamed = {"yield_per": 1000}
    with store.reading() as tx, tx.connection.execute(query, execution_options=streamed) as rows:
        for complaint_id, length, head in rows:
            if head is None:
                message = f"event {length} of complaint {complaint_id} is missing; run: lapor audit verify"
                raise Refused(message, code="broken_chain", complaint=complaint_id)
            yield complaint_id, length, head
