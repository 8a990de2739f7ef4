"""What somebody does to a complaint, made to last: the act and what follows from it, its files, and whoever was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import attrs

from lapor_core.complaint import Actor, Complaint
from lapor_core.decisions import Act
from lapor_core.errors import Refused
from lapor_core.events import Event
from lapor_core.external_ids import note_external_ids
from lapor_core.standard import Standard
from lapor_core.submission import Upload
from lapor_desk.changing import Change, Changes
from lapor_desk.erasing import clear_away
from lapor_desk.message_files import attachments_of, prepared
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.recording import record
from lapor_desk.standing import check_agency, check_version, overtaken
from lapor_desk.store import PreparedFile, Store

__all__ = ["Acting"]


@attrs.frozen(kw_only=True)
class Acting:
    """Acts on complaints.

    Attributes:
        store: Where they are.
        standard_of: Gives the standard a complaint was received under.
        now: Gives the present instant (aware).
    """

    store: Store
    standard_of: Callable[[Complaint], Standard]
    now: Callable[[], datetime]

    def act(
        self, complaint: Complaint, act: Act, uploads: Sequence[Upload], *, version: int | None, agency: str | None
    ) -> tuple[Change, ...]:
        """Do what :meth:`lapor_desk.desk.Desk.act` says, and return what has become of this complaint and of others.

        Raises:
            LaporError: as there.
        """
        files = prepared(uploads)
        if files:
            self._keep_files(complaint, files)
        act = attrs.evolve(act, attachments=(*act.attachments, *attachments_of(files)))
        try:
            return again_when_overtaken(lambda: self._act_once(complaint.id, act, files, version, agency))
        except Refused as error:
            if files:
                self._clear_after_erased(complaint.reporter_ref)
            raise overtaken(self.store, complaint.id) if error.code == "changed_meanwhile" else error from None

    def note_external_ids(
        self, complaint_id: str, told: Mapping[str, str], actor: Actor, *, version: int | None, agency: str | None
    ) -> tuple[Sequence[Event], Complaint]:
        """Do what :meth:`lapor_desk.desk.Desk.note_external_ids` says, and return what was noted and the complaint.

        Raises:
            LaporError: as there.
        """

        def note() -> tuple[Sequence[Event], Complaint]:
            with self.store.transaction() as tx:
                before = tx.load(complaint_id)
                check_agency(before, agency)
                check_version(tx, before, version)
                standard = self.standard_of(before)
                at = max(self.now(), before.reached_at)
                new = note_external_ids(before, told, actor=actor, office=standard.policy.id, now=at)
                return new, record(tx, before, new, standard, self.now()) if new else before

        return again_when_overtaken(note)

    def _act_once(
        self, complaint_id: str, act: Act, files: Sequence[PreparedFile], version: int | None, agency: str | None
    ) -> tuple[Change, ...]:
        with self.store.transaction() as tx:
            changes = Changes(tx, self.standard_of, self.now())
            complaint = changes.complaint(complaint_id)
            check_agency(complaint, agency)
            check_version(tx, complaint, version)
            if act.main is not None:
                check_agency(changes.complaint(act.main.id), agency)
            tx.attach(complaint.reporter_ref, files)
            changes.act(complaint_id, act)
            return changes.write()

    def _keep_files(self, complaint: Complaint, files: Sequence[PreparedFile]) -> None:
        with self.store.reading() as tx:
            person = tx.person(complaint.reporter_ref)
        self.store.keep_files(person, files)

    def _clear_after_erased(self, person_id: str) -> None:
        """Files were kept a moment ago for somebody who may have been erased meanwhile."""
        with self.store.reading() as tx:
            erased = tx.is_erased(person_id)
        if erased:
            clear_away(self.store, person_id)
