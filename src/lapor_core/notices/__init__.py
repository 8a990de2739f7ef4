"""Who is told what, and in which words."""

from __future__ import annotations

from lapor_core.notices.addressing import AWAITED, GATHERED, Notice, Recipient, notices_for
from lapor_core.notices.rendering import Written, write, write_code, write_waiting

__all__ = [
    "AWAITED",
    "GATHERED",
    "Notice",
    "Recipient",
    "Written",
    "notices_for",
    "write",
    "write_code",
    "write_waiting",
]
