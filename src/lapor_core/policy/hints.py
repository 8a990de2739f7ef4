"""What was probably meant: the Indonesian words that people write, related to the keys and values of the format."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

__all__ = ["hinted", "meant", "suggestion"]

_ALLOWED = re.compile(r"(?:did you mean \"[^\"]*\"\? |allowed: )\((?P<names>[^()]*)\)")
_GIVEN = re.compile(r"\"(?P<value>[^\"]*)\": (?:not|neither|nobody) ")
_SUGGESTED = re.compile(r"did you mean \"(?P<value>[^\"]*)\"\?")


def hinted(key: str, problem: str) -> str:
    """Return the problem with what was probably meant, where an Indonesian word stands in the place of ours.

    Args:
        key: The last part of the key path.
        problem: What is wrong, as the reader of the file said it.
    """
    given = _GIVEN.match(problem)
    word = given["value"] if given else key if problem.startswith("unknown key") else None
    if word is None:
        return problem
    found = _ALLOWED.search(problem)
    if found is None:
        other = _amount(word)
        return problem if other == word or suggestion(problem) else f'{problem}; did you mean "{other}"?'
    names = [name.strip() for name in found["names"].split(",")]
    close = meant(word, names)
    return problem if close is None else problem.replace(found[0], f'did you mean "{close}"? ({found["names"]})')


def suggestion(problem: str) -> str | None:
    """Return what a problem suggests instead, or None."""
    found = _SUGGESTED.search(problem)
    return None if found is None else found["value"]


def meant(word: str, allowed: Sequence[str]) -> str | None:
    """Return which of the allowed names an Indonesian word stands for, or None."""
    plain = re.sub(r"[\s\-.]+", "_", word.strip().casefold())
    return next((name for name in _aliases()["words"].get(plain, ()) if name in allowed), None)


def _amount(text: str) -> str:
    """Return an amount with its Indonesian unit replaced: *14 hari kerja* is ``14 working_days``."""
    for words, unit in _aliases()["amounts"].items():
        text, times = re.subn(rf"(?<=[0-9])\s*{words}\b", f" {unit}", text, flags=re.IGNORECASE)
        if times:
            break
    return text


@functools.cache
def _aliases() -> Mapping[str, Any]:
    file = resources.files("lapor_core.policy") / "words" / "aliases.toml"
    return tomllib.loads(file.read_text("utf-8"))
