"""What each reader may see of a complaint.

Two independent wishes of the reporter decide: *anonim* hides who reported from the public and from the reported agency,
*rahasia* hides what was reported from the public. Whoever may not see something is given nothing at all in its place: an
identity number is never shown in part, for its digits tell sex and birthday.
"""

from __future__ import annotations

from enum import StrEnum

import attrs

from lapor_core.complaint import Attachment, Complaint, Purpose, Reporter, personal
from lapor_core.lifecycle import Role

__all__ = ["Reader", "View", "reader_of", "view"]


class Reader(StrEnum):
    """Who looks."""

    PUBLIC = "public"
    AGENCY = "agency"
    ADMIN = "admin"
    REPORTER = "reporter"


_READER_OF = {
    Role.REPORTER: Reader.REPORTER,
    Role.CENTRAL_ADMIN: Reader.ADMIN,
    Role.AGENCY_ADMIN: Reader.ADMIN,
    Role.COUNTER_OFFICER: Reader.ADMIN,
    Role.LIAISON_OFFICER: Reader.AGENCY,
    Role.SUPERIOR: Reader.AGENCY,
    Role.INSPECTORATE: Reader.AGENCY,
    Role.SYSTEM: Reader.PUBLIC,
}


def reader_of(role: Role) -> Reader:
    """Return what kind of reader somebody in ``role`` is; the inspectorate needs the matter, not the person."""
    return _READER_OF[role]


@attrs.frozen(kw_only=True)
class View:
    """A complaint as one reader may see it: what is hidden is empty.

    Attributes:
        reporter: Empty fields where the reader may not know the person.
        hidden: Whether the matter itself is hidden.
        attachments: Copies of identity documents are among them for the admin only.
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
    if reader is Reader.PUBLIC and complaint.visibility.secret:
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
    if reader in (Reader.ADMIN, Reader.REPORTER):
        return complaint.reporter
    if complaint.visibility.anonymous or reader is Reader.PUBLIC:
        return Reporter(language=complaint.reporter.language)
    return Reporter(name=complaint.reporter.name, language=complaint.reporter.language)


def _attachments(complaint: Complaint, reader: Reader) -> tuple[Attachment, ...]:
    """The names people give to files often are their own."""
    if reader in (Reader.ADMIN, Reader.REPORTER):
        return complaint.attachments
    if reader is Reader.PUBLIC:
        return ()
    evidence = (attachment for attachment in complaint.attachments if attachment.purpose is Purpose.EVIDENCE)
    return tuple(attrs.evolve(attachment, name="") for attachment in evidence)
