"""Letters that a citizen can send: rendered with jinja2, in Indonesian, from a complaint's record."""

from __future__ import annotations

from lapor_core.letters.ombudsman import Letter, ombudsman_letter
from lapor_core.letters.wording import condition_text

__all__ = ["Letter", "condition_text", "ombudsman_letter"]
