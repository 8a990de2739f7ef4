"""Hooks that are asked while the desk works: each plug-in is given a copy, and believed only what its contract allows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lapor_core.plugins.checks import advice_problem, plain_text
from lapor_core.plugins.found import Found
from lapor_core.plugins.guarding import Guard
from lapor_core.plugins.hooks import Implementation, accepted, consumed, items_of
from lapor_core.plugins.offers import Advice, Choice

__all__ = ["Asked", "ask_chooser", "ask_observer", "ask_screener"]

Asked = Callable[[Found, Implementation, Mapping[str, Any], Guard], Any]
"""Asks one plug-in: the plug-in, its implementation, what it is given by name, and what runs it."""

T = TypeVar("T")


def ask_screener(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> tuple[Advice, ...]:
    """Return what a plug-in advises.

    Raises:
        PluginError: it raised, or returned no advice.
    """
    hook = "lapor_screen_submission"
    advice = items_of(found, hook, _answer(found, hook, function, given, guard, taken=consumed), "advice")
    with found.blamed(f"{hook}()", "hook_raised", words=False):
        problem = guard(lambda: next(filter(None, map(advice_problem, advice)), None), brief=True)
    if problem:
        raise found.fault(f"{hook}() returned no advice: {problem}", code="bad_contribution")
    return tuple(Advice(text=plain_text(each.text)) for each in advice)  # type: ignore[attr-defined]  # it was seen to be advice


def ask_chooser(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> str | None:
    """Return the notifier a plug-in chooses, or None when it leaves it to others.

    Raises:
        PluginError: it raised, or chose what is not among the notifiers.
    """
    hook = "lapor_choose_notifier"
    choice: Choice = given["choice"]
    chosen = _answer(found, hook, function, given, guard, taken=lambda answer: answer)
    if chosen is None:
        return None
    key = plain_text(chosen) if isinstance(chosen, str) else None
    if key in choice.notifiers:
        return key
    kind = "a key" if key is not None else type(chosen).__name__
    allowed = ", ".join(choice.notifiers)
    raise found.fault(f"{hook}() returned {kind} that is none of the notifiers ({allowed})", code="hook_returned")


def ask_observer(found: Found, function: Implementation, given: Mapping[str, Any], guard: Guard) -> None:
    """Let a plug-in take note of an event.

    Raises:
        PluginError: it raised.
    """
    _answer(found, "lapor_observe_event", function, given, guard, taken=lambda _: None)


def _answer(
    found: Found,
    hook: str,
    function: Implementation,
    given: Mapping[str, Any],
    guard: Guard,
    *,
    taken: Callable[[Any], T],
) -> T:
    """Return what ``taken`` makes of the answer of a plug-in; who changes the copies it was given harms nobody, and is told.

    All of it runs under the guard: what was put into a copy may do anything when it is compared.
    """
    copies = copy.deepcopy(dict(given))
    named = {name: copies[name] for name in accepted(hook, function)}
    with found.blamed(f"{hook}()", "hook_raised", words=False):
        answer, changed = guard(lambda: (taken(function(**named)), copies != given), brief=True)
    if changed:
        raise found.fault(f"{hook}() changed what it was given", code="meddled")
    return answer
