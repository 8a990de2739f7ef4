"""What a service standard says, as values: the shape of a policy file.

Every name here is a key of the TOML file, so the file is documented by this module. Numbers, tiers, roles, texts and
addresses belong to the file, never to code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import attrs

from lapor_core.calendar.hours import OfficeHours, WrittenSchedule, shipped_hours
from lapor_core.calendar.kinds import CollectiveLeave, Confidence
from lapor_core.complaint import Agency, Kind, Proof
from lapor_core.errors import BadValue, NotFound, did_you_mean
from lapor_core.lifecycle import Action, Role
from lapor_core.policy.amounts import Amount, Limit
from lapor_core.policy.clock_rule import (
    AfterHours,
    CalendarOf,
    ClockRule,
    DayEnd,
    DayOffEnd,
    ExtensionRule,
    FirstDay,
    Start,
)
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.wording import Text

__all__ = [
    "AfterHours",
    "CalendarOf",
    "ClockRule",
    "CollectiveLeave",
    "Confidence",
    "Contact",
    "DayEnd",
    "DayOffEnd",
    "ExtensionRule",
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


@attrs.frozen(kw_only=True)
class OfficeRule:
    """The office that gives the service: its address, and its calendar.

    Attributes:
        region: Whose regional decrees it follows, as ``kalimantan-selatan/banjarbaru``.
        week: Days in its working week, 5 or 6 (Perpres 21/2023), or the weekdays it works, ``["monday", "tuesday"]``.
        collective_leave: How it treats *cuti bersama*.
        hours: When it is open on its working days; hours that fit Perpres 21/2023 when the file states none.
        ramadan_hours: When it is open in Ramadan, where that differs.
    """

    name: str
    address: str = ""
    telephone: str = ""
    site: str = ""
    region: str | None = None
    week: int | tuple[str, ...] = 5
    collective_leave: CollectiveLeave = CollectiveLeave.OFF
    hours: WrittenSchedule | None = None
    ramadan_hours: WrittenSchedule | None = None

    @property
    def office_hours(self) -> OfficeHours:
        """The office's hours, in Ramadan too, as far as the file states them."""
        ordinary = self.hours.schedule() if self.hours else shipped_hours().ordinary
        if self.ramadan_hours is None:
            return OfficeHours(ordinary=ordinary)
        months = shipped_hours(ramadan=True).ramadans
        return OfficeHours(ordinary=ordinary, ramadan=self.ramadan_hours.schedule(), ramadans=months)


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

    def chain(self, name: str) -> tuple[str, ...]:
        """Return the clocks that run one after the other up to the clock called ``name``; most often it stands alone.

        Raises:
            NotFound: code ``unknown_clock``, with the names that exist.
            BadValue: the clocks wait for each other (``circular_clocks``); a policy file that says so is not loaded.
        """
        chain = [name]
        while (before := self.clock(chain[0]).follows) is not None:
            if before in chain:
                around = " -> ".join([before, *chain[: chain.index(before) + 1]])
                raise BadValue(f"clocks that wait for each other never start: {around}", code="circular_clocks")
            chain.insert(0, before)
        return tuple(chain)

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
