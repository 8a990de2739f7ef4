"""The working-day table as numpy arrays: the arithmetic behind :mod:`lapor_core.bulk`, block by block.

``rank`` and ``days`` are the scalar table's two lists. Whatever lies outside them leads to a slot that holds NaT, so
that clipping an index can never give an answer, and one ``min()`` per block of rows finds out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lapor_core.calendar import Zero

__all__ = ["NAT", "Int64s", "ManyVersions", "OneVersion"]

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

NAT = np.int64(np.iinfo(np.int64).min)
"""NaT as an integer."""

_GAP = 1024  # empty ranks between the decree versions: no smaller step can lead from one into the next


class OneVersion:
    """One office: both arrays are read with clipped indexes, whose ends hold NaT."""

    def __init__(self, working: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], base: int) -> None:
        inside = np.where(known, np.cumsum(working), NAT)
        self._shift = max(0, 1 - base)  # a calendar that begins before 1970 cannot be indexed by days since then
        before = base + self._shift
        self.rank: Int64s = np.concatenate([np.full(before, NAT), inside, [NAT]]).astype(np.int64)
        self._off: Int64s = np.concatenate([np.zeros(before), ~working, [0]]).astype(np.int64)
        self._days: Int64s = np.concatenate([[NAT], base + np.flatnonzero(working), [NAT]]).astype(np.int64)

    def add(self, starts: Int64s, n: Int64s, zero: Zero, out: Int64s) -> bool:
        at = starts if not self._shift else _shifted(starts, self._shift)
        rank = np.take(self.rank, at, mode="clip")
        if n.min() > 0:  # NaT plus a positive number stays below every rank
            np.add(rank, n, out=rank)
            np.take(self._days, rank, out=out, mode="clip")
        else:
            off = np.take(self._off, at, mode="clip")
            np.take(self._days, _ranks(rank, n, off, zero, len(self._days)), out=out, mode="clip")
            if zero == "stay":
                np.copyto(out, starts, where=(n == 0) & (rank != NAT))
        return bool(out.min() == NAT)

    def count(self, starts: Int64s, ends: Int64s, out: Int64s) -> bool:
        at_start, at_end = (d if not self._shift else _shifted(d, self._shift) for d in (starts, ends))
        first, last = np.take(self.rank, at_start, mode="clip"), np.take(self.rank, at_end, mode="clip")
        return _difference(first, last, out)

    def for_all_days(self, n: Int64s, zero: Zero) -> Int64s:
        """Return the answer for every possible start: one gather per row is left, when all rows have one ``n``."""
        answers = np.empty_like(self.rank)
        starts = np.arange(len(answers)) - self._shift
        starts[[0, -1]] = NAT
        self.add(starts, np.broadcast_to(n, answers.shape), zero, answers)
        return answers

    def look_up(self, answers: Int64s, starts: Int64s, out: Int64s) -> bool:
        """Read the answers of :meth:`for_all_days`."""
        np.take(answers, starts if not self._shift else _shifted(starts, self._shift), out=out, mode="clip")
        return bool(out.min() == NAT)


class ManyVersions:
    """Several offices, end to end in one array of ranks and one of days, with gaps that no answer lies in.

    Half the width of the single table's numbers: forty versions must fit the cache. ``_NONE`` stands for NaT in them.
    """

    _NONE = np.iinfo(np.int32).min

    def __init__(self, working: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], base: int) -> None:
        versions, self._size = working.shape
        self._base = base
        counted = np.cumsum(working, axis=1)
        self._stride = int(counted[:, -1].max()) + 2 * _GAP
        places = np.arange(versions)[:, None] * self._stride + _GAP
        ranks = np.where(known, counted + places - 1, self._NONE).ravel()
        self._lead = max(0, base)  # empty places, so that a row is found by its day since 1970 without subtracting
        self._shift = self._lead - base
        self._rank: Int32s = np.concatenate([np.full(self._lead, self._NONE), ranks]).astype(np.int32)
        self._off = np.concatenate([np.zeros(self._lead, dtype=np.bool_), ~working.ravel()])
        days = np.full((versions, self._stride), self._NONE, dtype=np.int32)
        for row, flags in zip(days, working, strict=True):
            found = np.flatnonzero(flags)
            row[_GAP : _GAP + len(found)] = base + found
        self._days: Int32s = days.ravel()

    def add(self, starts: Int64s, n: Int64s, version: Int64s, zero: Zero, out: Int64s) -> bool:
        inside = self._inside(starts)
        if inside is not None or n.min() <= 0 or n.max() > _GAP:
            return self._add_any(starts, n, version, zero, out)
        place = self._row(version)
        np.add(place, starts, out=place)
        rank = np.take(self._rank, place, mode="clip")
        np.add(rank, n, out=place)
        np.copyto(out, np.take(self._days, place, mode="clip"))
        return self._nat(out)

    def _add_any(self, starts: Int64s, n: Int64s, version: Int64s, zero: Zero, out: Int64s) -> bool:
        """Like :meth:`add`, for every row there can be; ranks are taken back to where each version counts from 1."""
        inside = self._inside(starts)
        place = self._row(version) + (starts if inside is None else np.where(inside, starts, self._base))
        first = version * self._stride + _GAP - 1
        found = np.take(self._rank, place).astype(np.int64)
        known = found != self._NONE if inside is None else inside & (found != self._NONE)
        rank = np.where(known, found - first, NAT)
        size = self._stride - 2 * _GAP + 2
        ranks = _ranks(rank, n, np.take(self._off, place).astype(np.int64), zero, size)
        np.copyto(out, np.take(self._days, np.clip(ranks, 0, size - 1) + first))
        if zero == "stay":
            np.copyto(out, starts, where=(n == 0) & known)
        return self._nat(out)

    def count(self, starts: Int64s, ends: Int64s, version: Int64s, out: Int64s) -> bool:
        row = self._row(version)
        return _difference(self._rank_of(starts, row), self._rank_of(ends, row), out)

    def _row(self, version: Int64s) -> Int64s:
        """Return where the day 1 January 1970 of each version lies, or would lie."""
        row: Int64s = version * self._size
        if self._shift:
            row += self._shift
        return row

    def _rank_of(self, days: Int64s, row: Int64s) -> Int64s:
        inside = self._inside(days)
        at = row + (days if inside is None else np.where(inside, days, self._base))
        rank = np.take(self._rank, at, mode="clip").astype(np.int64)
        rank[rank == self._NONE] = NAT
        if inside is not None:
            rank[~inside] = NAT
        return rank

    def _inside(self, days: Int64s) -> npt.NDArray[np.bool_] | None:
        """Return which days the table holds, or None when it holds them all."""
        if days.min() >= self._base and days.max() < self._base + self._size:
            return None
        inside: npt.NDArray[np.bool_] = (days >= self._base) & (days < self._base + self._size)
        return inside

    def _nat(self, out: Int64s) -> bool:
        if out.min() > self._NONE:
            return False
        out[out == self._NONE] = NAT
        return True


def _ranks(rank: Int64s, n: Int64s, off: Int64s, zero: Zero, size: int) -> Int64s:
    """Return the rank that ``n`` leads to from each rank, 0 or ``size`` where there is none; signs and zeros included."""
    step = np.clip(n, -size, size)  # so that no sum can run over
    up = np.where(n < 0, off, np.where((n == 0) & (zero == "next"), off, 0))
    return np.where(rank == NAT, 0, np.clip(np.maximum(rank, 0) + step + up, 0, size))


def _difference(first: Int64s, last: Int64s, out: Int64s) -> bool:
    np.subtract(last, first, out=out)
    if first.min() > NAT and last.min() > NAT:
        return False
    out[(first == NAT) | (last == NAT)] = NAT
    return True


def _shifted(days: Int64s, shift: int) -> Int64s:
    return np.where(days == NAT, NAT, np.minimum(days, np.iinfo(np.int64).max - shift) + shift)
