"""How a clock runs, as a policy file says it: what starts it, what it counts, when its last day ends, and what extends it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs

from lapor_core.errors import BadValue
from lapor_core.lifecycle import State
from lapor_core.policy.amounts import Amount, ExtensionLimit, Limit, Unit
from lapor_core.policy.wording import Text

__all__ = [
    "AfterHours",
    "CalendarOf",
    "ClockRule",
    "DayEnd",
    "DayOffEnd",
    "ExtensionRule",
    "FirstDay",
    "Keeper",
    "RestartOnReturn",
    "Rounds",
    "Start",
]


class Start(StrEnum):
    """The event that starts a clock.

    ``responded`` is an answer, also that to an appeal. ``asked`` is that the reporter was asked for something, for the
    reporter's own clock. ``reopened`` begins a new round, in which what starts with ``received`` starts again as well;
    ``appealed`` (*keberatan*) begins none. ``erasure_requested`` is that the reporter asked to have their data erased (UU
    27/2022), which may be long after the answer. ``breached`` is that a breach of personal data became known: it stands in no
    complaint's record, and whoever answers for it hands its instant in.
    """

    RECEIVED = "received"
    DISPOSED = "disposed"
    VERIFIED = "verified"
    FORWARDED = "forwarded"
    RESPONDED = "responded"
    ASKED = "asked"
    REOPENED = "reopened"
    APPEALED = "appealed"
    ERASURE_REQUESTED = "erasure_requested"
    BREACHED = "breached"


class FirstDay(StrEnum):
    """Whether the day on which a clock starts is day one."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class AfterHours(StrEnum):
    """What a start after closing time, or on a day on which the office stays shut, counts as."""

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


class Keeper(StrEnum):
    """Who has to keep a clock: the office and the agencies that owe something, or the reporter who is waited for."""

    OFFICE = "office"
    REPORTER = "reporter"


class Rounds(StrEnum):
    """In which lives of a complaint a clock runs: each reopening begins a new one."""

    ALL = "all"
    FIRST = "first"
    LATER = "later"

    def has(self, number: int) -> bool:
        """Return whether the round with this number, counted from 1, is one of them."""
        return self is Rounds.ALL or (number == 1) == (self is Rounds.FIRST)


class RestartOnReturn(StrEnum):
    """Whether a clock starts anew when an agency has returned the complaint (*bukan wewenang*) and another one gets it.

    ``never``: it runs on, and nobody waits longer because the first agency was the wrong one. ``new_agency``: it starts anew
    with the disposition, if none of the agencies named has had the complaint before; whoever returns it gains nothing.
    """

    NEVER = "never"
    NEW_AGENCY = "new_agency"


class CalendarOf(StrEnum):
    """Whose calendar a clock runs on: the office's that owns the standard, or the reported agency's."""

    OFFICE = "office"
    AGENCY = "agency"


def _at_least_once(_: object, field: attrs.Attribute[Any], value: int) -> None:
    if type(value) is not int or value < 1:
        message = f"{field.name} must be a whole number, at least 1, not {value!r}"
        raise BadValue(message, code="bad_extension_rule", value=repr(value))


def _not_after_due(_: object, field: attrs.Attribute[Any], value: Amount) -> None:
    if value.amount > 0 or value.unit is Unit.OFFICE_HOURS:
        message = (
            f'"{value}": {field.name} is at or before the due instant, in working days, days or hours: "-1 working_day"'
        )
        raise BadValue(message, code="bad_extension_rule", value=str(value))


@attrs.frozen(kw_only=True)
class ExtensionRule:
    """What the standard says of extensions; a clock without such a rule cannot be extended.

    Attributes:
        limit: How much one extension adds at most: ``7 working_days``, or ``same_as_base``.
        times: How many extensions there may be.
        maximum: How much all of them may add together, counted from the due day of the limit itself; without it, ``times``
            times ``limit``.
        by: Until when it must be made, seen from the due instant that it extends; ``-1 working_day`` is until the end of
            the working day before.
        text: The sentence of the standard.
        reading: How the sentence is read where it can be read two ways.
    """

    limit: ExtensionLimit
    times: int = attrs.field(default=1, validator=_at_least_once)
    maximum: ExtensionLimit | None = None
    by: Amount = attrs.field(default=Amount(0), validator=_not_after_due)
    text: str = ""
    reading: str = ""


