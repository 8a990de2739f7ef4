"""To whom a notice goes: one row of the queue per person who is told, by the medium that reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from lapor_core.complaint import Complaint, Reporter
from lapor_core.lifecycle import Role
from lapor_core.notices import GATHERED, Notice, Recipient
from lapor_core.plugins.contracts import Medium
from lapor_desk.officers import Officer, officers_in
from lapor_desk.store import NewNotice, Reading

__all__ = ["Holders", "address", "medium_of", "rows_for"]


Holders: TypeAlias = dict[Recipient, tuple[Officer, ...]]
"""Who holds a role, as far as one transaction has looked it up."""


def rows_for(
    tx: Reading, told: Iterable[Notice], complaint: Complaint, now: datetime, known: Holders | None = None
) -> Iterator[NewNotice]:
    """Yield the rows of the notices of one action; ``now`` is aware, and ``known`` is filled for the next call.

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
            known = {} if known is None else known
            if notice.recipient not in known:
                known[notice.recipient] = officers_in(tx, notice.recipient.role, notice.recipient.agency)
            yield from _rows_for_officers(known[notice.recipient], notice, now)


def _rows_for_officers(officers: Iterable[Officer], notice: Notice, now: datetime) -> Iterator[NewNotice]:
    for officer in officers:
        medium = medium_of(officer.email, officer.mobile)
        if medium is None or not officer.notices:
            continue
        if notice.template in GATHERED:
            yield _gathered(notice, officer, medium, now)
        else:
            yield NewNotice.of(notice, medium=medium, now=now, recipient_id=officer.id)


_STRETCH = timedelta(hours=1)
_SETTLING = timedelta(minutes=1)
"""What was begun within a stretch may be stored a little after it."""


def _gathered(notice: Notice, officer: Officer, medium: Medium, now: datetime) -> NewNotice:
    """Return the row of everything that comes within the hour: it is queued once, and goes out when the hour is over.

    So a busy day brings an officer no more than a letter an hour, and nothing is left out that came while one was written.
    """
    begin = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return NewNotice(
        template=notice.template,
        role=notice.recipient.role.value,
        agency=notice.recipient.agency,
        recipient_id=officer.id,
        medium=medium,
        gathered=begin,
        not_before=begin + _STRETCH + _SETTLING,
        created_at=now,
    )


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
