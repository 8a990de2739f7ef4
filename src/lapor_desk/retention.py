"""Forgetting in time (UU 27/2022): what has served its purpose is erased, as long after as the office has set."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import delete, select

from lapor_core.complaint import Actor, Ground
from lapor_core.decisions import Act
from lapor_core.errors import BadValue, NotFound, Refused, require_aware
from lapor_core.lifecycle import Action, Role, State, is_over
from lapor_desk.changing import Change
from lapor_desk.erasing import Erasing
from lapor_desk.store import Store
from lapor_desk.store.tables import challenges, complaints, people, sessions, tries

__all__ = ["AT_ONCE", "erase_old", "forget_expired"]

_OVER = [state.value for state in State if is_over(state) and state is not State.MERGED]
"""States in which nothing is waited for; a merged complaint waits for the answer to its main one, and becomes answered with it."""
_log = logging.getLogger("lapor.desk")

AT_ONCE = 200
"""How many reporters are erased in one go: each takes its transaction, and promises must be looked after meanwhile."""

_KEPT = timedelta(days=1)
"""How long an expired challenge or session is kept, for whoever asks what happened; no try counts for longer."""


def forget_expired(store: Store, now: datetime) -> int:
    """Delete sessions and one-time codes that expired more than a day before ``now`` (aware), and tries; return how many."""
    before = require_aware(now) - _KEPT
    with store.transaction() as tx:
        return sum(
            tx.connection.execute(delete(column.table).where(column < before)).rowcount
            for column in (challenges.c.expires_at, sessions.c.expires_at, tries.c.since)
        )


def erase_old(store: Store, erasing: Erasing, now: datetime, days: int) -> tuple[Change, ...]:
    """Erase reporters all of whose complaints have been over for ``days`` days, :data:`AT_ONCE` of them at most.

    What happened to complaints is returned, reporter by reporter. Whoever cannot be erased yet is told in the log and left alone, and the others go on.

    Args:
        store: Where they are.
        erasing: Erases one of them.
        now: The present instant (aware).
        days: How many days after the last thing happened to the last of a reporter's complaints.
    """
    before = require_aware(now) - timedelta(days=days)
    still = select(complaints.c.person_id).where(complaints.c.state.not_in(_OVER) | (complaints.c.updated_at >= before))
    query = select(complaints.c.person_id).join(people, people.c.id == complaints.c.person_id)
    query = query.where(people.c.erased_at.is_(None), complaints.c.person_id.not_in(still)).distinct()
    with store.reading() as tx:
        old = list(tx.connection.execute(query).scalars())
    done = filter(None, (_erased(erasing, person_id, now) for person_id in old))
    return tuple(chain.from_iterable(islice(done, AT_ONCE)))


def _erased(erasing: Erasing, person_id: str, now: datetime) -> tuple[Change, ...]:
    try:
        return erasing.erase(person_id, _ACT, now)
    except (BadValue, NotFound, Refused) as error:
        _log.warning("person %s cannot be erased though their time is over: %s", person_id, error.code)
        return ()


_ACT = Act(action=Action.ERASE, actor=Actor(role=Role.SYSTEM, id="retention"), ground=Ground.RETENTION_OVER)
