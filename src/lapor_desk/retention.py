"""Forgetting in time (UU 27/2022): what has served its purpose is erased, as long after as the office has set."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from lapor_core.errors import require_aware
from lapor_core.lifecycle import State, is_over
from lapor_desk.store import Store
from lapor_desk.store.tables import challenges, complaints, people, sessions

__all__ = ["erase_old", "forget_expired"]

_OVER = [state.value for state in State if is_over(state) and state is not State.MERGED]
"""States in which nothing is waited for; a merged complaint waits for the answer to its main one, and becomes answered with it."""
_KEPT = timedelta(days=1)
"""How long an expired challenge or session is kept, for whoever asks what happened."""


def forget_expired(store: Store, now: datetime) -> int:
    """Delete sessions and one-time codes that expired more than a day before ``now`` (aware); return how many."""
    before = require_aware(now) - _KEPT
    with store.transaction() as tx:
        return sum(
            tx.connection.execute(delete(table).where(table.c.expires_at < before)).rowcount
            for table in (challenges, sessions)
        )


def erase_old(store: Store, now: datetime, days: int) -> int:
    """Erase every reporter all of whose complaints have been over for ``days`` days; return how many.

    Their keys are shredded and their files deleted; the records stay, and stay verifiable. Somebody with an account who has
    no complaint is left alone.

    Args:
        store: Where they are.
        now: The present instant (aware).
        days: How many days after the last thing happened to the last of a reporter's complaints.
    """
    before = require_aware(now) - timedelta(days=days)
    still = select(complaints.c.person_id).where(complaints.c.state.not_in(_OVER) | (complaints.c.updated_at >= before))
    query = select(complaints.c.person_id).join(people, people.c.id == complaints.c.person_id)
    query = query.where(people.c.erased_at.is_(None), complaints.c.person_id.not_in(still)).distinct()
    with store.reading() as tx:
        old = list(tx.connection.execute(query).scalars())
    for person_id in old:
        store.erase_person(person_id, now)
    return len(old)
