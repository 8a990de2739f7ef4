"""Which complaints may be about the same as one, for an officer to decide; and keeping what such are found by.

Marks of words are kept outside of intake, by the sweep: a complaint is found by others about a minute after it came, and
finds others itself at once. At first, every complaint that was there before is sketched in the same way, the newest first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import attrs

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError, NotFound
from lapor_core.lifecycle import State
from lapor_core.likeness import Likeness, likeness, matter_of, sketch
from lapor_core.privacy import Reader, may_see_identity
from lapor_desk.standing import check_agency, is_theirs
from lapor_desk.store import Reading, Sketch, Store

__all__ = ["Suggestion", "hold_apart", "sketch_new", "suggestions"]

_WITHIN = timedelta(days=90)
"""Further apart in time, complaints are about another occasion, or long known to be about the same."""

_MOST = 5
_BATCH = 100
_BATCHES = 5
"""A sweep sketches no more than so many batches: it has other work to do, and comes again in a minute."""

_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class Suggestion:
    """A complaint that may be about the same, and by which signs."""

    complaint: Complaint
    likeness: Likeness


def suggestions(
    tx: Reading, complaint: Complaint, reader: Reader, *, agency: str | None = None, limit: int = _MOST
) -> tuple[Suggestion, ...]:
    """Return complaints that may be about the same as ``complaint``, the most alike first.

    Those it is merged with already are left out, and so are those of which an officer has said that they are about another
    matter.

    Args:
        tx: Where complaints are read.
        complaint: The one that is looked at.
        reader: Who looks. Only to somebody who may know reporters it counts, and shows, that one person brought both, and to
            nobody where one of them is anonymous.
        agency: Only complaints of this agency.
        limit: How many at most.
    """
    knows_reporter = may_see_identity(reader)
    matter = matter_of(complaint, knows_reporter=knows_reporter)
    known = {complaint.id, complaint.merged_into, *complaint.followers, *tx.held_apart_from(complaint.id)}
    found = [
        Suggestion(complaint=other, likeness=likeness(matter, matter_of(other, knows_reporter=knows_reporter)))
        for other in _candidates(tx, complaint, agency, knows_reporter=knows_reporter)
        if other.id not in known
    ]
    told = [each for each in found if each.likeness.enough]
    return tuple(sorted(told, key=lambda each: (-each.likeness.score, each.complaint.id))[:limit])


def hold_apart(
    store: Store, one: str, other: str, officer_id: str, now: datetime, *, agency: str | None = None
) -> None:
    """Remember that an officer says two complaints are not about the same: neither is suggested for the other again.

    Raises:
        NotFound: there is no such complaint, or none of this agency (``unknown_complaint``).
    """
    with store.transaction() as tx:
        for complaint_id in (one, other):
            check_agency(tx.load(complaint_id), agency)
        if one == other:
            raise NotFound(f'"{other}": no other complaint', code="unknown_complaint", complaint=other)
        tx.hold_apart(one, other, officer_id, now)


def sketch_new(store: Store, now: datetime) -> int:
    """Sketch complaints that have not been sketched, the newest first, and return how many these were.

    Texts are opened outside of the transaction that writes, so that no other writer waits for it. One that cannot be read is
    told in the log and left without a sketch.
    """
    done = 0
    for _ in range(_BATCHES):
        with store.reading() as tx:
            read = _read(tx, tx.unsketched(_BATCH))
            new = {each: None if complaint is None else _sketch_of(complaint) for each, complaint in read}
        if not new:
            break
        with store.transaction() as tx:
            done += tx.keep_sketches(new, now)
        if len(new) < _BATCH:
            break
    return done


def _candidates(tx: Reading, complaint: Complaint, agency: str | None, *, knows_reporter: bool) -> Iterator[Complaint]:
    ids = tx.with_common_marks(_sketch_of(complaint), within=_WITHIN, agency=agency)
    if knows_reporter and not complaint.visibility.anonymous:
        ids += tx.received_from(complaint.reporter_ref, complaint.received_at, within=_WITHIN)
    for _, other in _read(tx, tuple(dict.fromkeys(ids))):
        if other is not None and is_theirs(other, agency):
            yield other


def _read(tx: Reading, ids: Sequence[str]) -> Iterator[tuple[str, Complaint | None]]:
    """Yield complaints, None in place of one of which nothing is left; what is wrong with one keeps no other from being compared."""
    for complaint_id, read in tx.load_each(ids):
        if isinstance(read, LaporError):
            _log.warning("complaint %s: not compared with others: %s", complaint_id, read.code)
            yield complaint_id, None
        else:
            yield complaint_id, None if read.state is State.ERASED else read


def _sketch_of(complaint: Complaint) -> Sketch:
    return Sketch(complaint_id=complaint.id, received_at=complaint.received_at, marks=sketch(matter_of(complaint)))
