"""Who a reporter is to the desk: one person, with one key, for every contact that has been proved to be theirs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Row, bindparam, or_, select, update

from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import Refused
from lapor_desk.store import Person, Reading, Transaction, Vault
from lapor_desk.store.tables import accounts

__all__ = ["Account", "account_of", "enrol", "find_account", "read_account", "renew"]

_MOBILE = frozenset({Proof.VERIFIED_MOBILE, Proof.SENDER_NUMBER})


@attrs.frozen(kw_only=True)
class Account:
    """A reporter's account: what is known of a person through contacts that were proved.

    Attributes:
        id: Opaque; a session's principal.
        proofs: What has been proved of the contacts.
    """

    id: str
    person_id: str
    reporter: Reporter = attrs.field(repr=False)
    proofs: frozenset[Proof]


def find_account(tx: Reading, reporter: Reporter, proofs: frozenset[Proof]) -> Account | None:
    """Return the account of a proved contact: by the e-mail address before the number.

    An account that is somebody's by another address is not theirs by its number alone: operators give numbers out again.
    """
    indexes = dict(_indexes(tx.vault, reporter, proofs))
    if not indexes:
        return None
    rows = tx.connection.execute(_OF_CONTACT, _NEITHER | indexes).all()
    email = indexes.get("email_index")
    by_email = [row for row in rows if email is not None and row.email_index == email]
    by_number = [row for row in rows if email is None or row.email_index is None]
    chosen = next(iter(by_email or by_number), None)
    return None if chosen is None else _opened(tx, chosen)


# Built once: to build a statement costs more than to run it, and this one runs at every intake.
_OF_CONTACT = select(accounts).where(
    or_(*(accounts.c[column] == bindparam(column) for column in ("email_index", "mobile_index")))
)
_NEITHER = dict.fromkeys(("email_index", "mobile_index"))


def account_of(tx: Reading, person_id: str) -> Account | None:
    """Return the account of a person, or None when they have none."""
    row = tx.connection.execute(select(accounts).where(accounts.c.person_id == person_id)).first()
    return None if row is None else _opened(tx, row)


def read_account(tx: Reading, account_id: str) -> Account | None:
    """Return one account, or None when there is none any more."""
    row = tx.connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
    return None if row is None else _opened(tx, row)


def enrol(tx: Transaction, person: Person, reporter: Reporter, proofs: frozenset[Proof], now: datetime) -> Account:
    """Store a new person, with an account when one of their contacts was proved; a number passes to it as in :func:`renew`.

    Raises:
        Refused: another process has just done so for one of them (``changed_meanwhile``); find the account and go on.
    """
    tx.add_person(person)
    account = Account(id=secrets.token_hex(16), person_id=person.id, reporter=reporter, proofs=proofs)
    proved = dict(_indexes(tx.vault, reporter, proofs))
    row = {
        "id": account.id,
        "person_id": person.id,
        "created_at": now,
        "sealed": _sealed(tx, person, account),
        **proved,
    }
    if len(proved) > 1:
        others = update(accounts).where(
            accounts.c.mobile_index == proved["mobile_index"], accounts.c.email_index != proved["email_index"]
        )
        tx.connection.execute(others.values(mobile_index=None))
    if proved and not tx.insert_new(accounts, row):
        raise Refused("somebody else has just enrolled this contact; try again", code="changed_meanwhile")
    return account


def renew(tx: Transaction, account: Account, reporter: Reporter, proofs: frozenset[Proof]) -> Account:
    """Write down what was proved anew of a person; a contact that belonged to another account passes to this one."""
    renewed = attrs.evolve(account, reporter=_merged(account.reporter, reporter), proofs=account.proofs | proofs)
    for column, value in _indexes(tx.vault, reporter, proofs):
        others = update(accounts).where(accounts.c[column] == value, accounts.c.id != account.id)
        tx.connection.execute(others.values({column: None}))
    sealed = _sealed(tx, tx.person(account.person_id), renewed)
    row = {"sealed": sealed, **dict(_indexes(tx.vault, renewed.reporter, renewed.proofs))}
    tx.connection.execute(update(accounts).where(accounts.c.id == account.id).values(row))
    return renewed


def _merged(known: Reporter, said: Reporter) -> Reporter:
    changes = {field.name: value for field in attrs.fields(Reporter) if (value := getattr(said, field.name))}
    return attrs.evolve(known, **changes)


def _indexes(vault: Vault, reporter: Reporter, proofs: frozenset[Proof]) -> Iterator[tuple[str, str]]:
    if reporter.email and Proof.VERIFIED_EMAIL in proofs:
        yield "email_index", vault.index("email", reporter.email.casefold())
    if reporter.mobile and proofs & _MOBILE:
        yield "mobile_index", vault.index("mobile", reporter.mobile)


def _sealed(tx: Transaction, person: Person, account: Account) -> bytes:
    data = {"reporter": attrs.asdict(account.reporter), "proofs": sorted(account.proofs)}
    return tx.vault.seal(person, json.dumps(data).encode(), _place(account.id))


def _opened(tx: Reading, row: Row[Any]) -> Account:
    data = json.loads(tx.vault.open(tx.person(row.person_id), row.sealed, _place(row.id)))
    proofs = frozenset(Proof(name) for name in data["proofs"])
    # A contact whose index has passed to another account is no longer proved of this one.
    lost = {Proof.VERIFIED_EMAIL} if row.email_index is None else set()
    lost |= _MOBILE if row.mobile_index is None else set()
    return Account(
        id=row.id, person_id=row.person_id, reporter=Reporter(**data["reporter"]), proofs=proofs - frozenset(lost)
    )


def _place(account_id: str) -> str:
    return f"account/{account_id}"
