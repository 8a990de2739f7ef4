"""The desk: one method per use case, one transaction each. What it decides, the core decides; here it is made to last.

Safe to call from any thread. Either the events of an action, the register and the queued notices are all stored, or none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from lapor_core.codes import normalise_code
from lapor_core.complaint import Actor, Complaint, Rating, Reporter, Shown
from lapor_core.decisions import Act, decide
from lapor_core.errors import NotFound, Refused, require_aware
from lapor_core.events import Event
from lapor_core.evolution import replay
from lapor_core.lifecycle import Action, Role, State
from lapor_core.plugins import PluginHost
from lapor_core.plugins.contracts import Download, Principal, Receipt, Tracking
from lapor_core.standard import Standard
from lapor_core.submission import Submission, Upload
from lapor_desk import retention
from lapor_desk.acting import Acting
from lapor_desk.changing import Change
from lapor_desk.erasing import Erasing
from lapor_desk.intake import Intake
from lapor_desk.looking import Look, Looking
from lapor_desk.pins import Pins
from lapor_desk.standards import Standards
from lapor_desk.standing import check_agency, check_version, overtaken
from lapor_desk.store import Reading, Store
from lapor_desk.suggesting import sketch_new
from lapor_desk.sweeping import Sweeper
from lapor_desk.telemetry import measured
from lapor_desk.tracking import locked_tracking_of, tracking_of

__all__ = ["Desk"]

_REPORTER = Actor(role=Role.REPORTER)


class Desk:
    """A store with a standard to judge by.

    Args:
        store: Where everything is kept.
        standard: The newest service standard.
        clock: Gives the present instant (aware).
        former: Earlier versions; a complaint falls under the one in force on the day it is received.
        random: Gives random bytes, for tracking codes and PINs.
        queued: Called after notices were queued, so that they need not wait for the next look.
        plugins: Asked for advice about what was taken in, and told of every event; without it nobody is.
    """

    def __init__(
        self,
        store: Store,
        standard: Standard,
        *,
        clock: Callable[[], datetime],
        former: Iterable[Standard] = (),
        random: Callable[[int], bytes] = secrets.token_bytes,
        queued: Callable[[], None] = lambda: None,
        plugins: PluginHost | None = None,
    ) -> None:
        self.store = store
        self.queued = queued
        self.daily: Callable[[datetime], object] = lambda _: None
        self._clock = clock
        self._standards = Standards(newest=standard, former=tuple(former))
        self._plugins = plugins or PluginHost(entry_points=())
        self._acting = Acting(store=store, standard_of=self.standard_of, now=self.now)
        self._erasing = Erasing(store=store, standard_of=self.standard_of)
        self._pins = Pins(store=store, random=random)
        self._intake = Intake(
            store=store,
            standards=self._standards,
            now=self.now,
            random=random,
            plugins=self._plugins,
            pins=self._pins,
        )

    def now(self) -> datetime:
        """Return the present instant, in the office's zone."""
        return self._standards.newest.office.local(require_aware(self._clock()))

    @property
    def standard(self) -> Standard:
        """The standard in force today."""
        return self._standards.on(self.now().date())

    @property
    def standards(self) -> tuple[Standard, ...]:
        """Every standard that is loaded: the one in force, and those of earlier complaints."""
        return self._standards.all

    def standard_of(self, complaint: Complaint) -> Standard:
        """Return the standard a complaint was received under.

        Raises:
            NotFound: its policy is not loaded (``unknown_policy``).
        """
        return self._standards.of(complaint)

    # What citizens do, through their channels. An anonymous or secret report opens with its code and its PIN: what is asked
    # without that is refused, as lapor_core.plugins.Desk says.

    @measured("lapor.submit")
    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        """Take a submission in, once per ``(channel, source_id)``; when this returns, it is stored.

        Args:
            submission: What a channel understood.
            partial: Whether content may be missing for now; see :func:`lapor_core.decisions.receive`.

        Raises:
            Incomplete: something required is missing; nothing was stored.
            BadValue: a file is not what it says or too large, there are too many (``too_many_files``), or the submission lies
                in the future.
            NotFound: the policy has no requirements for the channel, or the agency is not known.
        """
        taken = self._intake.take(submission, partial=partial)
        if taken.events:
            self.queued()
            self._tell(taken.events, taken.complaint)
            self._intake.screen(submission, taken.complaint)
        return self._receipt(taken.complaint, repeated=not taken.events, pin=taken.pin)

    def complete(self, code: str, submission: Submission, *, pin: str = "") -> None:
        """Bring what an incomplete complaint lacks.

        Raises:
            BadValue, NotFound: as :meth:`track`; a file cannot be taken.
            Incomplete: something is missing still. Refused: it is not incomplete (``not_possible``).
        """
        self._act_as_reporter(
            code, pin, Act(action=Action.COMPLETE, actor=_REPORTER, submission=submission), submission.uploads
        )

    @measured("lapor.track")
    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        """Return what the holder of ``code`` may see: of a complaint that was erased, that it was, and nothing of its matter.

        Without the PIN that a complaint needs, that is locked.

        Raises:
            BadValue: mistyped (``bad_code``). NotFound: nobody holds this code (``unknown_code``).
        """
        events = self._of_code(code)
        complaint, now = replay(events), self.now()
        standard = self.standard_of(complaint)
        if complaint.pin_hash and not pin.strip():
            return locked_tracking_of(complaint, standard, now, language)
        self._pins.check(complaint, pin)
        return tracking_of(events, standard, now, language)

    def download(self, code: str, file: str, *, pin: str = "") -> Download:
        """Return a file that :meth:`track` lists for the holder of ``code``, by its id.

        Raises:
            BadValue, NotFound: as :meth:`track`; it lists no such file (``unknown_file``).
        """
        complaint, events = self._opened(code, pin)
        entries = tracking_of(events, self.standard_of(complaint), self.now()).entries
        listed = (each for entry in entries for each in entry.files if each.id == file)
        if (found := next(listed, None)) is None:
            raise NotFound("no answer to this report came with this file", code="unknown_file", field="file")
        return Download(file=found, content=self.store.read_file(complaint.reporter_ref, found.id))

    def reply(self, code: str, text: str, uploads: Sequence[Upload] = (), *, pin: str = "") -> None:
        """Add the reporter's reply.

        Raises:
            BadValue, NotFound: as :meth:`track`; a file cannot be taken; the text is empty (``text_needed``).
            Refused: a reply is not possible now (``not_possible``).
        """
        self._act_as_reporter(code, pin, Act(action=Action.REPLY, actor=_REPORTER, text=text), uploads)

    def withdraw(self, code: str, reason: str = "", *, pin: str = "") -> None:
        """Take the complaint back, as its reporter wishes.

        Raises:
            BadValue, NotFound: as :meth:`track`.
            Refused: it is not possible now (``not_possible``).
        """
        self._act_as_reporter(code, pin, Act(action=Action.WITHDRAW, actor=_REPORTER, text=reason))

    def request_erasure(self, code: str, reason: str = "", *, pin: str = "") -> None:
        """Ask for the erasure of the reporter's personal data (UU 27/2022); whoever may erase is told.

        Raises:
            BadValue, NotFound: as :meth:`track`.
            Refused: it is not possible now (``not_possible``).
        """
        self._act_as_reporter(code, pin, Act(action=Action.REQUEST_ERASURE, actor=_REPORTER, text=reason))

    def rate(self, code: str, rating: Rating, text: str = "", *, pin: str = "") -> None:
        """Say what the reporter thinks of the answer.

        Raises:
            BadValue, NotFound: as :meth:`track`; the text is missing (``text_needed``).
            Refused: it is not possible now (``not_possible``).
        """
        self._act_as_reporter(code, pin, Act(action=Action.RATE, actor=_REPORTER, rating=rating, text=text))

    def attach(self, code: str, uploads: Sequence[Upload], text: str = "", *, pin: str = "") -> None:
        """Add files.

        Raises:
            BadValue, NotFound: as :meth:`track`; there is no file (``files_needed``), or one cannot be taken.
            Refused: it is not possible now (``not_possible``).
        """
        self._act_as_reporter(code, pin, Act(action=Action.ATTACH, actor=_REPORTER, text=text), uploads)

    def renew_pin(self, code: str, principal: Principal) -> Receipt:
        """Draw another PIN for the reporter who has lost it, and return a receipt with it.

        The reporter is told that it was done, and when: whoever has got into their account shall not do so unseen. The notice
        never brings the PIN.

        Raises:
            BadValue, NotFound: as :meth:`track`.
            Refused: ``principal`` has not reported it (``not_the_reporter``), or it needs no PIN (``no_pin``).
        """
        complaint = replay(self._of_code(code))
        pin, complaint, events = self._pins.renew(complaint, principal, self.standard_of(complaint), self.now())
        self.queued()
        self._tell(events, complaint)
        return self._receipt(complaint, repeated=True, pin=pin)

    def _act_as_reporter(self, code: str, pin: str, act: Act, uploads: Sequence[Upload] = ()) -> None:
        complaint, _ = self._opened(code, pin)
        actor = Actor(role=Role.REPORTER, id=complaint.reporter_ref)
        self.act(complaint.id, attrs.evolve(act, actor=actor), uploads=uploads)

    def _opened(self, code: str, pin: str) -> tuple[Complaint, tuple[Event, ...]]:
        events = self._of_code(code)
        complaint = replay(events)
        self._pins.check(complaint, pin)
        return complaint, events

    def _of_code(self, code: str) -> tuple[Event, ...]:
        with self.store.reading() as tx:
            return tx.events(_found(tx.find(normalise_code(code))))

    # What officers do.

    @measured("lapor.act")
    def act(
        self,
        complaint_id: str,
        act: Act,
        *,
        version: int | None = None,
        agency: str | None = None,
        uploads: Sequence[Upload] = (),
    ) -> Complaint:
        """Do what somebody wants to do to a complaint, and return the complaint as it is then.

        To erase is more than an act on one complaint: :meth:`erase` does it, also when it is asked for here, and for nobody of
        one agency.

        What is merged changes together: an answer or an end is passed on to every complaint that follows this one, each in
        its own record, in the same transaction.

        Args:
            complaint_id: The complaint.
            act: Who does what. Of ``act.main`` only the id counts: it is looked up anew.
            version: What the actor has seen; when somebody else acted since, nothing is done.
            agency: The agency the actor belongs to: only its own complaints are there for it, also to merge into.
            uploads: Files that go with an answer or a reply.

        Raises:
            Refused: not possible or not permitted now, or ``changed_meanwhile``.
            NotFound: no such complaint (``unknown_complaint``), or an unknown agency.
            BadValue: a file cannot be taken, or a text or an agency is missing.
            FactsNeeded: the tier cannot be decided yet.
        """
        complaint = self.complaint(complaint_id, agency=agency)
        if act.action is Action.ERASE:
            if agency is not None:
                message = "nobody of one agency may erase a person, for complaints of others go with them"
                raise Refused(message, code="not_permitted", role=act.actor.role)
            return self.erase(complaint_id, act, version=version)
        return self._done(complaint_id, self._acting.act(complaint, act, uploads, version=version, agency=agency))

    @measured("lapor.erase")
    def erase(self, complaint_id: str, act: Act, *, version: int | None = None, seen: int | None = None) -> Complaint:
        """Erase who reported a complaint (UU 27/2022), and return the complaint as it is then.

        All complaints of the person are erased with it, each in its own record, in one transaction: their key is shredded,
        their account, sessions and one-time codes are deleted, and what has not been sent is cancelled. Files go next; those
        that cannot be deleted now, the chores of the day delete. It cannot be undone.

        Args:
            complaint_id: One of the person's complaints.
            act: Who erases, and on which ground.
            version: What the actor has seen of this complaint; when somebody else acted since, nothing is done.
            seen: How many complaints of the person the actor knows of; with another number, nothing is done.

        Raises:
            NotFound: no such complaint (``unknown_complaint``).
            Refused: it is not permitted, or erased already (``not_possible``); one of the complaints may not be erased (the
                code of why, or ``not_erasable`` where there are several: ``params["refused"]`` has each code of why, with the
                number of those it holds back; which these are, :meth:`identity_reports` shows); the person has other
                complaints than were seen (``other_complaints``), or ``changed_meanwhile``.
            BadValue: the act names no ground (``ground_needed``).
        """
        complaint, now = self.complaint(complaint_id), self.now()
        if complaint.state is State.ERASED:
            decide(complaint, act, self.standard_of(complaint), max(now, complaint.reached_at))  # which refuses it

        def check(tx: Reading) -> None:
            check_version(tx, tx.load(complaint_id), version)

        try:
            changes = self._erasing.erase(complaint.reporter_ref, act, now, seen=seen, check=check)
        except Refused as error:
            raise overtaken(self.store, complaint_id) if error.code == "changed_meanwhile" else error from None
        return self._done(complaint_id, changes)

    def erase_old(self, now: datetime, days: int) -> int:
        """Erase reporters all of whose complaints have been over for ``days`` days at ``now`` (aware); return how many.

        It does so for a limited number of them, :data:`lapor_desk.retention.AT_ONCE`; called again, for the next. The records stay, and stay verifiable. Somebody with an account who has no complaint is left alone, and so is one whose
        complaints cannot be erased yet, which is told in the log.
        """
        changes = retention.erase_old(self.store, self._erasing, now, days)
        for change in changes:
            self._tell(change.events, change.complaint)
        return len({change.complaint.reporter_ref for change in changes if change.complaint.state is State.ERASED})

    def _done(self, complaint_id: str, changes: Sequence[Change]) -> Complaint:
        self.queued()
        for change in changes:
            self._tell(change.events, change.complaint)
        found = (change.complaint for change in changes if change.complaint.id == complaint_id)
        return next(found, None) or self.complaint(complaint_id)  # another process was faster

    def note_external_ids(
        self,
        complaint_id: str,
        told: Mapping[str, str],
        actor: Actor,
        *,
        version: int | None = None,
        agency: str | None = None,
    ) -> Complaint:
        """Note under which ids other systems know a complaint, and return it as it is then; nobody is told.

        Args:
            complaint_id: The complaint.
            told: The id in each system, by the system's name (``sp4n_tracking``); an empty one takes it back.
            actor: Who notes it.
            version: What the actor has seen; when somebody else acted since, nothing is done.
            agency: The agency the actor belongs to: only its own complaints are there for it.

        Raises:
            BadValue, Refused: as :func:`lapor_core.external_ids.note_external_ids`, or ``changed_meanwhile``.
            NotFound: no such complaint (``unknown_complaint``).
        """
        events, complaint = self._acting.note_external_ids(complaint_id, told, actor, version=version, agency=agency)
        self._tell(events, complaint)
        return complaint

    def complaint(self, complaint_id: str, *, agency: str | None = None) -> Complaint:
        """Return a complaint; for an actor of ``agency`` only its own.

        Raises:
            NotFound: no such complaint (``unknown_complaint``).
        """
        with self.store.reading() as tx:
            complaint = tx.load(complaint_id)
        check_agency(complaint, agency)
        return complaint

    def events(self, complaint_id: str) -> tuple[Event, ...]:
        """Return the record of a complaint; raises as :meth:`complaint` does."""
        with self.store.reading() as tx:
            return tx.events(complaint_id)

    # Who reported.

    @measured("lapor.look")
    def identity(self, complaint_id: str, actor: Actor, reason: str, *, agency: str | None = None) -> Reporter:
        """Return who reported, which is in no view of an officer, and write down that ``actor`` was shown it.

        Args:
            complaint_id: The complaint.
            actor: Who looks.
            reason: Why; it stands in the record, and the reporter can read that somebody looked.
            agency: The agency the actor belongs to: only its own complaints are there for it.

        Raises:
            NotFound: no such complaint (``unknown_complaint``).
            Refused: it is not for this role (``not_permitted``), or the reporter was erased (``erased``).
            BadValue: no reason is given (``reason_needed``).
        """
        return self._look(complaint_id, Look(actor=actor, shown=Shown.CONTACT, reason=reason, agency=agency)).reporter

    @measured("lapor.look")
    def identity_paper(
        self, complaint_id: str, file: str, actor: Actor, reason: str, *, agency: str | None = None
    ) -> bytes:
        """Return the copy of an identity document with the digest ``file``, and write it down as :meth:`identity` does.

        Raises:
            NotFound: as :meth:`identity`; there is no such copy (``unknown_file``). Refused, BadValue: as :meth:`identity`.
        """
        look = Look(actor=actor, shown=Shown.PAPER, reason=reason, file=file, agency=agency)
        return self.store.read_file(self._look(complaint_id, look).reporter_ref, file)

    @measured("lapor.look")
    def identity_reports(self, complaint_id: str, actor: Actor, reason: str) -> tuple[Complaint, ...]:
        """Return every complaint of who reported this one, the newest first, and write the look down as :meth:`identity` does.

        It stands in the record of this complaint alone: the same look in two records would tell whoever reads both that they are
        of one person. For nobody of one agency: others' come with it.

        Raises:
            NotFound, Refused, BadValue: as :meth:`identity`.
        """
        look = Look(actor=actor, shown=Shown.REPORTS, reason=reason)
        seen, theirs = Looking(self.store, self.standard_of).look_at_reports(complaint_id, look, self.now())
        self._tell([seen], next(each for each in theirs if each.id == complaint_id))
        return theirs

    def _look(self, complaint_id: str, look: Look) -> Complaint:
        seen, complaint = Looking(self.store, self.standard_of).look(complaint_id, look, self.now())
        self._tell([seen], complaint)
        return complaint

    # What time does.

    @measured("lapor.sweep")
    def sweep(self, now: datetime) -> int:
        """Take every step of the ladder that is due at ``now`` (aware); return how many complaints took one.

        What a day asks for besides is called with ``now`` too: :attr:`daily`, which the house sets. And what came in since is
        sketched, so that complaints about the same are found.
        """
        moved = Sweeper(store=self.store, standard_of=self.standard_of, told=self._tell).sweep(now)
        if moved:
            self.queued()
        self.daily(now)
        sketch_new(self.store, now)
        return moved

    def _tell(self, events: Sequence[Event], complaint: Complaint) -> None:
        for event in events:
            self._plugins.observe(event, complaint)

    def _receipt(self, complaint: Complaint, *, repeated: bool, pin: str) -> Receipt:
        standard = self.standard_of(complaint)
        clock = standard.promise(complaint)
        return Receipt(
            code=complaint.code,
            received_at=standard.office.local(complaint.received_at),
            tier=complaint.tier,
            due_date=clock.due_date if clock else None,
            repeated=repeated,
            lacking=complaint.lacking,
            needs_pin=bool(complaint.pin_hash),
            pin=pin,
        )


def _found(complaint_id: str | None) -> str:
    if complaint_id is None:
        raise NotFound("no complaint has this code", code="unknown_code")
    return complaint_id
