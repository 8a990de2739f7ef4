"""The words and the address of a notice, made when it is sent: nothing personal waits in the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from lapor_core.complaint import Reporter
from lapor_core.evolution import replay
from lapor_core.lifecycle import Role, State
from lapor_core.notices import GATHERED, Written, write, write_code, write_waiting
from lapor_core.notices.rendering import Templates
from lapor_core.plugins.contracts import CODES_HOLD, Addresses, Medium, Message
from lapor_desk.accounts import read_challenge
from lapor_desk.addressing import address
from lapor_desk.desk import Desk
from lapor_desk.officers import Officer, read_officer
from lapor_desk.store import QueuedNotice, Store

__all__ = ["Composing"]

_TO_DISPOSE = (State.SUBMITTED, State.RETURNED)
"""Where a complaint waits for disposition."""


@attrs.frozen(kw_only=True)
class Composing:
    """Makes the message of a queued notice; an :class:`~lapor_desk.engine.Engine` calls it.

    Attributes:
        desk: Knows the standards complaints are judged by.
        clock: Gives the present instant (aware).
        templates: Words of plug-ins that stand for shipped ones.
        addresses: Where the pages are found, which every notice ends with.
    """

    desk: Desk
    clock: Callable[[], datetime]
    templates: Templates = attrs.field(factory=dict)
    addresses: Addresses = attrs.field(factory=Addresses)

    def __call__(self, notice: QueuedNotice) -> Message | None:
        """Return the message, or None when there is nothing to send any more: a used code, an erased person."""
        if notice.template in GATHERED:
            return self._waiting(notice)
        return self._code(notice) if notice.challenge_id else self._news(notice)

    @property
    def _store(self) -> Store:
        return self.desk.store

    def _code(self, notice: QueuedNotice) -> Message | None:
        with self._store.reading() as tx:
            asked = read_challenge(tx, notice.challenge_id or "")
        if asked is None or asked.used or asked.expires_at < self.clock():
            return None
        code = asked.code_for(notice.medium)
        office = self.desk.standard.policy.office.name
        minutes = int(CODES_HOLD.total_seconds() // 60)
        if code is None:
            return None
        words = write_code(code, office, minutes, asked.reporter.language, templates=self.templates)
        return _message(notice, asked.reporter, words)

    def _waiting(self, notice: QueuedNotice) -> Message | None:
        """What was disposed meanwhile needs no letter."""
        with self._store.reading() as tx:
            officer = read_officer(tx, notice.recipient_id or "")
            waiting = tx.count_in(_TO_DISPOSE)
        if officer is None or not officer.is_told or not waiting:
            return None
        office, console = self.desk.standard.policy.office.name, self.addresses.console
        words = write_waiting(
            notice.template, waiting, office, officer.language, templates=self.templates, console=console
        )
        return _message(notice, officer, words)

    def _news(self, notice: QueuedNotice) -> Message | None:
        with self._store.reading() as tx:
            events = tx.events(notice.complaint_id or "")
            if tx.is_erased(replay(events).reporter_ref):
                return None
            officer = read_officer(tx, notice.recipient_id) if notice.recipient_id else None
        told = events[: notice.sequence or 0]
        complaint = replay(told)
        recipient: Reporter | Officer | None = complaint.reporter if notice.role == Role.REPORTER else officer
        if recipient is None or (isinstance(recipient, Officer) and not recipient.is_told):
            return None
        standard = self.desk.standard_of(complaint)
        written = write(
            notice.template,
            told[-1],
            complaint,
            standard,
            recipient.language,
            templates=self.templates,
            track=self.addresses.track if notice.role == Role.REPORTER else "",
            console="" if notice.role == Role.REPORTER else self.addresses.console,
        )
        return _message(notice, recipient, written)


def _message(notice: QueuedNotice, recipient: Reporter | Officer, written: Written) -> Message | None:
    to = address(recipient, notice.medium)
    if not to:
        return None
    short = notice.medium == Medium.SMS
    return Message(
        key=notice.id,
        medium=notice.medium,
        address=to,
        subject="" if short else written.subject,
        text=written.short if short else written.text,
        template=notice.template,
        values=written.values,
        language=recipient.language,
    )
