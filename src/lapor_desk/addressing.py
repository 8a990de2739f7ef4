"""To whom a notice goes: one row of the queue per person who is told, by the medium that reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from lapor_core.complaint import Complaint, Reporter
from lapor_core.lifecycle import Role
from lapor_core.notices import Notice
from lapor_core.plugins.contracts import Medium
from lapor_desk.officers import Officer, officers_in
from lapor_desk.store import NewNotice, Reading

__all__ = ["address", "medium_of", "rows_for"]


def rows_for(tx: Reading, told: Iterable[Notice], complaint: Complaint, now: datetime) -> Iterator[NewNotice]:
    """Yield the rows of the notices of one action; ``now`` is aware.

    A reporter who left no contact is told nothing, and a role that nobody holds neither: the tracking page and the
    console show it all the same.
    """
    for notice in told:
        if notice.recipient.role is Role.REPORTER:
            reporter = complaint.reporter
            medium = medium_of(reporter.email, reporter.mobile) or next(iter(sorted(reporter.addresses)), None)
            if medium is not None:
                yield NewNotice.of(notice, medium=medium, now=now)
        else:
            yield from _rows_for_officers(tx, notice, now)


def _rows_for_officers(tx: Reading, notice: Notice, now: datetime) -> Iterator[NewNotice]:
    for officer in officers_in(tx, notice.recipient.role, notice.recipient.agency):
        medium = medium_of(officer.email, officer.mobile)
        if medium is not None:
            yield NewNotice.of(notice, medium=medium, now=now, recipient_id=officer.id)


def medium_of(email: str, mobile: str) -> Medium | None:
    """Return how somebody is reached: by e-mail before SMS, which costs the office money."""
    if email:
        return Medium.EMAIL
    return Medium.SMS if mobile else None


def address(person: Officer | Reporter, medium: str) -> str:
    """Return the address of a reporter or an officer for ``medium``; empty when there is none."""
    if medium == Medium.EMAIL:
        return person.email
    if medium == Medium.SMS:
        return person.mobile
    return person.addresses.get(medium, "") if isinstance(person, Reporter) else ""
