"""A plug-in loaded: imported, given its settings, its hooks found and checked, the registering ones called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from lapor_core.documents import Document
from lapor_core.errors import PluginError
from lapor_core.plugins.checks import CONTRACTS, Contract, settings_problem
from lapor_core.plugins.found import Found
from lapor_core.plugins.guarding import Guard
from lapor_core.plugins.hooks import Implementation, call, implementations
from lapor_core.plugins.outcomes import Given, Outcome
from lapor_core.plugins.settings import Section

__all__ = ["load"]

_PLUGIN = Contract(kind="plug-in", nouns="plug-ins", problem=lambda value: None if value is not None else "it is None")


def load(found: Found, settings: Any, document: Document, guard: Guard) -> Outcome:
    """Return what comes of a plug-in that may be loaded.

    Args:
        found: The plug-in.
        settings: What the configuration says to it; None when it says nothing.
        document: The configuration, for the lines of faults.
        guard: Runs the plug-in's code.
    """
    section = Section(found=found, data=settings, document=document, guard=guard)
    hooks: Mapping[str, Implementation] = {}
    try:
        with found.blamed(f"importing {found.module}", "import_failed"):
            plugin = guard(found.entry_point.load)
        configured = _configured(section, plugin)
        hooks = implementations(found, configured, guard)
        given = [
            item for hook in CONTRACTS if hook in hooks for item in _contributions(found, hook, hooks[hook], guard)
        ]
        section.check((plugin, *(item.value for item in given)) if configured is not plugin else _values(given))
        ready = tuple(
            _given(found, item.hook, section.apply(item.value, CONTRACTS[item.hook]), guard) for item in given
        )
        return Outcome(found=found, hooks=hooks, given=ready)
    except PluginError as fault:
        return Outcome(found=found, hooks=hooks, fault=fault)


def _configured(section: Section, plugin: Any) -> Any:
    """Return a plug-in that is an object, with its settings; a module's names are its own business."""
    if inspect.ismodule(plugin) or getattr(plugin, "configure", None) is None:
        return plugin
    problem = settings_problem(plugin)
    if problem:
        raise section.found.fault(problem, code="bad_contribution")
    return section.apply(plugin, _PLUGIN)


def _values(given: list[Given]) -> tuple[object, ...]:
    return tuple(item.value for item in given)


def _contributions(found: Found, hook: str, function: Implementation, guard: Guard) -> Iterator[Given]:
    contract = CONTRACTS[hook]
    for value in call(found, hook, function, contract.nouns, guard):
        with found.blamed(f"{hook}()", "bad_contribution"):
            problem = guard(partial(contract.problem, value))
        if problem:
            raise found.fault(f"{hook}() returned no {contract.kind}: {problem}", code="bad_contribution")
        yield _given(found, hook, value, guard)


def _given(found: Found, hook: str, value: Any, guard: Guard) -> Given:
    with found.blamed(f"{hook}()", "bad_contribution"):
        contract = CONTRACTS[hook]
        key, family = guard(lambda: (contract.key(value), contract.family(value)))
        return Given(hook=hook, key=key, family=family, value=value)
