"""A deadline that can defend itself: when, from what, and every day between."""

from __future__ import annotations

import functools
import hashlib
from datetime import date, datetime
from typing import Any

import attrs

from lapor_core.calendar import Doubt, Office
from lapor_core.clocks.counting import Counted
from lapor_core.clocks.days import DeadlineDay, explained
from lapor_core.clocks.extensions import Extension
from lapor_core.clocks.pauses import Pause
from lapor_core.policy.amounts import Limit, Unit
from lapor_core.policy.clock_rule import AfterHours, ClockRule, DayEnd
from lapor_core.policy.wording import Text

__all__ = ["Deadline"]


@attrs.frozen(kw_only=True)
class Deadline:
    """When a clock is due, with everything it was worked out from.

    Attributes:
        clock: The clock's name in the policy.
        title: What citizens read: *Tenggat penyelesaian*.
        tier: The tier it was judged by, or None.
        limit: The limit of the standard; of several, the one that ended first.
        chosen_from: The limits that were compared, where the standard promises the shorter of several.
        start: The start event, in the office's zone.
        first_start: When it began the first time, in the office's zone, where it started anew because the complaint was
            returned and another agency has it now; None for all others.
        due: The last instant that is in time, in the office's zone.
        due_date: The day of ``due``.
        policy: ``id@version``.
        rule: How the clock runs.
        office: Whose days it counts.
        pauses: The stretches that did not count.
        extensions: What was added, in the order in which it was granted.
        parts: The limit and each extension, as they were counted.
    """

    clock: str
    title: Text
    tier: str | None
    limit: Limit
    chosen_from: tuple[Limit, ...] = ()
    start: datetime
    due: datetime
    due_date: date
    policy: str
    rule: ClockRule = attrs.field(repr=False)
    office: Office = attrs.field(repr=False)
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    first_start: datetime | None = None
    parts: tuple[Counted, ...] = attrs.field(repr=False)

    @functools.cached_property
    def provisional_reasons(self) -> tuple[Doubt, ...]:
        """Why the answer may change: days in it that are not decreed yet. Empty when it is firm.

        Hours on the wall run whatever the calendar, and office hours matter only where one is looked at.
        """
        if all(part.limit.unit is Unit.HOURS for part in self.parts):
            return ()
        reasons = self.office.provisional_reasons(*self._span)
        return reasons if self._heeds_hours else tuple(why for why in reasons if why.code != "no_ramadan")

    @property
    def provisional(self) -> bool:
        """Whether a day in it is not decreed yet."""
        return bool(self.provisional_reasons)

    @functools.cached_property
    def calendar(self) -> str:
        """The fingerprint of the calendar; where a day is not decreed yet, the version of python-holidays is in it."""
        return self.office.fingerprint_of(*self._span)

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short hash of all that went in: the same inputs, policy and calendar give the same fingerprint."""
        local = self.office.local
        inputs = (
            (self.policy, self.clock, self.tier, str(self.limit), self.start.isoformat()),
            [(local(pause.start).isoformat(), pause.end and local(pause.end).isoformat()) for pause in self.pauses],
            [(str(more.limit), local(more.granted_at).isoformat()) for more in self.extensions],
        )
        return hashlib.sha256(repr((inputs, self.calendar)).encode()).hexdigest()[:16]

    @functools.cached_property
    def days(self) -> tuple[DeadlineDay, ...]:
        """Every day from the start to the due day, in order."""
        return explained(self)

    def explain(self, language: str = "id") -> str:
        """Return the explanation day by day as text, in Indonesian (``id``) or English (``en``).

        Raises:
            BadValue: there are no words in another language (code ``unknown_language``); likewise the picture and the task.
        """
        from lapor_core.explanation.text import as_text

        return as_text(self, language)

    def to_json(self) -> dict[str, Any]:
        """Return JSON data: ``due``, ``due_date``, ``provisional``, ``tier``, ``limit``, ``calendar``, ``days`` and more."""
        from lapor_core.explanation.data import as_data

        return as_data(self)

    def svg(self, language: str = "id") -> str:
        """Return a picture of the months with counted days and days off, as SVG."""
        from lapor_core.explanation.picture import as_svg

        return as_svg(self, language)

    def ics(self, language: str = "id", *, uid: str, now: datetime) -> bytes:
        """Return an iCalendar task with alarms; needs the ``icalendar`` package (extra ``cli``).

        Args:
            language: ``id`` or ``en``.
            uid: The task's identity, so that a later file replaces the earlier one.
            now: When the file is made (aware).
        """
        from lapor_core.explanation.ical import as_ics

        return as_ics(self, language, uid=uid, now=now)

    @property
    def _heeds_hours(self) -> bool:
        by_rule = self.rule.ends is DayEnd.CLOSING or self.rule.after_hours is AfterHours.NEXT_WORKING_DAY
        return by_rule or bool(self.pauses) or any(part.limit.unit is Unit.OFFICE_HOURS for part in self.parts)

    @property
    def _span(self) -> tuple[date, date]:
        first = self.start.date()
        return first, max(first, self.due_date)
