"""Numbers of things, as English writes them."""

from __future__ import annotations

__all__ = ["counted"]


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 complaint`` or ``2 complaints``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
