"""What a service standard says, as values: the shape of a policy file.

Every name here is a key of the TOML file, so the file is documented by this module. Numbers, tiers, roles, texts and
addresses belong to the file, never to code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

import attrs

from lapor_core.calendar.kinds import CollectiveLeave, Confidence
from lapor_core.complaint import Agency, Kind, Proof
from lapor_core.errors import NotFound, did_you_mean
from lapor_core.lifecycle import Action, Role, State
from lapor_core.policy.amounts import Amount, Limit
from lapor_core.policy.criteria import Criterion

__all__ = [
    "AfterHours",
    "CalendarOf",
    "ClockRule",
    "CollectiveLeave",
    "Confidence",
    "Contact",
    "DayEnd",
    "DayOffEnd",
    "FirstDay",
    "LadderStep",
    "OfficeRule",
    "Policy",
    "Requirement",
    "Rule",
    "Start",
    "Text",
    "Tier",
]

T = TypeVar("T")


class Start(StrEnum):
    """The event that starts a clock."""

    RECEIVED = "received"
    DISPOSED = "disposed"
    VERIFIED = "verified"
    FORWARDED = "forwarded"
    RESPONDED = "responded"


class FirstDay(StrEnum):
    """Whether the day on which a clock starts is day one."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class AfterHours(StrEnum):
    """What a start after closing time counts as."""

    SAME_DAY = "same_day"
    NEXT_WORKING_DAY = "next_working_day"


class DayEnd(StrEnum):
    """When the last day ends: at the office's closing time, or at the end of the day in its zone."""

    END_OF_DAY = "end_of_day"
    CLOSING = "closing"


class DayOffEnd(StrEnum):
    """Where a limit in calendar days ends that would end on a day off."""

    NEXT_WORKING_DAY = "next_working_day"
    STAYS = "stays"


class CalendarOf(StrEnum):
    """Whose calendar a clock runs on: the office's that owns the standard, or the reported agency's."""

    OFFICE = "office"
    AGENCY = "agency"


@attrs.frozen(kw_only=True)
class Text:
    """A text for citizens and officers, in Indonesian and English."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text in ``language``; Indonesian, the language of the service, for any other than ``en``."""
        return self.en if language == "en" else self.id


@attrs.frozen(kw_only=True)
class OfficeRule:
    """The office that gives the service: its address, and its calendar.

    Attributes:
        region: Whose regional decrees it follows, as ``kalimantan-selatan/banjarbaru``.
        week: Days in its working week, 5 or 6 (Perpres 21/2023).
        collective_leave: How it treats *cuti bersama*.
    """

    name: str
    address: str = ""
    telephone: str = ""
    site: str = ""
    region: str | None = None
    week: int = 5
    collective_leave: CollectiveLeave = CollectiveLeave.OFF


@attrs.frozen(kw_only=True)
class Tier:
    """A grade of seriousness; ``limits`` gives the limit of each clock (a key of the file, as ``resolve = "14 working_days"``)."""

    name: str
    limits: Mapping[str, Limit]


@attrs.frozen(kw_only=True)
class Rule:
    """One sentence of the standard that decides a tier; every criterion of ``when`` must hold. The first match decides.

    Attributes:
        text: The sentence of the standard, word for word.
        reading: How the sentence is read where it can be read two ways, and that the reading is ours.
    """

    tier: str
    when: Mapping[str, Criterion]
    text: str
    reading: str = ""


@attrs.frozen(kw_only=True)
class Requirement:
    """What a channel must bring.

    Attributes:
        proofs: The proofs of identity it must bring, all of them.
        content: Fields of the submission that must not be empty.
        advised: Fields that are asked for, and never required.
        text: The sentence of the standard.
    """

    proofs: frozenset[Proof] = frozenset()
    content: tuple[str, ...] = ("narrative",)
    advised: tuple[str, ...] = ()
    text: str = ""


