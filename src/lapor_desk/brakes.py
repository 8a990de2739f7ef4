"""How often something may be tried: counted in the database, so for all processes of a desk at once, and over their ends."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import attrs
from sqlalchemy import and_, case, delete, literal

from lapor_core.errors import Refused
from lapor_desk.store import Transaction
from lapor_desk.store.tables import Instant, tries

__all__ = ["Brake"]


@attrs.frozen(kw_only=True)
class Brake:
    """At most so many tries under one name in a stretch of time, which begins with the first of them.

    Attributes:
        kind: What is tried; the names of different kinds are not mixed up.
        most: How many tries are free.
        within: How long the stretch is.
    """

    kind: str
    most: int
    within: timedelta

    def count(self, tx: Transaction, name: str, now: datetime) -> None:
        """Count a try before anybody knows how it ends: of many at once, none is free.

        The name stands in the database as a keyed digest, for it may be an address.

        Raises:
            Refused: there were too many (``too_many_tries``); ``params["minutes"]`` says after how many full minutes the next
                one is free. What the transaction has done is undone then.
        """
        # What began in the far future was counted by a clock that has been set back since.
        running = and_(tries.c.since > now - self.within, tries.c.since < now + self.within)
        one_more = {
            "number": case((running, tries.c.number + 1), else_=1),
            "since": case((running, tries.c.since), else_=literal(now, Instant)),
        }
        begun = {"digest": tx.vault.index(self.kind, name), "number": 1, "since": now}
        counted = (
            tx.inserting(tries).values(begun).on_conflict_do_update(index_elements=[tries.c.digest], set_=one_more)
        )
        number, since = tx.connection.execute(counted.returning(tries.c.number, tries.c.since)).one()
        if number > self.most:
            minutes = max(1, math.ceil((since + self.within - now) / timedelta(minutes=1)))
            raise Refused(f"too many tries; wait {minutes} minutes", code="too_many_tries", minutes=minutes)

    def forget(self, tx: Transaction, name: str) -> None:
        """Forget the tries under a name that has shown who it is, or is to be forgotten itself."""
        tx.connection.execute(delete(tries).where(tries.c.digest == tx.vault.index(self.kind, name)))
