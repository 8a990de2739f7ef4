"""Erasing a person (UU 27/2022): each of their complaints says so in its record, and their key is shredded with it.

A complaint cannot be erased alone, for all that was sealed for a person hangs on one key. So either every complaint of theirs
may be erased, or nothing is done.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import attrs

from lapor_core.complaint import Complaint, Reporter
from lapor_core.decisions import Act
from lapor_core.errors import NotFound, Refused
from lapor_core.lifecycle import State
from lapor_core.standard import Standard
from lapor_desk.accounts import forget_challenges
from lapor_desk.changing import Change, Changes
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.people import account_of
from lapor_desk.store import Listed, Reading, Store, StoreDown, Transaction

__all__ = ["Erasing", "clear_away", "complaints_of"]

_WHY = "the reporter was erased"
_log = logging.getLogger("lapor.desk")


def complaints_of(tx: Reading, person_id: str) -> tuple[Listed, ...]:
    """Return the complaints of a person that are not erased yet, the newest first: what an erasure takes with it."""
    return tuple(each for each in tx.listed(person_id=person_id, limit=None) if each.state is not State.ERASED)


def clear_away(store: Store, person_id: str) -> None:
    """Delete what is left of somebody who was erased; what cannot be deleted now, the chores of the day delete."""
    try:
        store.clear_away(person_id)
    except StoreDown as error:
        _log.warning("files of an erased person are left for the daily chore: %s", error.code)


@attrs.frozen(kw_only=True)
class Erasing:
    """Erases persons.

    Attributes:
        store: Where they are.
        standard_of: Gives the standard a complaint was received under.
    """

    store: Store
    standard_of: Callable[[Complaint], Standard]

    def erase(
        self,
        person_id: str,
        act: Act,
        now: datetime,
        *,
        seen: int | None = None,
        check: Callable[[Reading], None] = lambda _: None,
    ) -> tuple[Change, ...]:
        """Erase a person, and return what happened to each of their complaints; safe to do again.

        Args:
            person_id: Whom.
            act: Who erases, and on which ground.
            now: The present instant (aware).
            seen: Of how many complaints whoever decided knew; with another number, nothing is done. A number is enough, for a
                person's complaints only become more.
            check: Called in the transaction, before anything is done in it; what it raises stops the erasing.

        Raises:
            Refused: one of the complaints may not be erased: with its own code where it is the only one, else ``not_erasable``,
                whose ``params["refused"]`` has each code of why and the number of those it holds back, and not which: that
                these are of one person is nothing that an error may tell. Or there are other complaints than were ``seen``
                (``other_complaints``).
            NotFound: the policy of its only complaint is not loaded (``unknown_policy``).
            BadValue: the act names no ground (``ground_needed``).
        """
        changes = again_when_overtaken(lambda: self._erase_once(person_id, act, now, seen, check))
        clear_away(self.store, person_id)
        return changes

    def _erase_once(
        self,
        person_id: str,
        act: Act,
        now: datetime,
        seen: int | None,
        check: Callable[[Reading], None],
    ) -> tuple[Change, ...]:
        with self.store.transaction() as tx:
            tx.hold_person(person_id)
            if tx.is_erased(person_id):
                return ()
            check(tx)
            found = complaints_of(tx, person_id)
            if seen is not None and len(found) != seen:
                message = f"this person has {len(found)} complaints by now, and not {seen}; decide again"
                raise Refused(message, code="other_complaints")
            theirs = {each.id: each for each in tx.load_all([each.id for each in found])}
            changes = Changes(tx, self.standard_of, now)
            _check(len(theirs), [*_refusals(changes, theirs, act)])
            done = changes.write()
            _forget(tx, person_id, theirs, now)
        return done


def _refusals(changes: Changes, theirs: dict[str, Complaint], act: Act) -> Iterator[Refused | NotFound]:
    """Erase each in memory, and yield why one cannot be. Those that others wait for come last: theirs may be among them."""
    for complaint in sorted(theirs.values(), key=lambda each: len(each.followers)):
        try:
            changes.act(complaint.id, act)
        except (Refused, NotFound) as error:
            if error.code == "not_permitted":
                raise
            yield error


def _check(number: int, refusals: list[Refused | NotFound]) -> None:
    if not refusals:
        return
    if number == 1:
        raise refusals[0]
    refused = tuple(sorted(Counter(error.code for error in refusals).items()))
    why = ", ".join(f"{held_back} ({code})" for code, held_back in refused)
    message = f"nothing was erased, for of {number} complaints of this person some cannot be: {why}"
    raise Refused(message, code="not_erasable", refused=refused)


def _forget(tx: Transaction, person_id: str, theirs: dict[str, Complaint], now: datetime) -> None:
    """Shred the key, and take away what else leads to the person. Their contacts are told from the sealed data, so first."""
    account = account_of(tx, person_id)
    reporters: list[Reporter] = [each.reporter for each in theirs.values()]
    if account is not None:
        reporters.append(account.reporter)
    codes = forget_challenges(tx, reporters)
    tx.cancel_notices(_WHY, now, complaints=theirs, keys=codes)
    tx.erase_person(person_id, now)
