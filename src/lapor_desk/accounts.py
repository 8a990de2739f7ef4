"""Reporters' accounts: an e-mail address and a mobile number proved by one-time codes, as the service standard asks.

"Memiliki email dan no ponsel yang aktif untuk pembuatan akun": a code goes to each, and who brings both back has an
account, and a session.
"""

from __future__ import annotations

import hmac
import itertools
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import Row, delete, insert, select, update

from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import BadValue, Refused
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import CODES_HOLD, Medium, Principal
from lapor_desk.brakes import Brake
from lapor_desk.overtaking import again_when_overtaken
from lapor_desk.people import enrol, find_account, read_account, renew
from lapor_desk.sessions import close_session, open_session, principal_id
from lapor_desk.store import NewNotice, Reading, Store, Transaction, Vault
from lapor_desk.store.tables import challenges

__all__ = ["Accounts", "Challenge", "forget_challenges", "read_challenge"]

_TRIES = 5
_ASKED = Brake(kind="asked", most=5, within=timedelta(minutes=15))
"""Nobody's telephone is to be flooded with codes from here."""

_ASKED_IN_VAIN = Brake(kind="asked_in_vain", most=20, within=timedelta(days=1))
"""Nor all day long. And with five tries each, of a million codes nobody tries more than a hundred a day."""

_ASKED_FROM = Brake(kind="asked_from", most=60, within=timedelta(minutes=15))
"""Nor are all telephones there are: each code costs the office an SMS. One address may stand for many people of an operator."""

_SESSION = timedelta(days=30)
_PROOF_OF = {Medium.EMAIL: Proof.VERIFIED_EMAIL, Medium.SMS: Proof.VERIFIED_MOBILE}


@attrs.frozen(kw_only=True)
class Challenge:
    """One-time codes that are under way, and to whom."""

    id: str
    reporter: Reporter = attrs.field(repr=False)
    codes: Mapping[Proof, str] = attrs.field(repr=False)
    tries: int
    expires_at: datetime
    used: bool

    def code_for(self, medium: str) -> str | None:
        """Return the code that goes by ``medium``."""
        return self.codes.get(_PROOF_OF[Medium(medium)])


def read_challenge(tx: Reading, challenge_id: str) -> Challenge | None:
    """Return a challenge; None when there is none."""
    row = tx.connection.execute(select(challenges).where(challenges.c.id == challenge_id)).first()
    return None if row is None else _opened(tx, row)


def forget_challenges(tx: Transaction, reporters: Iterable[Reporter]) -> tuple[str, ...]:
    """Delete the challenges that went to a contact of one of ``reporters``; return the keys of the notices of their codes."""
    contacts = {contact for reporter in reporters for contact in _contacts(reporter)}
    rows = tx.connection.execute(select(challenges)) if contacts else ()
    opened = (_opened(tx, row) for row in rows)
    mine = [asked for asked in opened if not contacts.isdisjoint(_contacts(asked.reporter))]
    tx.connection.execute(delete(challenges).where(challenges.c.id.in_([asked.id for asked in mine])))
    for brake, contact in itertools.product((_ASKED, _ASKED_IN_VAIN), contacts):
        brake.forget(tx, contact)
    return tuple(notice.key for asked in mine for notice in _notices(asked.id, asked.codes, asked.expires_at))


def _contacts(reporter: Reporter) -> tuple[str, ...]:
    """Return where codes go, each in one spelling however it was typed."""
    return tuple(contact for contact in (_mailbox(reporter.email), reporter.mobile) if contact)


def _mailbox(email: str) -> str:
    local, at, domain = email.casefold().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:  # it is no domain, and no mail gets there
        return email.casefold()


