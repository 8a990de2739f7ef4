"""What waits in the queue, and why: for people who look at it, and for whoever asks whether somebody delivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from lapor_desk.engine import Engine
from lapor_desk.pacing import Rate
from lapor_desk.store import QueuedNotice, Status, Waiting

__all__ = ["LONGEST_WAIT", "Backlog", "backlogs", "reasons"]

LONGEST_WAIT = timedelta(minutes=5)
"""A notice that is due and still unclaimed after this says that nobody delivers, unless a rate holds it."""

_INSTANT = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Backlog:
    """What is due and unclaimed of one notifier's share.

    Attributes:
        notifier: Its key; None for what nobody serves.
        waiting: How many, and for how long.
        held_by: The rate that is being used up, if that is why they wait.
    """

    notifier: str | None
    waiting: Waiting
    held_by: Rate | None

    @property
    def is_left(self) -> bool:
        """Whether it waits longer than it would if somebody delivered."""
        return self.held_by is None and self.is_long

    @property
    def is_long(self) -> bool:
        """Whether the oldest has waited for long."""
        return self.waiting.oldest is not None and self.waiting.oldest > LONGEST_WAIT


def backlogs(engine: Engine, now: datetime) -> tuple[Backlog, ...]:
    """Return what is due at ``now`` (aware) and unclaimed, by notifier."""
    shares = engine.shares(now)
    with engine.store.reading() as tx:
        found = []
        for share in shares:
            rate = engine.pace(share.notifier).rate
            newest = tx.last_turn(share.notifier) if rate and share.notifier else None
            is_used = rate is not None and newest is not None and newest > now - max(rate.period, LONGEST_WAIT)
            waiting = tx.notices_waiting(now, share)
            found.append(Backlog(notifier=share.notifier, waiting=waiting, held_by=rate if is_used else None))
    return tuple(found)


def reasons(engine: Engine, now: datetime) -> Callable[[QueuedNotice], str]:
    """Return what tells why a notice has not gone out as of ``now`` (aware): one line, with nothing personal."""
    used_up = _used_up(engine, now)

    def reason(notice: QueuedNotice) -> str:
        if notice.status is not Status.QUEUED:
            return notice.last_error or ""
        if notice.lease_until is not None and notice.lease_until > now:
            return f"on its way since attempt {notice.attempts} was begun"
        chosen = engine.courier.choose(notice.medium, notice.template, notice.attempts + 1)
        if chosen is None:
            return f'no notifier serves "{notice.medium}"'
        waits = _wait(engine, notice, chosen.key, now)
        if not waits and chosen.key in used_up:
            waits = f"{chosen.key} sends {used_up[chosen.key]} at most"
        return "; ".join(part for part in (notice.last_error, waits or "due") if part)

    return reason


def _wait(engine: Engine, notice: QueuedNotice, notifier: str, now: datetime) -> str:
    """Say until when a notice waits, and whether for quiet hours."""
    pace = engine.pace(notifier)
    until = max(notice.not_before, now)
    hours = pace.quiet
    if hours is not None and notice.template not in pace.at_any_hour:
        if hours.hold(until, engine.zone):
            until = hours.free_from(until, engine.zone)
        if until > now and hours.hold(until - _INSTANT, engine.zone):
            return f"quiet hours of {notifier} until {_shown(engine, until)}"
    return f"not before {_shown(engine, until)}" if until > now else ""


def _shown(engine: Engine, moment: datetime) -> str:
    return moment.astimezone(engine.zone).strftime("%Y-%m-%d %H:%M")


def _used_up(engine: Engine, now: datetime) -> dict[str, Rate]:
    rates = {key: engine.pace(key).rate for key in engine.courier.keys}
    with engine.store.reading() as tx:
        return {key: rate for key, rate in rates.items() if rate is not None and not tx.turns_left(key, rate, now)}
