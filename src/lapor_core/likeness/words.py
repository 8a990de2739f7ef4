"""The words by which a text is compared: without case, marks, shorthand and affixes, and without words that say nothing."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources

import attrs

__all__ = ["words_in"]

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_IN_NUMBERS = re.compile(r"(?<=\d)[.,](?=\d)")
_STEM = 4
"""How many letters are left at least of a word whose affixes are taken off."""


def words_in(*texts: str) -> frozenset[str]:
    """Return the words that say what ``texts`` are about; how often and in which order they stand there does not matter."""
    lists = _lists()
    found = (word for text in texts for token in _tokens(text) for word in lists.short.get(token, token).split())
    return frozenset(_stem(word, lists) for word in found if word not in lists.empty)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_IN_NUMBERS.sub("", text.casefold()))


def _stem(word: str, lists: _Lists) -> str:
    """Take one prefix and one suffix off: *mengangkut* and *diangkut* are one word. It need not be right, only the same for both."""
    begun = lists.prefix.sub("", word, count=1)
    return lists.suffix.sub("", begun, count=1)


@attrs.frozen
class _Lists:
    short: Mapping[str, str]
    empty: frozenset[str]
    prefix: re.Pattern[str]
    suffix: re.Pattern[str]


@functools.cache
def _lists() -> _Lists:
    data = tomllib.loads((resources.files("lapor_core.likeness") / "words.toml").read_text("utf-8"))
    prefixes, suffixes = ("|".join(map(re.escape, data[kind])) for kind in ("prefixes", "suffixes"))
    return _Lists(
        short=data["short"],
        empty=frozenset(data["empty"].split()),
        prefix=re.compile(rf"^(?:{prefixes})(?=\w{{{_STEM}}})"),
        suffix=re.compile(rf"(?<=\w{{{_STEM}}})(?:{suffixes})$"),
    )
