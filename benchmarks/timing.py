"""Timing several things side by side, so that what else the machine does falls on all of them.

Each thing is called in short portions, round by round in turn, and of each portion the best round counts: noise only
adds, and a portion of a fraction of a millisecond is seldom interrupted.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import starmap
from time import perf_counter

__all__ = ["portions", "side_by_side"]

Portion = tuple[Callable[[], object], int]
"""What to call, and how many pieces one call works through."""


def portions(call: Callable[..., object], cases: Sequence[tuple[object, ...]], size: int) -> list[Portion]:
    """Return calls that ask the cases in turn, ``size`` of them at a time."""

    def portion(some: Sequence[tuple[object, ...]]) -> Portion:
        return lambda: deque(starmap(call, some), maxlen=0), len(some)  # a loop that costs next to nothing itself

    return [portion(cases[begins : begins + size]) for begins in range(0, len(cases), size)]


def side_by_side(calls: Mapping[str, Sequence[Portion]], rounds: int) -> dict[str, float]:
    """Return nanoseconds per piece for each name.

    Args:
        calls: By name, the portions.
        rounds: How often each is called.
    """
    best = {name: [float("inf")] * len(parts) for name, parts in calls.items()}
    for _ in range(rounds):
        for name, parts in calls.items():
            for place, (call, _pieces) in enumerate(parts):
                began = perf_counter()
                call()
                best[name][place] = min(best[name][place], perf_counter() - began)
    return {name: sum(best[name]) / sum(pieces for _, pieces in parts) * 1e9 for name, parts in calls.items()}
