"""The demo's own sentences, in Indonesian and English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

import attrs

__all__ = ["Wording"]


@attrs.frozen
class Wording:
    """The sentences of one language, by key."""

    language: str
    sentences: Mapping[str, str]

    @classmethod
    def of(cls, language: str) -> Wording:
        """Return the sentences of ``id`` or ``en``."""
        file = resources.files(__name__.rpartition(".")[0]) / "wording.toml"
        return cls(language, tomllib.loads(file.read_text("utf-8"))[language])

    def __getitem__(self, key: str) -> str:
        return self.sentences[key]

    def get(self, key: str) -> str:
        """Return a sentence; empty when there is none."""
        return self.sentences.get(key, "")
