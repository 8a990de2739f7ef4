"""The whole life of a complaint, as one table.

Everything that decides where a complaint may go next stands in this file. A complaint is in one *state*; somebody in a
*role* takes an *action*; the table says which state follows, or that the action is not possible there.

The path of the service standard of Diskominfo Kota Banjarbaru ("Sistem, Mekanisme dan Prosedur", 1-4) is

    SUBMITTED --dispose--> DISPOSED --verify--> VERIFIED --forward--> IN_PROGRESS --respond--> RESPONDED

where the *central admin* disposes, the *agency admin* verifies and forwards, and the reported agency, through its
*liaison officer*, answers. The other states are those seen in the national service (belum lengkap, tunda, bukan wewenang,
arsipkan; selesai by the reporter, by an officer, or after a silence).

Where several agencies owe an answer, ``respond`` and ``return`` of one of them are taken *in part* until the last one: the
complaint stays where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "AFTER_RATING",
    "PERMISSIONS",
    "TABLE",
    "Action",
    "Outcome",
    "Role",
    "State",
    "allowed",
    "is_open",
    "is_over",
    "may",
    "next_state",
]


class State(StrEnum):
    """Where a complaint stands."""

    INCOMPLETE = "incomplete"
    SUBMITTED = "submitted"
    HELD = "held"
    DISPOSED = "disposed"
    VERIFIED = "verified"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    ESCALATED = "escalated"
    RESPONDED = "responded"
    ANSWERED_BACK = "answered_back"
    APPEALED = "appealed"
    RETURNED = "returned"
    MERGED = "merged"
    CLOSED = "closed"
    REJECTED = "rejected"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Action(StrEnum):
    """What somebody may do to a complaint."""

    COMPLETE = "complete"
    DISPOSE = "dispose"
    VERIFY = "verify"
    FORWARD = "forward"
    INVOLVE = "involve"
    CLASSIFY = "classify"
    EXTEND = "extend"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    RETURN_IN_PART = "return_in_part"
    REJECT = "reject"
    ARCHIVE = "archive"
    ASK = "ask"
    REPLY = "reply"
    ATTACH = "attach"
    RESPOND = "respond"
    RESPOND_IN_PART = "respond_in_part"
    REMIND = "remind"
    ESCALATE = "escalate"
    CLOSE = "close"
    RATE = "rate"
    REOPEN = "reopen"
    APPEAL = "appeal"
    REVIEW = "review"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    REQUEST_ERASURE = "request_erasure"
    ERASE = "erase"


class Role(StrEnum):
    """Who may do it: the roles of the service, not persons."""

    REPORTER = "reporter"
    CENTRAL_ADMIN = "central_admin"
    AGENCY_ADMIN = "agency_admin"
    LIAISON_OFFICER = "liaison_officer"
    SUPERIOR = "superior"
    INSPECTORATE = "inspectorate"
    COUNTER_OFFICER = "counter_officer"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Outcome(StrEnum):
    """What a reporter who rates an answer says has become of the matter."""

    SETTLED = "settled"
    UNSETTLED = "unsettled"
    DISPUTED = "disputed"


_LEADS: Mapping[State, Mapping[Action, State]] = {
    State.INCOMPLETE: {
        Action.COMPLETE: State.SUBMITTED,
        Action.REJECT: State.REJECTED,
        Action.ARCHIVE: State.ARCHIVED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.SUBMITTED: {
        Action.DISPOSE: State.DISPOSED,
        Action.HOLD: State.HELD,
        Action.REJECT: State.REJECTED,
        Action.ARCHIVE: State.ARCHIVED,
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.HELD: {
        Action.RESUME: State.SUBMITTED,
        Action.REPLY: State.SUBMITTED,
        Action.REJECT: State.REJECTED,
        Action.ARCHIVE: State.ARCHIVED,
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.DISPOSED: {
        Action.VERIFY: State.VERIFIED,
        Action.RETURN: State.RETURNED,
        Action.REJECT: State.REJECTED,
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.VERIFIED: {
        Action.FORWARD: State.IN_PROGRESS,
        Action.RETURN: State.RETURNED,
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.IN_PROGRESS: {
        Action.RESPOND: State.RESPONDED,
        Action.ASK: State.WAITING,
        Action.RETURN: State.RETURNED,
        Action.ESCALATE: State.ESCALATED,
        Action.MERGE: State.MERGED,
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
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.RESPONDED: {
        Action.REPLY: State.ANSWERED_BACK,
        Action.CLOSE: State.CLOSED,
        Action.REOPEN: State.IN_PROGRESS,
        Action.APPEAL: State.APPEALED,
    },
    State.ANSWERED_BACK: {
        Action.RESPOND: State.RESPONDED,
        Action.CLOSE: State.CLOSED,
        Action.APPEAL: State.APPEALED,
    },
    State.APPEALED: {
        Action.REVIEW: State.RESPONDED,
        Action.REOPEN: State.IN_PROGRESS,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.RETURNED: {
        Action.DISPOSE: State.DISPOSED,
        Action.REJECT: State.REJECTED,
        Action.ARCHIVE: State.ARCHIVED,
        Action.MERGE: State.MERGED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.MERGED: {
        Action.UNMERGE: State.SUBMITTED,
        Action.RESPOND: State.RESPONDED,
        Action.REJECT: State.REJECTED,
        Action.ARCHIVE: State.ARCHIVED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.CLOSED: {Action.REOPEN: State.IN_PROGRESS, Action.APPEAL: State.APPEALED},
    State.REJECTED: {},
    State.ARCHIVED: {},
    State.WITHDRAWN: {},
    State.ERASED: {},
}
"""What leads on: state x action -> another state. From every state but the last, ``erase`` leads to ERASED as well."""

_HANDLED = {State.DISPOSED, State.VERIFIED, State.IN_PROGRESS, State.WAITING, State.ESCALATED}

_STAYS: Mapping[Action, set[State]] = {
    Action.CLASSIFY: {State.SUBMITTED, *_HANDLED},
    Action.EXTEND: _HANDLED,
    Action.INVOLVE: {State.MERGED, *_HANDLED},
    Action.RETURN_IN_PART: {State.DISPOSED, State.VERIFIED, State.IN_PROGRESS},
    Action.RESPOND_IN_PART: {State.IN_PROGRESS, State.WAITING, State.ESCALATED, State.MERGED},
    Action.ATTACH: set(_LEADS) - {State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN, State.ERASED},
    Action.REMIND: {
        State.SUBMITTED,
        State.DISPOSED,
        State.VERIFIED,
        State.IN_PROGRESS,
        State.ESCALATED,
        State.APPEALED,
    },
    Action.ESCALATE: {State.SUBMITTED, State.DISPOSED, State.VERIFIED, State.ESCALATED},
    Action.RATE: {State.RESPONDED, State.CLOSED},
    Action.REQUEST_ERASURE: set(_LEADS) - {State.ERASED},
}
"""What changes nothing but the record: action -> the states in which it is possible, and which it leaves as they are."""


def _row(state: State) -> Mapping[Action, State]:
    leads = dict(_LEADS[state]) | ({} if state is State.ERASED else {Action.ERASE: State.ERASED})
    stays = {action: state for action, states in _STAYS.items() if state in states}
    row = leads | stays
    return MappingProxyType({action: row[action] for action in Action if action in row})


TABLE: Mapping[State, Mapping[Action, State]] = MappingProxyType({state: _row(state) for state in State})
"""The life: state x action -> next state, what leads on and what stays. A state with ``{}`` is the end; an action that is
absent is refused."""

AFTER_RATING: Mapping[Outcome, Action] = MappingProxyType(
    {Outcome.SETTLED: Action.CLOSE, Outcome.UNSETTLED: Action.REOPEN, Outcome.DISPUTED: Action.APPEAL}
)
"""What a rating brings, where the table allows it."""

_OFFICERS = frozenset({Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN})
_AGENCY = frozenset({Role.LIAISON_OFFICER, Role.SUPERIOR, Role.AGENCY_ADMIN})
_CITIZEN = frozenset({Role.REPORTER, Role.COUNTER_OFFICER})

PERMISSIONS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.COMPLETE: _CITIZEN | _OFFICERS,
        Action.DISPOSE: frozenset({Role.CENTRAL_ADMIN}),
        Action.VERIFY: frozenset({Role.AGENCY_ADMIN}),
        Action.FORWARD: frozenset({Role.AGENCY_ADMIN}),
        Action.INVOLVE: _OFFICERS,
        Action.CLASSIFY: _OFFICERS,
        Action.EXTEND: _OFFICERS | {Role.SUPERIOR},
        Action.HOLD: _OFFICERS,
        Action.RESUME: _OFFICERS,
        Action.RETURN: frozenset({Role.AGENCY_ADMIN, Role.LIAISON_OFFICER}),
        Action.RETURN_IN_PART: frozenset({Role.AGENCY_ADMIN, Role.LIAISON_OFFICER}),
        Action.REJECT: _OFFICERS,
        Action.ARCHIVE: _OFFICERS,
        Action.ASK: _AGENCY,
        Action.REPLY: _CITIZEN,
        Action.ATTACH: _CITIZEN,
        Action.RESPOND: _AGENCY,
        Action.RESPOND_IN_PART: _AGENCY,
        Action.REMIND: frozenset({Role.SYSTEM, Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.INSPECTORATE}),
        Action.ESCALATE: frozenset({Role.SYSTEM, Role.CENTRAL_ADMIN, Role.INSPECTORATE}),
        Action.CLOSE: frozenset({Role.REPORTER, Role.SYSTEM}) | _OFFICERS,
        Action.RATE: _CITIZEN,
        Action.REOPEN: frozenset({Role.REPORTER, Role.INSPECTORATE}) | _OFFICERS,
        Action.APPEAL: _CITIZEN,
        Action.REVIEW: frozenset({Role.SUPERIOR, Role.INSPECTORATE}),
        Action.MERGE: _OFFICERS,
        Action.UNMERGE: _OFFICERS,
        Action.WITHDRAW: _CITIZEN,
        Action.REQUEST_ERASURE: _CITIZEN | _OFFICERS,
        Action.ERASE: frozenset({Role.CENTRAL_ADMIN, Role.SYSTEM}),
    }
)
"""Which roles may take an action. The counter officer acts for a visitor who stands before the counter; whoever must answer
gives himself no more time; a request for erasure may come by letter, and an officer enters it; an auditor looks, and may take
none."""

_OVER = frozenset({State.MERGED, State.CLOSED, State.REJECTED, State.ARCHIVED, State.WITHDRAWN, State.ERASED})
_UNOWED = _OVER | {State.INCOMPLETE, State.RESPONDED}


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
    """Return whether an answer to this complaint is still owed in ``state``."""
    return state not in _UNOWED


def is_over(state: State) -> bool:
    """Return whether nothing is waited for in ``state``: no ladder is climbed there. A merged one waits with its main one."""
    return state in _OVER
