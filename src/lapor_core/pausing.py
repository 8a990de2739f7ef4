"""That clocks stand still and go on again, as facts: they follow from where the complaint stands, and change no promise."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from itertools import takewhile

from lapor_core.complaint import Complaint
from lapor_core.events import ClockPaused, ClockResumed, Fact
from lapor_core.lifecycle import State
from lapor_core.standard import Standard

__all__ = ["pause_facts"]


def pause_facts(complaint: Complaint, standard: Standard) -> Iterator[Fact]:
    """Yield that running clocks stand still or go on, where that is not in the record yet.

    A clock that stops, or starts anew, ends its pause by that.

    Args:
        complaint: As it stands, its clocks included.
        standard: What it is judged by.
    """
    for clock in complaint.running_clocks:
        pausing, policy = standard.policy.clock(clock.name).pauses, standard.policy.reference
        if complaint.state not in pausing and clock.paused_since is not None:
            yield ClockResumed(clock=clock.name, policy=policy, calendar=clock.calendar)
        elif complaint.state in pausing and clock.paused_since is None:
            since = _since(complaint, pausing)
            yield ClockPaused(clock=clock.name, since=since, policy=policy, calendar=clock.calendar)


def _since(complaint: Complaint, pausing: Container[State]) -> datetime:
    """Return when the complaint came to stand in such a state; from one of them to another, the clock stands still on."""
    stretch = list(takewhile(lambda visit: visit.state in pausing, reversed(complaint.visits)))
    return stretch[-1].since
