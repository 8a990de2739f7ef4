"""What a plug-in gives and what it is given: the contracts, small enough to read at one sitting.

A plug-in is a module behind an entry point of the group ``lapor``. It implements hooks of
:mod:`lapor_core.plugins.hookspecs`, and the values they return keep the protocols of this module. What is optional is a
protocol of its own: a channel that only reads messages implements :class:`Reads`, one that brings a web application
implements :class:`Mounts`, one that wants settings implements :class:`Configurable`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

import attrs

from lapor_core.complaint import Proof, Rating, Reporter, personal
from lapor_core.lifecycle import Role
from lapor_core.policy import Policy
from lapor_core.submission import Submission, Upload

__all__ = [
    "ASGIApp",
    "Channel",
    "Configurable",
    "Delivered",
    "Desk",
    "Failed",
    "Medium",
    "Message",
    "Mounts",
    "Notifier",
    "Principal",
    "Reads",
    "Receipt",
    "Stop",
    "Tracking",
    "TrackingEntry",
    "TryLater",
    "Verdict",
    "Works",
]

Scope: TypeAlias = MutableMapping[str, Any]
ASGIApp: TypeAlias = Callable[
    [Scope, Callable[[], Awaitable[Scope]], Callable[[Scope], Awaitable[None]]], Awaitable[None]
]

PRINCIPAL = "lapor.principal"
"""Key of the ASGI scope under which a host puts the :class:`Principal` of a request; absent for a stranger."""


SESSION_COOKIE = "lapor_session"
"""Name of the cookie in which a browser carries a reporter's session token; a host makes the principal of it. A client
without cookies sends the token as ``Authorization: Bearer ...``."""


CODES_HOLD = timedelta(minutes=10)
"""How long one-time codes hold, at every host."""


class Medium(StrEnum):
    """How a message reaches a person. A notifier names those it serves; others exist as plain texts of their own."""

    EMAIL = "email"
    SMS = "sms"


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
    signed in, and the principal of each request is that officer. Elsewhere the principal is a reporter or absent.

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


@runtime_checkable
class Configurable(Protocol):
    """A plug-in contribution with settings: an attrs class, filled by the host from ``[plugins.<key>]``."""

    settings: ClassVar[type]

    def configure(self, settings: Any) -> Self:
        """Return this contribution with the settings applied.

        Raises:
            lapor_core.errors.LaporError: The settings cannot be used; the contribution stays off and the reason is shown.
        """
        ...


@attrs.frozen(kw_only=True)
class Message:
    """One message to one person, ready to be sent.

    Attributes:
        key: The idempotency key: the same for every attempt at the same notice.
        medium: The medium it was written for.
        address: An e-mail address or a mobile number in international form.
        subject: One line; empty for a medium without subjects.
        text: Plain text, in the recipient's language.
        template: The name of the notice's template, for services that want a template and its values.
        values: The values of the template, as text.
    """

    key: str
    medium: str
    address: str = personal()
    subject: str = personal(default="")
    text: str = personal()
    template: str
    values: Mapping[str, str] = personal(factory=dict)
    language: str = "id"


@attrs.frozen(kw_only=True)
class Delivered:
    """The next hop took the message; ``provider_id`` is its own name for it."""

    provider_id: str = ""


@attrs.frozen(kw_only=True)
class TryLater:
    """Not now: a fault that may pass. ``after`` is the provider's own wish, if it said one. No address stands in ``why``."""

    why: str
    after: timedelta | None = None


@attrs.frozen(kw_only=True)
class Failed:
    """Never: the address does not exist, the provider refuses. No address stands in ``why``."""

    why: str


Verdict: TypeAlias = Delivered | TryLater | Failed


@runtime_checkable
class Notifier(Protocol):
    """A messenger.

    Attributes:
        key: The notifier's key in configuration and records.
        media: The media it serves.
    """

    @property
    def key(self) -> str: ...

    @property
    def media(self) -> frozenset[str]: ...

    def send(self, message: Message, now: datetime) -> Verdict:
        """Hand the message to the next hop and say what became of it. Called in a thread; it may block, within reason."""
        ...


@attrs.frozen(kw_only=True)
class Principal:
    """Who is calling: a reporter with an account, or an officer.

    Attributes:
        id: An opaque id.
        role: ``Role.REPORTER`` for a citizen.
        proofs: What has been proved of a reporter.
        reporter: The reporter's own data; empty for an officer.
    """

    id: str
    role: Role
    proofs: frozenset[Proof] = frozenset()
    reporter: Reporter = personal(factory=Reporter)


@attrs.frozen(kw_only=True)
class Receipt:
    """What a citizen holds after a submission.

    Attributes:
        code: The tracking code.
        received_at: In the office's zone.
        tier: None while facts are missing that decide it.
        due_date: The last day for an answer, once the tier is known.
        repeated: Whether this submission had been handed in before.
        lacking: What is missing still, by the codes of :class:`lapor_core.errors.Missing`.
    """

    code: str
    received_at: datetime
    tier: str | None = None
    due_date: date | None = None
    repeated: bool = False
    lacking: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class TrackingEntry:
    """One line of what happened, written for the citizen."""

    at: datetime
    text: str = personal()


