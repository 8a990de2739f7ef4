"""What time does: clocks that start, pause, move, are extended, missed and stopped, and steps of the ladder.

A fact of a clock names the policy (``policy``: ``id@version``) and the calendar (``calendar``: its fingerprint) by which it was
judged, so that nothing is ever judged again by those of another day. Both are empty in records of versions that did not write
them down.
"""

from __future__ import annotations

from datetime import date, datetime

import attrs

from lapor_core.complaint import personal
from lapor_core.events.fact import Fact
from lapor_core.lifecycle import Role
from lapor_core.policy.clock_rule import Keeper

__all__ = [
    "ClockMissed",
    "ClockMoved",
    "ClockPaused",
    "ClockResumed",
    "ClockStarted",
    "ClockStopped",
    "Extended",
    "StepTaken",
]


@attrs.frozen(kw_only=True)
class ClockStarted(Fact):
    """A clock began to run; ``start`` may lie before the event, when it became known later what is being counted.

    Attributes:
        first_start: When it began the first time, where it starts anew because the complaint was returned and another agency
            has it now.
        kept_by: Who has to keep it, as the policy said then: the office or the reporter; None in older records.
    """

    clock: str
    tier: str
    limit: str
    start: datetime
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str
    first_start: datetime | None = None
    kept_by: Keeper | None = None
    policy: str = ""
    calendar: str = ""


@attrs.frozen(kw_only=True)
class ClockPaused(Fact):
    """A running clock stands still from ``since`` on: from when the complaint came to stand where nobody is waited for but others.

    What it adds to the due instant is counted from the stretches in which the complaint stood so, once they are over.
    """

    clock: str
    since: datetime
    policy: str = ""
    calendar: str = ""


@attrs.frozen(kw_only=True)
class ClockResumed(Fact):
    """A clock that stood still goes on, or ends at once."""

    clock: str
    policy: str = ""
    calendar: str = ""


@attrs.frozen(kw_only=True)
class ClockMoved(Fact):
    """A running clock has a new due instant; the old one stays in the record."""

    clock: str
    reason: str
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str
    policy: str = ""
    calendar: str = ""


@attrs.frozen(kw_only=True)
class Extended(Fact):
    """A running clock was given ``limit`` more, and has a new due instant; the old one stays in the record.

    Attributes:
        reason: Why, in the words of whoever extended it; the reporter reads it.
        policy: ``id@version`` of the policy that allowed it.
        calendar: The fingerprint of the calendar by which the new instant was found.
    """

    clock: str
    limit: str
    reason: str = personal()
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str
    policy: str
    calendar: str


@attrs.frozen(kw_only=True)
class ClockMissed(Fact):
    """The due instant of a running clock is over, and what was promised has not been done.

    It happened at the first moment after ``due``, and is written down when that is found. It stays in the record when the
    clock is moved later afterwards: by what was known then it was missed, and the further fact says what has changed.
    """

    clock: str
    due: datetime
    policy: str = ""
    calendar: str = ""


@attrs.frozen(kw_only=True)
class ClockStopped(Fact):
    """What was promised has been done; ``met`` says whether in time.

    Attributes:
        working_days: How many working days it took, those left out on which it stood still; None in older records.
        days_late: How many working days after the due day it was done; 0 where it was in time, None in older records.
    """

    clock: str
    met: bool
    policy: str = ""
    calendar: str = ""
    working_days: int | None = None
    days_late: int | None = None


@attrs.frozen(kw_only=True)
class StepTaken(Fact):
    """A rung of the ladder was reached, or somebody reminded by hand: these roles were told, the reporter was shown these."""

    step: str
    clock: str
    remind: tuple[Role, ...] = ()
    show_reporter: tuple[str, ...] = ()
    different_person: bool = False
    text: str = personal(default="")
