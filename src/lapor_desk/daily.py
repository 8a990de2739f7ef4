"""What the desk does once a day, on whichever process gets there first: checkpoints, refreshed deadlines, retention."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta

from lapor_core.calendar import Office
from lapor_core.errors import require_aware
from lapor_desk.store import Store
from lapor_desk.store.kept import OWN

__all__ = ["UNFINISHED", "Daily"]

UNFINISHED = object()
"""What a chore returns that has done a part of its work for today: it is called again at the next look, and others go on meanwhile."""

_AGAIN = timedelta(hours=1)
_WEEK = timedelta(days=7)
_log = logging.getLogger("lapor.desk")


class Daily:
    """The chores of a day.

    Args:
        store: Where it is kept that today's are done.
        office: Whose days they are.
        chores: By name, what is called with the present instant; it may return :data:`UNFINISHED`. A chore may run on two processes at
            once, and must do no harm then.
        irrevocable: The chores that are left for the next day where their last turn was not within the week before: a clock
            that ran ahead, by years perhaps, must not erase anybody before somebody has seen it.
    """

    def __init__(
        self,
        store: Store,
        office: Office,
        chores: Mapping[str, Callable[[datetime], object]],
        *,
        irrevocable: Collection[str] = (),
    ) -> None:
        self._store = store
        self._office = office
        self._chores = chores
        self._irrevocable = irrevocable
        self._done: dict[str, str] = {}
        self._not_before: dict[str, datetime] = {}

    def run(self, now: datetime) -> None:
        """Do what has not been done today; a chore that fails is told in the log and tried again after an hour."""
        today = self._office.local(require_aware(now)).date().isoformat()
        for name, chore in self._chores.items():
            if self._is_done(name, today) or now < self._not_before.get(name, now):
                continue
            if name in self._irrevocable and not _follows(self._done[name], today):
                self._remember(name, today)
                continue
            try:
                came_to = chore(now)
            except Exception as error:  # noqa: BLE001 - one chore must not stop the others, nor the sweep
                self._not_before[name] = now + _AGAIN
                _log.warning("the daily chore %s failed and is tried again in an hour: %s", name, type(error).__name__)
            else:
                if came_to is not UNFINISHED:
                    self._remember(name, today)

    def _is_done(self, name: str, today: str) -> bool:
        if self._done.get(name) != today:
            with self._store.reading() as tx:
                self._done[name] = (tx.recall(OWN, f"daily/{name}") or b"").decode()
        return self._done[name] == today

    def _remember(self, name: str, today: str) -> None:
        self._done[name] = today
        with self._store.transaction() as tx:
            tx.keep(OWN, f"daily/{name}", today.encode())


def _follows(last: str, today: str) -> bool:
    """Return whether the desk was at work in the week before, by the dates of a chore's last turn and of today."""
    return bool(last) and timedelta(0) < date.fromisoformat(today) - date.fromisoformat(last) <= _WEEK
