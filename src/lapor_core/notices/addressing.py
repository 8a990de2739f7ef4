"""Who is told of which event: events -> notices. A notice holds references only, nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Complaint
from lapor_core.lifecycle import PERMISSIONS, Action, Role, State
from lapor_core.policy.model import TELL_MOVED, Policy

__all__ = ["AWAITED", "GATHERED", "Notice", "Recipient", "notices_for"]

GATHERED = frozenset({"to_dispose"})
"""Templates that tell of everything that waits, and of nothing in particular: one letter for many events is enough."""


@attrs.frozen(kw_only=True)
class Recipient:
    """The reporter, or everybody who holds a role; for roles of an agency, at that agency."""

    role: Role
    agency: str | None = None


@attrs.frozen(kw_only=True)
class Notice:
    """That somebody is to be told of one event; the words are made when it is sent."""

    complaint: str
    sequence: int
    template: str
    recipient: Recipient

    @property
    def key(self) -> str:
        """The same for every attempt at the same notice: whoever repeats it can be recognised."""
        recipient = self.recipient.role.value + (f"@{self.recipient.agency}" if self.recipient.agency else "")
        return f"{self.complaint}/{self.sequence}/{self.template}/{recipient}"


_OF_AGENCY = frozenset({Role.LIAISON_OFFICER, Role.SUPERIOR})
_REPORTER = Recipient(role=Role.REPORTER)

_TOLD: Mapping[type[happened.Fact], tuple[tuple[str, Role], ...]] = {
    happened.Completed: (("received", Role.REPORTER),),
    happened.Disposed: (("to_verify", Role.AGENCY_ADMIN),),
    happened.Forwarded: (("to_answer", Role.LIAISON_OFFICER), ("forwarded", Role.REPORTER)),
    happened.Asked: (("asked", Role.REPORTER),),
    happened.Replied: (("replied", Role.LIAISON_OFFICER),),
    happened.Attached: (("attached", Role.LIAISON_OFFICER),),
    happened.Returned: (("returned", Role.CENTRAL_ADMIN),),
    happened.ReturnedInPart: (("returned_in_part", Role.CENTRAL_ADMIN),),
    happened.Responded: (("answered", Role.REPORTER),),
    happened.RespondedInPart: (("answered_in_part", Role.REPORTER),),
    happened.Reviewed: (("reviewed", Role.REPORTER),),
    happened.Extended: (("extended", Role.REPORTER), ("more_time", Role.LIAISON_OFFICER)),
    happened.Held: (("held", Role.REPORTER),),
    happened.Rejected: (("rejected", Role.REPORTER),),
    happened.Archived: (("archived", Role.REPORTER),),
    happened.Escalated: (("escalated", Role.SUPERIOR),),
    happened.Closed: (("closed", Role.REPORTER),),
    happened.Reopened: (("reopened", Role.LIAISON_OFFICER),),
    happened.Appealed: (("appealed", Role.SUPERIOR), ("appealed", Role.INSPECTORATE)),
    happened.Merged: (("merged", Role.REPORTER),),
    happened.Unmerged: (("unmerged", Role.REPORTER),),
    happened.PinRenewed: (("pin_renewed", Role.REPORTER),),
    happened.ErasureRequested: (("erasure_requested", Role.REPORTER),),
    happened.Withdrawn: (("withdrawn", Role.LIAISON_OFFICER),),
}
"""The standard promises one of these, the notice of every answer; the others keep the citizen and the officers informed."""

AWAITED = ("incomplete", "one_time_code", "received")
"""The templates for which somebody waits who has just done something: they come at any hour, and before all others."""

_AT_WORK = (State.IN_PROGRESS, State.WAITING, State.ESCALATED)


Doing: TypeAlias = Callable[[Action], frozenset[Role]]
"""Who does something, by what a policy says of it."""

_NEWS = frozenset({"decree", "policy"})
"""The reasons for which a clock moves that nobody saw coming; what an act or a pause moves, its own notice tells."""


def notices_for(
    events: Iterable[happened.Event], complaint: Complaint, policy: Policy | None = None
) -> tuple[Notice, ...]:
    """Return who is to be told of ``events``; ``complaint`` is as they have made it.

    Args:
        events: What has happened.
        complaint: The complaint.
        policy: Says who disposes and who erases, and so is told of what waits for that (the central admin where it is None),
            and who is told of a moved deadline (the reporter and the liaison officer).
    """
    doing = PERMISSIONS.__getitem__ if policy is None else policy.roles_for
    moved = TELL_MOVED if policy is None else policy.tell_moved
    return tuple(notice for event in events for notice in _told(event, complaint, doing, moved))


def _told(event: happened.Event, complaint: Complaint, doing: Doing, moved: Iterable[Role]) -> Iterator[Notice]:
    fact = event.fact
    waits = (*_to_dispose(fact, complaint, doing), *_to_erase(fact, doing))
    for template, role in (*_templates(fact, complaint), *_of_clocks(fact, complaint, moved), *waits):
        for recipient in _recipients(event.fact, role, complaint):
            yield Notice(complaint=complaint.id, sequence=event.sequence, template=template, recipient=recipient)


def _templates(fact: happened.Fact, complaint: Complaint) -> Iterator[tuple[str, Role]]:
    yield from _TOLD.get(type(fact), ())
    if isinstance(fact, happened.Received):
        yield "incomplete" if fact.lacking else "received", Role.REPORTER
    if isinstance(fact, happened.Involved) and complaint.state in _AT_WORK:
        yield "to_answer", Role.LIAISON_OFFICER
    if isinstance(fact, happened.StepTaken):
        yield from (("reminder", role) for role in fact.remind)
        if fact.show_reporter:
            yield "way_further", Role.REPORTER


def _to_dispose(fact: happened.Fact, complaint: Complaint, doing: Doing) -> Iterator[tuple[str, Role]]:
    """Tell those who dispose that something waits for it; who put it aside and takes it up again knows already."""
    if complaint.state is State.SUBMITTED and isinstance(fact, _BRINGS_WORK):
        yield from (("to_dispose", role) for role in sorted(doing(Action.DISPOSE) - _NOBODYS))


def _to_erase(fact: happened.Fact, doing: Doing) -> Iterator[tuple[str, Role]]:
    if isinstance(fact, happened.ErasureRequested):
        yield from (("to_erase", role) for role in sorted(doing(Action.ERASE) - _NOBODYS))


_BRINGS_WORK = (happened.Received, happened.Completed, happened.Replied, happened.Unmerged)
_NOBODYS = frozenset({Role.REPORTER, Role.SYSTEM})


def _of_clocks(fact: happened.Fact, complaint: Complaint, told: Iterable[Role]) -> Iterator[tuple[str, Role]]:
    """Tell of a promise that a decree, the standard or a return has moved: of the clock by which the answer is to be had."""
    if not isinstance(fact, happened.ClockMoved | happened.ClockStarted):
        return
    running = (clock.due for clock in complaint.running_clocks)
    if fact.due < max(running, default=fact.due):
        return
    if isinstance(fact, happened.ClockMoved):
        yield from (("deadline_moved", role) for role in told if fact.reason in _NEWS)
    elif fact.first_start is not None:
        yield "counted_anew", Role.REPORTER


def _recipients(fact: happened.Fact, role: Role, complaint: Complaint) -> tuple[Recipient, ...]:
    if role is Role.REPORTER:
        return (_REPORTER,)
    if role in _OF_AGENCY:
        return tuple(Recipient(role=role, agency=agency) for agency in _agencies(fact, complaint))
    return (Recipient(role=role),)


def _agencies(fact: happened.Fact, complaint: Complaint) -> tuple[str, ...]:
    """Return the agencies it concerns: those who join, those who still owe an answer when they are pressed, else all."""
    if isinstance(fact, happened.Involved):
        return fact.agencies
    if isinstance(fact, happened.StepTaken | happened.Escalated):
        return complaint.owing or complaint.agencies
    return complaint.agencies
