"""Complaints that change together in one transaction: those that are merged, and all of a person who is erased.

Each is loaded once, changed in memory, and written down at the end, in the order of their ids: two transactions that touch
the same complaints meet at the same one first, so that one of them is overtaken and neither waits for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from lapor_core.complaint import Complaint
from lapor_core.decisions import Act, decide
from lapor_core.events import Event
from lapor_core.evolution import replay_on
from lapor_core.lifecycle import Action, State
from lapor_core.merging import Together, let_go, merge, pass_on, unmerge
from lapor_core.standard import Standard
from lapor_desk.recording import record
from lapor_desk.store import Transaction

__all__ = ["Change", "Changes"]


@attrs.frozen(kw_only=True)
class Change:
    """What happened to one complaint, and what it is after that."""

    events: tuple[Event, ...]
    complaint: Complaint


class Changes:
    """What one transaction does to complaints.

    Args:
        tx: The transaction that holds all of it.
        standard_of: Gives the standard a complaint was received under.
        now: The present instant (aware).
    """

    def __init__(self, tx: Transaction, standard_of: Callable[[Complaint], Standard], now: datetime) -> None:
        self._tx = tx
        self._standard_of = standard_of
        self._now = now
        self._before: dict[str, Complaint] = {}
        self._events: dict[str, tuple[Event, ...]] = {}

    def complaint(self, complaint_id: str) -> Complaint:
        """Return a complaint as it is after what has been changed so far; raises as ``tx.load`` does."""
        if complaint_id not in self._before:
            self._before[complaint_id] = self._tx.load(complaint_id)
        return replay_on(self._before[complaint_id], self._events.get(complaint_id, ()))

    def act(self, complaint_id: str, act: Act) -> None:
        """Do what somebody wants to do; raises as :func:`lapor_core.decide` does."""
        complaint = self.complaint(complaint_id)
        if act.action is Action.MERGE and act.main is not None and act.main.id != complaint_id:
            self._merge(complaint, self.complaint(act.main.id), act)
        elif act.action is Action.UNMERGE and complaint.state is State.MERGED:
            self._unmerge(complaint, act)
        else:
            self.happened(decide(complaint, act, self._standard_of(complaint), self._at(complaint)))

    def happened(self, events: Sequence[Event]) -> None:
        """Add events of one complaint, with what they bring to those that follow it, and to the one that it follows."""
        if not events:
            return
        before = self.complaint(events[0].complaint)
        self._add(events)
        for follower_id in before.followers:
            self._pass_on(events, before.id, follower_id)
        if before.state is State.MERGED and before.merged_into is not None:
            main, follower = self.complaint(before.merged_into), self.complaint(before.id)
            self._add(let_go(main, follower, self._standard_of(main), self._at(main, follower)))

    def write(self) -> tuple[Change, ...]:
        """Write everything down, and return what happened to each complaint.

        Raises:
            Refused: somebody else changed one of them meanwhile (``changed_meanwhile``).
        """
        return tuple(self._written(complaint_id) for complaint_id in sorted(self._events))

    def _merge(self, complaint: Complaint, main: Complaint, act: Act) -> None:
        standards = {"standard": self._standard_of(complaint), "main_standard": self._standard_of(main)}
        self._add_both(
            merge(complaint, main, now=self._at(complaint, main), actor=act.actor, reason=act.text, **standards)
        )

    def _unmerge(self, complaint: Complaint, act: Act) -> None:
        main = self.complaint(complaint.merged_into or "")
        standards = {"standard": self._standard_of(complaint), "main_standard": self._standard_of(main)}
        self._add_both(
            unmerge(complaint, main, now=self._at(complaint, main), actor=act.actor, reason=act.text, **standards)
        )

    def _pass_on(self, news: Sequence[Event], main_id: str, follower_id: str) -> None:
        main, follower = self.complaint(main_id), self.complaint(follower_id)
        standards = {"standard": self._standard_of(follower), "main_standard": self._standard_of(main)}
        self._add_both(pass_on(news, main, follower, now=self._at(main, follower), **standards))

    def _at(self, *complaints: Complaint) -> datetime:
        """Return when it happens: a clock that was set back, or runs behind another machine's, refuses nobody."""
        return max(self._now, *(complaint.reached_at for complaint in complaints))

    def _add_both(self, together: Together) -> None:
        self._add(together.follower)
        self._add(together.main)

    def _add(self, events: Sequence[Event]) -> None:
        if events:
            complaint_id = events[0].complaint
            self._events[complaint_id] = (*self._events.get(complaint_id, ()), *events)

    def _written(self, complaint_id: str) -> Change:
        before, events = self._before[complaint_id], self._events[complaint_id]
        complaint = record(self._tx, before, events, self._standard_of(before), self._now)
        return Change(events=events, complaint=complaint)
