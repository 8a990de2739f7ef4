"""Bringing promises up to date in the register: one complaint and one transaction at a time, and safe to stop and to repeat."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

import attrs
from sqlalchemy import func, select

from lapor_core.calendar.coverage import holidays_version
from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError, require_aware
from lapor_core.recalculation import Move, moved, moves
from lapor_core.standard import Standard
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.recording import record
from lapor_desk.store import Store, StoreBusy, StoreDown
from lapor_desk.store.kept import OWN
from lapor_desk.store.tables import complaints

__all__ = ["Recalculated", "Recalculation"]

_BATCH = 200
_REFRESHED = "refreshed"
_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class Recalculated:
    """What became of one complaint.

    Attributes:
        complaint: As it was judged; None where it could not be.
        moves: What moves.
        kept: What would have been over before it moved, and keeps its instant.
        problem: The code of why it could not be judged or changed, and empty otherwise.
        reason: The same in words.
    """

    complaint_id: str
    complaint: Complaint | None = None
    moves: tuple[Move, ...] = ()
    kept: tuple[Move, ...] = ()
    problem: str = ""
    reason: str = ""


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

    def look(self, now: datetime, *, into_past: bool = False) -> Iterator[Recalculated]:
        """Yield every complaint with a running clock and what :meth:`run` would move of it at ``now`` (aware); change nothing."""
        return self._looked(now, _Choice(into_past=into_past))

    def run(self, now: datetime, *, provisional_only: bool = False, into_past: bool = False) -> Iterator[Recalculated]:
        """Move what is to be moved, and yield every complaint with a running clock and what was moved of it.

        Stopped at any point, it is taken up by running it again: what was moved moves no more. Whoever acts on a complaint at
        the same moment is not in its way.

        Args:
            now: The present instant (aware).
            provisional_only: Leave promises alone that were not provisional: they are moved when somebody says so.
            into_past: Also move a promise that is still to be kept to an instant that has gone by. It keeps its instant
                otherwise: nobody is late from one moment to the next.

        Raises:
            StoreBusy, StoreDown: the database cannot do its work; what was moved until then is moved.
        """
        choice = _Choice(provisional_only=provisional_only, into_past=into_past)
        for found in self._looked(now, choice):
            yield self._moved(found.complaint_id, now, choice) if found.moves else found

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

    def _looked(self, now: datetime, choice: _Choice) -> Iterator[Recalculated]:
        require_aware(now)
        for ids in self.store.batches(self.batch, complaints.c.due_at.is_not(None)):
            with self.store.reading() as tx:
                found = [self._judged(each, read, now, choice) for each, read in tx.load_each(ids)]
            yield from found

    def _judged(
        self, complaint_id: str, complaint: Complaint | LaporError, now: datetime, choice: _Choice
    ) -> Recalculated:
        if isinstance(complaint, LaporError):
            return _unjudged(complaint_id, complaint)
        try:
            found = moves(complaint, self.standard_of(complaint), _at(complaint, now))
        except LaporError as error:
            return _unjudged(complaint_id, error)
        return choice.among(complaint, found, now)

    def _moved(self, complaint_id: str, now: datetime, choice: _Choice) -> Recalculated:
        try:
            return again_when_overtaken(partial(self._moved_once, complaint_id, now, choice))
        except (StoreBusy, StoreDown):
            raise
        except LaporError as error:
            return _unjudged(complaint_id, error)

    def _moved_once(self, complaint_id: str, now: datetime, choice: _Choice) -> Recalculated:
        with self.store.transaction() as tx:
            ((_, read),) = tx.load_each([complaint_id])  # again: somebody may have acted since
            judged = self._judged(complaint_id, read, now, choice)
            if judged.complaint is not None and judged.moves:
                standard, at = self.standard_of(judged.complaint), _at(judged.complaint, now)
                record(tx, judged.complaint, moved(judged.complaint, judged.moves, standard, at), standard, at)
        return judged


@attrs.frozen(kw_only=True)
class _Choice:
    """Which of the moves that were found are made."""

    provisional_only: bool = False
    into_past: bool = False

    def among(self, complaint: Complaint, found: Iterable[Move], now: datetime) -> Recalculated:
        wanted = [move for move in found if move.clock.provisional or not self.provisional_only]
        kept = () if self.into_past else tuple(move for move in wanted if move.into_past(now))
        made = tuple(move for move in wanted if move not in kept)
        return Recalculated(complaint_id=complaint.id, complaint=complaint, moves=made, kept=kept)


def _at(complaint: Complaint, now: datetime) -> datetime:
    """Return when it happens: somebody may have acted since the run began, and a record never goes backwards."""
    return max(now, complaint.reached_at)


def _unjudged(complaint_id: str, error: LaporError) -> Recalculated:
    _log.warning("complaint %s cannot be recalculated: %s", complaint_id, error.code)
    return Recalculated(complaint_id=complaint_id, problem=error.code, reason=str(error))


def _fingerprint(standards: tuple[Standard, ...]) -> bytes:
    parts = [holidays_version()]
    for standard in standards:
        offices = (standard.office, *standard.offices.values())
        parts += [repr(standard.policy), *(office.ledger.version for office in offices if office.ledger is not None)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest().encode()
