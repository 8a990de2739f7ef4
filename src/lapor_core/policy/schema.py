"""The JSON Schema of a policy file, made from the model itself, so that editors complete and check what is written.

Every class of the model becomes a definition, every attribute a key with the sentence its docstring has for it. What is
written as one text and read by a ``parse`` method (``14 working_days``) is described by a pattern of the same language.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from lapor_core.policy.amounts import Amount, ExtensionLimit, Limit, Unit
from lapor_core.policy.clock_rule import ClockRule, Start
from lapor_core.policy.criteria import Criterion
from lapor_core.policy.model import Policy, Tier

__all__ = ["DIALECT", "policy_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The edition of JSON Schema. Days and times of TOML are texts in it, as editors hand them over."""

_UNITS = "|".join(sorted({unit.value for unit in Unit} | {unit.value.removesuffix("s") for unit in Unit}))
_PLAIN = rf"\+?(?!0+ )[0-9]{{1,5}} +(?:{_UNITS})"
_PART = rf"(?:{_PLAIN}|agency)"
_SHORTEST = rf"min\((?=[^()]*[0-9])[ ,]*{_PART}(?: *,[ ,]*{_PART})+[ ,]*\)"

_PARSED: Mapping[type, Mapping[str, Any]] = {
    Limit: {"type": "string", "pattern": rf"^ *(?:{_PLAIN}|{_SHORTEST}) *$", "examples": ["14 working_days"]},
    ExtensionLimit: {"type": "string", "pattern": rf"^ *(?:{_PLAIN}|same_as_base) *$", "examples": ["7 working_days"]},
    Amount: {
        "type": "string",
        "pattern": rf"^ *(?:[+-]?0+|[+-]?[0-9]{{1,5}} +(?:{_UNITS})) *$",
        "examples": ["-3 working_days", "+0"],
    },
    Criterion: {
        "anyOf": [
            {"type": ["string", "integer", "boolean"]},
            {"type": "array", "items": {"type": ["string", "integer", "boolean"]}, "minItems": 1},
            {
                "type": "object",
                "properties": {"at_least": {"type": "integer"}, "at_most": {"type": "integer"}},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    },
}
_BARE: Mapping[type, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    time: {"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"},
}


@functools.cache
def policy_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a policy file; what it cannot say (that a rule names an existing tier), the check says."""
    definitions: dict[str, Any] = {}
    schema = _of(Policy, definitions)
    return {
        "$schema": DIALECT,
        "title": "A service standard",
        **schema,
        "$defs": dict(sorted(definitions.items())),
    }


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; classes go into ``definitions`` and are referred to."""
    if kind in _BARE:
        return dict(_BARE[kind])
    if kind in _PARSED:
        return _defined(kind, definitions, lambda: {"description": _sentence(kind), **_PARSED[kind]})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _defined(kind, definitions, lambda: _choice(kind))
    if attrs.has(kind):
        return _defined(kind, definitions, lambda: _table(kind, definitions))
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union([part for part in parts if part is not NoneType], definitions)
    if origin is tuple or origin is frozenset:
        unique = {"uniqueItems": True} if origin is frozenset else {}
        return {"type": "array", "items": _of(parts[0], definitions), **unique}
    key, value = parts
    names = {} if key is str else {"propertyNames": _of(key, definitions)}
    return {"type": "object", **names, "additionalProperties": _of(value, definitions)}


def _union(parts: list[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if len(parts) == 1:
        return _of(parts[0], definitions)
    return {"anyOf": [_of(part, definitions) for part in parts]}


def _defined(kind: Any, definitions: dict[str, Any], make: Any) -> dict[str, Any]:
    if kind is Policy:
        made: dict[str, Any] = make()
        return made
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        definitions[kind.__name__] = make()
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _choice(kind: type[Enum]) -> dict[str, Any]:
    return {"description": _sentence(kind), "enum": [member.value for member in kind]}


def _table(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, told = get_type_hints(kind), _told(kind)
    fields = [field for field in attrs.fields(kind) if field.init]
    properties = {
        field.alias: {**_of(hints[field.name], definitions), **_describe(told.get(field.name))} for field in fields
    }
    schema: dict[str, Any] = {
        "description": _sentence(kind),
        "type": "object",
        "properties": properties,
        "required": [field.alias for field in fields if field.default is attrs.NOTHING],
        "additionalProperties": False,
    }
    if kind is Tier:  # in the file each limit is a key of its own, called like its clock
        del properties["limits"]
        schema["required"].remove("limits")
        schema["additionalProperties"] = _of(Limit, definitions)
    if kind is ClockRule:
        properties["starts"]["anyOf"] = [{"enum": [event.value for event in Start]}, {"type": "string"}]
    return schema


def _describe(text: str | None) -> dict[str, str]:
    return {"description": text} if text else {}


def _sentence(kind: Any) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ").replace("``", "")


def _told(kind: Any) -> dict[str, str]:
    """Return what the docstring of a class says of each attribute."""
    section = (inspect.getdoc(kind) or "").partition("Attributes:\n")[2].partition("\n\n")[0]
    found: dict[str, str] = {}
    for line in section.splitlines():
        start = re.match(r"    (?P<name>\w+): (?P<text>.*)", line)
        if start:
            found[start["name"]] = start["text"]
        elif found:
            found[[*found][-1]] += f" {line.strip()}"
    return {name: re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"\1", text).replace("``", "") for name, text in found.items()}
