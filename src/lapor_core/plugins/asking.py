"""Hooks that are asked while the desk works: each plug-in is given a copy, and believed only what its contract allows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lapor_core.plugins.checks import advice_problem
from lapor_core.plugins.found import Found
from lapor_core.plugins.guarding import Guard
from lapor_core.plugins.hooks import Implementation, accepted, call
from lapor_core.plugins.offers import Advice, Choice

__all__ = ["Asked", "ask_chooser", "ask_observer", "ask_screener"]

Asked = Callable[[Found, Implementation, Mapping[str, Any], Guard], Any]
"""Asks one plug-in: the plug-in, its implementation, what it is given by name, and what runs it."""


def ask_screener(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> tuple[Advice, ...]:
    """Return what a plug-in advises.

    Raises:
        PluginError: it raised, or returned no advice.
    """
    hook = "lapor_screen_submission"
    with _untouched(found, hook, given) as copies:
        advice = call(found, hook, _work(hook, function, copies), "advice", guard, asked=True)
    for one in advice:
        if problem := advice_problem(one):
            raise found.fault(f"{hook}() returned no advice: {problem}", code="bad_contribution")
    return advice  # type: ignore[return-value]  # each was seen to be advice


def ask_chooser(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> str | None:
    """Return the notifier a plug-in chooses, or None when it leaves it to others.

    Raises:
        PluginError: it raised, or chose what is not among the notifiers.
    """
    hook = "lapor_choose_notifier"
    choice: Choice = given["choice"]
    with found.blamed(f"{hook}()", "hook_raised", words=False):
        chosen = guard(_work(hook, function, given), brief=True)
    if chosen is None or (isinstance(chosen, str) and chosen in choice.notifiers):
        return chosen
    kind = "a key" if isinstance(chosen, str) else type(chosen).__name__
    allowed = ", ".join(choice.notifiers)
    raise found.fault(f"{hook}() returned {kind} that is none of the notifiers ({allowed})", code="hook_returned")


def ask_observer(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> None:
    """Let a plug-in take note of an event.

    Raises:
        PluginError: it raised.
    """
    hook = "lapor_observe_event"
    with _untouched(found, hook, given) as copies, found.blamed(f"{hook}()", "hook_raised", words=False):
        guard(_work(hook, function, copies), brief=True)


@contextmanager
def _untouched(found: Found, hook: str, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Hand out copies: who changes what it was given harms nobody else, and is told."""
    copies = copy.deepcopy(dict(given))
    yield copies
    if copies != given:
        raise found.fault(f"{hook}() changed what it was given", code="meddled")


def _work(hook: str, function: Implementation, given: Mapping[str, Any]) -> Callable[[], Any]:
    taken = {name: given[name] for name in accepted(hook, function)}
    return lambda: function(**taken)
