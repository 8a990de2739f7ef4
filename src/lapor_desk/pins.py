"""The PINs of anonymous and secret reports: drawn, asked for, and drawn anew. Only their hashes are ever stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from lapor_core.complaint import Actor, Complaint, Visibility
from lapor_core.decisions import write_down
from lapor_core.errors import Refused
from lapor_core.events import Event, PinRenewed
from lapor_core.lifecycle import Role
from lapor_core.pins import PIN_RANDOM_BYTES, SALT_BYTES, hash_pin, make_pin, normalise_pin, verify_pin
from lapor_core.plugins.contracts import Principal
from lapor_core.standard import Standard
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.people import read_account
from lapor_desk.recording import record
from lapor_desk.sessions import Attempts
from lapor_desk.store import Store

__all__ = ["Pins"]

_MOST_TRIES = 10
_WITHIN = timedelta(minutes=15)


@attrs.frozen(kw_only=True)
class Pins:
    """What knows of PINs at a desk.

    Attributes:
        store: Where complaints are kept.
        random: Gives random bytes.
    """

    store: Store
    random: Callable[[int], bytes]
    _tries: Attempts = attrs.field(factory=lambda: Attempts(most=_MOST_TRIES, within=_WITHIN), repr=False)

    def draw_for(self, visibility: Visibility) -> tuple[str, str]:
        """Return a new PIN and what is kept of it, where a report with these wishes needs one; else two empty texts."""
        return self._draw() if visibility.hides else ("", "")

    def check(self, complaint: Complaint, pin: str, now: datetime) -> None:
        """Let through who brings the PIN of a complaint, and everybody where it needs none.

        A try is counted before it is hashed, and the right one wipes the count out: whoever guesses comes to an end, and so
        does whoever only means to keep our processors busy.

        Raises:
            Refused: no PIN was given (``pin_needed``), another one (``wrong_pin``), or too many of late (``too_many_tries``).
            BadValue: it has a typing slip (``bad_pin``), which costs no try.
        """
        if not complaint.pin_hash:
            return
        if not pin.strip():
            raise Refused("this report opens with its code and its PIN", code="pin_needed", field="pin")
        meant = normalise_pin(pin)
        self._tries.count(complaint.id, now)
        if not verify_pin(meant, complaint.pin_hash):
            raise Refused("this is not the PIN of this report", code="wrong_pin", field="pin")
        self._tries.forget(complaint.id)

    def renew(
        self, complaint: Complaint, principal: Principal, standard: Standard, now: datetime
    ) -> tuple[str, Complaint, tuple[Event, ...]]:
        """Draw another PIN; return it with the complaint and its new event.

        Raises:
            Refused: ``principal`` has not reported it (``not_the_reporter``), or it needs no PIN (``no_pin``).
        """
        if not self._reported_by(principal, complaint):
            raise Refused("only the account that reported it may renew its PIN", code="not_the_reporter")
        if not complaint.pin_hash:
            raise Refused("this report opens with its code alone", code="no_pin")
        pin, pin_hash = self._draw()
        actor = Actor(role=Role.REPORTER, id=complaint.reporter_ref)

        def write() -> tuple[Complaint, tuple[Event, ...]]:
            with self.store.transaction() as tx:
                before = tx.load(complaint.id)
                events = write_down(before, [PinRenewed(pin_hash=pin_hash)], standard, now, actor=actor)
                return record(tx, before, events, standard, now), events

        after, events = again_when_overtaken(write)
        self._tries.forget(complaint.id)
        return pin, after, events

    def _draw(self) -> tuple[str, str]:
        pin = make_pin(self.random(PIN_RANDOM_BYTES))
        return pin, hash_pin(pin, self.random(SALT_BYTES))

    def _reported_by(self, principal: Principal, complaint: Complaint) -> bool:
        if principal.role is not Role.REPORTER:
            return False
        with self.store.reading() as tx:
            account = read_account(tx, principal.id)
        return account is not None and account.person_id == complaint.reporter_ref
