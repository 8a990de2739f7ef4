"""From a start to a due instant: limits, first days, closing times, pauses and extensions, and a deadline that can defend itself."""

from __future__ import annotations

from lapor_core.clocks.compute import compute
from lapor_core.clocks.days import DeadlineDay
from lapor_core.clocks.deadline import Deadline
from lapor_core.clocks.extensions import Extension
from lapor_core.clocks.pauses import Pause

__all__ = ["Deadline", "DeadlineDay", "Extension", "Pause", "compute"]
