"""A complaint as one officer may see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time

import attrs

from lapor_core import events as happened
from lapor_core.acts import joined
from lapor_core.clock_facts import overdue_undecided
from lapor_core.clocks import Deadline
from lapor_core.codes import normalise_code
from lapor_core.complaint import Attachment, Clock, Complaint, Purpose
from lapor_core.errors import BadValue, FactsNeeded, LaporError, NotFound, Refused
from lapor_core.events import Event, answer_files
from lapor_core.evolution import replay
from lapor_core.extending import Extendable, extendable
from lapor_core.external_ids import NOTING, plain_external_id
from lapor_core.lifecycle import Action, State, allowed, next_state
from lapor_core.privacy import Reader, View, may_see_identity, reader_of, view
from lapor_core.standard import Standard
from lapor_desk.desk import Desk
from lapor_desk.officers import Officer
from lapor_desk.standing import check_agency

__all__ = ["BEYOND_A_FORM", "Case", "check_id", "coded", "known_as", "open_case", "subject_of"]

_IN_PART = frozenset({Action.RETURN_IN_PART, Action.RESPOND_IN_PART})
BEYOND_A_FORM = frozenset({Action.ERASE})
"""What touches more than one record: it has a page of its own, see :mod:`lapor_desk.http.console.erasing`."""

_SUBJECT = 90
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")  # a database may refuse others, and then it would look like a fault of ours


@attrs.frozen(kw_only=True)
class Case:
    """A complaint, its record, and what an officer may see and do.

    Attributes:
        seen: What the officer's role may see; pages show no other words of the reporter than these.
        answered_with: Files that went out with answers.
    """

    complaint: Complaint
    events: tuple[Event, ...]
    standard: Standard
    officer: Officer
    seen: View
    answered_with: tuple[Attachment, ...]
    now: datetime

    @property
    def undecided(self) -> Deadline | None:
        """The longest deadline of the standard, where it is over and nobody has decided the tier."""
        return overdue_undecided(self.complaint, self.standard, self.now)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the table and the policy let this officer do now, in a form."""
        policy, role = self.standard.policy, self.officer.role
        possible = (action for action, _ in allowed(self.complaint.state) if role in policy.roles_for(action))
        return tuple(action for action in possible if self._makes_sense(action))

    @property
    def may_erase(self) -> bool:
        """Whether this officer may erase who reported, which has a page of its own.

        Nobody of one agency may, for complaints that are another's go with it.
        """
        permitted = self.officer.role in self.standard.policy.roles_for(Action.ERASE) and self.officer.agency is None
        return permitted and next_state(self.complaint.state, Action.ERASE) is not None

    def _makes_sense(self, action: Action) -> bool:
        """Of one agency there are no parts, and where the standard knows no extension none is offered."""
        if action is Action.EXTEND:
            return bool(self.extendable)
        return action not in BEYOND_A_FORM and (action not in _IN_PART or len(self.complaint.agencies) > 1)

    @property
    def extendable(self) -> tuple[Extendable, ...]:
        """The clocks that may be given more time now."""
        return extendable(self.complaint, self.standard, self.now)

    @property
    def may_note(self) -> bool:
        """Whether this officer may note under which ids other systems know it."""
        return self.officer.role in NOTING and self.complaint.state is not State.ERASED

    @property
    def named_agency(self) -> str | None:
        """The agency that the reporter named, by key."""
        fact = self.events[0].fact
        return fact.agency if isinstance(fact, happened.Received) else None

    @property
    def event_time(self) -> time | None:
        """The time of day at which it happened, as the reporter said."""
        fact = self.events[0].fact
        return fact.event_time if isinstance(fact, happened.Received) else None

    @property
    def rule(self) -> str:
        """The sentence of the standard by which the tier was decided; empty before that."""
        decided = (event.fact.rule for event in reversed(self.events) if isinstance(event.fact, happened.Classified))
        return next(decided, "")

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The facts that are still needed before the tier can be decided."""
        try:
            self.standard.assess(joined(self.complaint, None))  # whom it was handed to is known without being asked
        except FactsNeeded as error:
            return error.needed
        except LaporError:  # no rule covers these facts: another answer is needed, not a further one
            return ()
        return ()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Every file the officer may open."""
        return (*self.seen.attachments, *self.answered_with)

    @property
    def may_see_identity(self) -> bool:
        """Whether the officer may look at who reported, as long as there is anything to see."""
        return may_see_identity(reader_of(self.officer.role)) and self.complaint.state is not State.ERASED

    @property
    def papers(self) -> tuple[Attachment, ...]:
        """The copies of identity documents that the officer may look at; each look is written down."""
        copies = (file for file in self.complaint.attachments if file.purpose is Purpose.IDENTITY)
        return tuple(attrs.evolve(file, name="") for file in copies) if self.may_see_identity else ()

    def among_files(self, attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
        """Return those of ``attachments`` that the officer may open, as the officer may see them."""
        digests = {file.digest for file in attachments}
        return tuple(file for file in self.files if file.digest in digests)

    @property
    def is_late(self) -> bool:
        """Whether a running clock is past its due instant, and was so before it stood still."""
        return any(clock.is_late(self.now) for clock in self.complaint.running_clocks)

    def state_of(self, clock: Clock) -> str:
        """Return ``running``, ``late``, ``paused``, ``met`` or ``missed``."""
        if clock.stopped_at is not None:
            return "met" if clock.stopped_at <= clock.due else "missed"
        if self.complaint.state in self.standard.policy.clock(clock.name).pauses:
            return "paused"
        return "late" if self.now > clock.due else "running"


def open_case(desk: Desk, complaint_id: str, officer: Officer) -> Case:
    """Return a complaint as ``officer`` may see it.

    Raises:
        NotFound: no such complaint, or none of the officer's agency (``unknown_complaint``).
        Refused: the officer audits, and reads records alone (``not_permitted``).
    """
    if reader_of(officer.role) is Reader.AUDITOR:
        raise Refused("an auditor reads the record of a complaint, and not its matter", code="not_permitted")
    check_id(complaint_id)
    events = desk.events(complaint_id)
    complaint = replay(events)
    check_agency(complaint, officer.agency)
    return Case(
        complaint=complaint,
        events=events,
        standard=desk.standard_of(complaint),
        officer=officer,
        seen=view(complaint, reader_of(officer.role)),
        answered_with=tuple(_answered_with(events)),
        now=desk.now(),
    )


def check_id(complaint_id: str) -> None:
    """Refuse what can be no complaint's id.

    Raises:
        NotFound: code ``unknown_complaint``.
    """
    if not _ID.fullmatch(complaint_id):
        raise NotFound("this is not the id of a complaint", code="unknown_complaint")


def coded(desk: Desk, code: str, officer: Officer) -> Complaint:
    """Return the complaint with a tracking code.

    Raises:
        BadValue: mistyped (``bad_code``).
        NotFound: nobody holds this code (``unknown_code``); to an agency, the code of another one's complaint is no code at all.
    """
    unknown = NotFound("no complaint has this code", code="unknown_code")
    with desk.store.reading() as tx:
        found = tx.find(normalise_code(code))
    if found is None:
        raise unknown
    try:
        return desk.complaint(found, agency=officer.agency)
    except NotFound:
        raise unknown from None


def known_as(desk: Desk, typed: str, officer: Officer) -> tuple[str, ...]:
    """Return the ids of the complaints that another system knows by this id; to an agency, only its own are there."""
    try:
        plain = plain_external_id(typed)
    except BadValue:
        return ()
    with desk.store.reading() as tx:
        return tx.known_as(plain, agency=officer.agency) if plain else ()


def subject_of(seen: View) -> str:
    """Return what a complaint is about in one line; empty where that is hidden."""
    text = " ".join((seen.title or seen.narrative).split())
    return text if len(text) <= _SUBJECT else f"{text[:_SUBJECT].rsplit(' ', 1)[0]} …"


def _answered_with(events: tuple[Event, ...]) -> list[Attachment]:
    return [file for event in events for file in answer_files(event.fact)]
