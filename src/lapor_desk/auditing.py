"""Checking the record: every chain, who looked at reporters, and the log for another program to verify.

None of this opens what is sealed. The formats stand in ``docs/reference/log-format.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

import attrs
from sqlalchemy import Row, func, select, union

from lapor_core.complaint import Actor, Shown
from lapor_core.errors import require_aware
from lapor_core.lifecycle import Role
from lapor_desk.store import Chain, Reading, Store
from lapor_desk.store.tables import complaints, events, instant_text

__all__ = ["LOG_FORMAT", "Looked", "chains", "count_complaints", "export_log", "looks"]

LOG_FORMAT = "lapor-log/1"
"""The name of the exported log's format; it counts up when what the hash covers changes."""

_BATCH = 500
_KNOWN = union(select(complaints.c.id), select(events.c.complaint_id)).subquery()
"""Every complaint that the register or the record knows: one that is in only one of them is a finding."""


def count_complaints(store: Store) -> int:
    """Return how many complaints the register and the record know together."""
    with store.reading() as tx:
        return tx.connection.execute(select(func.count()).select_from(_KNOWN)).scalar_one()


def chains(store: Store) -> Iterator[Chain]:
    """Yield what checking each complaint's chain has found, in the order of their ids; a few hundred per transaction."""
    after = ""
    while ids := _ids(store, after):
        with store.reading() as tx:
            found = [tx.verify_chain(complaint_id) for complaint_id in ids]
        yield from found
        after = ids[-1]


def _ids(store: Store, after: str) -> list[str]:
    query = select(_KNOWN.c.id).where(_KNOWN.c.id > after).order_by(_KNOWN.c.id).limit(_BATCH)
    with store.reading() as tx:
        return list(tx.connection.execute(query).scalars())


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


@attrs.frozen(kw_only=True)
class _Counted:
    complaints: int
    events: int


def export_log(store: Store, out: TextIO, now: datetime) -> int:
    """Write the whole record as JSON Lines that another program can verify; return the number of events.

    What is personal is in it as ciphertext only. The first line names the format, the last one says how much there was.

    Args:
        store: Whose record.
        out: Where to; UTF-8.
        now: The present instant (aware).
    """
    _line(out, {"format": LOG_FORMAT, "exported_at": instant_text(require_aware(now))})
    with store.reading() as tx:
        counted = _export_events(tx, out)
    _line(out, {"complaints": counted.complaints, "events": counted.events})
    return counted.events


def _export_events(tx: Reading, out: TextIO) -> _Counted:
    found, number, latest = 0, 0, None
    query = select(events).order_by(events.c.complaint_id, events.c.sequence)
    with tx.connection.execute(query, execution_options={"yield_per": _BATCH}) as rows:
        for row in rows:
            found += row.complaint_id != latest
            number, latest = number + 1, row.complaint_id
            _line(out, exported(row))
    return _Counted(complaints=found, events=number)


def exported(row: Row[Any]) -> dict[str, Any]:
    """Return one event as it stands in the exported log: texts and numbers only, as the hash covers them."""
    return {name: _plain(value) for name, value in row._asdict().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value.hex() if isinstance(value, bytes) else value


def _line(out: TextIO, data: Mapping[str, Any]) -> None:
    out.write(json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n")
