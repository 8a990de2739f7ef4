"""The words in which deadlines are explained, in Indonesian and English: data in ``id.toml`` and ``en.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from lapor_core.policy.amounts import Limit
from lapor_core.texts import LANGUAGES, word

__all__ = ["amount", "amounts", "say"]


def say(group: str, key: str, language: str, **values: object) -> str:
    """Return one text with its values in place; Indonesian for any language other than ``en``."""
    return str(_words(language if language in LANGUAGES else "id")[group][key]).format(**values)


def amount(limit: Limit, language: str) -> str:
    """Return *14 hari kerja*."""
    return f"{limit.amount} {word('unit', limit.unit, language)}"


def amounts(limits: Iterable[Limit], language: str) -> str:
    """Return *3 hari kerja dan 8 jam kerja*."""
    return say("heading", "and", language).join(amount(limit, language) for limit in limits)


@functools.cache
def _words(language: str) -> Mapping[str, Any]:
    return tomllib.loads((resources.files(__package__) / f"{language}.toml").read_text("utf-8"))
