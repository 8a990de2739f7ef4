"""What a channel gives: a door, and optionally the reading of messages, an application, work of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias, runtime_checkable

from lapor_core.complaint import Proof
from lapor_core.plugins.contracts.desk import Desk
from lapor_core.submission import Submission

__all__ = ["ASGIApp", "Channel", "Mounts", "Reads", "Scope", "Stop", "Works"]

Scope: TypeAlias = MutableMapping[str, Any]
ASGIApp: TypeAlias = Callable[
    [Scope, Callable[[], Awaitable[Scope]], Callable[[Scope], Awaitable[None]]], Awaitable[None]
]


@runtime_checkable
class Channel(Protocol):
    """A door by which complaints come in.

    Attributes:
        key: The channel's key in policies and records: lower-case letters, digits and ``_``.
        proofs: The proofs of identity this door can bring.
    """

    @property
    def key(self) -> str: ...

    @property
    def proofs(self) -> frozenset[Proof]: ...


@runtime_checkable
class Reads(Channel, Protocol):
    """A channel that understands a raw message. Pure: the same message is the same submission."""

    def read(self, message: bytes, now: datetime) -> Submission:
        """Return what the message says; ``now`` (aware) serves where the message carries no time of its own.

        Raises:
            lapor_core.errors.LaporError: The message cannot be understood.
        """
        ...


@runtime_checkable
class Mounts(Channel, Protocol):
    """A channel that brings an ASGI application.

    A channel for officers (the counter) also has ``for_officers = True``: a host then lets in only officers who are
    signed in, and the principal of each request is that officer. Elsewhere the principal is a reporter or absent. One with a
    page on which the holder of a code tracks a report also has its path below ``path`` as ``track_page = "track"``: letters
    and receipts of a host name it.

    Attributes:
        path: Where a host mounts it: ``/`` or ``/app/v1``. The application uses relative links only.
    """

    @property
    def path(self) -> str: ...

    def app(self, desk: Desk) -> ASGIApp:
        """Return the application; it calls ``desk`` in a thread pool, for every method of a desk may block."""
        ...


class Stop(Protocol):
    """Tells a worker to come to its end; :class:`threading.Event` is one."""

    def is_set(self) -> bool:
        """Return whether it is time to stop."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most ``timeout`` seconds, and return whether it is time to stop."""
        ...


@runtime_checkable
class Works(Channel, Protocol):
    """A channel that fetches its messages itself: from a queue, a mailbox, a service that is asked for news."""

    def work(self, desk: Desk, stop: Stop) -> None:
        """Fetch messages and hand them to ``desk`` until ``stop`` is set, then return soon.

        A host calls it in a thread of its own, and again after a pause when it raises or returns too early.
        """
        ...
