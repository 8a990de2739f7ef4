"""Taking a submission in: once per message, with its person, its files and its complaint in one transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import attrs

from lapor_core.advising import advise
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Complaint
from lapor_core.decisions import receive
from lapor_core.errors import Incomplete, LaporError, Refused
from lapor_core.events import Event
from lapor_core.plugins import PluginHost
from lapor_core.policy import Policy
from lapor_core.politeness import advise as advise_manners
from lapor_core.standard import Standard
from lapor_core.submission import Submission
from lapor_desk.erasing import clear_away
from lapor_desk.message_files import attachments_of, prepared
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.people import enrol, find_account
from lapor_desk.pins import Pins
from lapor_desk.recording import record, record_new
from lapor_desk.standards import Standards
from lapor_desk.store import Person, PreparedFile, Reading, Store, Transaction, Vault

__all__ = ["Intake", "Taken"]

_POLITENESS = "politeness"
"""Who advises where no plug-in does: the key of the standard's own part."""

_log = logging.getLogger("lapor.desk")


@attrs.frozen(kw_only=True)
class Taken:
    """A complaint that a submission became; ``events`` are its first ones, and none when it was there before.

    Attributes:
        pin: The PIN that was drawn for it; empty when it needs none, or was there before.
    """

    complaint: Complaint
    events: tuple[Event, ...] = ()
    pin: str = attrs.field(default="", repr=False)


@attrs.frozen(kw_only=True)
class Intake:
    """Takes submissions in.

    Attributes:
        now: Gives the present instant (aware).
        random: Gives random bytes, for tracking codes.
        plugins: Asked for advice about what was taken in.
        pins: Draws the PINs of anonymous and secret reports.
    """

    store: Store
    standards: Standards
    now: Callable[[], datetime]
    random: Callable[[int], bytes]
    plugins: PluginHost
    pins: Pins

    def take(self, submission: Submission, *, partial: bool) -> Taken:
        """Return the complaint of a submission, which is stored by then.

        Raises:
            LaporError: as :meth:`lapor_desk.desk.Desk.submit`.
        """
        standard = self._standard_for(submission)
        lacking = standard.missing(submission)
        if lacking and not partial:
            raise Incomplete(lacking)
        files = prepared(submission.uploads)
        return again_when_overtaken(lambda: self._take_in(submission, files, standard, partial=partial))

    def screen(self, submission: Submission, complaint: Complaint) -> None:
        """Write down what the standard's manners and plug-ins advise; the complaint is stored, and nothing can harm it."""
        now = self.now()
        advice = [*_manners(submission, self.standards.of(complaint).policy)]
        advice += [(key, each.text) for key, each in self.plugins.screen(submission, now)]
        if not advice:
            return

        def write() -> None:
            with self.store.transaction() as tx:
                before = tx.load(complaint.id)
                standard = self.standards.of(before)
                record(tx, before, advise(before, advice, standard.policy.id, now), standard, now)

        try:
            again_when_overtaken(write)
        except LaporError as error:
            _log.warning("complaint %s: advice was not kept: %s", complaint.id, error.code)

    def _standard_for(self, submission: Submission) -> Standard:
        return self.standards.on(self.standards.newest.office.local_date(submission.received_at))

    def _take_in(
        self, submission: Submission, files: Sequence[PreparedFile], standard: Standard, *, partial: bool
    ) -> Taken:
        theirs = self._keep_files(submission, files)
        try:
            return self._written(submission, files, standard, theirs, partial=partial)
        except Refused as error:
            if error.code != "erased":
                raise
            if theirs is not None:
                clear_away(self.store, theirs.id)  # of the files that were kept a moment ago, none may stay
            message = "whoever reports was erased meanwhile, and is somebody new now; try again"
            raise Refused(message, code="changed_meanwhile") from None

    def _written(
        self,
        submission: Submission,
        files: Sequence[PreparedFile],
        standard: Standard,
        theirs: Person | None,
        *,
        partial: bool,
    ) -> Taken:
        pin, pin_hash = self.pins.draw_for(submission.visibility)  # before the transaction: it takes its time
        with self.store.transaction() as tx:
            complaint_id = secrets.token_hex(16)
            known = tx.claim_intake(submission.channel, submission.source_id, complaint_id)
            if known != complaint_id:
                return Taken(complaint=tx.load(known))
            now = self.now()
            person = _enrolled(tx, submission, theirs, now)
            tx.attach(person.id, files)
            begun = receive(
                submission,
                standard,
                now,
                complaint=complaint_id,
                code=tracking_code(self.random(RANDOM_BYTES)),
                reporter_ref=person.id,
                attachments=attachments_of(files),
                partial=partial,
                pin_hash=pin_hash,
            )
            record_new(tx, [begun], standard, now)
            return Taken(complaint=begun.complaint, events=begun.events, pin=pin)

    def _keep_files(self, submission: Submission, files: Sequence[PreparedFile]) -> Person | None:
        """Write files down before the transaction that names them, and return whose they are; None without any to write."""
        if not files:
            return None
        with self.store.reading() as tx:
            if tx.intake(submission.channel, submission.source_id):
                return None
            person = _known(tx, submission) or Vault.new_person()
        self.store.keep_files(person, files)
        return person


def _known(tx: Reading, submission: Submission) -> Person | None:
    account = find_account(tx, submission.reporter, submission.proofs)
    return tx.person(account.person_id) if account else None


def _enrolled(tx: Transaction, submission: Submission, theirs: Person | None, now: datetime) -> Person:
    """Return who reports, enrolled when they were not known; ``theirs`` is whose files were kept a moment ago, if any were."""
    known = _known(tx, submission)
    if theirs is not None and tx.find_person(theirs.id) != known:
        raise Refused("somebody else has just changed who reports; try again", code="changed_meanwhile")
    person = known or theirs or Vault.new_person()
    if known is None:
        enrol(tx, person, submission.reporter, submission.proofs, now)
    return person


def _manners(submission: Submission, policy: Policy) -> Iterator[tuple[str, str]]:
    """Point out words that are not polite, for an officer to weigh; nothing is refused for them."""
    found = advise_manners(f"{submission.title}\n{submission.narrative}", policy)
    if found:
        yield _POLITENESS, f"{found[0].text}: {', '.join(dict.fromkeys(each.word for each in found))}"
