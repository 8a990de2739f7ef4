"""Whether a complaint is ready for the Ombudsman: which conditions are met, which are missing, and why. Pure.

The conditions are those of Law 37/2008, articles 23 and 24, and of the Ombudsman's own practice: the reporter has
complained to the reported office before and was not served, the event is at most two years old, and the reporter is a
citizen or resident, concerned or acting for somebody who is. The Ombudsman decides, not this library: nothing here says
that somebody is or is not entitled, and the contacts are for everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

import attrs

from lapor_core.clock_facts import overdue_undecided
from lapor_core.complaint import Clock, Complaint
from lapor_core.errors import require_aware
from lapor_core.lifecycle import Outcome, State, is_open
from lapor_core.policy.model import Contact
from lapor_core.standard import Standard

__all__ = ["YEARS", "Condition", "Declaration", "Need", "Readiness", "Status", "readiness"]

YEARS = 2
"""How old the event may be (Law 37/2008, article 24)."""


class Need(StrEnum):
    """What the Ombudsman asks for."""

    COMPLAINED_BEFORE = "complained_before"
    NOT_SERVED = "not_served"
    RECENT = "recent"
    RESIDENT = "resident"
    CONCERNED = "concerned"


class Status(StrEnum):
    """How a condition stands: the record or the reporter shows it, shows the contrary, or does not say."""

    MET = "met"
    MISSING = "missing"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Declaration:
    """What only the reporter can say; None is not asked yet, and never guessed.

    Attributes:
        resident: Whether the reporter is an Indonesian citizen or lives in Indonesia.
        concerned: Whether the reporter suffered it, or acts for somebody who did, with a power of attorney.
        unsatisfied: Whether an answer that came was no solution; without a word here, a rating in the record says it.
    """

    resident: bool | None = None
    concerned: bool | None = None
    unsatisfied: bool | None = None


@attrs.frozen(kw_only=True)
class Condition:
    """One condition, how it stands, and why: the key of a sentence in the texts, with what goes into it.

    Attributes:
        need: What is asked for.
        status: How it stands.
        why: The key of the reason, as ``overdue`` or ``no_answer_due_yet``.
        day: The day the reason speaks of, in the office's zone.
    """

    need: Need
    status: Status
    why: str
    day: date | None = None


@attrs.frozen(kw_only=True)
class Readiness:
    """All conditions as they stand on one day, and where to turn whatever they say.

    Attributes:
        conditions: One for each need, in their order.
        contacts: The contacts of the policy; never hidden by anything in ``conditions``.
    """

    conditions: tuple[Condition, ...]
    contacts: tuple[Contact, ...]

    @property
    def met(self) -> tuple[Condition, ...]:
        """The conditions that the record or the reporter shows."""
        return self._with(Status.MET)

    @property
    def missing(self) -> tuple[Condition, ...]:
        """The conditions that are not fulfilled as things stand."""
        return self._with(Status.MISSING)

    @property
    def unknown(self) -> tuple[Condition, ...]:
        """The conditions that nobody has said anything about yet."""
        return self._with(Status.UNKNOWN)

    def _with(self, status: Status) -> tuple[Condition, ...]:
        return tuple(condition for condition in self.conditions if condition.status is status)


def readiness(
    complaint: Complaint, standard: Standard, now: datetime, declared: Declaration | None = None
) -> Readiness:
    """Return which conditions of the Ombudsman are met, which are missing, and which are not known.

    Args:
        complaint: The complaint as it stands.
        standard: What it is judged by; its contacts go into the answer.
        now: The present instant (aware).
        declared: What the reporter has said of themselves.

    Raises:
        BadValue: ``now`` has no zone (code ``naive_datetime``).
    """
    require_aware(now)
    said = declared or Declaration()
    today = standard.office.local_date(now)
    conditions = (
        _complained(complaint, standard),
        _served(complaint, standard, now, said),
        _recent(complaint.event_date, today),
        _said(Need.RESIDENT, said.resident),
        _said(Need.CONCERNED, said.concerned),
    )
    return Readiness(conditions=conditions, contacts=tuple(standard.policy.contacts.values()))


def _complained(complaint: Complaint, standard: Standard) -> Condition:
    """The complaint itself is the one that was made before, to the reported office or its superior."""
    day = standard.office.local_date(complaint.received_at)
    if complaint.state is State.WITHDRAWN:
        return Condition(need=Need.COMPLAINED_BEFORE, status=Status.MISSING, why="withdrawn", day=day)
    return Condition(need=Need.COMPLAINED_BEFORE, status=Status.MET, why="complained_on", day=day)


def _served(complaint: Complaint, standard: Standard, now: datetime, said: Declaration) -> Condition:
    status, why, day = _service(complaint, standard, now, said)
    return Condition(need=Need.NOT_SERVED, status=status, why=why, day=day)


def _service(
    complaint: Complaint, standard: Standard, now: datetime, said: Declaration
) -> tuple[Status, str, date | None]:
    """Say whether the office lets a promise go by, or has answered without solving it."""
    owed = [clock for clock in complaint.running_clocks if standard.policy.promises_answer(clock.name)]
    late = min((clock.due_date for clock in _gone_by(complaint, owed, now)), default=None)
    if late is not None:
        return Status.MET, "overdue", late
    refused = complaint.state in (State.REJECTED, State.ARCHIVED)
    if (complaint.answers or refused) and not (is_open(complaint.state) and complaint.round > 1):
        unsatisfied = said.unsatisfied if said.unsatisfied is not None else _rated_badly(complaint)
        if unsatisfied is None:
            return Status.UNKNOWN, "not_taken_up" if refused else "answered", None
        return (Status.MET, "unsatisfied", None) if unsatisfied else (Status.MISSING, "satisfied", None)
    undecided = overdue_undecided(complaint, standard, now) if not owed else None
    if undecided is not None:
        return Status.MET, "overdue", undecided.due_date
    due = min((clock.due_date for clock in owed), default=None)
    return Status.MISSING, "not_due_yet" if due is not None else "no_deadline_yet", due


def _gone_by(complaint: Complaint, owed: Iterable[Clock], now: datetime) -> Iterator[Clock]:
    """Yield the promises that were not kept: those that are late, and those that were late when they were counted anew."""
    running = tuple(owed)
    names = {clock.name for clock in running}
    yield from (clock for clock in running if clock.is_late(now))
    anew = {(clock.name, clock.start) for clock in complaint.clocks if clock.first_start and clock.name in names}
    for clock in complaint.clocks:
        if clock.stopped_at is not None and clock.stopped_at > clock.due and (clock.name, clock.stopped_at) in anew:
            yield clock


def _rated_badly(complaint: Complaint) -> bool | None:
    """Return whether the reporter has rated the answer as no settlement, or None without a rating."""
    return None if complaint.rating is None else complaint.rating.outcome is not Outcome.SETTLED


def _recent(event: date | None, today: date) -> Condition:
    if event is None:
        return Condition(need=Need.RECENT, status=Status.UNKNOWN, why="no_event_date")
    if event > today:
        return Condition(need=Need.RECENT, status=Status.UNKNOWN, why="event_in_the_future", day=event)
    last = _years_later(event)
    status, why = (Status.MET, "until") if today <= last else (Status.MISSING, "too_old")
    return Condition(need=Need.RECENT, status=status, why=why, day=last)


def _years_later(day: date) -> date:
    """Return the last day on which an event of ``day`` is at most two years old; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:
        return day.replace(year=day.year + YEARS, day=28)


def _said(need: Need, value: bool | None) -> Condition:  # noqa: FBT001  # what somebody said: yes, no, or nothing
    if value is None:
        return Condition(need=need, status=Status.UNKNOWN, why="not_asked")
    return Condition(need=need, status=Status.MET if value else Status.MISSING, why="said_yes" if value else "said_no")
