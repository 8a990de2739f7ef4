"""What the holder of a tracking code may do."""

from __future__ import annotations

from lapor_core.lifecycle import Action, Role, State, allowed

__all__ = ["may_do"]


def may_do(state: str) -> frozenset[Action]:
    """Return what a reporter may do in ``state``; in a host's own state a reply is tried, and not refused beforehand."""
    if state not in set(State):
        return frozenset({Action.REPLY})
    return frozenset(action for action, _ in allowed(State(state), Role.REPORTER))
