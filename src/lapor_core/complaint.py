"""What a complaint is: who reports, about what, to which agency, and how far it has come.

All values are frozen. Fields that identify a person are marked :data:`PERSONAL`: they are left out of ``repr``, and a
host seals them before it stores them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import attrs

from lapor_core.errors import BadValue, is_a, require_type
from lapor_core.facts import Facts, Kind
from lapor_core.lifecycle import Outcome, Role, State

__all__ = [
    "PERSONAL",
    "Actor",
    "Agency",
    "Attachment",
    "Clock",
    "Complaint",
    "Facts",
    "Ground",
    "Kind",
    "MoreTime",
    "Proof",
    "Purpose",
    "Rating",
    "Reporter",
    "Shown",
    "Visibility",
    "Visit",
    "personal",
]

_MOST_STARS = 5
PERSONAL = "lapor_personal"
"""Metadata key of the fields that hold personal data (UU 27/2022)."""


def personal(**options: Any) -> Any:
    """Return an attrs field for personal data: sealed when stored, absent from ``repr``."""
    return attrs.field(repr=False, metadata={PERSONAL: True}, **options)


class Proof(StrEnum):
    """How a channel knows the reporter; the service standard asks for another one at each door."""

    VERIFIED_EMAIL = "verified_email"
    VERIFIED_MOBILE = "verified_mobile"
    SENDER_NUMBER = "sender_number"
    IDENTITY_COPY = "identity_copy"


class Purpose(StrEnum):
    """Why a file is there: to support the report, or to prove who brings it."""

    EVIDENCE = "evidence"
    IDENTITY = "identity"


class Ground(StrEnum):
    """Why personal data is erased (UU 27/2022): asked for, consent withdrawn, no longer needed, or kept long enough."""

    REQUESTED = "requested"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PURPOSE_ENDED = "purpose_ended"
    RETENTION_OVER = "retention_over"


class Shown(StrEnum):
    """What of a reporter was shown: addresses and numbers, the copy of a document, a letter, or which reports are theirs.

    For that two reports are of the same person is knowledge about who reported, of an anonymous one above all.
    """

    CONTACT = "contact"
    PAPER = "paper"
    LETTER = "letter"
    REPORTS = "reports"


def _texts_by_text(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    require_type(value, Mapping, attribute.name)
    for key, text in value.items():
        require_type(key, str, f"each key of {attribute.name}")
        require_type(text, str, f"each value of {attribute.name}")


@attrs.frozen(kw_only=True)
class Reporter:
    """The person who reports. Every field is personal; which ones are needed, the policy says per channel.

    Attributes:
        name: The name as given.
        email: An e-mail address.
        mobile: A mobile number in international form, ``+62...``.
        identity_number: The NIK (16 digits), where a channel asks for it.
        language: ``id`` or ``en``: the language of every notice to this person.
        addresses: Addresses for further media, by medium: those for which a plug-in brings a notifier.

    Raises:
        BadType: One of them is of another type (``wrong_type``).
    """

    name: str = personal(default="", validator=is_a(str))
    email: str = personal(default="", validator=is_a(str))
    mobile: str = personal(default="", validator=is_a(str))
    identity_number: str = personal(default="", validator=is_a(str))
    language: str = attrs.field(default="id", validator=is_a(str))
    addresses: Mapping[str, str] = personal(factory=dict, validator=_texts_by_text)


@attrs.frozen(kw_only=True)
class Visibility:
    """Two independent wishes: *anonim* hides who, *rahasia* hides what."""

    anonymous: bool = False
    secret: bool = False

    @property
    def hides(self) -> bool:
        """Whether anything is hidden from anybody: who, or what."""
        return self.anonymous or self.secret


@attrs.frozen(kw_only=True)
class Attachment:
    """A stored file, named by what is in it.

    Attributes:
        digest: SHA-256 of the stored bytes, hexadecimal.
        name: The file's name as the reporter gave it; personal, for people name files after themselves.
        media_type: What the bytes are, found by looking at them: ``image/jpeg``.
        size: In bytes.
        purpose: Evidence, or proof of identity.
    """

    digest: str
    name: str = personal(default="")
    media_type: str
    size: int
    purpose: Purpose = Purpose.EVIDENCE


@attrs.frozen(kw_only=True)
class Agency:
    """An agency that can be reported or can answer.

    Attributes:
        key: A short stable name, ``dinas-contoh``.
        name: The name citizens and officers read.
        office: The office whose week and hours it keeps; the policy's own when empty.
    """

    key: str
    name: str
    office: str = ""


@attrs.frozen(kw_only=True)
class Actor:
    """Who did something: a role, and an opaque id that is never a name or an address.

    Raises:
        BadType: the role is a text, and no :class:`Role` (``wrong_type``).
    """

    role: Role = attrs.field(validator=is_a(Role))
    id: str = ""


def _stars(_: object, __: attrs.Attribute[int], value: int) -> None:
    if type(value) is not int or not 1 <= value <= _MOST_STARS:
        message = f"a rating has 1 to {_MOST_STARS} stars, not {value!r}"
        raise BadValue(message, code="bad_rating", field="stars", most=_MOST_STARS)


@attrs.frozen(kw_only=True)
class Rating:
    """What a reporter thinks of an answer: stars from 1 to 5, and what has become of the matter.

    Raises:
        BadValue: not 1 to 5 stars (code ``bad_rating``). BadType: the outcome is a text (``wrong_type``).
    """

    stars: int = attrs.field(validator=_stars)
    outcome: Outcome = attrs.field(validator=is_a(Outcome))


@attrs.frozen(kw_only=True)
class MoreTime:
    """What a clock was extended by: how much, as ``7 working_days``, and when somebody granted it (aware)."""

    limit: str
    granted_at: datetime


@attrs.frozen(kw_only=True)
class Clock:
    """A clock that was applied to a complaint, as it was judged then; a later policy never changes it.

    Attributes:
        name: ``resolve``, say.
        tier: The tier it was judged by.
        start: When it began to count.
        due: The last instant that is still in time.
        due_date: The same as a day of the office's calendar.
        provisional: Whether a day in between is not decreed yet.
        fingerprint: Names the policy and the calendar it was computed from.
        policy: ``id@version`` of the policy that ``due`` was last found by; empty in older records.
        calendar: The fingerprint of the calendar that it was found by; empty in older records.
        extensions: What it was extended by, in order; a clock that starts anew has none.
        first_start: When it began the first time, where it started anew because the complaint was returned and another agency
            has it now; None for all others.
        paused_since: Since when it stands still; None while it runs.
        missed: Whether it is in the record that ``due`` passed while it ran; a later due instant is not missed yet.
        stopped_at: When it was met or given up; None while it runs.
        round: Counts reopenings: 1 for the first life of the complaint.
    """

    name: str
    tier: str
    start: datetime
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str
    policy: str = ""
    calendar: str = ""
    extensions: tuple[MoreTime, ...] = ()
    first_start: datetime | None = None
    paused_since: datetime | None = None
    missed: bool = False
    stopped_at: datetime | None = None
    round: int = 1

    def is_late(self, now: datetime) -> bool:
        """Tell whether ``due`` passed before the clock stopped, or while it ran up to ``now`` (aware).

        While it stands still, it is late only if it was so before: what is waited for will move ``due``.
        """
        return (self.stopped_at or self.paused_since or now) > self.due


@attrs.frozen(kw_only=True)
class Visit:
    """A stretch of time during which a complaint stood in one state; the last one has no end while it lasts."""

    state: State
    since: datetime
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Complaint:
    """A complaint as its events have made it; see :func:`lapor_core.evolution.evolve`.

    Attributes:
        id: Internal identity, opaque.
        code: The tracking code the citizen holds.
        version: The sequence number of the last event.
        policy: ``id`` and ``version`` of the policy it was received under, as ``banjarbaru@1``.
        reporter_ref: Opaque reference to the person.
        facts: What is known for its tier.
        judged_by: The facts by which the tier was decided.
        pin_hash: What is kept of its PIN (:func:`lapor_core.pins.hash_pin`); empty where its code alone opens it.
        lacking: What is still missing while it is incomplete, by the codes of :class:`lapor_core.errors.Missing`.
        external_ids: Under which ids other systems know it, by the system's name (``sp4n_tracking``).
        agencies: Those it was handed to, by key.
        handed: All that have ever had it, by key, those that returned it among them.
        transferred_at: When it was last disposed, in this round, after it had been returned, to agencies that had never had it.
        answered: Those of them that have given their whole answer in this round.
        rating: What the reporter said of the last answer that was rated.
        merged_into: The id of the complaint it was merged into; kept when that one's answer has become its own.
        followers: The ids of the complaints that wait for this one's answer.
        reached_at: When it came to stand in its present state.
        visits: Every state it stood in, in order, each from when until when; they follow each other without a gap.
        milestones: When each event that can start a clock happened in this round (``received``, ``disposed``, ...).
        steps: Steps of the ladder that were taken: the step's key, and the place of its clock among ``clocks``.
        considered_by: The opaque ids of the officers who have answered it, reviewed it, or asked the reporter.
        barred: Those of them who must leave it to somebody else, as a step of the ladder has it.
    """

    id: str
    code: str
    version: int
    state: State
    policy: str
    channel: str
    received_at: datetime
    reached_at: datetime
    facts: Facts
    visibility: Visibility
    reporter_ref: str
    reporter: Reporter = personal()
    title: str = personal(default="")
    narrative: str = personal()
    place: str = personal(default="")
    event_date: date | None = None
    attachments: tuple[Attachment, ...] = ()
    pin_hash: str = personal(default="")
    tier: str | None = None
    judged_by: Facts | None = None
    lacking: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = personal(factory=dict)
    agencies: tuple[str, ...] = ()
    handed: frozenset[str] = frozenset()
    transferred_at: datetime | None = None
    answered: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    steps: frozenset[tuple[str, int | None]] = frozenset()
    answers: tuple[str, ...] = personal(default=())
    rating: Rating | None = None
    merged_into: str | None = None
    followers: tuple[str, ...] = ()
    milestones: Mapping[str, datetime] = attrs.Factory(dict)
    visits: tuple[Visit, ...] = ()
    round: int = 1
    considered_by: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()

    @property
    def owing(self) -> tuple[str, ...]:
        """The agencies whose answer is still to come in this round, by key."""
        return tuple(key for key in self.agencies if key not in self.answered)

    @property
    def pauses(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """The stretches in which the reporter was waited for; the last one has no end while it lasts."""
        return tuple((visit.since, visit.until) for visit in self.visits if visit.state is State.WAITING)

    @property
    def running_clocks(self) -> tuple[Clock, ...]:
        """The clocks that have not stopped, in the order in which they started."""
        return tuple(clock for clock in self.clocks if clock.stopped_at is None)

    def running(self, name: str) -> Clock | None:
        """Return the running clock called ``name``, or None."""
        place = self.place_of(name)
        return None if place is None else self.clocks[place]

    def place_of(self, name: str) -> int | None:
        """Return the place among ``clocks`` of the running clock called ``name``, or None."""
        places = (place for place, clock in enumerate(self.clocks) if clock.name == name and clock.stopped_at is None)
        return next(places, None)
