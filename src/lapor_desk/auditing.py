"""Checking the record: every chain, who looked at reporters, and the log for another program to verify.

None of this opens what is sealed. The formats stand in ``docs/reference/log-format.md``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

import attrs
from sqlalchemy import Row, Subquery, func, select, union

from lapor_core.complaint import Actor, Shown
from lapor_core.errors import require_aware
from lapor_core.lifecycle import Role
from lapor_desk.store import Chain, Reading, Store
from lapor_desk.store.tables import complaints, events, instant_text

__all__ = [
    "LOG_FORMAT",
    "Looked",
    "chains",
    "count_complaints",
    "export_log",
    "exported",
    "heads_of",
    "looks",
    "portions",
    "records",
]

LOG_FORMAT = "lapor-log/1"
"""The name of the exported log's format; it counts up when what the hash covers changes."""

_BATCH = 500
_PORTION = 200


def count_complaints(store: Store) -> int:
    """Return how many complaints the register and the record know together."""
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(_known())).scalar_one()


def chains(store: Store) -> Iterator[Chain]:
    """Yield what checking each complaint's chain has found, in the order of their ids; a few hundred per transaction."""
    after = ""
    while ids := _ids(store, after):
        with store.reading() as tx:
            found = [tx.verify_chain(complaint_id) for complaint_id in ids]
        yield from found
        after = ids[-1]


def _ids(store: Store, after: str) -> list[str]:
    known = _known(after, _BATCH)
    with store.reading() as tx:
        return list(tx.connection.execute(select(known.c.id).order_by(known.c.id).limit(_BATCH)).scalars())


def _known(after: str = "", limit: int | None = None) -> Subquery:
    """Ask for every complaint that the register or the record knows: one that is in only one of them is a finding.

    Of either table no more than ``limit`` are looked at, or each batch would look at all that are left.
    """
    parts = (
        select(select(column.label("id")).where(column > after).distinct().order_by(column).limit(limit).subquery())
        for column in (complaints.c.id, events.c.complaint_id)
    )
    return union(*parts).subquery()


@attrs.frozen(kw_only=True)
class Looked:
    """That an officer was shown who reported; ``at`` is in UTC."""

    complaint: str
    sequence: int
    actor: Actor
    at: datetime
    shown: Shown


def looks(store: Store, since: datetime, until: datetime) -> Iterator[Looked]:
    """Yield every look at who reported from ``since`` to before ``until`` (both aware), in the order of time."""
    query = (
        select(events)
        .where(events.c.type == "identity_seen")
        .where(
            events.c.happened_at >= require_aware(since, "since"), events.c.happened_at < require_aware(until, "until")
        )
        .order_by(events.c.happened_at, events.c.complaint_id, events.c.sequence)
    )
    with store.reading() as tx, tx.connection.execute(query, execution_options={"yield_per": _BATCH}) as rows:
        for row in rows:
            yield Looked(
                complaint=row.complaint_id,
                sequence=row.sequence,
                actor=Actor(role=Role(row.role), id=row.actor),
                at=row.happened_at,
                shown=Shown(json.loads(row.public)["shown"]),
            )


def export_log(store: Store, out: TextIO, now: datetime) -> int:
    """Write the whole record as it stands when this begins, as JSON Lines that another program can verify.

    What is personal is in it as ciphertext only. The first line names the format, the last one says how much there was.

    Args:
        store: Whose record.
        out: Where to; UTF-8.
        now: The present instant (aware).

    Returns:
        The number of events.
    """
    _line(out, {"format": LOG_FORMAT, "exported_at": instant_text(require_aware(now))})
    heads = heads_of(store)
    for some in portions(heads):
        with store.reading() as tx:
            found = records(tx, some)
        for complaint_id, length in some.items():
            for row in found[complaint_id][:length]:
                _line(out, exported(row))
    count = sum(length for _, length in heads)
    _line(out, {"complaints": len(heads), "events": count})
    return count


def heads_of(store: Store) -> Sequence[tuple[str, int]]:
    """Return every complaint of the record, with how many events it has at this moment, in the order of their ids.

    Records only grow: what they were now can be read afterwards, some at a time. To read all of them in one transaction
    would keep what SQLite's log holds of somebody who is erased meanwhile, for as long as it takes.
    """
    longest = select(events.c.complaint_id, func.max(events.c.sequence)).group_by(events.c.complaint_id)
    with store.reading() as tx:
        return [(row[0], row[1]) for row in tx.connection.execute(longest.order_by(events.c.complaint_id))]


def portions(heads: Sequence[tuple[str, int]]) -> Iterator[Mapping[str, int]]:
    """Yield them by some hundred, as many as may be read in one transaction."""
    for begins in range(0, len(heads), _PORTION):
        yield dict(heads[begins : begins + _PORTION])


def records(tx: Reading, complaint_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """Return the records of some complaints as they are stored, read with one statement."""
    found: dict[str, list[Row[Any]]] = {complaint_id: [] for complaint_id in complaint_ids}
    theirs = select(events).where(events.c.complaint_id.in_(complaint_ids)).order_by(events.c.sequence)
    for row in tx.connection.execute(theirs):
        found[row.complaint_id].append(row)
    return found


def exported(row: Row[Any]) -> dict[str, Any]:
    """Return one event as it stands in the exported log: texts and numbers only, as the hash covers them."""
    return {name: _plain(value) for name, value in row._asdict().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value.hex() if isinstance(value, bytes) else value


def _line(out: TextIO, data: Mapping[str, Any]) -> None:
    out.write(json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n")
