"""What a channel is given: the desk it may ask, who is calling, and what a citizen gets back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

import attrs

from lapor_core.complaint import Proof, Rating, Reporter, personal
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts.notifier import Verdict
from lapor_core.policy import Policy
from lapor_core.submission import Submission, Upload

__all__ = [
    "CODES_HOLD",
    "PRINCIPAL",
    "SESSION_COOKIE",
    "WAY_OUT",
    "Addresses",
    "Desk",
    "Download",
    "Principal",
    "Receipt",
    "Tracking",
    "TrackingEntry",
    "TrackingFile",
    "WayOut",
    "bearer_of",
]

PRINCIPAL = "lapor.principal"
"""Key of the ASGI scope under which a host puts the :class:`Principal` of a request; absent for a stranger."""

WAY_OUT = "lapor.way_out"
"""Key of the ASGI scope under which a host gives a channel for officers the :class:`WayOut` of a page; it may be absent."""

SESSION_COOKIE = "lapor_session"
"""Name of the cookie in which a browser carries a reporter's session token; a host makes the principal of it. A client
without cookies sends the token as ``Authorization: Bearer ...``."""


def bearer_of(authorization: str | None) -> str | None:
    """Return the session token in the ``Authorization`` header of a request, ``Bearer ...``; None where there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


CODES_HOLD = timedelta(minutes=10)
"""How long one-time codes hold, at every host."""


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
class WayOut:
    """The way from a channel for officers to the host's own pages; the links are relative to the page that was asked for.

    Attributes:
        console: Where officers work.
        sign_out: Where a form is posted that ends the session.
        token: What that form carries as ``csrf``.
        name: Who is signed in, as colleagues see it.
    """

    console: str
    sign_out: str
    token: str = attrs.field(repr=False)
    name: str = personal(default="")


@attrs.frozen(kw_only=True)
class Addresses:
    """Where people find a host's pages: absolute addresses in which no code and nothing personal stands; empty if unknown.

    Attributes:
        track: Where the holder of a code tracks a report and replies.
        console: Where officers sign in.
    """

    track: str = ""
    console: str = ""


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
        needs_pin: Whether the report opens only with its code and its PIN, as one that is anonymous or secret does.
        pin: That PIN (:mod:`lapor_core.pins`), for the reporter alone. It stands on the first receipt, or on that of a new
            PIN, and nowhere else: nobody can show it again, so a channel has the reporter write it down, and puts it into
            no URL, log or notice.
    """

    code: str
    received_at: datetime
    tier: str | None = None
    due_date: date | None = None
    repeated: bool = False
    lacking: tuple[str, ...] = ()
    needs_pin: bool = False
    pin: str = attrs.field(default="", repr=False)


@attrs.frozen(kw_only=True)
class TrackingFile:
    """A file that the agency sent with an answer; :meth:`Desk.download` hands it out.

    Attributes:
        id: Opaque, and never empty.
        name: As the agency named it, or a plain one; never empty.
        media_type: What its bytes are, as was found out when it came in.
        size: In bytes.
    """

    id: str
    name: str = personal()
    media_type: str
    size: int


@attrs.frozen(kw_only=True)
class Download:
    """A file as it is handed out: to be kept, and not to be shown by a browser among the host's own pages."""

    file: TrackingFile
    content: bytes = personal()


@attrs.frozen(kw_only=True)
class TrackingEntry:
    """One line of what happened, written for the citizen, with the files that came with it."""

    at: datetime
    text: str = personal()
    files: tuple[TrackingFile, ...] = ()


