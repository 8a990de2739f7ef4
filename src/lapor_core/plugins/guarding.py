"""How a host keeps a plug-in's code within limits: a guard runs it, and says so when it does not come back or meddles.

Limits of time belong to whoever owns threads and a clock, so the guard is given to the host; without one, plug-ins are
simply called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

__all__ = ["Escaped", "Guard", "Hung", "Meddled", "unguarded"]

T = TypeVar("T")


class Guard(Protocol):
    """Runs a piece of a plug-in's work."""

    def __call__(self, work: Callable[[], T], *, brief: bool = False) -> T:
        """Return what ``work`` returns; what it raises comes through.

        Args:
            work: The plug-in's code.
            brief: Whether somebody is waiting: a citizen at a form, an officer.

        Raises:
            Hung: it did not come to an end in time, and runs on in a thread that nobody waits for.
            Meddled: it changed the environment of the process, which was put back.
            Escaped: it raised what would have ended the process.
        """
        ...


class Hung(Exception):
    """Work that did not come to an end in time; ``seconds`` is how long it was waited for."""

    code = "hung"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not come to an end within {seconds:g} seconds")


class Meddled(Exception):
    """Work that changed environment variables; only their names are told."""

    code = "meddled"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"changed the environment ({', '.join(sorted(names))}); it was put back")


class Escaped(Exception):
    """Work that raised what is no error but the end of a program: SystemExit, KeyboardInterrupt. Only its name is told."""

    code = "escaped"

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"raised {type(error).__name__}")


def unguarded(work: Callable[[], T], *, brief: bool = False) -> T:  # noqa: ARG001  # as a guard is called
    """Call ``work`` as it is."""
    return work()
