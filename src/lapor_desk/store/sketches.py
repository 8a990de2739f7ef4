"""Finding complaints that may be about the same, by keyed marks of their words, and what officers hold apart.

A text lies sealed; of it only numbers stand here, made with the key of the house from several words at a time. Whoever has the
database without its key can see that two complaints have words in common, and not which. They go when a person is erased.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import attrs
from sqlalchemy import ColumnElement, Select, bindparam, insert, or_, select, text, union_all, update

from lapor_desk.store.tables import apart, complaint_agencies, complaints, sketches
from lapor_desk.store.unit import ReadUnit, WriteUnit

__all__ = ["Sketch", "SketchReads", "SketchWrites"]

_OF_A_MARK = 20
"""How many complaints before it, and how many after it, are looked at for each mark of one: a mark of common words has thousands."""


@attrs.frozen(kw_only=True)
class Sketch:
    """The marks of a complaint, as :func:`lapor_core.likeness.sketch` gives them."""

    complaint_id: str
    received_at: datetime
    marks: tuple[str, ...] = attrs.field(repr=False)


class SketchReads(ReadUnit):
    """Finding what may be alike."""

    def with_common_marks(
        self, sketch: Sketch, *, within: timedelta, agency: str | None = None, limit: int = 20
    ) -> tuple[str, ...]:
        """Return the ids of complaints with marks in common, those with the most and then the nearest in time first.

        What it costs does not grow with how many complaints there are.

        Args:
            sketch: Of the complaint that is looked at; it need not be stored.
            within: How long before or after it they were received at most.
            agency: Only of this agency.
            limit: How many at most.
        """
        if not sketch.marks:
            return ()
        asked = {f"mark_{place}": mark for place, mark in enumerate(self._keyed(sketch.marks))}
        ends = {"at": sketch.received_at, "first": sketch.received_at - within, "last": sketch.received_at + within}
        rows = self.connection.execute(_near(len(asked)), asked | ends).all()
        when = {row.complaint_id: abs(row.received_at - sketch.received_at) for row in rows}
        counted = Counter(row.complaint_id for row in rows)
        found = self._of_agency(counted, agency) - {sketch.complaint_id}
        return tuple(sorted(found, key=lambda each: (-counted[each], when[each], each))[:limit])

    def received_from(self, person_id: str, at: datetime, *, within: timedelta, limit: int = 20) -> tuple[str, ...]:
        """Return the ids of a person's complaints that were received around ``at``, the newest first."""
        near = complaints.c.received_at.between(at - within, at + within)
        query = select(complaints.c.id).where(complaints.c.person_id == person_id, near)
        ordered = query.order_by(complaints.c.received_at.desc(), complaints.c.id)
        return tuple(self.connection.execute(ordered.limit(limit)).scalars())

    def held_apart_from(self, complaint_id: str) -> frozenset[str]:
        """Return the ids of complaints of which an officer has said that they are not about the same as this one."""
        mine = or_(apart.c.one_id == complaint_id, apart.c.other_id == complaint_id)
        pairs = self.connection.execute(select(apart.c.one_id, apart.c.other_id).where(mine))
        return frozenset(each for pair in pairs for each in pair) - {complaint_id}

    def unsketched(self, limit: int = 100) -> tuple[str, ...]:
        """Return the ids of complaints that are whole and have not been sketched, the newest first."""
        query = select(complaints.c.id).where(_UNSKETCHED).order_by(complaints.c.received_at.desc()).limit(limit)
        return tuple(self.connection.execute(query).scalars())

    def _of_agency(self, ids: Collection[str], agency: str | None) -> set[str]:
        if agency is None:
            return set(ids)
        column = complaint_agencies.c.complaint_id
        mine = select(column).where(complaint_agencies.c.agency == agency, column.in_(ids))
        return set(self.connection.execute(mine).scalars())

    def _keyed(self, marks: Iterable[str]) -> list[int]:
        return [int(self.vault.index("likeness", mark)[:16], 16) - 2**63 for mark in marks]


class SketchWrites(SketchReads, WriteUnit):
    """Keeping what complaints are found by."""

    def keep_sketches(self, new: Mapping[str, Sketch | None], now: datetime) -> int:
        """Store the sketches of complaints that have none yet, by their ids; return how many these were.

        None stands for what cannot be sketched and need not be tried again. Whoever is being erased, or is changed by somebody
        else at this moment, is left out: nobody waits.
        """
        mine = select(complaints.c.id).where(complaints.c.id.in_(sorted(new)), complaints.c.sketched_at.is_(None))
        free = self.connection.execute(mine.order_by(complaints.c.id).with_for_update(skip_locked=True)).scalars().all()
        rows = [row for complaint_id in free for row in self._rows(new[complaint_id])]
        if rows:
            self.connection.execute(insert(sketches), rows)
        self.connection.execute(update(complaints).where(complaints.c.id.in_(free)).values(sketched_at=now))
        return len(free)

    def hold_apart(self, one: str, other: str, officer_id: str, now: datetime) -> None:
        """Write down that an officer says two complaints are not about the same; to say it again changes nothing."""
        first, second = sorted((one, other))
        self.insert_new(apart, {"one_id": first, "other_id": second, "officer_id": officer_id, "said_at": now})

    def _rows(self, sketch: Sketch | None) -> Iterable[Mapping[str, object]]:
        if sketch is None:
            return
        for mark in sorted(set(self._keyed(sketch.marks))):
            yield {"mark": mark, "received_at": sketch.received_at, "complaint_id": sketch.complaint_id}


_UNSKETCHED = text("sketched_at IS NULL AND state != 'incomplete'")
"""In the very words of the index, or no database would use it."""


@functools.cache
def _near(marks: int) -> Select[tuple[str, datetime]]:
    """Return the question for so many marks: for each one the nearest before, and the nearest after; built once."""
    parts = [part for place in range(marks) for part in _around(sketches.c.mark == bindparam(f"mark_{place}"))]
    found = union_all(*parts).subquery()
    return select(found.c.complaint_id, found.c.received_at)


def _around(is_marked: ColumnElement[bool]) -> Sequence[Select[tuple[str, datetime]]]:
    at = sketches.c.received_at
    before = (at <= bindparam("at"), at >= bindparam("first"))
    after = (at > bindparam("at"), at <= bindparam("last"))
    return [
        _nearest(select(sketches.c.complaint_id, at).where(is_marked, *span).order_by(order))
        for span, order in ((before, at.desc()), (after, at))
    ]


def _nearest(query: Select[tuple[str, datetime]]) -> Select[tuple[str, datetime]]:
    inner = query.limit(_OF_A_MARK).subquery()
    return select(inner.c.complaint_id, inner.c.received_at)
