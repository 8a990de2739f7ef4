"""In which states a complaint waits for an officer, and for nobody else first."""

from __future__ import annotations

from lapor_core.lifecycle import TABLE, Action, State
from lapor_core.policy import Policy
from lapor_desk.officers import Officer

__all__ = ["FORTH", "turn_of"]

_OF_THE_OFFICE = (Action.DISPOSE, Action.VERIFY, Action.FORWARD, Action.REVIEW)
FORTH = (*_OF_THE_OFFICE, Action.RESPOND)
"""The actions that lead a complaint on to its answer."""

_FOR_OTHERS = frozenset({State.WAITING, State.MERGED})
"""There the reporter is waited for, or the answer to another complaint."""


def turn_of(officer: Officer, policy: Policy) -> frozenset[State]:
    """Return in which states this officer leads a complaint on; an answer is the turn of those who belong to an agency."""
    theirs = FORTH if officer.agency else _OF_THE_OFFICE
    mine = {action for action in theirs if officer.role in policy.roles_for(action)}
    return frozenset(state for state in State if state not in _FOR_OTHERS and not mine.isdisjoint(TABLE[state]))
