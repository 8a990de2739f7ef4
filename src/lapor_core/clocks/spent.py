"""How long something took, in working days: what is written down when a clock stops, for reports to read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from lapor_core.calendar import Office
from lapor_core.clocks.pauses import Pause, merged, paused_days
from lapor_core.policy.amounts import Unit

__all__ = ["working_days_spent"]

_DAY = timedelta(days=1)


def working_days_spent(start: datetime, end: datetime, pauses: Iterable[Pause], office: Office) -> int:
    """Return the working days after the day of ``start`` up to the day of ``end``, without those that were wholly paused.

    Args:
        start: When the clock began (aware).
        end: When it stopped (aware).
        pauses: The stretches that did not count; each has an end.
        office: Whose working days.

    Raises:
        BadValue: a pause has no end (code ``open_pause``). OutOfReach: the calendar does not reach that far.
    """
    first, last = office.local_date(start), office.local_date(end)
    stretches = paused_days(merged(pauses, office), office, Unit.WORKING_DAYS)
    inside = ((max(begin - _DAY, first), min(until, last)) for begin, until in stretches)
    return office.count(first, last) - sum(office.count(before, until) for before, until in inside if before < until)
