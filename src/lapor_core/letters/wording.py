"""The conditions of the Ombudsman in words, for pages and letters: data in ``sentences/id.toml`` and ``en.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from lapor_core.ombudsman import Condition
from lapor_core.texts import LANGUAGES, long_date

__all__ = ["condition_text", "say"]


def condition_text(condition: Condition, language: str = "id") -> str:
    """Return *Sudah melapor kepada ...: terpenuhi (laporan disampaikan pada Jumat, 13 Maret 2026)*."""
    day = long_date(condition.day, language) if condition.day is not None else ""
    need, status = say("need", condition.need, language), say("status", condition.status, language)
    return f"{need}: {status} ({say('why', condition.why, language, day=day)})"


def say(group: str, key: str, language: str = "id", **values: str) -> str:
    """Return one text with its values in place; Indonesian for any language other than ``en``."""
    return str(_sentences(language if language in LANGUAGES else "id")[group][key]).format(**values)


@functools.cache
def _sentences(language: str) -> Mapping[str, Any]:
    file = resources.files("lapor_core.letters") / "sentences" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8"))
