"""The register: one row per complaint for lists, look-ups and what is due; derived from the events, and never the truth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Row, Select, bindparam, delete, insert, select, update

from lapor_core.complaint import Complaint
from lapor_core.errors import NotFound, Refused
from lapor_core.lifecycle import State
from lapor_desk.store.external import ExternalReads, ExternalWrites
from lapor_desk.store.tables import complaint_agencies, complaints, intake

__all__ = ["Entry", "Listed", "RegisterReads", "RegisterWrites"]


@attrs.frozen(kw_only=True)
class Listed:
    """A complaint as a list shows it; nothing personal. Instants are in UTC."""

    id: str
    code: str
    version: int
    state: State
    tier: str | None
    channel: str
    policy: str
    office: str
    due_at: datetime | None
    received_at: datetime
    next_step_at: datetime | None
    person_id: str
    updated_at: datetime


@attrs.frozen(kw_only=True)
class Entry:
    """Where a complaint stands now.

    Attributes:
        complaint: As its events have made it.
        office: The id of the office that keeps it.
        due_at: The end of the clock that matters to lists.
        next_step_at: When the sweep must look at it; None when there is nothing to wait for.
        updated_at: The present instant.
    """

    complaint: Complaint
    office: str
    due_at: datetime | None
    next_step_at: datetime | None
    updated_at: datetime


class RegisterReads(ExternalReads):
    """Finding complaints."""

    def listed(
        self,
        *,
        states: Collection[State] | None = None,
        agency: str | None = None,
        person_id: str | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int | None = 50,
    ) -> tuple[Listed, ...]:
        """Return complaints, the newest first.

        Args:
            states: Only in these states.
            agency: Only of this agency.
            person_id: Only of this reporter.
            before: ``(received_at, id)`` of the last one of the page before.
            limit: How many at most; all of them when None.
        """
        query = select(*_LISTED).order_by(complaints.c.received_at.desc(), complaints.c.id.desc()).limit(limit)
        if states is not None:
            query = query.where(complaints.c.state.in_([state.value for state in states]))
        if agency is not None:
            query = query.where(complaints.c.id.in_(_of_agency(agency)))
        if person_id is not None:
            query = query.where(complaints.c.person_id == person_id)
        if before is not None:
            query = query.where(_older(*before))
        return tuple(_listed(row) for row in self.connection.execute(query))

    def due_for_step(self, now: datetime, limit: int = 100) -> tuple[str, ...]:
        """Return the ids of complaints whose next step has come, the longest due first.

        What it costs follows how many are due, not how many are open.
        """
        query = select(complaints.c.id).where(complaints.c.next_step_at <= now)
        return tuple(self.connection.execute(query.order_by(complaints.c.next_step_at).limit(limit)).scalars())

    def intakes(self, channel: str, source_ids: Collection[str]) -> dict[str, str]:
        """Return which of these submissions came before, each with the id of the complaint that it made."""
        by_digest = {self._source(channel, source_id): source_id for source_id in source_ids}
        rows = self.connection.execute(_TAKEN_TOGETHER, {"of_channel": channel, "of_sources": list(by_digest)})
        return {by_digest[row.source_id]: row.complaint_id for row in rows}

    def intake(self, channel: str, source_id: str) -> str | None:
        """Return the id of the complaint that this submission made when it came before; or None."""
        asked = {"of_channel": channel, "of_source": self._source(channel, source_id)}
        found: str | None = self.connection.execute(_TAKEN, asked).scalar()
        return found

    def taken_in(self, channel: str) -> tuple[str, ...]:
        """Return the ids of all complaints that submissions of this channel made."""
        return tuple(
            self.connection.execute(select(intake.c.complaint_id).where(intake.c.channel == channel)).scalars()
        )

    def person_of(self, complaint_id: str) -> str:
        """Return the id of the reporter of a complaint.

        Raises:
            NotFound: there is no such complaint (``unknown_complaint``).
        """
        found: str | None = self.connection.execute(_PERSON, {"of_id": complaint_id}).scalar()
        if found is None:
            raise NotFound(f'"{complaint_id}": no such complaint', code="unknown_complaint", complaint=complaint_id)
        return found

    def _source(self, channel: str, source_id: str) -> str:
        return self.vault.index(f"source/{channel}", source_id)


class RegisterWrites(RegisterReads, ExternalWrites):
    """Keeping the register."""

    def claim_intake(self, channel: str, source_id: str, complaint_id: str) -> str:
        """Make ``complaint_id`` the complaint of this submission, unless it has one; return the one it has.

        Of any number of processes that hand in the same submission, one gets its own id back.
        """
        if self.insert_new(intake, self._taken(channel, source_id, complaint_id)):
            return complaint_id
        return self.intake(channel, source_id) or complaint_id

    def claim_intakes(self, channel: str, wanted: Mapping[str, str]) -> dict[str, str]:
        """Do so for several submissions at once: their source ids and the complaints of those, as wanted and as they are."""
        rows = [self._taken(channel, source_id, complaint_id) for source_id, complaint_id in wanted.items()]
        rows.sort(key=lambda row: row["source_id"])  # whoever claims the same ones waits, and never in a circle
        if self.insert_all_new(intake, rows) == len(rows):
            return dict(wanted)
        return {**wanted, **self.intakes(channel, wanted)}

    def _taken(self, channel: str, source_id: str, complaint_id: str) -> dict[str, str]:
        return {"channel": channel, "source_id": self._source(channel, source_id), "complaint_id": complaint_id}

    def project(self, entry: Entry) -> None:
        """Write down where a complaint stands now.

        Raises:
            Refused: another complaint has its tracking code (``code_taken``).
        """
        row = _row(entry)
        if self.connection.execute(_CHANGED, row | {"changed_id": row["id"]}).rowcount:
            self._set_agencies(entry.complaint)
            self.project_external_ids(entry.complaint)
        else:
            self.enter([entry])

    def project_noted(self, complaint: Complaint) -> None:
        """Write down a complaint of which nothing else is new than ids of other systems, or that somebody looked at it.

        It counts as no movement of the complaint: a reporter's data is kept no longer for it.
        """
        changed = update(complaints).where(complaints.c.id == complaint.id)
        self.connection.execute(changed.values(version=complaint.version))
        self.project_external_ids(complaint)

    def enter(self, new: Sequence[Entry]) -> None:
        """Write down where complaints stand that are not in the register yet, all of them at once.

        Raises:
            Refused: another complaint has the tracking code of one of them (``code_taken``).
        """
        if self.insert_all_new(complaints, [_row(entry) for entry in new]) < len(new):
            raise Refused("this tracking code is taken by another complaint; draw a new one", code="code_taken")
        rows = [
            {"complaint_id": entry.complaint.id, "agency": agency}
            for entry in new
            for agency in sorted(set(entry.complaint.agencies))
        ]
        self.insert_all_new(complaint_agencies, rows)
        self.enter_external_ids({entry.complaint.id: entry.complaint.external_ids for entry in new})

    def _set_agencies(self, complaint: Complaint) -> None:
        known = self.connection.execute(_AGENCIES, {"of_id": complaint.id}).scalars()
        before, after = set(known), set(complaint.agencies)
        if gone := before - after:
            mine = complaint_agencies.c.complaint_id == complaint.id
            self.connection.execute(delete(complaint_agencies).where(mine, complaint_agencies.c.agency.in_(gone)))
        if come := sorted(after - before):
            rows = [{"complaint_id": complaint.id, "agency": agency} for agency in come]
            self.connection.execute(insert(complaint_agencies), rows)


_LISTED = tuple(complaints.c[field.name] for field in attrs.fields(Listed))

# What runs at every intake is built once: to build a statement costs more than to run it.
_CHANGED = update(complaints).where(complaints.c.id == bindparam("changed_id"))
_AGENCIES = select(complaint_agencies.c.agency).where(complaint_agencies.c.complaint_id == bindparam("of_id"))
_PERSON = select(complaints.c.person_id).where(complaints.c.id == bindparam("of_id"))
_TAKEN = select(intake.c.complaint_id).where(
    intake.c.channel == bindparam("of_channel"), intake.c.source_id == bindparam("of_source")
)

_TAKEN_TOGETHER = select(intake.c.source_id, intake.c.complaint_id).where(
    intake.c.channel == bindparam("of_channel"), intake.c.source_id.in_(bindparam("of_sources", expanding=True))
)


def _row(entry: Entry) -> dict[str, Any]:
    complaint = entry.complaint
    return {
        "id": complaint.id,
        "code": complaint.code,
        "version": complaint.version,
        "state": complaint.state.value,
        "tier": complaint.tier,
        "channel": complaint.channel,
        "policy": complaint.policy,
        "received_at": complaint.received_at,
        "person_id": complaint.reporter_ref,
        "office": entry.office,
        "due_at": entry.due_at,
        "next_step_at": entry.next_step_at,
        "updated_at": entry.updated_at,
    }


def _of_agency(agency: str) -> Select[Any]:
    return select(complaint_agencies.c.complaint_id).where(complaint_agencies.c.agency == agency)


def _older(received_at: datetime, complaint_id: str) -> Any:
    same_moment = (complaints.c.received_at == received_at) & (complaints.c.id < complaint_id)
    return (complaints.c.received_at < received_at) | same_moment


def _listed(row: Row[Any]) -> Listed:
    columns = row._asdict()
    return Listed(**columns | {"state": State(columns["state"])})
