"""How fast a notifier may be used, counted in the database: one row per claim, so that all processes share one limit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text

from lapor_desk.pacing import Rate
from lapor_desk.store.tables import turns
from lapor_desk.store.unit import ReadUnit, WriteUnit

__all__ = ["TurnReads", "TurnWrites"]


class TurnReads(ReadUnit):
    """Looking at what was used."""

    def turns_left(self, notifier: str, rate: Rate, now: datetime) -> int:
        """Return how many more notices may be claimed for ``notifier`` at ``now`` (aware).

        What lies as far in the future as in the past counts too: the clocks of two machines differ a little. What lies
        farther was written by a clock that has been set back since.
        """
        near = (turns.c.taken_at > now - rate.period, turns.c.taken_at < now + rate.period)
        used = select(func.count()).select_from(turns).where(turns.c.notifier == notifier, *near)
        return max(0, rate.most - self.connection.execute(used).scalar_one())

    def last_turn(self, notifier: str) -> datetime | None:
        """Return when the newest turn of ``notifier`` was taken, as far as turns are kept."""
        newest: datetime | None = self.connection.execute(
            select(func.max(turns.c.taken_at)).where(turns.c.notifier == notifier)
        ).scalar_one()
        return newest


class TurnWrites(TurnReads, WriteUnit):
    """Using it up."""

    def lock_turns(self) -> None:
        """Let no other process count or take turns until this transaction ends; in SQLite no other one writes anyway."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text(f"LOCK TABLE {turns.name} IN EXCLUSIVE MODE"))

    def take_turns(self, notifier: str, rate: Rate, claims: Iterable[tuple[str, int]], now: datetime) -> None:
        """Write down that ``claims`` (notice and number) used up turns, and forget those that can count no more."""
        taken = [
            {"notice_id": notice_id, "number": number, "notifier": notifier, "taken_at": now}
            for notice_id, number in claims
        ]
        if taken:
            self.connection.execute(insert(turns), taken)
            old = (turns.c.notifier == notifier, turns.c.taken_at < now - 2 * rate.period)
            self.connection.execute(delete(turns).where(*old))

    def give_back_turn(self, notice_id: str, number: int) -> None:
        """Forget the turn of a claim that was not used, if it took one."""
        self.connection.execute(delete(turns).where(turns.c.notice_id == notice_id, turns.c.number == number))
