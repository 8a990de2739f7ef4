"""What became of each line of a file that is taken in, told as it comes, and the sum of it at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from lapor_desk.cli.progress import watched

__all__ = ["tell"]


class Answer(Protocol):
    """What became of one line."""

    @property
    def line(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


def tell(file: Path, answers: Iterable[Answer], *, bad: str, called: str) -> int:
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


def _sum(counted: Counter[str], bad: str, called: str) -> str:
    return f"{counted['new']} taken in, {counted['known']} were here before, {counted[bad]} {called}"
