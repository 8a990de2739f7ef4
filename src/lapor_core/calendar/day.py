"""One day as an office sees it, and a range of days that is built only when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import overload

import attrs

from lapor_core.calendar.doubts import Doubt
from lapor_core.calendar.replay import Entry

__all__ = ["Day", "Days"]


@attrs.frozen(kw_only=True, cache_hash=True)
class Day:
    """One day: whether it is worked, and everything that was decreed about it.

    Attributes:
        working: It counts as a working day of this office.
        weekend: The office's week leaves it out.
        entries: What makes it off (or a working day) for this office, each with kind, names, decree and day of issue.
        withdrawn: Decrees that took a day off back; why a day one might remember as a holiday is worked.
        provisional: Why this answer may change, or ``None``.
    """

    date: date
    working: bool
    weekend: bool
    entries: tuple[Entry, ...] = ()
    withdrawn: tuple[Entry, ...] = ()
    provisional: Doubt | None = None


class Days(Sequence[Day]):
    """A range of days, each built when it is read and shared by everybody who reads it."""

    __slots__ = ("_day", "_range")

    def __init__(self, day: Callable[[int], Day], indexes: range) -> None:
        self._day = day
        self._range = indexes

    @overload
    def __getitem__(self, index: int) -> Day: ...
    @overload
    def __getitem__(self, index: slice) -> Days: ...
    def __getitem__(self, index: int | slice) -> Day | Days:
        if isinstance(index, slice):
            return Days(self._day, self._range[index])
        return self._day(self._range[index])

    def __iter__(self) -> Iterator[Day]:
        return map(self._day, self._range)

    def __len__(self) -> int:
        return len(self._range)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        if not self:
            return "Days()"
        return f"Days({self[0].date} .. {self[-1].date})"
