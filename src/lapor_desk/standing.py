"""Where somebody stands who acts on a complaint: what is there for them, and whether they have seen how it is now."""

from __future__ import annotations

from lapor_core.complaint import Complaint
from lapor_core.errors import NotFound, Refused
from lapor_core.events import IdentitySeen
from lapor_core.lifecycle import Role
from lapor_desk.store import Reading, Store

__all__ = ["check_agency", "check_version", "is_theirs", "may_read_reports", "overtaken"]


def is_theirs(complaint: Complaint, agency: str | None) -> bool:
    """Tell whether a complaint is there for somebody of ``agency``: to an agency its own are, to the house itself all."""
    return agency is None or agency in complaint.agencies


def check_agency(complaint: Complaint, agency: str | None) -> None:
    """Refuse an actor of ``agency`` what was not disposed to it: to an agency, that is not there at all.

    Raises:
        NotFound: code ``unknown_complaint``.
    """
    if not is_theirs(complaint, agency):
        message = f'"{complaint.id}": no such complaint'
        raise NotFound(message, code="unknown_complaint", complaint=complaint.id)


_OVER_THE_HOUSE = frozenset({Role.CENTRAL_ADMIN, Role.INSPECTORATE, Role.AUDITOR})


def may_read_reports(role: Role, agency: str | None) -> bool:
    """Tell whether counts of what was kept are for somebody: for whoever watches the house, and for the superior of an agency.

    Of an agency, they are for its own.
    """
    return role in _OVER_THE_HOUSE or (role is Role.SUPERIOR and agency is not None)


def check_version(tx: Reading, complaint: Complaint, version: int | None) -> None:
    """Refuse an actor who has seen ``version``, when something happened since.

    Raises:
        Refused: code ``changed_meanwhile``.
    """
    if version is not None and _has_moved(tx, complaint, version):
        raise Refused("it was changed meanwhile", code="changed_meanwhile", complaint=complaint.id)


def overtaken(store: Store, complaint_id: str) -> Refused:
    """Return what tells an actor who came too late what has happened."""
    with store.reading() as tx:
        record, state = tx.outline(complaint_id), tx.load(complaint_id).state
    last = next(event for event in reversed(record) if not isinstance(event.fact, IdentitySeen))
    role = last.actor.role
    what = f"{type(last.fact).__name__} by the {role}"
    message = f"complaint {complaint_id} was changed meanwhile ({what}) and is {state} now; look at it again"
    return Refused(message, code="changed_meanwhile", complaint=complaint_id, role=role, state=state)


def _has_moved(tx: Reading, complaint: Complaint, version: int) -> bool:
    """Tell whether anything happened since ``version`` was seen; that somebody looked at who reported changes nothing."""
    if version == complaint.version:
        return False
    since = tx.outline(complaint.id)[version:]
    return not since or not all(isinstance(event.fact, IdentitySeen) for event in since)
