"""Bringing promises up to date in the register: one complaint and one transaction at a time, and safe to stop and to repeat."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import attrs
from sqlalchemy import func, select

from lapor_core.calendar.coverage import holidays_version
from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError, require_aware
from lapor_core.recalculation import Move, moved, moves
from lapor_core.standard import Standard
from lapor_desk.recording import record
from lapor_desk.store import Reading, Store
from lapor_desk.store.kept import OWN
from lapor_desk.store.tables import complaints

__all__ = ["Recalculated", "Recalculation"]

_BATCH = 200
_REFRESHED = "refreshed"
_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class Recalculated:
    """What became of one complaint; ``problem`` is the code of why it could not be judged, and empty otherwise."""

    complaint_id: str
    complaint: Complaint | None = None
    moves: tuple[Move, ...] = ()
    problem: str = ""


@attrs.frozen(kw_only=True)
class Recalculation:
    """Looks for promises that are others by today's decrees and policies, and moves them.

    Attributes:
        store: Where complaints are.
        standard_of: Gives the standard a complaint was received under.
        batch: How many complaints are read in one transaction.
    """

    store: Store
    standard_of: Callable[[Complaint], Standard]
    batch: int = _BATCH

    def count(self) -> int:
        """Return how many complaints have a running clock."""
        query = select(func.count()).select_from(complaints).where(complaints.c.due_at.is_not(None))
        with self.store.reading() as tx:
            return tx.connection.execute(query).scalar_one()

    def look(self, now: datetime) -> Iterator[Recalculated]:
        """Yield every complaint with a running clock and what would move of it at ``now`` (aware); change nothing."""
        require_aware(now)
        for ids in self.store.batches(self.batch, complaints.c.due_at.is_not(None)):
            with self.store.reading() as tx:
                found = [self._judged(tx, complaint_id, now) for complaint_id in ids]
            yield from found

    def run(self, now: datetime, *, provisional_only: bool = False) -> Iterator[Recalculated]:
        """Move what is to be moved, and yield every complaint with a running clock and what was moved of it.

        Stopped at any point, it is taken up by running it again: what was moved moves no more.

        Args:
            now: The present instant (aware).
            provisional_only: Leave promises alone that were not provisional: they are moved when somebody says so.
        """
        for found in self.look(now):
            if any(move.clock.provisional or not provisional_only for move in found.moves):
                yield self._moved(found.complaint_id, now, provisional_only=provisional_only)
            else:
                yield attrs.evolve(found, moves=())

    def refresh(self, now: datetime, standards: tuple[Standard, ...]) -> int:
        """Move provisional promises, if decrees or policies have changed since this was done last; return how many complaints."""
        mark = _fingerprint(standards)
        with self.store.reading() as tx:
            if tx.recall(OWN, _REFRESHED) == mark:
                return 0
        count = sum(bool(each.moves) for each in self.run(now, provisional_only=True))
        with self.store.transaction() as tx:
            tx.keep(OWN, _REFRESHED, mark)
        return count

    def _judged(self, tx: Reading, complaint_id: str, now: datetime) -> Recalculated:
        try:
            complaint = tx.load(complaint_id)
            found = moves(complaint, self.standard_of(complaint), now)
        except LaporError as error:
            _log.warning("complaint %s cannot be recalculated: %s", complaint_id, error.code)
            return Recalculated(complaint_id=complaint_id, problem=error.code)
        return Recalculated(complaint_id=complaint_id, complaint=complaint, moves=found)

    def _moved(self, complaint_id: str, now: datetime, *, provisional_only: bool) -> Recalculated:
        with self.store.transaction() as tx:
            judged = self._judged(tx, complaint_id, now)  # again: somebody may have acted since
            kept = tuple(move for move in judged.moves if move.clock.provisional or not provisional_only)
            if judged.complaint is None or not kept:
                return attrs.evolve(judged, moves=())
            standard = self.standard_of(judged.complaint)
            record(tx, judged.complaint, moved(judged.complaint, kept, standard, now), standard, now)
        return attrs.evolve(judged, moves=kept)


def _fingerprint(standards: tuple[Standard, ...]) -> bytes:
    parts = [holidays_version()]
    for standard in standards:
        offices = (standard.office, *standard.offices.values())
        parts += [repr(standard.policy), *(office.ledger.version for office in offices if office.ledger is not None)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest().encode()
