"""The sentences of a channel's pages, one catalog per language: data, so that no page and no code holds a sentence."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

__all__ = ["LANGUAGES", "catalog"]

LANGUAGES = ("id", "en")
"""What the pages are written in; Indonesian, the language of the service, is the fallback."""


@functools.cache
def catalog(package: str, language: str) -> Mapping[str, str]:
    """Return the sentences of a channel in one of :data:`LANGUAGES`, by their dotted keys, as ``track.title``.

    Args:
        package: The channel's package, which holds ``sentences/id.toml`` and ``sentences/en.toml``.
        language: ``id`` or ``en``.
    """
    file = resources.files(package) / "sentences" / f"{language}.toml"
    sections = tomllib.loads(file.read_text("utf-8"))
    return MappingProxyType(
        {f"{name}.{key}": text for name, section in sections.items() for key, text in section.items()}
    )