@attrs.frozen(kw_only=True)
class Tracking:
    """What the holder of a tracking code may see.

    Attributes:
        status: The state in the citizen's words.
        due_date: The last day for an answer; None before it is classified.
        contacts: Ready lines that show the way further, once the ladder has come there.
        letter: From then on, a letter to the Ombudsman for the citizen to complete, sign and send; in Indonesian. It names
            nobody: whoever else holds the code learns no more from it than from the report.
    """

    code: str
    state: str
    status: str
    received_at: datetime
    due_date: date | None = None
    provisional: bool = False
    late: bool = False
    entries: tuple[TrackingEntry, ...] = ()
    contacts: tuple[str, ...] = ()
    letter: str = personal(default="")


class Desk(Protocol):
    """What a channel may ask of its host: narrow, synchronous, safe to call from any thread.

    Every method raises only :class:`lapor_core.errors.LaporError`; a channel turns its ``code`` into its own language.
    """

    @property
    def policy(self) -> Policy:
        """The service standard in force: its kinds, agencies, requirements, contacts and texts."""
        ...

    def now(self) -> datetime:
        """The present instant, in the office's zone."""
        ...

    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        """Take a submission in, once per ``(channel, source_id)``; when this returns, it is stored.

        Args:
            submission: What was understood.
            partial: Whether content may be missing for now: the complaint has its code then, and waits for
                :meth:`complete`. A proof may never be missing.

        Raises:
            Incomplete: Something required is missing; nothing was stored.
        """
        ...

    def complete(self, code: str, submission: Submission) -> None:
        """Bring what an incomplete complaint lacks; fields that it has already are left empty.

        Raises:
            NotFound, BadValue: as :meth:`track`. Incomplete: something is missing still.
            Refused: it is not incomplete (code ``not_possible``).
        """
        ...

    def track(self, code: str, language: str = "id") -> Tracking:
        """Return what the holder of ``code`` may see; typing slips are recognised.

        Raises:
            NotFound: code ``unknown_code``. BadValue: code ``bad_code``.
        """
        ...

    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = ()) -> None:
        """Add the reporter's reply.

        Raises:
            NotFound, BadValue: as :meth:`track`; the text is empty (code ``text_needed``). Refused: not possible now.
        """
        ...

    def rate(self, code: str, rating: Rating, text: str = "") -> None:
        """Say what the reporter thinks of the answer.

        One who is content closes the complaint, one to whom nothing was settled opens it again, and one who disputes the
        answer appeals; the latter two say why.

        Raises:
            NotFound, BadValue: as :meth:`track`; the text is missing (code ``text_needed``). Refused: not possible now.
        """
        ...

    def attach(self, code: str, uploads: tuple[Upload, ...], text: str = "") -> None:
        """Add files to a complaint that is not over.

        Raises:
            NotFound, BadValue: as :meth:`track`; there is no file (code ``files_needed``), or one cannot be taken.
            Refused: not possible now.
        """
        ...

    def withdraw(self, code: str, reason: str = "") -> None:
        """Take the complaint back, as its reporter wishes.

        Raises:
            NotFound, BadValue: as :meth:`track`. Refused: not possible now.
        """
        ...

    def report_delivery(self, key: str, verdict: Verdict) -> None:
        """Tell what became of a message after its next hop had taken it: a delivery receipt, any number of times.

        A channel may tell of messages that the notifier of its own key has sent. ``Delivered`` settles the message,
        ``Failed`` takes the news of its delivery back, ``TryLater`` (the next hop is still trying) changes nothing.

        Args:
            key: The :attr:`Message.key`.
            verdict: What became of it.

        Raises:
            NotFound: no such message of this channel's own notifier (code ``unknown_message``).
        """
        ...

    def challenge(self, reporter: Reporter) -> str:
        """Send a one-time code to the reporter's e-mail address and another to the mobile number; return the challenge's id."""
        ...

    def confirm(self, challenge: str, codes: Mapping[Proof, str]) -> str:
        """Return a session token when every code is right; the account then carries the proofs.

        Raises:
            Refused: a wrong or expired code (codes ``wrong_code``, ``expired_code``), or too many tries (``too_many_tries``).
        """
        ...

    def principal(self, token: str) -> Principal | None:
        """Return who holds this session token, or None."""
        ...

    def recall(self, key: str) -> bytes | None:
        """Return what this channel kept under ``key`` in its own small storage."""
        ...

    def keep(self, key: str, value: bytes) -> None:
        """Keep ``value`` (at most 64 KiB) under ``key`` in this channel's own storage."""
        ...
