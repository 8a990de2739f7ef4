"""A deadline as JSON data."""

from __future__ import annotations

from typing import Any

from lapor_core.clocks import Deadline, DeadlineDay

__all__ = ["as_data"]


def as_data(deadline: Deadline) -> dict[str, Any]:
    """Return JSON data; instants are ISO 8601 with offset, days are ISO dates."""
    return {
        "clock": deadline.clock,
        "policy": deadline.policy,
        "tier": deadline.tier,
        "limit": str(deadline.limit),
        "chosen_from": [str(limit) for limit in deadline.chosen_from],
        "start": deadline.start.isoformat(),
        "started_anew": _anew(deadline),
        "due": deadline.due.isoformat(),
        "due_date": deadline.due_date.isoformat(),
        "pauses": [
            {"start": pause.start.isoformat(), "end": pause.end.isoformat() if pause.end else None}
            for pause in deadline.pauses
        ],
        "extensions": [
            {"limit": str(extension.limit), "granted_at": extension.granted_at.isoformat()}
            for extension in deadline.extensions
        ],
        "provisional": deadline.provisional,
        "provisional_reasons": [str(reason) for reason in deadline.provisional_reasons],
        "calendar": deadline.calendar,
        "fingerprint": deadline.fingerprint,
        "days": [_day(day) for day in deadline.days],
    }


def _anew(deadline: Deadline) -> dict[str, str] | None:
    """Return why the clock started anew, and from when it was counted before; None where it did not."""
    first = deadline.first_start
    return None if first is None else {"reason": "returned", "first_start": first.isoformat()}


def _day(day: DeadlineDay) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "counted": day.counted,
        "number": day.number,
        "extension": day.extension,
        "reason": day.reason,
        "name": " / ".join(name.id for name in day.names) or None,
        "decree": "; ".join(day.decrees) or None,
    }
