"""What time does: clocks that start, move, are extended and stop, and steps of the ladder."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from lapor_core.complaint import personal
from lapor_core.events.fact import Fact
from lapor_core.lifecycle import Role

__all__ = ["ClockMoved", "ClockStarted", "ClockStopped", "Extended", "StepTaken"]


@attrs.frozen(kw_only=True)
class ClockStarted(Fact):
    """A clock began to run; ``start`` may lie before the event, when it became known later what is being counted.

    Attributes:
        first_start: When it began the first time, where it starts anew because the complaint was returned and another agency
            has it now.
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


@attrs.frozen(kw_only=True)
class ClockMoved(Fact):
    """A running clock has a new due instant; the old one stays in the record."""

    clock: str
    reason: str
    due: datetime
    due_date: date
    provisional: bool
    fingerprint: str


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
class ClockStopped(Fact):
    """What was promised has been done; ``met`` says whether in time."""

    clock: str
    met: bool


@attrs.frozen(kw_only=True)
class StepTaken(Fact):
    """A rung of the ladder was reached, or somebody reminded by hand: these roles were told, the reporter was shown these."""

    step: str
    clock: str
    remind: tuple[Role, ...] = ()
    show_reporter: tuple[str, ...] = ()
    different_person: bool = False
    text: str = personal(default="")
