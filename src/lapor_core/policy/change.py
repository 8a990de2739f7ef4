"""One change between two versions of a standard, told in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from functools import partial
from typing import Any

import attrs

from lapor_core.calendar.hours import DayHours, WrittenSchedule
from lapor_core.lifecycle import Action, Role, State
from lapor_core.policy.phrasing import say, stated
from lapor_core.policy.wording import Text
from lapor_core.texts import LANGUAGES, word

__all__ = ["Change", "Words", "change", "in_words", "plain"]

Words = Callable[[str], str]
"""A part of a sentence in one of the two languages."""


@attrs.frozen(kw_only=True)
class Change:
    """One change.

    Attributes:
        code: A stable name for its sort: ``limit_longer``, ``reclassified``.
        path: The part of the file it is about: ``tiers.sedang.resolve``.
        text: The sentence, in both languages.
    """

    code: str
    path: str
    text: Text

    def to_json(self) -> dict[str, Any]:
        """Return JSON data: ``code``, ``path``, and the sentence as ``id`` and ``en``."""
        return {"code": self.code, "path": self.path, "id": self.text.id, "en": self.text.en}


def change(code: str, path: str, **values: str | Words) -> Change:
    """Return a change whose sentence is the text of ``code``, filled with ``values``."""
    said = {
        language: say(
            "change",
            code,
            language,
            **{name: value(language) if callable(value) else value for name, value in values.items()},
        )
        for language in LANGUAGES
    }
    return Change(code=code, path=path, text=Text(**said))


def in_words(group: str, key: str) -> Words:
    """Return a text that is looked up in the language of the sentence."""
    return partial(say, group, key)


def plain(value: object) -> Words:
    """Return a value as it is, or that it is not stated."""
    if value is None or (isinstance(value, str) and not isinstance(value, Enum)):
        return partial(stated, value or "")
    if isinstance(value, WrittenSchedule):
        return partial(stated, _hours(value))
    if isinstance(value, tuple):
        return lambda language: stated(", ".join(_named(part, language) for part in value), language)
    return lambda language: _named(value, language)


def _named(value: object, language: str) -> str:
    """Return a value in words, where it has any: a state, a role, an act, yes or no, a way of counting."""
    for kind, group in _GROUPS.items():
        if isinstance(value, kind):
            return word(group, value, language)
    if isinstance(value, bool):
        return say("value", "true" if value else "false", language)
    return say("counting", str(value), language)


_GROUPS: Mapping[type[StrEnum], str] = {State: "state", Role: "role", Action: "action"}


def _hours(schedule: WrittenSchedule) -> str:
    """Return *08.00-17.00*, with the weekdays that have hours of their own."""
    days = (f"{name} {_span(hours)}" for name, hours in schedule.days.items())
    return ", ".join((_span(schedule.usual), *days))


def _span(hours: DayHours) -> str:
    breaks = (f"{pause.begins:%H.%M}-{pause.ends:%H.%M}" for pause in hours.breaks)
    return " / ".join((f"{hours.opens:%H.%M}-{hours.closes:%H.%M}", *breaks))
