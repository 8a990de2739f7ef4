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
from lapor_core.complaint import Agency, Kind
from lapor_core.errors import BadValue, NotFound, did_you_mean, with_article
from lapor_core.lifecycle import PERMISSIONS, Action, Role
from lapor_core.policy.amounts import Limit
from lapor_core.policy.clock_rule import (
    AfterHours,
    CalendarOf,
    ClockRule,
    DayEnd,
    DayOffEnd,
    ExtensionRule,
    FirstDay,
    Keeper,
    RestartOnReturn,
    Start,
)
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.known_facts import FactRule
from lapor_core.policy.ladder import Contact, LadderStep
from lapor_core.policy.manners import Politeness, Refusal
from lapor_core.policy.requirement import KindRequirement, Requirement
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
    "FactRule",
    "FirstDay",
    "Keeper",
    "KindRequirement",
    "LadderStep",
    "OfficeRule",
    "Policy",
    "Politeness",
    "Refusal",
    "Requirement",
    "RestartOnReturn",
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
        name: Its name, as citizens know it.
        address: Where it stands, as the standard writes it.
        telephone: Its number, as the standard writes it.
        email: Its e-mail address.
        site: Its web site.
        calendar: Whose days off it keeps: ``ID`` is the ledger of Indonesian decrees; another country by its ISO code, as
            workalendar computes it (``PH``); ``none`` where no calendar is known: then the week alone counts.
        region: Whose regional decrees it follows, as ``kalimantan-selatan/banjarbaru``.
        week: Days in its working week, 5 or 6 (Perpres 21/2023), or the weekdays it works, ``["monday", "tuesday"]``.
        collective_leave: How it treats *cuti bersama*.
        hours: When it is open on its working days; hours that fit Perpres 21/2023 when the file states none.
        ramadan_hours: When it is open in Ramadan, where that differs.
        roles: Roles that somebody fills here who is named in no permission, and is only to be reminded.
    """

    name: str
    address: str = ""
    telephone: str = ""
    email: str = ""
    site: str = ""
    calendar: str = "ID"
    region: str | None = None
    week: int | tuple[str, ...] = 5
    collective_leave: CollectiveLeave = CollectiveLeave.OFF
    hours: WrittenSchedule | None = None
    ramadan_hours: WrittenSchedule | None = None
    roles: frozenset[Role] = frozenset()

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
    """A grade of seriousness, with the limit of each clock; a policy lists its tiers from the lightest to the gravest.

    Attributes:
        name: As the standard calls it; any text.
        limits: The limit of each clock, by its name; in the file a key of its own, as ``resolve = "14 working_days"``.
        text: The sentence of the standard that gives the limits.
        reading: How it is read where it can be read two ways.
    """

    name: str
    limits: Mapping[str, Limit]
    text: str = ""
    reading: str = ""


@attrs.frozen(kw_only=True)
class Rule:
    """One sentence of the standard that decides a tier; every criterion of ``when`` must hold. The first match decides.

    Attributes:
        tier: The tier it decides.
        when: What must hold of each fact; an empty table holds always.
        text: The sentence of the standard; a policy whose confidence is not ``sourced`` may give it in short.
        reading: How the sentence is read where it can be read two ways, and that the reading is ours.
    """

    tier: str
    when: Mapping[str, Criterion]
    text: str
    reading: str = ""


TELL_MOVED = (Role.REPORTER, Role.LIAISON_OFFICER)
"""Who is told of a moved deadline where the standard does not say: who was promised the day, and who must keep it."""


@attrs.frozen(kw_only=True)
class Policy:
    """One version of one service standard. What the standard leaves blank or writes as ``0`` is ``None`` here: not stated.

    Attributes:
        id: A short stable name, as ``banjarbaru``.
        version: Which version of the standard; with ``id`` what a complaint keeps.
        title: What people call it.
        confidence: How sure the source is.
        source: Where the text was seen.
        time_zone: The office's zone, an IANA name.
        office: The office that gives the service.
        tiers: Grades of seriousness, from the lightest to the gravest.
        rules: The sentences that decide a tier; the first that matches decides.
        clocks: What is counted, by name.
        channels: Requirements by the key of a channel; ``other`` is the row for channels that are not listed.
        service: The service's full name.
        decree: The number of the standard's own decree, or that it is not stated.
        legal_basis: The laws and regulations it stands on.
        language: The language of its sentences.
        valid_from: The day on which it takes effect.
        valid_until: The last day on which it takes in complaints.
        reading: What is to be known of the whole: what the format cannot say, what is not stated.
        stated_time: What the standard writes in its field "Waktu Penyelesaian"; shown, and never a limit.
        product: What the service brings forth.
        procedure: The steps as the standard tells them.
        facts: Facts of the policy's own, and what they are called.
        kinds: What the four kinds of reports are called.
        ladder: The steps taken as a clock comes due and after.
        contacts: Where citizens can turn, by key.
        agencies: Agencies that can be reported.
        permissions: Who may take an action, where that differs from the general table of the service.
        refusals: Why a report may be rejected or archived; somebody decides it, and the reason is recorded.
        politeness: What is advised on language; nothing is ever refused for it.
        fee: What the service costs, as the standard says.
        conditions: What is shown at every channel and not checked; what fits one channel alone stands there.
        tell_moved: Who is told when a decree or a correction of the calendar moves the day of an answer; the reporter and the
            liaison officer unless it says otherwise, nobody when it is empty.
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
    service: str = ""
    decree: str = ""
    legal_basis: tuple[str, ...] = ()
    language: str = "id"
    valid_from: date | None = None
    valid_until: date | None = None
    reading: str = ""
    stated_time: str = ""
    product: str = ""
    procedure: tuple[str, ...] = ()
    facts: Mapping[str, FactRule] = attrs.Factory(dict)
    kinds: Mapping[Kind, Text] = attrs.Factory(dict)
    ladder: tuple[LadderStep, ...] = ()
    contacts: Mapping[str, Contact] = attrs.Factory(dict)
    agencies: tuple[Agency, ...] = ()
    permissions: Mapping[Action, frozenset[Role]] = attrs.Factory(dict)
    refusals: Mapping[str, Refusal] = attrs.Factory(dict)
    politeness: Politeness | None = None
    fee: str = ""
    conditions: tuple[str, ...] = ()
    tell_moved: tuple[Role, ...] = TELL_MOVED

    def in_force(self, day: date) -> bool:
        """Tell whether complaints that are received on ``day`` fall under this version."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    @property
    def reference(self) -> str:
        """``id@version``: what a complaint keeps of the policy it was received under."""
        return f"{self.id}@{self.version}"

    def roles_for(self, action: Action) -> frozenset[Role]:
        """Return who may take ``action``: as this policy says, else as the general table of the service does.

        Whatever a policy says, an auditor only looks.
        """
        return self.permissions.get(action, PERMISSIONS[action]) - {Role.AUDITOR}

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that somebody holds: by a permission, or because the office has such people."""
        return self.office.roles.union(*map(self.roles_for, Action))

    def refusals_for(self, action: Action) -> Mapping[str, Refusal]:
        """Return the reasons for which ``action`` may be taken, by key; empty when the policy names none."""
        return {key: refusal for key, refusal in self.refusals.items() if action in refusal.acts}

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

    def promises_answer(self, clock: str) -> bool:
        """Tell whether an answer of the office is owed when ``clock`` ends.

        None is when it counts the reporter's own time, the silence after an answer, or the hours for an erasure. A clock
        that only an earlier version of the standard knows does.
        """
        return clock not in self.clocks or self.clock(self.chain(clock)[0]).starts not in _NO_ANSWER

    def requirement(self, channel: str, kind: Kind | None = None) -> Requirement:
        """Return what ``channel`` must bring for a report of ``kind``; the row ``other`` serves channels that are not listed.

        Raises:
            NotFound: code ``channel_without_requirements``, when there is no such row.
        """
        if channel not in self.channels and "other" in self.channels:
            return self.channels["other"].of(kind)
        return _named(channel, self.channels, f"channel of {self.id}", "channel_without_requirements").of(kind)

    def conditions_of(self, channel: str) -> tuple[str, ...]:
        """Return what is shown to whoever comes by ``channel`` and not checked: what holds at every one, then its own.

        Raises:
            NotFound: as :meth:`requirement`.
        """
        return (*self.conditions, *self.requirement(channel).conditions)


_NO_ANSWER = (Start.ASKED, Start.RESPONDED, Start.ERASURE_REQUESTED)
"""What starts clocks at whose end no answer to the complaint is owed."""


def _named(name: str, values: Mapping[str, T], what: str, code: str) -> T:
    if name not in values:
        message = f'"{name}": not {with_article(what)}; {did_you_mean(name, values)}'
        raise NotFound(message, code=code, name=name, allowed=tuple(values))
    return values[name]
