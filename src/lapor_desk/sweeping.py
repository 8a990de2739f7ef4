"""What time does: clocks that are missed and steps of the ladder that have come due, one complaint and one transaction at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import attrs
from sqlalchemy import update

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError, require_aware
from lapor_core.escalation import due_steps, take_step
from lapor_core.events import Event
from lapor_core.misses import missed
from lapor_core.standard import Standard
from lapor_desk.changing import Changes
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.recording import project
from lapor_desk.store import Store, StoreBusy, StoreDown
from lapor_desk.store.tables import complaints

__all__ = ["Sweeper"]

_POSTPONED = timedelta(hours=1)
_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class Sweeper:
    """Writes down which clocks are missed, and takes the steps that are due.

    Attributes:
        store: Where complaints are.
        standard_of: Gives the standard a complaint was received under.
        told: Called with what happened to a complaint, after it was stored.
        batch: How many complaints are looked up at once.
    """

    store: Store
    standard_of: Callable[[Complaint], Standard]
    told: Callable[[Sequence[Event], Complaint], None] = lambda _, __: None
    batch: int = 100

    def sweep(self, now: datetime) -> int:
        """Do all that is due at ``now`` (aware); return of how many complaints something was written down.

        One that somebody changes at the same moment is looked at again at once. A complaint that cannot be judged, whatever the
        cause, is put off for an hour and told in the log; the others go on.

        Raises:
            StoreBusy, StoreDown: the database is busy or away; what is left is due still.
        """
        moved = 0
        while ids := self._due(require_aware(now)):
            moved += sum(self._climb_or_postpone(complaint_id, now) for complaint_id in ids)
            if len(ids) < self.batch:
                break
        return moved

    def unjudged(self, now: datetime, limit: int = 200) -> Mapping[str, str]:
        """Return of which complaints it cannot be said what is due at ``now`` (aware), and why: a code, or an error's kind.

        Looked at are those that are due or may have been put off, the longest due first, up to ``limit``. Nothing is changed.
        """
        with self.store.reading() as tx:
            due = tx.due_for_step(require_aware(now) + _POSTPONED, limit)
        found = {complaint_id: self._why_unjudged(complaint_id, now) for complaint_id in due}
        return {complaint_id: why for complaint_id, why in found.items() if why is not None}

    def _why_unjudged(self, complaint_id: str, now: datetime) -> str | None:
        try:
            with self.store.reading() as tx:
                complaint = tx.load(complaint_id)
            standard = self.standard_of(complaint)
            missed(complaint, standard, now)
            due_steps(complaint, standard, now)
        except (StoreBusy, StoreDown):
            raise
        except Exception as error:  # noqa: BLE001 - this is what is asked
            return None if _is_erased(error) else _reason(error)
        return None

    def _due(self, now: datetime) -> tuple[str, ...]:
        with self.store.reading() as tx:
            return tx.due_for_step(now, self.batch)

    def _climb_or_postpone(self, complaint_id: str, now: datetime) -> bool:
        try:
            return again_when_overtaken(lambda: self._climb(complaint_id, now))
        except (StoreBusy, StoreDown):
            raise
        except Exception as error:  # noqa: BLE001 - one complaint must not stop the others, today and every minute from now on
            _log.warning("complaint %s: its step is put off: %s", complaint_id, _reason(error))
            later = {"next_step_at": None if _is_erased(error) else now + _POSTPONED}
            with self.store.transaction() as tx:
                tx.connection.execute(update(complaints).where(complaints.c.id == complaint_id).values(later))
            return False

    def _climb(self, complaint_id: str, now: datetime) -> bool:
        with self.store.transaction() as tx:
            changes = Changes(tx, self.standard_of, now)
            complaint = changes.complaint(complaint_id)
            standard = self.standard_of(complaint)
            changes.happened(missed(complaint, standard, now))
            complaint = changes.complaint(complaint_id)
            while steps := due_steps(complaint, standard, now):
                changes.happened(take_step(complaint, steps[0], standard, now))
                complaint = changes.complaint(complaint_id)
            changed = changes.write()
            if not changed:  # another process was here, or an office is shut: say when to look again
                project(tx, complaint, standard, now)
        for change in changed:
            self.told(change.events, change.complaint)
        return bool(changed)


def _reason(error: Exception) -> str:
    """Its words may be personal, and are not repeated."""
    return error.code if isinstance(error, LaporError) else type(error).__name__


def _is_erased(error: Exception) -> bool:
    return isinstance(error, LaporError) and error.code == "erased"
