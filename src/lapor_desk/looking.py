"""Looking at who reported. What is asked for is read, and written down as seen, in one transaction: neither without the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from lapor_core import identity
from lapor_core.complaint import Actor, Complaint, Purpose, Shown
from lapor_core.errors import NotFound
from lapor_core.events import Event
from lapor_core.evolution import evolve
from lapor_core.standard import Standard
from lapor_desk.erasing import complaints_of
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.standing import check_agency
from lapor_desk.store import Store, Transaction

__all__ = ["Look", "Looking"]


@attrs.frozen(kw_only=True)
class Look:
    """What somebody wants to be shown, and why.

    Attributes:
        shown: What of the reporter.
        file: The digest of the copy of a document, where it is that.
        agency: The agency the actor belongs to: only its own complaints are there for it.
    """

    actor: Actor
    shown: Shown
    reason: str
    file: str = ""
    agency: str | None = None


@attrs.frozen
class Looking:
    """Shows who reported, and never without its event."""

    store: Store
    standard_of: Callable[[Complaint], Standard]

    def look(self, complaint_id: str, look: Look, now: datetime) -> tuple[Event, Complaint]:
        """Store that ``look`` was taken at ``now`` (aware), and return this event and the complaint, with its reporter.

        Raises:
            NotFound: no such complaint (``unknown_complaint``), or it has no such copy (``unknown_file``).
            Refused, BadValue: as :func:`lapor_core.identity.look`.
        """
        return again_when_overtaken(lambda: self._look(complaint_id, look, now))

    def look_at_reports(self, complaint_id: str, look: Look, now: datetime) -> tuple[Event, tuple[Complaint, ...]]:
        """Store that this look was taken, as :meth:`look` does, and return its event and all complaints of the reporter.

        They come the newest first. The event stands in the record of the complaint from which one looked alone: twice at one
        instant, it would tell whoever may read both records that they are of one person, the reported agency among them.
        """
        return again_when_overtaken(lambda: self._look_at_reports(complaint_id, look, now))

    def _look_at_reports(self, complaint_id: str, look: Look, now: datetime) -> tuple[Event, tuple[Complaint, ...]]:
        with self.store.transaction() as tx:
            seen, complaint = self._seen(tx, complaint_id, look, now)
            theirs = complaints_of(tx, complaint.reporter_ref)
            return seen, tx.load_all([each.id for each in theirs])

    def _look(self, complaint_id: str, look: Look, now: datetime) -> tuple[Event, Complaint]:
        with self.store.transaction() as tx:
            return self._seen(tx, complaint_id, look, now)

    def _seen(self, tx: Transaction, complaint_id: str, look: Look, now: datetime) -> tuple[Event, Complaint]:
        complaint = tx.load(complaint_id)
        check_agency(complaint, look.agency)
        seen = identity.look(
            complaint,
            look.shown,
            actor=look.actor,
            reason=look.reason,
            office=self.standard_of(complaint).policy.id,
            now=max(now, complaint.reached_at),
        )
        if look.shown is Shown.PAPER and look.file not in _papers(complaint):
            raise NotFound("no such copy came with this report", code="unknown_file", field="file")
        complaint = evolve(complaint, seen)
        tx.append([seen])
        tx.project_noted(complaint)
        return seen, complaint


def _papers(complaint: Complaint) -> frozenset[str]:
    return frozenset(file.digest for file in complaint.attachments if file.purpose is Purpose.IDENTITY)
