"""The questions by which a policy decides a tier, as fields of a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
from starlette.datastructures import FormData

from lapor_core.complaint import Facts, Kind
from lapor_core.errors import BadValue
from lapor_core.policy import Policy
from lapor_core.policy.criteria import Criterion
from lapor_desk.http.console.forms import text_of

__all__ = ["PREFIX", "Question", "facts_from", "questions_of"]

PREFIX = "fact-"

_OTHERWISE_KNOWN = frozenset({"agencies", "channel"})
"""The agencies it is disposed to, and the channel it came by, are known without being asked."""


@attrs.frozen(kw_only=True)
class Question:
    """One fact that is asked for.

    Attributes:
        options: The answers there are; empty where a number or a word is typed.
        answer: What is known already; empty when nothing is.
    """

    name: str
    kind: str
    options: tuple[str, ...] = ()
    answer: str = ""

    @property
    def field(self) -> str:
        """The name of its field in a form."""
        return PREFIX + self.name


def questions_of(policy: Policy, known: Facts) -> tuple[Question, ...]:
    """Return every question of the policy's rules, in their order, with what is known."""
    names = dict.fromkeys(name for rule in policy.rules for name in rule.when if name not in _OTHERWISE_KNOWN)
    return tuple(_question(name, policy, known) for name in names)


def facts_from(form: FormData, policy: Policy) -> Facts | None:
    """Return what a form says; None when it says nothing. What was left open stays as it was.

    Raises:
        BadValue: an answer is none of those there are (``bad_answer``); ``params["field"]`` names the field.
    """
    given = {question.name: _value(question, form) for question in questions_of(policy, Facts())}
    answers = {name: value for name, value in given.items() if value is not None}
    own = {field.name for field in attrs.fields(Facts)} - {"extra"}
    extra = {name: value for name, value in answers.items() if name not in own}
    return Facts(**{name: value for name, value in answers.items() if name in own}, extra=extra) if answers else None


def _question(name: str, policy: Policy, known: Facts) -> Question:
    kind, options = _kind_of(name, policy)
    value = known.known(name)
    answer = "" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return Question(name=name, kind=kind, options=options, answer=answer)


def _kind_of(name: str, policy: Policy) -> tuple[str, tuple[str, ...]]:
    if name == "kind":
        return "kind", tuple(kind.value for kind in policy.kinds or Kind)
    values = list(_values(rule.when[name] for rule in policy.rules if name in rule.when))
    if any(isinstance(value, bool) for value in values):
        return "yes_no", ("yes", "no")
    words = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
    return ("word", ()) if words else ("number", ())


def _values(criteria: Iterable[Criterion]) -> Iterator[Any]:
    for criterion in criteria:
        yield from sorted((value for _, value in criterion.one_of or ()), key=str)


def _value(question: Question, form: FormData) -> Any:
    text = text_of(form, question.field)
    if not text:
        return None
    if question.options and text not in question.options:
        message = f"{question.name}: not an answer; allowed: ({', '.join(question.options)})"
        raise BadValue(message, code="bad_answer", field=question.field, allowed=question.options)
    if question.kind == "number" and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadValue(f"{question.name}: not a whole number", code="bad_answer", field=question.field)
    return _READ[question.kind](text)


_READ: dict[str, Any] = {"kind": Kind, "yes_no": lambda text: text == "yes", "number": int, "word": str}