_ENDS = (State.RESPONDED, State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN)


def _start(value: str) -> str:
    return Start(value) if value in {event.value for event in Start} else value


@attrs.frozen(kw_only=True)
class ClockRule:
    """How one clock runs. Where the standard is silent, the policy file says which reading it takes.

    Attributes:
        title: What citizens read: *Tenggat penyelesaian*.
        starts: The event that starts it (:class:`Start`), or the name of another clock: then it starts when that one ends.
        limit: The limit of every tier that names none of its own.
        agency_limits: What agencies have promised themselves, by key; it counts in limits written ``min(..., agency)``.
        kept_by: Who has to keep it: ``office``, or ``reporter``, which is the default of a clock that starts with ``asked`` or
            ``responded``. A report shows the two apart.
        rounds: Whether it runs in every round, only before a reopening (``first``), or only after one (``later``).
        restart_on_return: Whether it starts anew when the complaint was returned and is disposed to agencies that have not had
            it before (``new_agency``), or runs on (``never``).
        extension: How it may be extended; None when the standard knows no extension.
        stops: The states in which what was promised has been done: an answer, or that none will come; for an appeal also that
            the complaint is taken up again, and for a request of erasure that the data was erased, and nothing else.
        pauses: The states in which it does not run.
        calendar: Whose calendar it runs on: the office's that owns the standard, or the reported agency's.
        first_day: Whether the day on which it starts is day one.
        after_hours: What a start after closing time, or on a day on which the office stays shut, counts as.
        ends: When the last day ends: at the end of the day, or at the office's closing time.
        day_off_end: Where a limit in calendar days ends that would end on a day off.
        text: The sentence of the standard.
        reading: How it is read where it can be read two ways.
    """

    title: Text
    starts: str = attrs.field(default=Start.RECEIVED, converter=_start)
    limit: Limit | None = None
    agency_limits: Mapping[str, Limit] = attrs.Factory(dict)
    kept_by: Keeper = attrs.field(converter=Keeper)
    rounds: Rounds = attrs.field(default=Rounds.ALL, converter=Rounds)
    restart_on_return: RestartOnReturn = attrs.field(default=RestartOnReturn.NEVER, converter=RestartOnReturn)
    extension: ExtensionRule | None = None
    stops: tuple[State, ...] = attrs.field()
    pauses: tuple[State, ...] = ()
    calendar: CalendarOf = attrs.field(default=CalendarOf.OFFICE, converter=CalendarOf)
    first_day: FirstDay = attrs.field(default=FirstDay.EXCLUDED, converter=FirstDay)
    after_hours: AfterHours = attrs.field(default=AfterHours.SAME_DAY, converter=AfterHours)
    ends: DayEnd = attrs.field(default=DayEnd.END_OF_DAY, converter=DayEnd)
    day_off_end: DayOffEnd = attrs.field(default=DayOffEnd.NEXT_WORKING_DAY, converter=DayOffEnd)
    text: str = ""
    reading: str = ""

    @stops.default
    def _answered_or_given_up(self) -> tuple[State, ...]:
        if self.starts == Start.ERASURE_REQUESTED:
            return (State.ERASED,)
        return (*_ENDS, State.IN_PROGRESS) if self.starts == Start.APPEALED else _ENDS

    @kept_by.default
    def _whoever_is_waited_for(self) -> Keeper:
        return Keeper.REPORTER if self.starts in (Start.ASKED, Start.RESPONDED) else Keeper.OFFICE

    @property
    def follows(self) -> str | None:
        """The clock whose end starts this one; None when an event does."""
        return None if isinstance(self.starts, Start) else self.starts
