"""Working days for millions of rows, with numpy: the same answers as :class:`~lapor_core.calendar.Office` gives.

Needs the extra ``bulk``. Rows go through in blocks that fit the processor's cache; a row without an answer is never
clipped to one, but refused or marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lapor_core.bulk_tables import NAT, Int64s, ManyVersions, OneVersion
from lapor_core.calendar import Office, Zero
from lapor_core.errors import BadType, BadValue, OutOfReach, all_of

__all__ = ["MISSING", "Bad", "BulkOffices", "days_of"]

Days = npt.NDArray[np.datetime64]

Bad = Literal["refuse", "mark"]
"""What becomes of rows that have no answer: the whole call is refused, or they come out as NaT or :data:`MISSING`."""

MISSING = int(NAT)
"""A marked row of :meth:`BulkOffices.count`; as a number of days it is NaT."""

_BLOCK = 65_536


class BulkOffices:
    """The working days of one office, or of several states of it, ready for whole arrays.

    Args:
        *offices: One office; or one per decree version, such as ``office.as_known_on(day)`` for several days. Their
            order is the number a row names its version by.

    Raises:
        BadValue: no office at all.
        BadType: one of them is no office (code ``wrong_type``).
    """

    def __init__(self, *offices: Office) -> None:
        all_of(offices, Office, "offices")
        if not offices:
            message = "at least one office is needed"
            raise BadValue(message, code="no_office")
        self.first = min(office.first for office in offices)
        self.last = max(office.last for office in offices)
        flags = np.stack([_flags(office, self.first, self.last) for office in offices])
        self._versions = len(offices)
        self._base = _epoch(self.first)
        self._one = OneVersion(flags[0] == 1, flags[0] >= 0, self._base)
        self._many = ManyVersions(flags == 1, flags >= 0, self._base)

    def add(
        self,
        starts: Days,
        n: int | npt.NDArray[np.integer[Any]],
        *,
        version: npt.NDArray[np.integer[Any]] | None = None,
        zero: Zero = "stay",
        bad: Bad = "refuse",
    ) -> Days:
        """Return the ``n``-th working day after each start, row by row as :meth:`Office.add` does.

        Args:
            starts: ``datetime64[D]``, any shape.
            n: One whole number for all rows, or an array of integers of the same shape.
            version: The number of the office (in the order given) that judges each row; without it the first judges all.
            zero: Where zero working days lead from a day off.
            bad: Whether rows without an answer (NaT, out of reach) refuse the call, or come out as NaT.

        Raises:
            BadType: ``starts`` is not ``datetime64[D]``, or ``n`` or ``version`` are not integers.
            BadValue: shapes that differ, a version that does not exist, an unknown word for ``zero`` or ``bad``.
            OutOfReach: a row has no answer; names the first one.
        """
        days, steps = _days(starts, "starts"), _integers(n, "n", starts.shape)
        _one_of(bad, ("refuse", "mark"), "bad")
        _one_of(zero, ("stay", "next", "previous"), "zero")
        versions = None if version is None else _integers(version, "version", starts.shape)
        out = np.empty_like(days)
        one, many = self._one, self._many
        if versions is not None:
            bad_rows = _by_block(
                out, lambda at: many.add(days[at], steps[at], self._known(versions[at]), zero, out[at])
            )
        elif steps.strides == (0,) and steps.size > len(one.rank):
            answers = one.for_all_days(steps[:1], zero)
            bad_rows = _by_block(out, lambda at: one.look_up(answers, days[at], out[at]))
        else:
            bad_rows = _by_block(out, lambda at: one.add(days[at], steps[at], zero, out[at]))
        self._judge(bad, bad_rows, out, starts, n)
        return out.view("M8[D]").reshape(starts.shape)

    def count(
        self,
        starts: Days,
        ends: Days,
        *,
        version: npt.NDArray[np.integer[Any]] | None = None,
        bad: Bad = "refuse",
    ) -> Int64s:
        """Return how many working days lie in (start, end] of each row; negative when the end comes first.

        Args:
            starts: ``datetime64[D]``, any shape.
            ends: ``datetime64[D]`` of the same shape.
            version: As for :meth:`add`.
            bad: Whether rows without an answer refuse the call, or come out as :data:`MISSING`.

        Raises:
            BadType: an array that is not ``datetime64[D]``, or versions that are not integers.
            BadValue: shapes that differ, a version that does not exist, an unknown word for ``bad``.
            OutOfReach: a row has no answer; names the first one.
        """
        _one_of(bad, ("refuse", "mark"), "bad")
        first, last = _days(starts, "starts"), _days(ends, "ends")
        _same_shape(ends.shape, "ends", starts.shape)
        versions = None if version is None else _integers(version, "version", starts.shape)
        out = np.empty_like(first)
        if versions is not None:
            many = self._many
            bad_rows = _by_block(out, lambda at: many.count(first[at], last[at], self._known(versions[at]), out[at]))
        else:
            bad_rows = _by_block(out, lambda at: self._one.count(first[at], last[at], out[at]))
        self._judge(bad, bad_rows, out, starts, ends)
        return out.reshape(starts.shape)

    def _known(self, version: Int64s) -> Int64s:
        """Return the version numbers of one block once they are known to exist."""
        if version.min() < 0 or version.max() >= self._versions:
            message = f"version must be from 0 to {self._versions - 1}, for there are {self._versions} offices"
            raise BadValue(message, code="unknown_version", allowed=self._versions)
        return version

    def _judge(self, bad: Bad, found: bool, out: Int64s, starts: Days, other: object) -> None:  # noqa: FBT001 - internal
        if not found or bad == "mark":
            return
        rows = np.flatnonzero(out == NAT)
        row = int(rows[0])
        beside = np.ravel(np.broadcast_to(np.asarray(other), starts.shape))[row]
        message = (
            f"{len(rows)} of {out.size} rows have no answer, the first is row {row} ({np.ravel(starts)[row]}, {beside}); "
            f'the calendar reaches from {self.first} to {self.last}; bad="mark" lets them through as NaT'
        )
        raise OutOfReach(message, code="out_of_reach", row=row, rows=len(rows), first=self.first, last=self.last)


def days_of(dates: Iterable[date]) -> Days:
    """Return plain dates as ``datetime64[D]``, twenty times as fast as ``np.array(dates, "M8[D]")``.

    Raises:
        BadType: a datetime, or something that is no date at all.
    """
    given = dates if isinstance(dates, Sequence) else tuple(dates)
    wrong = next((value for value in given if type(value) is not date), None)
    if wrong is not None:
        message = f"plain dates are needed, not {type(wrong).__name__}"
        raise BadType(message, code="not_a_date")
    ordinals = np.fromiter((day.toordinal() for day in given), dtype=np.int64, count=len(given))
    return (ordinals - date(1970, 1, 1).toordinal()).view("M8[D]")


def _by_block(out: Int64s, block: Callable[[slice], bool]) -> bool:
    found = False
    for begins in range(0, out.size, _BLOCK):
        found |= block(slice(begins, begins + _BLOCK))
    return found


def _flags(office: Office, first: date, last: date) -> npt.NDArray[np.int8]:
    """1 for a working day, 0 for a day off, -1 for a day that this office cannot answer for."""
    flags = np.full((last - first).days + 1, -1, dtype=np.int8)
    begins = (office.first - first).days
    working = office.working_flags
    flags[begins : begins + len(working)] = working
    return flags


def _epoch(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _days(given: Days, name: str) -> Int64s:
    if not isinstance(given, np.ndarray) or given.dtype != np.dtype("M8[D]"):
        kind = given.dtype if isinstance(given, np.ndarray) else type(given).__name__
        message = (
            f"{name} must be an array of datetime64[D], not {kind}: an instant has a date only in the office's zone"
        )
        raise BadType(message, code="not_a_date", name=name)
    return np.ravel(given).view(np.int64)


def _integers(given: int | npt.NDArray[np.integer[Any]], name: str, shape: tuple[int, ...]) -> Int64s:
    """Return integers as int64, a single one stretched over all rows without copying it."""
    values = np.asarray(given)
    if values.dtype.kind not in "iu" or not np.can_cast(values.dtype, np.int64, "safe"):
        message = f"{name} must be whole numbers, not {values.dtype}"
        raise BadType(message, code="not_a_whole_number", name=name)
    if values.ndim == 0:
        return np.broadcast_to(values.astype(np.int64), (int(np.prod(shape)),))
    _same_shape(values.shape, name, shape)
    return np.ravel(values).astype(np.int64, copy=False)


def _same_shape(given: tuple[int, ...], name: str, shape: tuple[int, ...]) -> None:
    if given != shape:
        message = f"{name} must have the shape of starts, {shape}, not {given}"
        raise BadValue(message, code="shapes_differ", name=name)


def _one_of(given: str, allowed: tuple[str, ...], name: str) -> None:
    if given not in allowed:
        message = f"{name} must be one of {', '.join(allowed)}, not {given!r}"
        raise BadValue(message, code="bad_word", name=name, allowed=allowed)
