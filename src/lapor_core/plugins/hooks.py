"""What a plug-in implements: its hooks found, checked against their specifications, and called."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pluggy

from lapor_core.errors import did_you_mean
from lapor_core.plugins import hookspecs
from lapor_core.plugins.found import Found, one_line
from lapor_core.plugins.guarding import Guard, unguarded

__all__ = [
    "HOOKS",
    "MOST",
    "Implementation",
    "accepted",
    "call",
    "consumed",
    "implementations",
    "items_of",
    "signature",
]

Implementation = Callable[..., Any]

PREFIX = f"{hookspecs.PROJECT}_"
HOOKS: Mapping[str, Callable[..., Any]] = {
    name: function for name, function in vars(hookspecs).items() if name.startswith(PREFIX)
}
"""Every hook by its name, in the order of their specifications."""

_ANSWERED_AT_ONCE = frozenset({"lapor_choose_notifier", "lapor_observe_event"})
"""Hooks that are not gone through: of a generator nothing would run."""

MOST = 100
"""How many contributions one hook of one plug-in may return: what never ends must end here."""


def signature(hook: str) -> str:
    """Return the signature of a hook as an author writes it: ``lapor_register_channels() -> Iterable[Channel]``."""
    return f"{hook}{inspect.signature(HOOKS[hook])}".replace("'", "")


def implementations(found: Found, plugin: object, guard: Guard = unguarded) -> Mapping[str, Implementation]:
    """Return the hooks that ``plugin`` implements, by name, in the order of their specifications.

    Raises:
        PluginError: It implements no hook, an unknown one, one twice, or one with arguments the hook does not give.
    """
    marked: dict[str, Implementation] = {}
    with found.blamed("looking for hooks", "bad_hook"):
        pairs, named = guard(lambda: (tuple(_marked(plugin)), _named(plugin)))
    for hook, function in pairs:
        _check(found, hook, function)
        _warn_of_the_end(found, hook)
        if hook in marked:
            raise found.fault(f"{hook} is implemented twice", code="bad_hook")
        marked[hook] = function
    _check_unmarked(found, named, marked)
    return {hook: marked[hook] for hook in HOOKS if hook in marked}


def call(
    found: Found, hook: str, work: Callable[[], object], noun: str, guard: Guard = unguarded
) -> tuple[object, ...]:
    """Call one registering hook of one plug-in and return its contributions.

    Args:
        found: The plug-in.
        hook: The hook's name.
        work: The plug-in's implementation.
        noun: What the hook returns, for the error: ``channels``.
        guard: Runs the plug-in's code.

    Raises:
        PluginError: It raised, returned nothing that can be gone through, or did not come to an end.
    """
    with found.blamed(f"{hook}()", "hook_raised"):
        items = guard(lambda: consumed(work()))
    return items_of(found, hook, items, noun)


def items_of(found: Found, hook: str, items: tuple[object, ...] | str, noun: str) -> tuple[object, ...]:
    """Return what a hook has given, as :func:`consumed` has it.

    Raises:
        PluginError: that is nothing that can be gone through, or there is too much of it.
    """
    if isinstance(items, str):
        raise found.fault(f"{hook}() returned {items}; it must return {noun}", code="hook_returned")
    if len(items) > MOST:
        raise found.fault(f"{hook}() returned more than {MOST} {noun}", code="hook_returned")
    return items


def consumed(result: object) -> tuple[object, ...] | str:
    """Return what can be gone through, up to one more than is allowed, or the kind of what cannot.

    It is called where the plug-in's faults are caught: generators fail late.
    """
    if inspect.iscoroutine(result):
        result.close()
    if isinstance(result, str | bytes | Mapping | None) or not isinstance(result, Iterable):
        return "None" if result is None else type(result).__name__
    items = tuple(itertools.islice(result, MOST + 1))
    if inspect.isgenerator(result):
        result.close()
    return items


def accepted(hook: str, function: Implementation) -> tuple[str, ...]:
    """Return which of the arguments that ``hook`` gives an implementation takes: it names those it wants."""
    taken = inspect.signature(function).parameters.values()
    everything = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in taken)
    names = {parameter.name for parameter in taken}
    return tuple(name for name in inspect.signature(HOOKS[hook]).parameters if everything or name in names)


def _marked(plugin: object) -> Iterator[tuple[str, Implementation]]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is not None:
            yield options.get("specname") or name, getattr(plugin, name)


def _named(plugin: object) -> list[str]:
    return [name for name in dir(plugin) if name.startswith(PREFIX) and callable(getattr(plugin, name))]


def _check(found: Found, hook: str, function: Implementation) -> None:
    if hook not in HOOKS:
        raise found.fault(f'"{hook}": not a hook; {did_you_mean(hook, HOOKS)}', code="unknown_hook")
    try:
        inspect.signature(function).bind(**dict.fromkeys(accepted(hook, function)))
    except TypeError as error:
        problem = f"its {hook} does not fit the hook ({one_line(error)}); the hook is {signature(hook)}"
        raise found.fault(problem, code="bad_signature") from error
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise found.fault(f"its {hook} is async; a host calls it as a plain function", code="bad_signature")
    if hook in _ANSWERED_AT_ONCE and inspect.isgeneratorfunction(function):
        raise found.fault(
            f"its {hook} has a yield, so that nothing of it would run; return instead", code="bad_signature"
        )


def _warn_of_the_end(found: Found, hook: str) -> None:
    """A hook that is to go carries pluggy's own mark: ``@hookspec(warn_on_impl=DeprecationWarning("..."))``."""
    announced = getattr(HOOKS[hook], f"{PREFIX}spec", {}).get("warn_on_impl")
    if announced:
        with found.blamed(f"{hook}()", "deprecated_hook"):  # where warnings are errors
            warnings.warn(f"{found}: {announced}", DeprecationWarning, stacklevel=2)


def _check_unmarked(found: Found, functions: list[str], marked: Mapping[str, Implementation]) -> None:
    """A function that bears a hook's name but not its mark was meant to be one."""
    forgotten = [name for name in functions if name in HOOKS and name not in marked]
    if forgotten:
        raise found.fault(f"{forgotten[0]} lacks its mark; write @hookimpl above it", code="unmarked_hook")
    if not marked:
        near = (
            f'"{functions[0]}": not a hook; {did_you_mean(functions[0], HOOKS)}' if functions else _any_of_the_hooks()
        )
        raise found.fault(f"implements no hook; {near}", code="no_hook")


def _any_of_the_hooks() -> str:
    return f"write at least one of {', '.join(HOOKS)} and mark it with @hookimpl"
