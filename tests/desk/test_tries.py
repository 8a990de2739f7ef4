"""Tries are counted for every process at once: of passwords, of codes that are asked for, and of codes that are brought back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lapor_core.complaint import Reporter
from lapor_core.errors import LaporError, Refused
from lapor_core.lifecycle import Role
from lapor_core.testing import FrozenClock
from lapor_desk import officers as officers_module
from lapor_desk.accounts import Accounts, read_challenge
from lapor_desk.brakes import Brake
from lapor_desk.officers import Officers
from lapor_desk.store import Store

QUARTER = timedelta(minutes=15)
WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001")  # invented
BRAKE = Brake(kind="test", most=3, within=QUARTER)
PASSWORD = "rahasia-contoh"


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except LaporError as error:
        return error.code
    return ""


def count(store: Store, clock: FrozenClock, name: str = "a", brake: Brake = BRAKE) -> str:
    def counted() -> None:
        with store.transaction() as tx:
            brake.count(tx, name, clock())

    return told(counted)


def at_once(act: Callable[[int], object], times: int = 12) -> Counter[str]:
    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(lambda number: told(lambda: act(number)), range(times)))


def test_no_process_has_tries_of_its_own(store: Store, open_again: Callable[[], Store], clock: FrozenClock) -> None:
    other = open_again()
    assert [count(each, clock) for each in (store, other, store, other, store)] == ["", "", "", *["too_many_tries"] * 2]
    assert [count(store, clock, "b"), count(store, clock, brake=Brake(kind="other", most=1, within=QUARTER))] == [
        "",
        "",
    ]
    clock.advance(QUARTER)
    assert count(other, clock) == ""


def test_of_many_tries_at_once_none_is_free(store: Store, clock: FrozenClock) -> None:
    assert at_once(lambda _: _counted(store, clock)) == {"": 3, "too_many_tries": 9}


def _counted(store: Store, clock: FrozenClock) -> None:
    with store.transaction() as tx:
        BRAKE.count(tx, "a", clock())


def test_who_is_refused_is_told_for_how_long_and_waits_no_longer_for_having_asked(
    store: Store, clock: FrozenClock
) -> None:
    for _ in range(3):
        count(store, clock)
    for minutes in (15, 8, 1):
        with pytest.raises(Refused) as caught:
            _counted(store, clock)
        assert caught.value.params["minutes"] == minutes
        clock.advance(timedelta(minutes=7))
    assert count(store, clock) == ""


def test_a_name_that_is_forgotten_begins_anew(store: Store, clock: FrozenClock) -> None:
    for _ in range(4):
        count(store, clock)
    with store.transaction() as tx:
        BRAKE.forget(tx, "a")
    assert count(store, clock) == ""


def test_codes_that_are_tried_at_once_are_no_more_than_those_one_by_one(store: Store, clock: FrozenClock) -> None:
    accounts = Accounts(store, clock=clock)
    challenge = accounts.challenge(WARGA)
    assert at_once(lambda _: accounts.confirm(challenge, {})) == {"wrong_code": 5, "too_many_tries": 7}


def test_codes_open_one_session_however_often_they_are_sent_at_once(store: Store, clock: FrozenClock) -> None:
    accounts = Accounts(store, clock=clock)
    challenge = accounts.challenge(WARGA)
    with store.reading() as tx:
        asked = read_challenge(tx, challenge)
    assert asked is not None
    assert at_once(lambda _: accounts.confirm(challenge, asked.codes), 5) == {"": 1, "expired_code": 4}


def test_codes_that_are_asked_for_at_once_and_from_several_processes_are_five(
    store: Store, open_again: Callable[[], Store], clock: FrozenClock
) -> None:
    several = [Accounts(each, clock=clock) for each in (store, open_again())]
    assert at_once(lambda number: several[number % 2].challenge(WARGA)) == {"": 5, "too_many_tries": 7}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # its queries run on both above
def test_passwords_are_counted_for_each_address_and_in_the_end_for_all(
    store: Store, open_again: Callable[[], Store], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(officers_module, "_hashed", lambda password: password)
    monkeypatch.setattr(officers_module, "_is_right", lambda password, phc: password == phc)
    office, other = (Officers(each, clock=clock) for each in (store, open_again()))
    office.add("pusat", PASSWORD, Role.CENTRAL_ADMIN)

    def guessed(address: str, times: int, house: Officers = other) -> Counter[str]:
        return Counter(told(lambda: house.sign_in("pusat", "salah-sekali", address=address)) for _ in range(times))

    assert guessed("192.0.2.1", 7) + guessed("192.0.2.1", 7, office) == {"wrong_login": 10, "too_many_tries": 4}
    office.sign_in("pusat", PASSWORD, address="198.51.100.7")  # who guesses shuts nobody out who is elsewhere
    assert guessed("192.0.2.1", 1) == {"too_many_tries": 1}
    assert sum((guessed(f"192.0.2.{last}", 9) for last in range(2, 14)), Counter()) == {
        "wrong_login": 100,
        "too_many_tries": 8,
    }
    assert told(lambda: office.sign_in("pusat", PASSWORD, address="198.51.100.7")) == "too_many_tries"
    clock.advance(QUARTER)
    office.sign_in("pusat", PASSWORD, address="198.51.100.7")
