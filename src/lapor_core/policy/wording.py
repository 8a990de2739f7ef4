"""A text for people, in the two languages of the service."""

from __future__ import annotations

import attrs

__all__ = ["Text"]


@attrs.frozen(kw_only=True)
class Text:
    """A text for citizens and officers, in Indonesian and English."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text in ``language``; Indonesian, the language of the service, for any other than ``en``."""
        return self.en if language == "en" else self.id
