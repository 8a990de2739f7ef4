"""Whether the holder of a tracking code may answer."""

from __future__ import annotations

from lapor_core.lifecycle import Action, Role, State, allowed

__all__ = ["may_reply"]


def may_reply(state: str) -> bool:
    """Return whether a reply of the reporter's is possible in ``state``; a host's own state is asked, not refused."""
    if state not in set(State):
        return True
    return Action.REPLY in {action for action, _ in allowed(State(state), Role.REPORTER)}
