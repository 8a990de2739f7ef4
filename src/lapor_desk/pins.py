"""The PINs of anonymous and secret reports: drawn, asked for, and drawn anew. Only their hashes are ever stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import BoundedSemaphore

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
from lapor_desk.store import Store

__all__ = ["Pins"]

_log = logging.getLogger("lapor.desk")

_AT_ONCE = 4
"""How many PINs are hashed at once: each takes 8 MiB and all of a processor, and a flood of them is to leave some over."""


@attrs.frozen(kw_only=True)
class Pins:
    """What knows of PINs at a desk.

    Attributes:
        store: Where complaints are kept.
        random: Gives random bytes.
    """

    store: Store
    random: Callable[[int], bytes]
    _room: BoundedSemaphore = attrs.field(factory=lambda: BoundedSemaphore(_AT_ONCE), repr=False)

    def draw_for(self, visibility: Visibility) -> tuple[str, str]:
        """Return a new PIN and what is kept of it, where a report with these wishes needs one; else two empty texts."""
        return self._draw() if visibility.hides else ("", "")

    def check(self, complaint: Complaint, pin: str) -> None:
        """Let through who brings the PIN of a complaint, and everybody where it needs none.

        However many wrong ones were tried, the right one opens: too many people hold the code for any of them to be able to
        shut the reporter out. What keeps guessers out is the PIN itself (:mod:`lapor_core.pins`).

        Raises:
            Refused: no PIN was given (``pin_needed``), or another one (``wrong_pin``).
            BadValue: it has a typing slip (``bad_pin``).
        """
        if not complaint.pin_hash:
            return
        if not pin.strip():
            raise Refused("this report opens with its code and its PIN", code="pin_needed", field="pin")
        meant = normalise_pin(pin)
        with self._room:
            right = verify_pin(meant, complaint.pin_hash)
        if not right:
            _log.warning("complaint %s: a wrong PIN was tried", complaint.id)
            raise Refused("this is not the PIN of this report", code="wrong_pin", field="pin")

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
