"""Delivery receipts: what a channel hears, after the next hop had taken a message, of what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lapor_core.errors import NotFound
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_desk.courier import believed
from lapor_desk.store import Status, Transaction
from lapor_desk.store.tables import notices

__all__ = ["report_delivery"]

_UNSEEN = Message(key="", medium="", address="", text="", template="")
"""The words of the message are not at hand here; an address in a reason is hidden by its look."""


def report_delivery(tx: Transaction, notifier: str, key: str, verdict: Verdict, now: datetime) -> None:
    """Write down what became of a message; the same news again changes nothing.

    Args:
        tx: The transaction that holds it.
        notifier: The key of the notifier that sent it; the messages of others are none of its business.
        key: The message's key.
        verdict: ``Delivered`` holds whatever was known; ``Failed`` counts for what was taken to be delivered, so that a
            notice which is being tried again is left alone; ``TryLater`` changes nothing.
        now: The present instant (aware).

    Raises:
        NotFound: this notifier sent no such message (``unknown_message``).
    """
    mine = (notices.c.id == key, notices.c.notifier == notifier)
    if tx.connection.execute(select(notices.c.id).where(*mine)).first() is None:
        raise NotFound("no message of this channel's notifier has this key", code="unknown_message")
    match believed(notifier, verdict, _UNSEEN):
        case TryLater():
            return
        case Delivered(provider_id=name):
            named = {"provider_id": name} if name else {}
            news: dict[str, Any] = {"status": Status.DELIVERED.value, "last_error": None, **named}
            changed = update(notices).where(*mine, notices.c.status != Status.DELIVERED.value)
            tx.connection.execute(changed.values(news | {"settled_at": now}))
        case Failed(why=why):
            changed = update(notices).where(*mine, notices.c.status == Status.DELIVERED.value)
            tx.connection.execute(changed.values(status=Status.FAILED.value, last_error=why, settled_at=now))
