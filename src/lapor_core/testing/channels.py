"""Whether a channel may be let in: its contract, what it makes of messages, and its application."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lapor_core.plugins.checks import channel_problem
from lapor_core.plugins.contracts import Channel
from lapor_core.testing.mounting import check_mounting
from lapor_core.testing.reading import check_reading
from lapor_core.testing.working import check_working

__all__ = ["check_channel"]


def check_channel(
    make: Callable[[], Channel],
    *,
    samples: Iterable[bytes] = (),
    write: Callable[[str], bytes] | None = None,
    paths: Iterable[str] = (),
) -> None:
    """Check that a channel keeps its contract, whatever comes in.

    A channel that reads messages is given hostile ones (only a ``LaporError`` may come out, with nothing personal in it)
    and the same one twice, at two times (it is the same submission, with the same ``source_id``). One that brings an
    application is called in this process over a :class:`~lapor_core.testing.MemoryDesk`: its lifespan, its links, an
    unknown path, and hostile requests to every page that its first one links to. One that fetches its messages itself is told
    to stop, and must. Hypothesis searches for the fault, under
    the profile in force.

    Args:
        make: Makes the channel, with its settings; the class itself, when it takes no arguments.
        samples: Messages the channel understands. Each must be read, and each is mutilated in many ways.
        write: Returns a message whose narrative is the given text, which must survive in any script. It may call
            ``hypothesis.reject()`` for a text that the medium cannot carry.
        paths: Further paths of the application, which its pages do not link to.

    Raises:
        AssertionError: naming the channel, and what it did.
    """
    assert callable(make), f"give what makes the channel: {type(make).__name__}, or lambda: {type(make).__name__}(...)"
    channel = make()
    problem = channel_problem(channel)
    assert problem is None, f"not a channel: {problem}"
    again = make()
    assert (again.key, again.proofs) == (channel.key, channel.proofs), "make() must return the same channel each time"
    if hasattr(channel, "read"):
        check_reading(make, tuple(samples), write)  # type: ignore[arg-type]  # it reads, as has just been seen
    if hasattr(channel, "app"):
        check_mounting(make, tuple(paths))  # type: ignore[arg-type]  # it mounts, likewise
    if hasattr(channel, "work"):
        check_working(make)  # type: ignore[arg-type]  # it works, likewise
