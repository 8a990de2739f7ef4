"""Citizens' complaints under Indonesia's LAPOR! service: severity, deadlines in working days, a life in events.

Pure: no input or output beyond reading policies and decrees, no clock, no global state. ``load_standard("banjarbaru")``
gives one value to judge by; names load when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lapor_core.clocks import Deadline, DeadlineDay, Extension, Pause
    from lapor_core.codes import normalise_code, tracking_code
    from lapor_core.complaint import (
        Actor,
        Agency,
        Attachment,
        Complaint,
        Facts,
        Ground,
        Kind,
        Proof,
        Purpose,
        Rating,
        Reporter,
        Visibility,
    )
    from lapor_core.decisions import Act, decide, receive
    from lapor_core.errors import LaporError
    from lapor_core.escalation import due_steps, next_step_at, take_step
    from lapor_core.events import Event
    from lapor_core.evolution import evolve, replay
    from lapor_core.letters import ombudsman_letter
    from lapor_core.lifecycle import TABLE, Action, Outcome, Role, State
    from lapor_core.ombudsman import readiness
    from lapor_core.policy.amounts import Limit, Unit
    from lapor_core.policy.loading import load_policy, shipped_policies
    from lapor_core.policy.model import Policy, Tier
    from lapor_core.policy.versions import in_force_on
    from lapor_core.severity import Assessment, assess
    from lapor_core.standard import Standard, load_standard
    from lapor_core.submission import Submission, Upload

__all__ = [
    "TABLE",
    "Act",
    "Action",
    "Actor",
    "Agency",
    "Assessment",
    "Attachment",
    "Complaint",
    "Deadline",
    "DeadlineDay",
    "Event",
    "Extension",
    "Facts",
    "Ground",
    "Kind",
    "LaporError",
    "Limit",
    "Outcome",
    "Pause",
    "Policy",
    "Proof",
    "Purpose",
    "Rating",
    "Reporter",
    "Role",
    "Standard",
    "State",
    "Submission",
    "Tier",
    "Unit",
    "Upload",
    "Visibility",
    "assess",
    "decide",
    "due_steps",
    "evolve",
    "in_force_on",
    "load_policy",
    "load_standard",
    "next_step_at",
    "normalise_code",
    "ombudsman_letter",
    "readiness",
    "receive",
    "replay",
    "shipped_policies",
    "take_step",
    "tracking_code",
]

_MODULES = {
    "clocks": ("Deadline", "DeadlineDay", "Extension", "Pause"),
    "codes": ("normalise_code", "tracking_code"),
    "complaint": (
        "Actor",
        "Agency",
        "Attachment",
        "Complaint",
        "Facts",
        "Ground",
        "Kind",
        "Proof",
        "Purpose",
        "Rating",
        "Reporter",
        "Visibility",
    ),
    "decisions": ("Act", "decide", "receive"),
    "errors": ("LaporError",),
    "escalation": ("due_steps", "next_step_at", "take_step"),
    "events": ("Event",),
    "evolution": ("evolve", "replay"),
    "lifecycle": ("TABLE", "Action", "Outcome", "Role", "State"),
    "policy.amounts": ("Limit", "Unit"),
    "policy.loading": ("load_policy", "shipped_policies"),
    "policy.model": ("Policy", "Tier"),
    "policy.versions": ("in_force_on",),
    "letters": ("ombudsman_letter",),
    "ombudsman": ("readiness",),
    "severity": ("Assessment", "assess"),
    "standard": ("Standard", "load_standard"),
    "submission": ("Submission", "Upload"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
