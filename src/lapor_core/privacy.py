"""What each reader may see of a complaint.

Two independent wishes of the reporter decide: *anonim* hides who reported from the public and from the reported agency,
*rahasia* hides what was reported from the public. Whoever may not see something is given nothing at all in its place: an
identity number is never shown in part, for its digits tell sex and birthday.

Addresses, numbers and copies of documents are in no view but the reporter's own. An admin who needs them looks at them with
:func:`lapor_core.identity.look`, which leaves an event. An auditor sees no view at all, but the :func:`trail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs

from lapor_core.complaint import Attachment, Complaint, Purpose, Reporter, personal
from lapor_core.events import Event
from lapor_core.lifecycle import Role
from lapor_core.records import to_record

__all__ = ["Reader", "Trace", "View", "may_see_identity", "reader_of", "trail", "view"]


class Reader(StrEnum):
    """Who looks."""

    PUBLIC = "public"
    AGENCY = "agency"
    ADMIN = "admin"
    REPORTER = "reporter"
    AUDITOR = "auditor"


_READER_OF = {
    Role.REPORTER: Reader.REPORTER,
    Role.CENTRAL_ADMIN: Reader.ADMIN,
    Role.AGENCY_ADMIN: Reader.ADMIN,
    Role.COUNTER_OFFICER: Reader.ADMIN,
    Role.LIAISON_OFFICER: Reader.AGENCY,
    Role.SUPERIOR: Reader.AGENCY,
    Role.INSPECTORATE: Reader.AGENCY,
    Role.AUDITOR: Reader.AUDITOR,
    Role.SYSTEM: Reader.PUBLIC,
}


def reader_of(role: Role) -> Reader:
    """Return what kind of reader somebody in ``role`` is; the inspectorate needs the matter, not the person."""
    return _READER_OF[role]


def may_see_identity(reader: Reader) -> bool:
    """Return whether ``reader`` may look at who reported, with a reason that is kept; nobody else may at all."""
    return reader is Reader.ADMIN


@attrs.frozen(kw_only=True)
class View:
    """A complaint as one reader may see it: what is hidden is empty.

    Attributes:
        reporter: Empty fields where the reader may not know the person.
        hidden: Whether the matter itself is hidden.
        attachments: Copies of identity documents are among them for the reporter only.
    """

    reporter: Reporter = personal(factory=Reporter)
    title: str = personal(default="")
    narrative: str = personal(default="")
    place: str = personal(default="")
    answers: tuple[str, ...] = personal(default=())
    attachments: tuple[Attachment, ...] = ()
    hidden: bool = False


def view(complaint: Complaint, reader: Reader) -> View:
    """Return what ``reader`` may see of ``complaint``."""
    if reader is Reader.AUDITOR or (reader is Reader.PUBLIC and complaint.visibility.secret):
        return View(hidden=True)
    return View(
        reporter=_reporter(complaint, reader),
        title=complaint.title,
        narrative=complaint.narrative,
        place=complaint.place,
        answers=complaint.answers,
        attachments=_attachments(complaint, reader),
    )


def _reporter(complaint: Complaint, reader: Reader) -> Reporter:
    if reader is Reader.REPORTER:
        return complaint.reporter
    if complaint.visibility.anonymous or reader is Reader.PUBLIC:
        return Reporter(language=complaint.reporter.language)
    return Reporter(name=complaint.reporter.name, language=complaint.reporter.language)


def _attachments(complaint: Complaint, reader: Reader) -> tuple[Attachment, ...]:
    """The names people give to files often are their own."""
    if reader is Reader.REPORTER:
        return complaint.attachments
    if reader is Reader.PUBLIC:
        return ()
    evidence = tuple(attachment for attachment in complaint.attachments if attachment.purpose is Purpose.EVIDENCE)
    if reader is Reader.ADMIN and not complaint.visibility.anonymous:
        return evidence
    return tuple(attrs.evolve(attachment, name="") for attachment in evidence)


@attrs.frozen(kw_only=True)
class Trace:
    """One event as an auditor may know it: nothing that anybody wrote, nothing of the reporter, and no tracking code.

    Attributes:
        type: The name of the fact.
        actor: The opaque id of whoever did it; empty for the reporter.
        told: What the fact says of tiers, clocks, agencies and the like, as plain data under its own names.
    """

    sequence: int
    type: str
    office: str
    role: Role
    actor: str
    happened_at: datetime
    recorded_at: datetime
    told: Mapping[str, Any]


_AUDITED = frozenset(
    {
        *("policy", "channel", "entry_channel", "received_at", "kind", "lacking", "tier", "rule"),
        *(
            "clock",
            "limit",
            "start",
            "first_start",
            "since",
            "due",
            "due_date",
            "provisional",
            "fingerprint",
            "calendar",
        ),
        *("met", "working_days", "days_late", "reason", "system"),
        *("agencies", "agency", "refusal", "settled", "stars", "outcome", "ground", "shown", "by"),
        *("step", "remind", "show_reporter", "different_person", "into", "of", "complaint"),
    }
)
"""What an auditor may read of facts, as far as it is open; what is not named here stays hidden, in facts to come too."""


def trail(events: Iterable[Event]) -> tuple[Trace, ...]:
    """Return the record of a complaint as an auditor may see it; events of which nothing was opened do."""
    return tuple(map(_trace, events))


def _trace(event: Event) -> Trace:
    record = to_record(event)
    return Trace(
        sequence=event.sequence,
        type=event.type,
        office=event.office,
        role=event.actor.role,
        actor="" if event.actor.role is Role.REPORTER else event.actor.id,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        told={name: value for name, value in record.public.items() if name in _AUDITED},
    )
