"""When a notifier may send, and how fast: quiet hours and rates, as an office writes them under ``[notifiers.<key>]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Self

import attrs

from lapor_core.documents import Document
from lapor_core.errors import BadValue, Fault, did_you_mean, require_aware
from lapor_core.notices import AWAITED
from lapor_core.notices.replacing import shipped_templates

__all__ = ["ALWAYS", "Pace", "QuietHours", "Rate", "pace_faults"]

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_PERIODS = MappingProxyType(
    {
        "second": timedelta(seconds=1),
        "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
    }
)
_RATE = re.compile(rf"([1-9]\d{{0,6}})/({'|'.join(_PERIODS)})")
_FARTHEST = 4
"""Days: a wall clock may skip a whole one (Samoa, 30 December 2011)."""


@attrs.frozen(kw_only=True)
class QuietHours:
    """Hours in which nobody is to be woken, on a wall clock; from ``begins`` up to ``ends``, over midnight if need be.

    Raises:
        BadValue: they begin and end at once (code ``bad_quiet_hours``): no hour of the day would be left, or all would be.
    """

    begins: time
    ends: time

    def __attrs_post_init__(self) -> None:
        if self.begins == self.ends:
            raise BadValue(f"{self}: begins and ends at the same time", code="bad_quiet_hours")

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``21:00-06:00``.

        Raises:
            BadValue: it is something else (code ``bad_quiet_hours``).
        """
        found = _QUIET.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            message = f'"{text}": not quiet hours; write when they begin and end, as "21:00-06:00"'
            raise BadValue(message, code="bad_quiet_hours")
        hour, minute, until_hour, until_minute = map(int, found.groups())
        return cls(begins=time(hour, minute), ends=time(until_hour, until_minute))

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def hold(self, moment: datetime, zone: tzinfo) -> bool:
        """Return whether ``moment`` (aware) lies in them, by the wall clock of ``zone``."""
        wall = require_aware(moment).astimezone(zone).time()
        if self.begins < self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def free_from(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return ``moment`` (aware), or where they hold then, the instant at which they end (UTC).

        Where clocks are put forward over the end, they end by as much later; where clocks are put back, the hour that
        comes twice is quiet both times.
        """
        if not self.hold(moment, zone):
            return moment
        return min(end for end in self._ends(moment, zone) if end > moment and not self.hold(end, zone))

    def _ends(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        today = moment.astimezone(zone).date()
        for days in range(_FARTHEST):
            for fold in (0, 1):
                wall = datetime.combine(today + timedelta(days=days), self.ends.replace(fold=fold), zone)
                yield wall.astimezone(UTC)


@attrs.frozen(kw_only=True)
class Rate:
    """At most so many in any stretch of time as long as ``period``."""

    most: int
    period: timedelta

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``60/minute``.

        Raises:
            BadValue: it is something else (code ``bad_rate``).
        """
        found = _RATE.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            message = f'"{text}": not a rate; write a number and one of {", ".join(_PERIODS)}, as "60/minute"'
            raise BadValue(message, code="bad_rate")
        return cls(most=int(found[1]), period=_PERIODS[found[2]])

    def __str__(self) -> str:
        names = {period: name for name, period in _PERIODS.items()}
        return f"{self.most}/{names.get(self.period, self.period)}"


@attrs.frozen(kw_only=True)
class Pace:
    """How one notifier may be used.

    Attributes:
        quiet: When it sends nothing; a notice that falls due then waits until they end.
        rate: How many notices go out through it at most, counted over all processes of the desk.
        at_any_hour: The templates that go out in quiet hours too, and before all others.
    """

    quiet: QuietHours | None = None
    rate: Rate | None = None
    at_any_hour: tuple[str, ...] = AWAITED

    def free_from(self, now: datetime, zone: tzinfo) -> datetime:
        """Return from when on what is not for any hour may go out: ``now`` (aware), or when quiet hours end."""
        return now if self.quiet is None else self.quiet.free_from(now, zone)


ALWAYS = Pace()
"""The pace of a notifier of which the office says nothing."""


def pace_faults(document: Document, paces: Mapping[str, Pace]) -> Iterator[Fault]:
    """Yield what cannot be in the sections ``[notifiers.<key>]``."""
    for key, pace in paces.items():
        for index, template in enumerate(pace.at_any_hour):
            if template not in shipped_templates():
                problem = f'"{template}": not a notice; {did_you_mean(template, shipped_templates())}'
                yield document.fault(("notifiers", key, "at_any_hour", index), problem)
