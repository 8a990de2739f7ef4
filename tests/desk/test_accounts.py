"""Accounts: two contacts proved by one-time codes, and nothing else opens one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from sqlalchemy import select

from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import BadValue, Refused
from lapor_core.testing import FrozenClock
from lapor_desk.accounts import Accounts, read_challenge
from lapor_desk.store import Files, MasterKey, Status, Store, open_store
from lapor_desk.store.tables import accounts as accounts_table
from lapor_desk.store.tables import tries as tries_table

WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001")  # invented
BOTH = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/lapor.db", master=MasterKey(bytes(32)), files=Files.memory())
    yield store
    store.close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def accounts(store: Store, clock: FrozenClock) -> Accounts:
    return Accounts(store, clock=clock)


def codes_of(store: Store, challenge: str) -> Mapping[Proof, str]:
    with store.reading() as tx:
        asked = read_challenge(tx, challenge)
    assert asked is not None
    return asked.codes


def code(store: Store, accounts: Accounts, reporter: Reporter = WARGA) -> str:
    challenge = accounts.challenge(reporter)
    return accounts.confirm(challenge, codes_of(store, challenge))


def test_a_code_goes_to_each_contact_and_both_open_the_account(store: Store, accounts: Accounts) -> None:
    challenge = accounts.challenge(WARGA)
    with store.reading() as tx:
        told = sorted((notice.template, notice.medium) for notice in tx.notices_in(Status.QUEUED))
    assert told == [("one_time_code", "email"), ("one_time_code", "sms")]
    principal = accounts.principal(accounts.confirm(challenge, codes_of(store, challenge)))
    assert principal is not None
    assert (principal.reporter, principal.proofs) == (WARGA, BOTH)


@pytest.mark.parametrize("missing", sorted(BOTH))
def test_one_right_code_of_two_is_a_wrong_one(store: Store, accounts: Accounts, missing: Proof) -> None:
    challenge = accounts.challenge(WARGA)
    right = dict(codes_of(store, challenge))
    del right[missing]
    with pytest.raises(Refused) as caught:
        accounts.confirm(challenge, right)
    assert caught.value.code == "wrong_code"


def test_codes_cannot_be_guessed_by_trying(store: Store, accounts: Accounts) -> None:
    challenge = accounts.challenge(WARGA)
    right = codes_of(store, challenge)
    refused = []
    for _ in range(6):
        with pytest.raises(Refused) as caught:
            accounts.confirm(challenge, dict.fromkeys(right, "x"))
        refused.append(caught.value.code)
    assert refused == ["wrong_code"] * 5 + ["too_many_tries"]
    with pytest.raises(Refused):
        accounts.confirm(challenge, right)


def test_codes_hold_for_ten_minutes_and_once(store: Store, accounts: Accounts, clock: FrozenClock) -> None:
    challenge = accounts.challenge(WARGA)
    right = codes_of(store, challenge)
    accounts.confirm(challenge, right)
    with pytest.raises(Refused) as caught:
        accounts.confirm(challenge, right)
    assert caught.value.code == "expired_code"
    late = accounts.challenge(WARGA)
    clock.advance(timedelta(minutes=10, seconds=1))
    with pytest.raises(Refused) as caught:
        accounts.confirm(late, codes_of(store, late))
    assert caught.value.code == "expired_code"
    with pytest.raises(Refused):
        accounts.confirm("entah", right)


def test_nobody_is_flooded_with_codes(accounts: Accounts, clock: FrozenClock) -> None:
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        accounts.challenge(WARGA)
    with pytest.raises(Refused) as caught:
        accounts.challenge(Reporter(mobile=WARGA.mobile))
    assert (caught.value.code, caught.value.params["minutes"]) == ("too_many_tries", 7)  # the first is 8 minutes old
    clock.advance(timedelta(minutes=7))
    accounts.challenge(WARGA)


@pytest.mark.parametrize(
    "email", ["WARGA@example.id", "warga@EXAMPLE.ID", "warga@\uff45xample.id", "warga@example\u3002id"]
)
def test_nobody_is_flooded_by_spelling_an_address_in_many_ways(accounts: Accounts, email: str) -> None:
    for last in range(5):
        accounts.challenge(Reporter(email=WARGA.email, mobile=f"+628000000001{last}"))  # invented
    with pytest.raises(Refused) as caught:
        accounts.challenge(Reporter(email=email, mobile="+6280000000020"))  # invented
    assert caught.value.code == "too_many_tries"


def test_without_a_contact_there_is_nobody_to_ask(accounts: Accounts) -> None:
    with pytest.raises(BadValue) as caught:
        accounts.challenge(Reporter(name="Warga Contoh"))
    assert caught.value.params["field"] == "email"


def test_the_same_contacts_are_the_same_account(store: Store, accounts: Accounts) -> None:
    first = accounts.principal(code(store, accounts))
    again = accounts.principal(code(store, accounts, Reporter(email=WARGA.email.upper(), mobile=WARGA.mobile)))
    assert first is not None
    assert again is not None
    assert first.id == again.id


def test_a_number_that_passes_to_somebody_else_no_longer_proves_the_first(store: Store, accounts: Accounts) -> None:
    first = code(store, accounts)
    second = code(store, accounts, Reporter(email="lain@example.id"))
    renewed = code(store, accounts, Reporter(email="lain@example.id", mobile=WARGA.mobile))
    loser, winner = accounts.principal(first), accounts.principal(renewed)
    assert loser is not None
    assert winner is not None
    assert loser.proofs == {Proof.VERIFIED_EMAIL}
    assert winner.proofs == BOTH
    assert accounts.principal(second) == winner


def test_who_is_given_a_number_that_was_somebodys_is_not_that_somebody(store: Store, accounts: Accounts) -> None:
    """Operators give a number out again that nobody has paid for: it must not open what its former holder reported."""
    first = code(store, accounts)
    former = accounts.principal(first)
    later = Reporter(name="Warga Lain", email="lain@example.id", mobile=WARGA.mobile)
    holder = accounts.principal(code(store, accounts, later))
    assert former is not None
    assert holder is not None
    assert (holder.id != former.id, holder.reporter, holder.proofs) == (True, later, BOTH)
    known = accounts.principal(first)
    assert known is not None
    assert (known.reporter, known.proofs) == (WARGA, {Proof.VERIFIED_EMAIL})
    again = accounts.principal(code(store, accounts, attrs.evolve(WARGA, mobile="+6280000000002")))  # invented
    assert again is not None
    assert (again.id, again.proofs) == (former.id, BOTH)


def test_who_sent_text_messages_before_is_the_same_with_an_address(store: Store, accounts: Accounts) -> None:
    by_number = accounts.principal(code(store, accounts, Reporter(mobile=WARGA.mobile)))
    with_both = accounts.principal(code(store, accounts))
    assert by_number is not None
    assert with_both is not None
    assert by_number.id == with_both.id


def test_sessions_end(store: Store, accounts: Accounts, clock: FrozenClock) -> None:
    token = code(store, accounts)
    assert accounts.principal(token + "x") is None
    accounts.sign_out(token)
    assert accounts.principal(token) is None
    token = code(store, accounts)
    clock.advance(timedelta(days=31))
    assert accounts.principal(token) is None


def test_contacts_do_not_stand_in_the_table(store: Store, accounts: Accounts) -> None:
    code(store, accounts)
    with store.reading() as tx:
        rows = str([*tx.connection.execute(select(accounts_table)), *tx.connection.execute(select(tries_table))])
    assert WARGA.mobile[3:] not in rows
    assert "warga" not in rows.lower()
