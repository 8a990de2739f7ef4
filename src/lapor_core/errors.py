"""One small tree of errors.

Every error subclasses the fitting builtin, so ``except ValueError`` keeps working for somebody who has never heard of
this library, and carries a stable ``code`` with ``params``, from which a channel makes the citizen's text in Indonesian
or English (:func:`lapor_core.texts.error_text`). ``str(error)`` is the developer's sentence, in English.

Nothing personal may stand in a message or in ``params``: no name, number, address or narrative.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

import attrs

__all__ = [
    "BadType",
    "BadValue",
    "DocumentFaults",
    "FactsNeeded",
    "Fault",
    "Incomplete",
    "LaporError",
    "Missing",
    "NotFound",
    "OutOfReach",
    "PluginError",
    "Refused",
    "all_of",
    "did_you_mean",
    "holds",
    "is_a",
    "is_none_or_a",
    "require_aware",
    "require_type",
    "with_article",
]

T = TypeVar("T")


class LaporError(Exception):
    """The root of every error this library raises on purpose.

    Args:
        message: What was wrong, where, and what is allowed; one English sentence.
        code: A stable name for the fault, such as ``"naive_datetime"``.
        **params: The values a text in another language needs.
    """

    def __init__(self, message: str, *, code: str, **params: Any) -> None:
        super().__init__(message)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """An error crosses from process to process as it is: what it was made with need not be what it holds."""
        return _again, (type(self), self.args, self.__dict__)


def _again(cls: type[LaporError], args: tuple[Any, ...], state: dict[str, Any]) -> LaporError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class BadValue(LaporError, ValueError):
    """A value of the right type that is not allowed here."""


class BadType(LaporError, TypeError):
    """A value of the wrong type: a float for a number of working days, say."""


class OutOfReach(LaporError, ValueError):
    """A date that the calendar cannot answer for; it says how far it reaches."""


class NotFound(LaporError, LookupError):
    """A name, code or key that is not known."""


class Refused(LaporError, ValueError):
    """An action that is not possible now, or not for this role; says what is allowed now, and to whom."""


class PluginError(LaporError, RuntimeError):
    """A plug-in that cannot be used; names the plug-in and the distribution that brought it."""


@attrs.frozen(kw_only=True)
class Missing:
    """One thing a submission still lacks: the form field to show it at, and the stable code of what is asked."""

    field: str
    code: str
    text: str


class Incomplete(LaporError, ValueError):
    """A submission that lacks something its channel must bring; ``missing`` lists every piece."""

    def __init__(self, missing: Iterable[Missing]) -> None:
        self.missing = tuple(missing)
        pieces = "; ".join(f"{piece.field}: {piece.text}" for piece in self.missing)
        super().__init__(f"the submission is incomplete: {pieces}", code="incomplete", missing=self.missing)


class FactsNeeded(LaporError, ValueError):
    """Facts that are unknown and could still change the tier; ``needed`` names them, in the order of the policy."""

    def __init__(self, needed: Iterable[str]) -> None:
        self.needed = tuple(needed)
        names = ", ".join(self.needed)
        super().__init__(
            f"the tier cannot be decided before these facts are known: {names}", code="facts_needed", needed=names
        )


@attrs.frozen(kw_only=True)
class Fault:
    """One fault in a document: the file, the line (1-based), the key path, and what is wrong and allowed."""

    file: str
    line: int | None
    key: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{place}  {self.key}: {self.problem}" if self.key else f"{place}  {self.problem}"


class DocumentFaults(LaporError, ValueError):
    """A policy, decree or configuration file with faults; ``faults`` lists all of them, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)), code="document_faults", faults=self.faults)


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Return ``did you mean "x"? (x, y, z)`` for a wrong name, or only the allowed names when none is near."""
    names = list(allowed)
    near = difflib.get_close_matches(str(given), names, n=1)  # whoever asks without a type checker may give a number
    choice = f"({', '.join(names)})"
    return f'did you mean "{near[0]}"? {choice}' if near else f"allowed: {choice}"


def with_article(noun: str) -> str:
    """Return ``a tier`` or ``an effect``."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def require_aware(moment: datetime, name: str = "now") -> datetime:
    """Return ``moment`` unchanged when it carries a time zone.

    Raises:
        BadType: ``moment`` is not a datetime.
        BadValue: ``moment`` is naive (code ``naive_datetime``).
    """
    if not isinstance(moment, datetime):
        message = f"{name} must be a datetime with a time zone, not {type(moment).__name__}"
        raise BadType(message, code="not_a_datetime", name=name)
    if moment.utcoffset() is None:
        shown = moment.isoformat()
        message = f"{name} {shown} has no time zone; give one, for example {shown}+08:00"
        raise BadValue(message, code="naive_datetime", name=name, value=shown)
    return moment


def require_type(value: object, wanted: type, name: str) -> None:
    """Raise where ``value`` is not of the type it was declared with, and say how to come by one.

    The message names types alone: a value in the wrong place may be anything, a citizen's words too.

    Raises:
        BadType: it is of another type (code ``wrong_type``).
    """
    if isinstance(value, wanted):
        return
    message = f"{name} must be {with_article(wanted.__name__)}{_such_as(wanted)}, not {type(value).__name__}"
    raise BadType(message, code="wrong_type", name=name, wanted=wanted.__name__)


def all_of(values: Iterable[T], wanted: type[T], name: str) -> tuple[T, ...]:
    """Return ``values`` as a tuple of which every one is a ``wanted``; ``name`` is what all of them are called.

    Raises:
        BadType: they are no row of values, or one is of another type (code ``wrong_type``).
    """
    if values == ():  # what is given most often
        return ()
    require_type(values, Iterable, name)
    found = tuple(values)
    for value in found:
        require_type(value, wanted, f"each of {name}")
    return found


def is_a(wanted: type) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """Return the validator of an attrs field that holds a ``wanted``; see :func:`require_type`."""
    return lambda _, attribute, value: require_type(value, wanted, attribute.name)


def is_none_or_a(wanted: type) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """Return the validator of an attrs field that may be None, and holds a ``wanted`` otherwise."""
    return lambda _, attribute, value: None if value is None else require_type(value, wanted, attribute.name)


def holds(collection: type, wanted: type) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """Return the validator of an attrs field that holds a ``collection`` with nothing but ``wanted`` in it."""

    def validate(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        require_type(value, collection, attribute.name)
        for each in value:
            require_type(each, wanted, f"each of {attribute.name}")

    return validate


def _such_as(wanted: type) -> str:
    if not issubclass(wanted, Enum):
        return ""
    first = next(iter(wanted))
    return f" such as {wanted.__name__}.{first.name} ({wanted.__name__}({first.value!r}) makes it of a text)"
