"""Contributions held against their contracts: what is wrong with one, in one sentence, or nothing."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from lapor_core.calendar.ledger import Ledger
from lapor_core.calendar.loading import indonesia
from lapor_core.complaint import Proof
from lapor_core.documents import key_of
from lapor_core.errors import BadValue
from lapor_core.plugins.found import KEY, WHAT_A_KEY_IS
from lapor_core.plugins.offers import Advice, Template
from lapor_core.policy.contradictions import contradictions
from lapor_core.policy.loading import shipped_policies
from lapor_core.policy.model import Policy
from lapor_core.submission import LONGEST_MEDIUM

__all__ = [
    "CONTRACTS",
    "KINDS",
    "LONGEST_ADVICE",
    "Contract",
    "advice_problem",
    "calendar_problem",
    "channel_problem",
    "notifier_problem",
    "plain_text",
    "policy_problem",
    "replacement_problem",
    "settings_problem",
]

LONGEST_ADVICE = 1000
"""In characters."""

_LONGEST_REFERENCE = 128
"""In characters: a complaint keeps ``id@version`` of the policy it was received under."""

_PAGE = re.compile(r"(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")


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
        or _method_problem(value, "work", ("desk", "stop"), optional=True)
        or settings_problem(value)
    )


def notifier_problem(value: object) -> str | None:
    """Return why ``value`` keeps not the contract of a :class:`~lapor_core.plugins.Notifier`, or None when it does.

    What the value's own attributes raise comes through.
    """
    return (
        _instance_problem(value)
        or _key_problem(value)
        or _members_problem(value, "media", str)
        or _media_problem(value)
        or _method_problem(value, "send", ("message", "now"))
        or settings_problem(value)
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
        return f'{name}.key "{key}" must be {WHAT_A_KEY_IS}'
    if type(key).__eq__ is not str.__eq__ or type(key).__hash__ is not str.__hash__:
        return f"{name}.key must compare as text does; {type(key).__name__} has a way of its own"
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


def _media_problem(value: object) -> str | None:
    long = [medium for medium in getattr(value, "media", ()) if not 0 < len(medium) <= LONGEST_MEDIUM]
    return f"{type(value).__name__}.media must have names of 1 to {LONGEST_MEDIUM} characters" if long else None


def _method_problem(value: object, method: str, takes: tuple[str, ...], *, optional: bool = False) -> str | None:
    name = f"{type(value).__name__}.{method}"
    function = getattr(value, method, None)
    if function is None:
        return None if optional else f"{name}({', '.join(takes)}) is missing"
    if not callable(function):
        return f"{name} must be a method, not {type(function).__name__}"
    if inspect.iscoroutinefunction(function):
        return f"{name} must be a plain function, not async: a host calls it in a thread"
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"{name} must be a plain function; it has a yield, so that nothing of it would run"
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
    page = getattr(value, "track_page", "")
    if not isinstance(page, str) or not _PAGE.fullmatch(page):
        return f'{name}.track_page must be a path below {name}.path, such as "track"'
    return _method_problem(value, "app", ("desk",))


def settings_problem(value: object) -> str | None:
    """Return why ``value`` cannot be given settings, or None when it can, or wants none."""
    if getattr(value, "configure", None) is None:
        return None
    settings = getattr(value, "settings", None)
    if not isinstance(settings, type) or not hasattr(settings, "__attrs_attrs__"):
        return f"{type(value).__name__}.settings must be an attrs class, for configure() is given one"
    return _method_problem(value, "configure", ("settings",))


def calendar_problem(value: object) -> str | None:
    """Return why ``value`` is no ledger that can be laid over the shipped one, or None when it is."""
    if not isinstance(value, Ledger):
        return f"{type(value).__name__} is no Ledger; give read_ledger([(name, text)])"
    if not value.decrees:
        return "the ledger holds no decree"
    try:
        Ledger((*indonesia().decrees, *value.decrees))
    except BadValue as error:
        return f"it contradicts the shipped decrees: {error}"
    return None


def policy_problem(value: object) -> str | None:
    """Return why ``value`` is no policy beside the shipped ones, or None when it is."""
    if not isinstance(value, Policy):
        return f"{type(value).__name__} is no Policy; give load_policy(text, name)"
    if not isinstance(value.id, str) or not isinstance(value.version, str):
        return "Policy.id and Policy.version must be texts; give load_policy(text, name)"
    if value.id in shipped_policies():
        return f'the id "{value.id}" is that of a shipped policy; give it one of its own'
    if not all(map(str.isprintable, (value.id, value.version))) or len(value.reference) > _LONGEST_REFERENCE:
        return (
            f"Policy.id and Policy.version must be printable, and of {_LONGEST_REFERENCE} characters at most together"
        )
    for path, problem in contradictions(
        value
    ):  # one made by hand, or of another with attrs.evolve(), was not read from a file
        return f"{value.reference}: {key_of(path)}: {problem}"
    return None


def replacement_problem(value: object) -> str | None:
    """Return why ``value`` is no template that can stand for a shipped one, or None when it is."""
    from lapor_core.notices.replacing import problem_of

    if not isinstance(value, Template):
        return f"{type(value).__name__} is no Template"
    for field in ("name", "language", "text"):
        if not isinstance(getattr(value, field), str):
            return f"Template.{field} must be text, not {type(getattr(value, field)).__name__}"
    return problem_of(value.name, value.language, value.text)


def advice_problem(value: object) -> str | None:
    """Return why ``value`` is no advice, or None when it is. Nothing of its text is repeated."""
    if not isinstance(value, Advice):
        return f"{type(value).__name__} is no Advice"
    text = plain_text(value.text) if isinstance(value.text, str) else ""
    if not text.strip() or len(text) > LONGEST_ADVICE:
        return f"Advice.text must be a text of 1 to {LONGEST_ADVICE} characters"
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "Advice.text has half a surrogate pair in it, which cannot be stored"
    return None


def plain_text(text: str) -> str:
    """Return the letters of a text, whatever a class of a plug-in's own makes of them."""
    return str.__str__(text)


