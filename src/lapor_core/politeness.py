"""Advice on polite language, as the standard asks for it: words are pointed out, and nothing is ever refused for them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

import attrs

from lapor_core.policy.manners import Politeness
from lapor_core.policy.model import Policy

__all__ = ["Advice", "advise", "coarse_words"]

_WORD = re.compile(r"[^\W\d_]+")
_REPEATED = re.compile(r"(.)\1+")


@attrs.frozen(kw_only=True)
class Advice:
    """One word that somebody may want to write otherwise.

    Attributes:
        word: The word of the list; what was written may be spelt with more letters.
        start: Where it begins in the text, counted from 0.
        end: Where it ends.
        text: The sentence of the standard that asks for polite language.
    """

    word: str
    start: int
    end: int
    text: str


def advise(text: str, policy: Policy) -> tuple[Advice, ...]:
    """Return the words of ``text`` that are not polite, in order; empty where the policy says nothing of language.

    Whole words are looked at, in any case of letters and however often a letter is repeated, and never parts of words.
    It is advice for the person who writes: a channel shows it and takes the text as it is.
    """
    manners = policy.politeness
    if manners is None:
        return ()
    known = _known(manners)
    plain = _plain(text)
    if not any(word in plain for word in known):  # so it is of most texts, and quickly seen before words are told apart
        return ()
    found = _found(text, known)
    return tuple(Advice(word=word, start=start, end=end, text=manners.text) for word, start, end in found)


@functools.cache
def _known(manners: Politeness) -> Mapping[str, str]:
    """Return the words that are pointed out, by the letters they are known by."""
    allowed = {word.casefold() for word in manners.allowed}
    return {_plain(word): word for word in (*coarse_words(), *manners.words) if word.casefold() not in allowed}


def _found(text: str, known: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        word = known.get(_plain(match[0]))
        if word is not None:
            yield word, match.start(), match.end()


def _plain(word: str) -> str:
    return _REPEATED.sub(r"\1", word.casefold())


@functools.cache
def coarse_words() -> Sequence[str]:
    """Return the shipped list: words that the great dictionary of Indonesian (KBBI) marks as coarse, and no names of animals."""
    file = resources.files("lapor_core.policy") / "words" / "politeness.toml"
    return tuple(tomllib.loads(file.read_text("utf-8"))["words"])
