"""Complaints by the ids that other systems know them by; the ids themselves stand sealed in the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, delete, select

from lapor_core.complaint import Complaint
from lapor_core.lifecycle import State
from lapor_desk.store.tables import complaint_agencies, external_ids
from lapor_desk.store.unit import ReadUnit, WriteUnit

__all__ = ["ExternalReads", "ExternalWrites"]


class ExternalReads(ReadUnit):
    """Finding complaints by ids of other systems."""

    def known_as(self, external_id: str, agency: str | None = None) -> tuple[str, ...]:
        """Return the ids of all complaints that any other system knows by this id; of an agency, when one is named."""
        query = select(external_ids.c.complaint_id).where(external_ids.c.digest == self.external_digest(external_id))
        if agency is not None:
            mine = select(complaint_agencies.c.complaint_id).where(complaint_agencies.c.agency == agency)
            query = query.where(external_ids.c.complaint_id.in_(mine))
        return tuple(self.connection.execute(query.distinct().order_by(external_ids.c.complaint_id)).scalars())

    def bearers(self, system: str, known: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return which of these ids of ``system`` are noted, each with the ids of the complaints that bear it."""
        by_digest = {self.external_digest(each): each for each in known}
        query = select(external_ids.c.digest, external_ids.c.complaint_id).where(
            external_ids.c.system == system, external_ids.c.digest.in_(by_digest)
        )
        found: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.connection.execute(query.order_by(external_ids.c.complaint_id)):
            found[by_digest[row.digest]].append(row.complaint_id)
        return {each: tuple(bearing) for each, bearing in found.items()}

    def external_digests(self, system: str, complaint_ids: Collection[str]) -> dict[str, str]:
        """Return the digests of the ids that ``system`` knows these complaints by; nothing for those it does not know."""
        query = select(external_ids.c.complaint_id, external_ids.c.digest).where(
            external_ids.c.system == system, external_ids.c.complaint_id.in_(complaint_ids)
        )
        return {row.complaint_id: row.digest for row in self.connection.execute(query)}

    def external_digest(self, external_id: str) -> str:
        """Return the keyed digest by which an id of another system is found."""
        return self.vault.index("external", external_id)


class ExternalWrites(ExternalReads, WriteUnit):
    """Keeping them."""

    def enter_external_ids(self, noted: Mapping[str, Mapping[str, str]]) -> None:
        """Write down the ids, by system, of complaints that have none yet."""
        self.insert_all_new(
            external_ids, [row for each, ids in noted.items() for row in self._external_rows(each, ids)]
        )

    def project_external_ids(self, complaint: Complaint) -> None:
        """Bring what is kept of a complaint up to date; of an erased one it stays, so that it is not taken in anew."""
        if complaint.state is State.ERASED:
            return
        rows = self._external_rows(complaint.id, complaint.external_ids)
        before = {row.system: row.digest for row in self.connection.execute(_OF_ONE, {"of_id": complaint.id})}
        if before != {row["system"]: row["digest"] for row in rows}:
            self.connection.execute(delete(external_ids).where(external_ids.c.complaint_id == complaint.id))
            self.insert_all_new(external_ids, rows)

    def _external_rows(self, complaint_id: str, noted: Mapping[str, str]) -> list[dict[str, str]]:
        return [
            {"complaint_id": complaint_id, "system": system, "digest": self.external_digest(noted[system])}
            for system in sorted(noted)
        ]


# Built once: to build a statement costs more than to run it, and this one runs at every action.
_OF_ONE = select(external_ids.c.system, external_ids.c.digest).where(external_ids.c.complaint_id == bindparam("of_id"))