@attrs.frozen(kw_only=True)
class ClockRule:
    """How one clock runs. Where the standard is silent, the policy file says which reading it takes.

    Attributes:
        limit: The limit of every tier that names none of its own.
        stops: The states in which what was promised has been done.
        pauses: The states in which it does not run.
    """

    title: Text
    starts: Start = Start.RECEIVED
    limit: Limit | None = None
    stops: tuple[State, ...] = (State.RESPONDED, State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN)
    pauses: tuple[State, ...] = ()
    calendar: CalendarOf = CalendarOf.OFFICE
    first_day: FirstDay = FirstDay.EXCLUDED
    after_hours: AfterHours = AfterHours.SAME_DAY
    ends: DayEnd = DayEnd.END_OF_DAY
    day_off_end: DayOffEnd = DayOffEnd.NEXT_WORKING_DAY
    reading: str = ""


@attrs.frozen(kw_only=True)
class LadderStep:
    """One rung: at a distance from a clock's due day, remind these roles, act, and show the reporter these contacts."""

    clock: str
    at: Amount
    remind: tuple[Role, ...] = ()
    act: Action | None = None
    show_reporter: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The step's name in the record of a complaint: fired once per clock and round."""
        return f"{self.clock} {self.at}"


@attrs.frozen(kw_only=True)
class Contact:
    """Where a citizen can turn; shown as the standard gives it."""

    name: str
    telephone: str = ""
    whatsapp: str = ""
    email: str = ""
    site: str = ""
    text: str = ""


@attrs.frozen(kw_only=True)
class Policy:
    """One version of one service standard. What the standard leaves blank or writes as ``0`` is ``None`` here: not stated.

    Attributes:
        decree: The number of the standard's own decree, or that it is not stated.
        channels: Requirements by the key of a channel; ``other`` is the row for channels that are not listed.
        source: Where the text was seen.
    """

    id: str
    version: str
    title: str
    confidence: Confidence
    source: str
    time_zone: str
    office: OfficeRule
    tiers: tuple[Tier, ...]
    rules: tuple[Rule, ...]
    clocks: Mapping[str, ClockRule]
    channels: Mapping[str, Requirement]
    decree: str = ""
    language: str = "id"
    valid_from: date | None = None
    valid_until: date | None = None
    kinds: Mapping[Kind, Text] = attrs.Factory(dict)
    ladder: tuple[LadderStep, ...] = ()
    contacts: Mapping[str, Contact] = attrs.Factory(dict)
    agencies: tuple[Agency, ...] = ()
    fee: str = ""
    conditions: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """``id@version``: what a complaint keeps of the policy it was received under."""
        return f"{self.id}@{self.version}"

    def tier(self, name: str) -> Tier:
        """Return the tier called ``name``.

        Raises:
            NotFound: code ``unknown_tier``, with the names that exist.
        """
        return _named(name, {tier.name: tier for tier in self.tiers}, f"tier of {self.id}", "unknown_tier")

    def clock(self, name: str) -> ClockRule:
        """Return the rule of the clock called ``name``.

        Raises:
            NotFound: code ``unknown_clock``, with the names that exist.
        """
        return _named(name, self.clocks, f"clock of {self.id}", "unknown_clock")

    def requirement(self, channel: str) -> Requirement:
        """Return what ``channel`` must bring; the row ``other`` serves channels that are not listed.

        Raises:
            NotFound: code ``channel_without_requirements``, when there is no such row.
        """
        if channel not in self.channels and "other" in self.channels:
            return self.channels["other"]
        return _named(channel, self.channels, f"channel of {self.id}", "channel_without_requirements")


def _named(name: str, values: Mapping[str, T], what: str, code: str) -> T:
    if name not in values:
        message = f'"{name}": not a {what}; {did_you_mean(name, values)}'
        raise NotFound(message, code=code, name=name, allowed=tuple(values))
    return values[name]
