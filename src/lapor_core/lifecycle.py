"""The whole life of a complaint, as one table.

Everything that decides where a complaint may go next stands in this file. A complaint is in one *state*; somebody in a
*role* takes an *action*; the table says which state follows, or that the action is not possible there. Some actions
change nothing but the record (a reminder, a rating): they lead back to the state they came from.

The path of the service standard of Diskominfo Kota Banjarbaru ("Sistem, Mekanisme dan Prosedur", 1-4) is

    SUBMITTED --dispose--> DISPOSED --verify--> VERIFIED --forward--> IN_PROGRESS --respond--> RESPONDED

where the *central admin* disposes, the *agency admin* verifies and forwards, and the reported agency, through its
*liaison officer*, answers. The other states are those seen in the national service (tunda, bukan wewenang, arsipkan;
selesai by the reporter, by an officer, or after a silence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["PERMISSIONS", "TABLE", "Action", "Role", "State", "allowed", "is_open", "is_over", "may", "next_state"]


class State(StrEnum):
    """Where a complaint stands."""

    SUBMITTED = "submitted"
    HELD = "held"
    DISPOSED = "disposed"
    VERIFIED = "verified"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    ESCALATED = "escalated"
    RESPONDED = "responded"
    ANSWERED_BACK = "answered_back"
    RETURNED = "returned"
    CLOSED = "closed"
    REJECTED = "rejected"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What somebody may do to a complaint."""

    DISPOSE = "dispose"
    VERIFY = "verify"
    FORWARD = "forward"
    CLASSIFY = "classify"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    REJECT = "reject"
    ARCHIVE = "archive"
    ASK = "ask"
    REPLY = "reply"
    RESPOND = "respond"
    REMIND = "remind"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """Who may do it: the roles of the service, not persons."""

    REPORTER = "reporter"
    CENTRAL_ADMIN = "central_admin"
    AGENCY_ADMIN = "agency_admin"
    LIAISON_OFFICER = "liaison_officer"
    SUPERIOR = "superior"
    INSPECTORATE = "inspectorate"
    COUNTER_OFFICER = "counter_officer"
    SYSTEM = "system"


TABLE: Mapping[State, Mapping[Action, State]] = MappingProxyType(
    {
        State.SUBMITTED: {
            Action.DISPOSE: State.DISPOSED,
            Action.CLASSIFY: State.SUBMITTED,
            Action.HOLD: State.HELD,
            Action.REJECT: State.REJECTED,
            Action.ARCHIVE: State.ARCHIVED,
            Action.REMIND: State.SUBMITTED,
            Action.ESCALATE: State.SUBMITTED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.HELD: {
            Action.RESUME: State.SUBMITTED,
            Action.REPLY: State.SUBMITTED,
            Action.REJECT: State.REJECTED,
            Action.ARCHIVE: State.ARCHIVED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.DISPOSED: {
            Action.VERIFY: State.VERIFIED,
            Action.CLASSIFY: State.DISPOSED,
            Action.RETURN: State.RETURNED,
            Action.REJECT: State.REJECTED,
            Action.REMIND: State.DISPOSED,
            Action.ESCALATE: State.DISPOSED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.VERIFIED: {
            Action.FORWARD: State.IN_PROGRESS,
            Action.CLASSIFY: State.VERIFIED,
            Action.RETURN: State.RETURNED,
            Action.REMIND: State.VERIFIED,
            Action.ESCALATE: State.VERIFIED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.IN_PROGRESS: {
            Action.RESPOND: State.RESPONDED,
            Action.CLASSIFY: State.IN_PROGRESS,
            Action.ASK: State.WAITING,
            Action.RETURN: State.RETURNED,
            Action.REMIND: State.IN_PROGRESS,
            Action.ESCALATE: State.ESCALATED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.WAITING: {
            Action.REPLY: State.IN_PROGRESS,
            Action.RESPOND: State.RESPONDED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.ESCALATED: {
            Action.RESPOND: State.RESPONDED,
            Action.ASK: State.WAITING,
            Action.REMIND: State.ESCALATED,
            Action.ESCALATE: State.ESCALATED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.RESPONDED: {
            Action.REPLY: State.ANSWERED_BACK,
            Action.CLOSE: State.CLOSED,
        },
        State.ANSWERED_BACK: {
            Action.RESPOND: State.RESPONDED,
            Action.CLOSE: State.CLOSED,
        },
        State.RETURNED: {
            Action.DISPOSE: State.DISPOSED,
            Action.REJECT: State.REJECTED,
            Action.ARCHIVE: State.ARCHIVED,
            Action.WITHDRAW: State.WITHDRAWN,
        },
        State.CLOSED: {Action.REOPEN: State.IN_PROGRESS},
        State.REJECTED: {},
        State.ARCHIVED: {},
        State.WITHDRAWN: {},
    }
)
"""The life: state x action -> next state. A state with ``{}`` is final; an action that is absent is refused."""

_OFFICERS = frozenset({Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN})
_AGENCY = frozenset({Role.LIAISON_OFFICER, Role.SUPERIOR, Role.AGENCY_ADMIN})

PERMISSIONS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.DISPOSE: frozenset({Role.CENTRAL_ADMIN}),
        Action.VERIFY: frozenset({Role.AGENCY_ADMIN}),
        Action.FORWARD: frozenset({Role.AGENCY_ADMIN}),
        Action.CLASSIFY: _OFFICERS,
        Action.HOLD: _OFFICERS,
        Action.RESUME: _OFFICERS,
        Action.RETURN: frozenset({Role.AGENCY_ADMIN, Role.LIAISON_OFFICER}),
        Action.REJECT: _OFFICERS,
        Action.ARCHIVE: _OFFICERS,
        Action.ASK: _AGENCY,
        Action.REPLY: frozenset({Role.REPORTER, Role.COUNTER_OFFICER}),
        Action.RESPOND: _AGENCY,
        Action.REMIND: frozenset({Role.SYSTEM, Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.INSPECTORATE}),
        Action.ESCALATE: frozenset({Role.SYSTEM, Role.CENTRAL_ADMIN, Role.INSPECTORATE}),
        Action.CLOSE: frozenset({Role.REPORTER, Role.SYSTEM}) | _OFFICERS,
        Action.REOPEN: frozenset({Role.REPORTER, Role.INSPECTORATE}) | _OFFICERS,
        Action.WITHDRAW: frozenset({Role.REPORTER, Role.COUNTER_OFFICER}),
    }
)
"""Which roles may take an action. The counter officer acts for a visitor who stands before the counter."""

_OVER = frozenset({State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN})


def next_state(state: State, action: Action) -> State | None:
    """Return the state after ``action``, or None where the action is not possible."""
    return TABLE[state].get(action)


def allowed(state: State, role: Role | None = None) -> Iterator[tuple[Action, frozenset[Role]]]:
    """Yield the actions possible in ``state`` with the roles that may take them; only those of ``role`` when given."""
    for action in TABLE[state]:
        if role is None or role in PERMISSIONS[action]:
            yield action, PERMISSIONS[action]


def may(state: State, action: Action, role: Role) -> bool:
    """Return whether somebody in ``role`` may take ``action`` in ``state``."""
    return action in TABLE[state] and role in PERMISSIONS[action]


def is_open(state: State) -> bool:
    """Return whether an answer is still owed in ``state``."""
    return state is not State.RESPONDED and not is_over(state)


def is_over(state: State) -> bool:
    """Return whether nothing is waited for any more in ``state``: no ladder is climbed there."""
    return state in _OVER
