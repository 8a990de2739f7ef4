"""A receipt between the report and the page that shows it: as texts for a signed note, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from lapor_core.plugins.contracts import Receipt

__all__ = ["RECEIPT", "receipt_of", "values_of"]

RECEIPT = "lapor_receipt"
"""The name of the cookie, and the purpose of the note in it."""


def values_of(receipt: Receipt) -> dict[str, str]:
    """Return what the receipt's page shows, as texts."""
    return {
        "code": receipt.code,
        "received_at": receipt.received_at.isoformat(),
        "due_date": receipt.due_date.isoformat() if receipt.due_date else "",
        "repeated": "yes" if receipt.repeated else "",
    }


def receipt_of(values: Mapping[str, str]) -> Receipt:
    """Return the receipt that :func:`values_of` wrote down."""
    due = values["due_date"]
    return Receipt(
        code=values["code"],
        received_at=datetime.fromisoformat(values["received_at"]),
        due_date=date.fromisoformat(due) if due else None,
        repeated=bool(values["repeated"]),
    )
