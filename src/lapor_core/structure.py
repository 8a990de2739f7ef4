"""Plain data to frozen classes and back, strictly.

cattrs is lenient by default (``{"narrative": {}}`` became the string ``"{}"``), so every primitive here accepts only
itself, unknown keys are refused by name, and all faults of one document are reported together.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum, StrEnum
from types import GenericAlias, NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import AttributeValidationNote, BaseValidationError, ForbiddenExtraKeysError, IterableValidationNote

from lapor_core.documents import Document, Path, key_of
from lapor_core.errors import BadValue, DocumentFaults, did_you_mean, with_article

__all__ = ["from_json", "json_converter", "structure", "to_json", "toml_converter"]

T = TypeVar("T")


def structure(document: Document, cls: type[T], data: object, path: Path = ()) -> T:
    """Build ``cls`` from a part of a TOML document.

    Raises:
        DocumentFaults: with every fault found, each with file, line and key path.
    """
    try:
        return toml_converter().structure(data, cls)
    except BaseValidationError as error:
        raise DocumentFaults([document.fault(path + at, problem) for at, problem in _faults(error)]) from error
    except (ValueError, TypeError, KeyError) as error:
        raise DocumentFaults([document.fault(path, _said(error))]) from error


def from_json(data: object, cls: type[T]) -> T:
    """Build ``cls`` from JSON data; unknown keys and wrong types are refused.

    Raises:
        BadValue: code ``bad_json``, naming every faulty key path; values are not repeated, for they may be personal.
    """
    try:
        return json_converter().structure(data, cls)
    except BaseValidationError as error:
        problems = [f"{key_of(at) or cls.__name__}: {problem}" for at, problem in _faults(error)]
        raise BadValue("; ".join(problems), code="bad_json", problems=tuple(problems)) from error
    except (ValueError, TypeError, KeyError) as error:
        raise BadValue(f"{cls.__name__}: {error}", code="bad_json", problems=(str(error),)) from error


def to_json(value: object) -> Any:
    """Return ``value`` as JSON data: enums by value, instants as ISO 8601 text with offset."""
    return json_converter().unstructure(value)


@functools.cache
def toml_converter() -> cattrs.Converter:
    """Return the converter for TOML, whose dates and times are already dates and times."""
    converter = _strict_converter()
    for kind in (date, datetime, time):
        converter.register_structure_hook(kind, _only(kind))
    return converter


@functools.cache
def json_converter() -> cattrs.Converter:
    """Return the converter for JSON, whose dates and instants are ISO 8601 texts."""
    converter = _strict_converter()
    for kind in (date, datetime, time):
        converter.register_structure_hook(kind, _iso(kind))
        converter.register_unstructure_hook(kind, lambda value: value.isoformat())
    return converter


def _strict_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind in (str, int, bool, float):
        converter.register_structure_hook(kind, _only(kind))
    for enum in (Enum, StrEnum):  # StrEnum too: its members would be taken for plain texts
        converter.register_structure_hook(enum, _enum)
        converter.register_unstructure_hook(enum, lambda member: member.value)
    converter.register_structure_hook_factory(attrs.has, lambda cls: _table(converter, cls))
    converter.register_structure_hook_func(_reads_itself, lambda value, cls: cls.parse(value))
    converter.register_unstructure_hook_func(_reads_itself, str)
    converter.register_structure_hook_factory(_is_plain_union, lambda cls: _plain_union(converter, cls))
    converter.register_structure_hook_factory(_is_sequence, lambda cls: _sequence(converter, cls))
    converter.register_unstructure_hook_func(
        lambda cls: getattr(cls, "__origin__", None) is frozenset,
        lambda value: sorted(map(converter.unstructure, value)),
    )
    return converter


def _only(kind: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            message = f"must be {_name(kind)}, not {_name(type(value))}"
            raise TypeError(message)
        return value

    return hook


def _iso(kind: type[date | datetime | time]) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not str:
            message = f"must be ISO 8601 text, not {_name(type(value))}"
            raise TypeError(message)
        try:
            return kind.fromisoformat(value)
        except ValueError:
            message = f"must be an ISO 8601 {kind.__name__}"
            raise ValueError(message) from None

    return hook


def _reads_itself(cls: Any) -> bool:
    """Values such as ``14 working_days`` say how they are read with a ``parse`` method, and ``str`` writes them."""
    return attrs.has(cls) and hasattr(cls, "parse")


def _is_plain_union(cls: Any) -> bool:
    parts = get_args(cls) if get_origin(cls) in (Union, UnionType) else ()
    return len([part for part in parts if part is not NoneType]) > 1


def _plain_union(converter: cattrs.Converter, cls: Any) -> Callable[[Any, Any], Any]:
    """A value of one of several plain types keeps its own: ``true`` never becomes 1."""
    by_type = {_written_as(part): part for part in get_args(cls)}

    def hook(value: Any, _: Any) -> Any:
        if type(value) not in by_type:
            allowed = ", ".join(_name(kind) for kind in by_type if kind is not NoneType)
            message = f"must be one of: {allowed}; not {_name(type(value))}"
            raise TypeError(message)
        return None if value is None else converter.structure(value, by_type[type(value)])

    return hook


def _written_as(part: Any) -> Any:
    """Return the plain type in which a member of a union is written."""
    return list if get_origin(part) is tuple else part


def _enum(value: Any, cls: Any) -> Any:
    names = [member.value for member in cls]
    if value in names:
        return cls(value)
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()
    message = f'"{value}": not {with_article(kind)}; {did_you_mean(str(value), names)}'
    raise ValueError(message)


def _table(converter: cattrs.Converter, cls: Any) -> Callable[[Any, Any], Any]:
    """A table and nothing else becomes one of our classes."""
    fill = converter.gen_structure_attrs_fromdict(cls)

    def hook(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            message = f"must be a table, not {_name(type(value))}"
            raise TypeError(message)
        return fill(value, cls)

    return hook


def _is_sequence(cls: Any) -> bool:
    origin = get_origin(cls)
    if origin is tuple:
        return len(get_args(cls)) == 2 and get_args(cls)[1] is Ellipsis
    return origin in (list, frozenset, set)


def _sequence(converter: cattrs.Converter, cls: Any) -> Callable[[Any, Any], Any]:
    """A list and nothing else becomes a tuple or set: a string is not a list of letters."""
    make: Any = get_origin(cls)
    many: Any = GenericAlias(Sequence, get_args(cls)[:1])

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list:
            message = f"must be a list, not {_name(type(value))}"
            raise TypeError(message)
        return make(converter.structure(value, many))

    return hook


def _name(kind: type) -> str:
    return {
        str: "text",
        int: "a whole number",
        bool: "true or false",
        float: "a number",
        dict: "a table",
        list: "a list",
        NoneType: "nothing",
    }.get(kind, kind.__name__)


def _faults(error: BaseException, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every leaf of cattrs' tree of errors with its path, in the order of the document."""
    if isinstance(error, BaseValidationError):
        for part in error.exceptions:
            yield from _faults(part, path + _step(part))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [a.alias for a in attrs.fields(error.cl)] if attrs.has(error.cl) else []
        for key in sorted(error.extra_fields):
            yield (*path, key), f"unknown key; {did_you_mean(key, known)}"
    elif isinstance(error, KeyError):
        yield path, "is required and missing"
    else:
        yield path, _said(error)


def _said(error: BaseException) -> str:
    """Return the sentence of an error; those of attrs' own validators carry the attribute and the value beside it."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, str) and len(error.args) > 1 and not isinstance(error, OSError) else str(error)


def _step(error: BaseException) -> Path:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return (note.name,)
        if isinstance(note, IterableValidationNote):
            return (note.index,)
    return ()
