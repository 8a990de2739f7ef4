"""The sentences of the desk's own pages: data in ``sentences/id.toml`` and ``sentences/en.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources

from lapor_core.texts import LANGUAGES

__all__ = ["LANGUAGES", "catalog", "sentence"]


@functools.cache
def catalog(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the sentences of one of :data:`LANGUAGES`, by group and key."""
    file = resources.files("lapor_desk.http") / "sentences" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def sentence(group: str, key: str, language: str, **params: object) -> str:
    """Return one sentence; what has none of its own is told by the group's ``other``, else shown by its key."""
    texts = catalog(language).get(group, {})
    return texts.get(key, texts.get("other", key)).format(**params)
