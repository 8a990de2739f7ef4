"""More time for a clock that runs: what the standard allows now, and the fact by which it is granted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from lapor_core.clock_facts import deadline_of, promised
from lapor_core.clocks import Deadline, Extension
from lapor_core.clocks.extensions import latest_of, longest_further
from lapor_core.clocks.pauses import merged
from lapor_core.complaint import Clock, Complaint
from lapor_core.errors import BadValue, LaporError, Refused
from lapor_core.events import Extended
from lapor_core.policy.amounts import Limit
from lapor_core.standard import Standard

__all__ = ["Extendable", "extendable", "extension"]


@attrs.frozen(kw_only=True)
class Extendable:
    """A running clock that may be given more time now.

    Attributes:
        clock: As it runs.
        most: How much at most now: one extension, or what is left of all together.
        latest: Until when (aware, in the office's zone).
    """

    clock: Clock
    most: Limit
    latest: datetime


def extendable(complaint: Complaint, standard: Standard, now: datetime) -> tuple[Extendable, ...]:
    """Return the clocks that may be extended at ``now`` (aware), in their order; none in a pause, nor after its time."""
    return tuple(found for clock in complaint.running_clocks for found in _allowed(complaint, clock, standard, now))


def extension(
    complaint: Complaint, standard: Standard, at: datetime, *, clock: str | None, limit: Limit | None, reason: str
) -> Extended:
    """Return the fact by which a running clock is given more time.

    Args:
        complaint: As it stands.
        standard: What it is judged by.
        at: When it is granted (aware).
        clock: The clock, by name; None for the only one that may be extended.
        limit: How much; as much as the standard allows when None.
        reason: Why; the reporter reads it.

    Raises:
        NotFound: the policy has no such clock (``unknown_clock``).
        Refused: it does not run (``clock_not_running``), or stands still (``clock_paused``).
        BadValue: several may be extended and none is named (``clock_needed``), or the standard does not allow it:
            ``no_extension``, ``too_many_extensions``, ``long_extension``, ``late_extension``. Or days off were taken back
            since the promise was made, and by today's calendar it ends no later than that (``short_extension``).
        OutOfReach: the calendar does not reach that far.
    """
    running = _running(complaint, clock or _only(complaint, standard, at), standard)
    more = limit or _most(complaint, running, standard, at)
    deadline = deadline_of(complaint, running, standard, at, [Extension(limit=more, granted_at=at)])
    if deadline.due <= running.due:
        message = (
            f"the calendar has changed since {running.due.isoformat()} was promised: {more} more end at "
            f"{deadline.due.isoformat()}, which is no more time; recalculate the clock first, or give more"
        )
        raise BadValue(message, code="short_extension", value=str(more), due=deadline.due, promised=running.due)
    return Extended(clock=running.name, limit=str(more), reason=reason, **promised(deadline))


def _allowed(complaint: Complaint, clock: Clock, standard: Standard, now: datetime) -> Iterator[Extendable]:
    rule = standard.policy.clock(clock.name)
    if rule.extension is None or complaint.state in rule.pauses or len(clock.extensions) >= rule.extension.times:
        return
    try:
        deadline = deadline_of(complaint, clock, standard, now)
        latest = latest_of(rule.extension.by, deadline.parts[-1], rule, deadline.office)
    except LaporError:  # the calendar does not reach so far: whoever tries is told
        return
    most = _left(deadline)
    if most is not None and now <= latest:
        yield Extendable(clock=clock, most=most, latest=latest)


def _left(deadline: Deadline) -> Limit | None:
    pauses = merged(deadline.pauses, deadline.office)
    return longest_further(deadline.rule, deadline.parts, deadline.office, pauses)


def _only(complaint: Complaint, standard: Standard, at: datetime) -> str:
    """Return the clock that is meant where none is named."""
    names = tuple(one.clock.name for one in extendable(complaint, standard, at)) or _known(complaint, standard)
    if not names:
        raise BadValue("the standard knows no extension of a clock that runs now", code="no_extension")
    if len(names) > 1:
        message = f"say which clock is extended: {', '.join(names)}"
        raise BadValue(message, code="clock_needed", field="clock", allowed=names)
    return names[0]


def _known(complaint: Complaint, standard: Standard) -> tuple[str, ...]:
    """Return the running clocks that the standard can extend at all: a refusal then says what keeps it from it now."""
    running = (clock.name for clock in complaint.running_clocks)
    return tuple(name for name in running if standard.policy.clock(name).extension is not None)


def _running(complaint: Complaint, name: str, standard: Standard) -> Clock:
    rule, running = standard.policy.clock(name), complaint.running(name)
    if running is None:
        others = tuple(clock.name for clock in complaint.running_clocks)
        message = f"the clock {name} does not run; running now: {', '.join(others) or 'none'}"
        raise Refused(message, code="clock_not_running", clock=name, allowed=others)
    if complaint.state in rule.pauses:
        message = f"the clock {name} stands still while the complaint is {complaint.state}; extend it when it goes on"
        raise Refused(message, code="clock_paused", clock=name, state=complaint.state)
    return running


def _most(complaint: Complaint, clock: Clock, standard: Standard, at: datetime) -> Limit:
    rule = standard.policy.clock(clock.name).extension
    if rule is None:
        raise BadValue(f"the standard knows no extension of the clock {clock.name}", code="no_extension")
    deadline = deadline_of(complaint, clock, standard, at)
    # with nothing left, the refusal says how much was allowed
    return _left(deadline) or rule.limit.over(deadline.limit)
