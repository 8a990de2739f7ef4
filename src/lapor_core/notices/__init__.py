"""Who is told what, and in which words."""

from __future__ import annotations

from lapor_core.notices.addressing import Notice, Recipient, notices_for
from lapor_core.notices.rendering import Written, write, write_code

__all__ = ["Notice", "Recipient", "Written", "notices_for", "write", "write_code"]
