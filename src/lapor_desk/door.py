"""The desk as one channel sees it: narrow, with a storage of its own, and only for its own submissions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from lapor_core.complaint import Proof, Rating, Reporter
from lapor_core.errors import Refused, require_type
from lapor_core.plugins.contracts import Addresses, Download, Principal, Receipt, Tracking, Verdict
from lapor_core.policy import Policy
from lapor_core.submission import Submission, Upload
from lapor_desk.accounts import Accounts
from lapor_desk.callers import address_of_caller
from lapor_desk.delivery import report_delivery
from lapor_desk.desk import Desk

__all__ = ["Door"]


@attrs.frozen(kw_only=True)
class Door:
    """What :class:`lapor_core.plugins.Desk` promises a channel.

    Attributes:
        channel: The channel's key.
        proofs: The proofs this channel declared it can bring; a submission that claims others is refused.
    """

    channel: str
    proofs: frozenset[Proof]
    desk: Desk
    accounts: Accounts
    addresses: Addresses = attrs.field(factory=Addresses)

    @property
    def policy(self) -> Policy:
        return self.desk.standard.policy

    def now(self) -> datetime:
        return self.desk.now()

    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        """Take a submission of this channel in; see :meth:`lapor_desk.desk.Desk.submit`.

        Raises:
            Refused: it names another channel (``other_channel``) or a proof this channel cannot bring (``undeclared_proof``).
            BadType: it is no submission (``wrong_type``); likewise whatever else of another type a channel gives.
        """
        require_type(submission, Submission, "submission")
        if self.channel not in (submission.channel, submission.entry_channel):
            message = f'channel {self.channel} handed in a submission of channel "{submission.channel}"'
            raise Refused(message, code="other_channel", channel=self.channel)
        if undeclared := sorted(submission.proofs - self.proofs):
            message = f"channel {self.channel} claims proofs it has not declared: {', '.join(undeclared)}"
            raise Refused(message, code="undeclared_proof", channel=self.channel)
        return self.desk.submit(submission, partial=partial)

    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        return self.desk.track(code, language, pin=pin)

    def download(self, code: str, file: str, *, pin: str = "") -> Download:
        return self.desk.download(code, file, pin=pin)

    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = (), *, pin: str = "") -> None:
        self.desk.reply(code, text, uploads, pin=pin)

    def complete(self, code: str, submission: Submission, *, pin: str = "") -> None:
        require_type(submission, Submission, "submission")
        self.desk.complete(code, submission, pin=pin)

    def rate(self, code: str, rating: Rating, text: str = "", *, pin: str = "") -> None:
        self.desk.rate(code, rating, text, pin=pin)

    def attach(self, code: str, uploads: tuple[Upload, ...], text: str = "", *, pin: str = "") -> None:
        self.desk.attach(code, uploads, text, pin=pin)

    def withdraw(self, code: str, reason: str = "", *, pin: str = "") -> None:
        self.desk.withdraw(code, reason, pin=pin)

    def renew_pin(self, code: str, principal: Principal) -> Receipt:
        require_type(principal, Principal, "principal")
        return self.desk.renew_pin(code, principal)

    def request_erasure(self, code: str, reason: str = "", *, pin: str = "") -> None:
        self.desk.request_erasure(code, reason, pin=pin)

    def report_delivery(self, key: str, verdict: Verdict) -> None:
        with self.desk.store.transaction() as tx:
            report_delivery(tx, self.channel, key, verdict, self.now())

    def challenge(self, reporter: Reporter) -> str:
        require_type(reporter, Reporter, "reporter")
        return self.accounts.challenge(reporter, address=address_of_caller())

    def confirm(self, challenge: str, codes: Mapping[Proof, str]) -> str:
        return self.accounts.confirm(challenge, codes)

    def principal(self, token: str) -> Principal | None:
        require_type(token, str, "token")
        return self.accounts.principal(token)

    def sign_out(self, token: str) -> None:
        self.accounts.sign_out(token)

    def recall(self, key: str) -> bytes | None:
        require_type(key, str, "key")
        with self.desk.store.reading() as tx:
            return tx.recall(self.channel, key)

    def keep(self, key: str, value: bytes) -> None:
        require_type(key, str, "key")
        require_type(value, bytes, "value")
        with self.desk.store.transaction() as tx:
            tx.keep(self.channel, key, value)
