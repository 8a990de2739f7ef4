"""What became of each line of a file that is taken in, and of each complaint that goes out, told as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lapor_desk.cli.progress import watched
from lapor_desk.counting import counted as in_words

if TYPE_CHECKING:
    from lapor_desk.exporting import Written

__all__ = ["all_written", "tell_taken", "tell_written"]


class Answer(Protocol):
    """What became of one line."""

    @property
    def line(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


def tell_taken(file: Path, answers: Iterable[Answer], *, bad: str, called: str) -> int:
    """Print each line that was not taken with its reason, and the sum, also where it breaks off; return the exit status.

    Args:
        file: As it was named.
        answers: What became of each line.
        bad: The outcome of lines that were not taken.
        called: What these are called in the sum.
    """
    counted: Counter[str] = Counter()
    try:
        for each in watched(answers, "importing"):
            counted[each.outcome] += 1
            if each.reason:
                print(f"{file}:{each.line}  {each.reason}")
    except BaseException:
        if counted:
            print(f"broken off: {_sum(counted, bad, called)}; these stay, and the file can be taken in again")
        raise
    print(_sum(counted, bad, called))
    return 1 if counted[bad] else 0


def all_written(written: Iterable[Written], total: int) -> tuple[int, list[Written]]:
    """Go through all complaints that are written, about ``total``; return how many, and those that could not be read."""
    count = 0
    unread: list[Written] = []
    for each in watched(written, "exporting", total):
        count += 1
        if each.problem:
            unread.append(each)
    return count, unread


def tell_written(file: Path, count: int, unread: Sequence[Written], *, how: str) -> int:
    """Print each complaint that could not be read with the reason, and how many there are; return the exit status.

    To be called once the file is whole: it is no fault of the file's when nobody reads what is printed.

    Args:
        file: As it was named.
        count: How many complaints went out.
        unread: Those that could not be read.
        how: In what manner they went out, for the sum.
    """
    for each in unread:
        print(f"{each.complaint}  {each.problem}")
    more = f"; {len(unread)} could not be read" if unread else ""
    print(f"{file}: {in_words(count, 'complaint')}, {how}{more}")
    return 1 if unread else 0


def _sum(counted: Counter[str], bad: str, called: str) -> str:
    return f"{counted['new']} taken in, {counted['known']} were here before, {counted[bad]} {called}"
