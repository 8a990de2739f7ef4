"""Contributions held against their contracts: what is wrong with a channel or a notifier, in one sentence, or nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import attrs

from lapor_core.complaint import Proof
from lapor_core.plugins.found import KEY

__all__ = ["CONTRACTS", "Contract", "channel_problem", "notifier_problem"]


def channel_problem(value: object) -> str | None:
    """Return why ``value`` keeps not the contract of a :class:`~lapor_core.plugins.Channel`, or None when it does.

    What the value's own attributes raise comes through.
    """
    return (
        _instance_problem(value)
        or _key_problem(value)
        or _members_problem(value, "proofs", Proof)
        or _method_problem(value, "read", ("message", "now"), optional=True)
        or _mount_problem(value)
        or _settings_problem(value)
    )


def notifier_problem(value: object) -> str | None:
    """Return why ``value`` keeps not the contract of a :class:`~lapor_core.plugins.Notifier`, or None when it does.

    What the value's own attributes raise comes through.
    """
    return (
        _instance_problem(value)
        or _key_problem(value)
        or _members_problem(value, "media", str)
        or _method_problem(value, "send", ("message", "now"))
        or _settings_problem(value)
    )


def _instance_problem(value: object) -> str | None:
    if isinstance(value, type):
        return f"{value.__name__} is a class; give an instance, {value.__name__}()"
    return None


def _key_problem(value: object) -> str | None:
    name = type(value).__name__
    key = getattr(value, "key", None)
    if key is None:
        return f"{name} has no key"
    if not isinstance(key, str):
        return f"{name}.key must be text, not {type(key).__name__}"
    if not KEY.fullmatch(key):
        return f'{name}.key "{key}" must be lower-case letters, digits and _, beginning with a letter'
    return None


def _members_problem(value: object, attribute: str, kind: type) -> str | None:
    name = f"{type(value).__name__}.{attribute}"
    members = getattr(value, attribute, None)
    wanted = f"must be a frozenset of {kind.__name__}"
    if not isinstance(members, frozenset):
        return f"{name} {wanted}, not {type(members).__name__}"
    strangers = sorted(type(member).__name__ for member in members if not isinstance(member, kind))
    if strangers:
        return f"{name} {wanted}; it contains {strangers[0]}"
    return None


def _method_problem(value: object, method: str, takes: tuple[str, ...], *, optional: bool = False) -> str | None:
    name = f"{type(value).__name__}.{method}"
    function = getattr(value, method, None)
    if function is None:
        return None if optional else f"{name}({', '.join(takes)}) is missing"
    if not callable(function):
        return f"{name} must be a method, not {type(function).__name__}"
    if inspect.iscoroutinefunction(function):
        return f"{name} must be a plain function, not async: a host calls it in a thread"
    return _arity_problem(name, function, takes)


def _arity_problem(name: str, function: Callable[..., object], takes: tuple[str, ...]) -> str | None:
    try:
        inspect.signature(function).bind(*takes)
    except TypeError as error:
        return f"{name} must take ({', '.join(takes)}): {error}"
    except ValueError:  # a function written in C may not tell its signature
        return None
    return None


def _mount_problem(value: object) -> str | None:
    name = type(value).__name__
    has_path, has_app = hasattr(value, "path"), hasattr(value, "app")
    if not has_path and not has_app:
        return None
    if not has_path:
        return f"{name} has app() and no path on which to mount it"
    path = getattr(value, "path", None)
    if not isinstance(path, str) or not path.startswith("/") or (path.endswith("/") and path != "/"):
        return f'{name}.path must begin with "/" and not end with it'
    if not isinstance(getattr(value, "for_officers", False), bool):
        return f"{name}.for_officers must be True or False"
    return _method_problem(value, "app", ("desk",))


def _settings_problem(value: object) -> str | None:
    if getattr(value, "configure", None) is None:
        return None
    settings = getattr(value, "settings", None)
    if not isinstance(settings, type) or not hasattr(settings, "__attrs_attrs__"):
        return f"{type(value).__name__}.settings must be an attrs class, for configure() is given one"
    return _method_problem(value, "configure", ("settings",))


@attrs.frozen(kw_only=True)
class Contract:
    """What one hook returns.

    Attributes:
        kind: The name of one contribution, ``channel``.
        nouns: The name of several.
        problem: Says what is wrong with a value that should be one.
    """

    kind: str
    nouns: str
    problem: Callable[[object], str | None]


CONTRACTS: Mapping[str, Contract] = {
    "lapor_register_channels": Contract(kind="channel", nouns="channels", problem=channel_problem),
    "lapor_register_notifiers": Contract(kind="notifier", nouns="notifiers", problem=notifier_problem),
}
"""What is expected of each hook."""