@attrs.frozen(kw_only=True)
class Tracking:
    """What the holder of a tracking code may see.

    Attributes:
        status: The state in the citizen's words.
        lacking: What an incomplete report lacks still, by the codes of :class:`lapor_core.errors.Missing`.
        due_date: The last day for an answer; None before it is classified.
        contacts: Ready lines that show the way further, once the ladder has come there.
        external_ids: Under which ids other systems know the report, by the system's name (``sp4n_tracking``).
        letter: From then on, a letter to the Ombudsman for the citizen to complete, sign and send; in Indonesian. It names
            nobody: whoever else holds the code learns no more from it than from the report.
        locked: Whether the report needs a PIN that was not given: then status and dates are all there is to see, and nothing
            can be done without the PIN.
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
    lacking: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = personal(factory=dict)
    letter: str = personal(default="")
    locked: bool = False


class Desk(Protocol):
    """What a channel may ask of its host: narrow, synchronous, safe to call from any thread.

    Every method raises only :class:`lapor_core.errors.LaporError`; a channel turns its ``code`` into its own language.

    What holders of a code ask takes a ``pin``, of which an anonymous or secret report needs the right one, and others none;
    where none is needed, what is given is not looked at. Refused: there is none (``pin_needed``), or it is another one
    (``wrong_pin``). BadValue: it has a typing slip (``bad_pin``). However many wrong ones were tried, the right one opens: a
    code is known to too many people for any of them to be able to shut the reporter out.
    """

    @property
    def policy(self) -> Policy:
        """The service standard in force: its kinds, agencies, requirements, contacts and texts."""
        ...

    @property
    def addresses(self) -> Addresses:
        """Where people find this host's pages, for receipts and answers that say so."""
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

    def complete(self, code: str, submission: Submission, *, pin: str = "") -> None:
        """Bring what an incomplete complaint lacks; fields that it has already are left empty.

        Raises:
            NotFound, BadValue: as :meth:`track`. Incomplete: something is missing still.
            Refused: it is not incomplete (code ``not_possible``).
        """
        ...

    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        """Return what the holder of ``code`` may see; typing slips are recognised.

        Without a PIN that is needed, this is not refused: what is shown is :attr:`Tracking.locked`.

        Raises:
            NotFound: code ``unknown_code``. BadValue: code ``bad_code``.
        """
        ...

    def download(self, code: str, file: str, *, pin: str = "") -> Download:
        """Return a file that :meth:`track` lists for the holder of ``code``, by its id.

        Raises:
            NotFound, BadValue: as :meth:`track`. NotFound: it lists no such file (code ``unknown_file``).
        """
        ...

    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = (), *, pin: str = "") -> None:
        """Add the reporter's reply.

        Raises:
            NotFound, BadValue: as :meth:`track`; the text is empty (code ``text_needed``). Refused: not possible now.
        """
        ...

    def rate(self, code: str, rating: Rating, text: str = "", *, pin: str = "") -> None:
        """Say what the reporter thinks of the answer.

        One who is content closes the complaint, one to whom nothing was settled opens it again, and one who disputes the
        answer appeals; the latter two say why.

        Raises:
            NotFound, BadValue: as :meth:`track`; the text is missing (code ``text_needed``). Refused: not possible now.
        """
        ...

    def attach(self, code: str, uploads: tuple[Upload, ...], text: str = "", *, pin: str = "") -> None:
        """Add files to a complaint that is not over.

        Raises:
            NotFound, BadValue: as :meth:`track`; there is no file (code ``files_needed``), or one cannot be taken.
            Refused: not possible now.
        """
        ...

    def withdraw(self, code: str, reason: str = "", *, pin: str = "") -> None:
        """Take the complaint back, as its reporter wishes.

        Raises:
            NotFound, BadValue: as :meth:`track`. Refused: not possible now.
        """
        ...

    def request_erasure(self, code: str, reason: str = "", *, pin: str = "") -> None:
        """Ask for the erasure of the reporter's personal data (UU 27/2022), on all of their complaints; an officer decides.

        Raises:
            NotFound, BadValue: as :meth:`track`. Refused: not possible now, for the data was erased.
        """
        ...

    def renew_pin(self, code: str, principal: Principal) -> Receipt:
        """Draw another PIN for the reporter who has lost it, and return a receipt with it; the one before opens nothing more.

        Args:
            code: The tracking code.
            principal: Who is signed in, as the host says: only with the very account that reported is a PIN renewed.

        Raises:
            NotFound, BadValue: as :meth:`track`. Refused: it is somebody else's report (``not_the_reporter``), or it needs
            no PIN (``no_pin``).
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

    def sign_out(self, token: str) -> None:
        """End a session: its token stands for nobody any more. One that stands for nobody already is no error."""
        ...

    def recall(self, key: str) -> bytes | None:
        """Return what this channel kept under ``key`` in its own small storage."""
        ...

    def keep(self, key: str, value: bytes) -> None:
        """Keep ``value`` (at most 64 KiB) under ``key`` in this channel's own storage."""
        ...