class Accounts:
    """The accounts of a house.

    Args:
        store: Where they are kept.
        clock: Gives the present instant (aware).
        queued: Called after codes were queued: people wait for them.
    """

    def __init__(
        self, store: Store, *, clock: Callable[[], datetime], queued: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._clock = clock
        self.queued = queued

    def challenge(self, reporter: Reporter, *, address: str = "") -> str:
        """Queue a one-time code for each contact of ``reporter`` and return the challenge's id.

        Args:
            reporter: To whom.
            address: From where they are asked for, if that is known.

        Raises:
            BadValue: there is neither an e-mail address nor a mobile number (``no_contact``).
            Refused: too many codes were asked for of late (``too_many_tries``).
        """
        now = self._clock()
        codes = dict(_codes(reporter))
        if not codes:
            raise BadValue("an e-mail address or a mobile number is needed", code="no_contact", field="email")
        challenge_id = secrets.token_hex(16)
        with self._store.transaction() as tx:
            if address:
                _ASKED_FROM.count(tx, address, now)
            for contact in _contacts(reporter):
                _ASKED.count(tx, contact, now)
                _ASKED_IN_VAIN.count(tx, contact, now)
            tx.connection.execute(delete(challenges).where(challenges.c.expires_at < now - timedelta(days=1)))
            tx.connection.execute(insert(challenges), _row(tx, challenge_id, reporter, codes, now))
            tx.enqueue(_notices(challenge_id, codes, now))
        self.queued()
        return challenge_id

    def confirm(self, challenge: str, codes: Mapping[Proof, str]) -> str:
        """Return a session token when every code is right; the account then carries the proofs.

        Raises:
            Refused: ``expired_code`` (also for a challenge that is unknown or was used), ``too_many_tries``, ``wrong_code``.
        """
        token, refusal = again_when_overtaken(lambda: self._tried(challenge, codes, self._clock()))
        if refusal is not None:
            raise refusal
        return token

    def _tried(self, challenge: str, codes: Mapping[Proof, str], now: datetime) -> tuple[str, Refused | None]:
        """Return a session token, or why there is none: raised in the transaction, it would undo the count of tries."""
        one_more = update(challenges).where(challenges.c.id == challenge).values(tries=challenges.c.tries + 1)
        with self._store.transaction() as tx:
            tx.connection.execute(one_more)  # before anything is read: of many tries at once, each sees those before it
            asked = read_challenge(tx, challenge)
            refusal = _refusal(asked, codes, now)
            token = self._admit(tx, asked, now) if asked is not None and refusal is None else ""
        return token, refusal

    def principal(self, token: str) -> Principal | None:
        """Return who holds this session token, or None."""
        with self._store.reading() as tx:
            account_id = principal_id(tx, "account", token, self._clock())
            account = read_account(tx, account_id) if account_id else None
        if account is None:
            return None
        proofs = account.proofs & frozenset(_PROOF_OF.values())  # who sent an SMS once has proved nothing here
        return Principal(id=account.id, role=Role.REPORTER, proofs=proofs, reporter=account.reporter)

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._store.transaction() as tx:
            close_session(tx, token)

    def _admit(self, tx: Transaction, asked: Challenge, now: datetime) -> str:
        proofs = frozenset(asked.codes)
        used = update(challenges).where(challenges.c.id == asked.id)
        tx.connection.execute(used.values(confirmed_at=now))
        for contact in _contacts(asked.reporter):
            _ASKED_IN_VAIN.forget(tx, contact)
        known = find_account(tx, asked.reporter, proofs)
        if known is None:
            account = enrol(tx, Vault.new_person(), asked.reporter, proofs, now)
        else:
            account = renew(tx, known, asked.reporter, proofs)
        return open_session(tx, "account", account.id, now + _SESSION)


def _codes(reporter: Reporter) -> Iterator[tuple[Proof, str]]:
    if reporter.email:
        yield Proof.VERIFIED_EMAIL, f"{secrets.randbelow(10**6):06d}"
    if reporter.mobile:
        yield Proof.VERIFIED_MOBILE, f"{secrets.randbelow(10**6):06d}"


def _notices(challenge_id: str, codes: Mapping[Proof, str], now: datetime) -> Iterator[NewNotice]:
    for medium, proof in _PROOF_OF.items():
        if proof in codes:
            yield NewNotice(
                challenge_id=challenge_id,
                template="one_time_code",
                role=Role.REPORTER.value,
                medium=medium,
                not_before=now,
                created_at=now,
            )


def _refusal(asked: Challenge | None, codes: Mapping[Proof, str], now: datetime) -> Refused | None:
    """Return why nobody is let in with ``codes``, this try being one of those that were counted."""
    if asked is None or asked.used or now > asked.expires_at:
        return Refused("the codes are no longer valid; ask for new ones", code="expired_code")
    if asked.tries > _TRIES:
        return Refused(f"more than {_TRIES} tries; ask for new codes", code="too_many_tries")
    right = [hmac.compare_digest(codes.get(proof, "").encode(), code.encode()) for proof, code in asked.codes.items()]
    return None if all(right) else Refused("a code is wrong", code="wrong_code")


def _row(
    tx: Transaction, challenge_id: str, reporter: Reporter, codes: Mapping[Proof, str], now: datetime
) -> dict[str, Any]:
    data = {"reporter": attrs.asdict(reporter), "codes": dict(codes)}
    sealed = tx.vault.seal(tx.vault.house, json.dumps(data).encode(), _place(challenge_id))
    return {"id": challenge_id, "sealed": sealed, "tries": 0, "expires_at": now + CODES_HOLD}


def _opened(tx: Reading, row: Row[Any]) -> Challenge:
    data = json.loads(tx.vault.open(tx.vault.house, row.sealed, _place(row.id)))
    return Challenge(
        id=row.id,
        reporter=Reporter(**data["reporter"]),
        codes={Proof(name): code for name, code in data["codes"].items()},
        tries=row.tries,
        expires_at=row.expires_at,
        used=row.confirmed_at is not None,
    )


def _place(challenge_id: str) -> str:
    return f"challenge/{challenge_id}"
