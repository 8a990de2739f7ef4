"""Trying again when another process was faster by a moment, or chance drew what is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lapor_core.errors import Refused

__all__ = ["again_when_overtaken"]

T = TypeVar("T")

_OVERTAKEN = frozenset({"changed_meanwhile", "code_taken"})


def again_when_overtaken(action: Callable[[], T], *, tries: int = 5) -> T:
    """Return what ``action`` returns, tried up to ``tries`` times while it is only overtaken."""
    for _ in range(tries - 1):
        try:
            return action()
        except Refused as error:
            if error.code not in _OVERTAKEN:
                raise
    return action()
