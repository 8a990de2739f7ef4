"""What all facts have in common."""

from __future__ import annotations

import attrs

__all__ = ["Fact"]


@attrs.frozen(kw_only=True)
class Fact:
    """What happened; the class is its type. Fields that people fill in are marked personal and sealed when stored."""
