"""Service standards as data: the model, the loader, and the policies that ship with the library."""

from __future__ import annotations

from lapor_core.policy.amounts import Amount, ExtensionLimit, Limit, Unit
from lapor_core.policy.model import (
    AfterHours,
    CalendarOf,
    ClockRule,
    CollectiveLeave,
    Confidence,
    Contact,
    DayEnd,
    DayOffEnd,
    ExtensionRule,
    FirstDay,
    LadderStep,
    OfficeRule,
    Policy,
    Requirement,
    Rule,
    Start,
    Text,
    Tier,
)

__all__ = [
    "AfterHours",
    "Amount",
    "CalendarOf",
    "ClockRule",
    "CollectiveLeave",
    "Confidence",
    "Contact",
    "DayEnd",
    "DayOffEnd",
    "ExtensionLimit",
    "ExtensionRule",
    "FirstDay",
    "LadderStep",
    "Limit",
    "OfficeRule",
    "Policy",
    "Requirement",
    "Rule",
    "Start",
    "Text",
    "Tier",
    "Unit",
]
