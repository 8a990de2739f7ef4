"""How much there is, and how much waits: for the health page and the console. Nothing personal, nothing of one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs
from sqlalchemy import Column, func, select

from lapor_core.errors import require_aware
from lapor_core.lifecycle import State
from lapor_desk.store.queue import is_due
from lapor_desk.store.queued import Status
from lapor_desk.store.shares import EVERYTHING, Share
from lapor_desk.store.tables import complaints, notices
from lapor_desk.store.unit import ReadUnit

__all__ = ["CountReads", "Counts", "Waiting"]


@attrs.frozen(kw_only=True)
class Counts:
    """How many complaints stand in each state, and how many notices have each status; what there is none of is 0."""

    complaints: Mapping[State, int]
    notices: Mapping[Status, int]


@attrs.frozen(kw_only=True)
class Waiting:
    """How many notices are due and free to be claimed, and for how long the oldest has been so; None without any."""

    due: int
    oldest: timedelta | None = None


class CountReads(ReadUnit):
    """Counting."""

    def counts(self) -> Counts:
        """Count complaints by state and notices by status; what it costs grows with how many there are."""
        states, statuses = self._counted(complaints.c.state), self._counted(notices.c.status)
        return Counts(
            complaints={state: states.get(state.value, 0) for state in State},
            notices={status: statuses.get(status.value, 0) for status in Status},
        )

    def count_in(self, states: Iterable[State]) -> int:
        """Return how many complaints stand in one of ``states``."""
        standing = complaints.c.state.in_([state.value for state in states])
        return self.connection.execute(select(func.count()).select_from(complaints).where(standing)).scalar_one()

    def notices_waiting(self, now: datetime, share: Share = EVERYTHING) -> Waiting:
        """Count what is due of ``share`` at ``now`` (aware) and not claimed; what it costs follows how much waits."""
        due = select(func.count(), func.min(notices.c.not_before)).where(*is_due(require_aware(now)), share.condition)
        count, oldest = self.connection.execute(due).one()
        return Waiting(due=count, oldest=None if oldest is None else now - oldest)

    def _counted(self, column: Column[str]) -> dict[str, int]:
        rows = self.connection.execute(select(column, func.count()).group_by(column))
        return dict(rows.all())