@attrs.frozen(kw_only=True)
class Contract:
    """What one hook returns.

    Attributes:
        kind: The name of one contribution, ``channel``.
        nouns: The name of several.
        problem: Says what is wrong with a value that should be one.
        key: Names one, so that two of them can be told apart.
        family: Names those of which one plug-in may bring several and another none, where that is more than one.
    """

    kind: str
    nouns: str
    problem: Callable[[object], str | None]
    key: Callable[[Any], str] = lambda value: plain_text(value.key)
    family: Callable[[Any], str] = lambda _: ""


CONTRACTS: Mapping[str, Contract] = {
    "lapor_register_channels": Contract(kind="channel", nouns="channels", problem=channel_problem),
    "lapor_register_notifiers": Contract(kind="notifier", nouns="notifiers", problem=notifier_problem),
    "lapor_register_calendars": Contract(
        kind="calendar", nouns="calendars", problem=calendar_problem, key=lambda ledger: str(ledger.version)
    ),
    "lapor_register_policies": Contract(
        kind="policy",
        nouns="policies",
        problem=policy_problem,
        key=lambda policy: str(policy.reference),
        family=lambda policy: str(policy.id),
    ),
    "lapor_register_templates": Contract(
        kind="template",
        nouns="templates",
        problem=replacement_problem,
        key=lambda template: f"{template.name}.{template.language}",
    ),
}
"""What is expected of each hook that registers something."""

KINDS: Mapping[str, str] = {
    **{hook: contract.kind for hook, contract in CONTRACTS.items()},
    "lapor_screen_submission": "screener",
    "lapor_choose_notifier": "chooser",
    "lapor_observe_event": "observer",
}
"""What a plug-in that implements a hook is called."""
