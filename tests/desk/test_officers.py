"""Officers: added with care, signed in slowly, and known by role and agency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.lifecycle import Role
from lapor_core.testing import FrozenClock
from lapor_core.texts import error_text
from lapor_desk import officers as officers_module
from lapor_desk.officers import Officers
from lapor_desk.store import Files, MasterKey, Store, open_store
from lapor_desk.store.tables import officers as table

PASSWORD = "rahasia-contoh"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/lapor.db", master=MasterKey(bytes(32)), files=Files.memory())
    yield store
    store.close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def officers(store: Store, clock: FrozenClock) -> Officers:
    return Officers(store, clock=clock, agencies=frozenset({"dinas-contoh"}))


@pytest.fixture
def argon() -> None:
    """Passwords are hashed as in earnest, which is slow on purpose."""


@pytest.fixture(autouse=True)
def _passwords_cost_nothing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "argon" not in request.fixturenames:
        monkeypatch.setattr(officers_module, "_hashed", lambda password: f"hash of {password}")
        monkeypatch.setattr(officers_module, "_is_right", lambda password, phc: phc == f"hash of {password}")


@pytest.mark.usefixtures("argon")
def test_who_was_added_signs_in_and_out(officers: Officers, clock: FrozenClock) -> None:
    added = officers.add("admin", PASSWORD, Role.AGENCY_ADMIN, name="Petugas Contoh", email="admin@example.id")
    token = officers.sign_in(" Admin ", PASSWORD)
    assert officers.officer(token) == added
    officers.sign_out(token)
    assert officers.officer(token) is None
    token = officers.sign_in("admin", PASSWORD)
    clock.advance(timedelta(hours=11))
    assert officers.officer(token) is None


def test_a_new_password_ends_the_sessions_of_the_old_one(officers: Officers) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    officers.add("lain", PASSWORD, Role.AGENCY_ADMIN)
    token, other = officers.sign_in("admin", PASSWORD), officers.sign_in("lain", PASSWORD)
    officers.set_password("admin", "rahasia-baru")
    assert officers.officer(token) is None
    assert officers.officer(other) is not None
    assert officers.officer(officers.sign_in("admin", "rahasia-baru")) is not None


@pytest.mark.usefixtures("argon")
def test_unknown_login_and_wrong_password_read_alike(officers: Officers) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    told = set()
    for login, password in (("admin", "salah-sekali"), ("entah", PASSWORD)):
        with pytest.raises(Refused) as caught:
            officers.sign_in(login, password)
        told.add((caught.value.code, str(caught.value)))
    assert len(told) == 1


def test_guessing_is_stopped_for_a_while(officers: Officers, clock: FrozenClock) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    for _ in range(10):
        with pytest.raises(Refused, match="wrong"):
            officers.sign_in("admin", "salah-sekali")
    with pytest.raises(Refused) as caught:
        officers.sign_in("admin", PASSWORD)
    assert (caught.value.code, caught.value.params["minutes"]) == ("too_many_tries", 15)
    clock.advance(timedelta(minutes=14, seconds=1))
    with pytest.raises(Refused) as caught:
        officers.sign_in("admin", PASSWORD)
    assert error_text(caught.value) == "Terlalu banyak percobaan. Anda dapat mencoba lagi 1 menit lagi."
    clock.advance(timedelta(minutes=1))
    officers.sign_in("admin", PASSWORD)


@pytest.mark.parametrize(
    "change", [lambda all_: all_.set_password("admin", "rahasia-baru"), lambda all_: all_.disable("admin")]
)
def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    officers: Officers, change: Callable[[Officers], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)

    def meanwhile(password: str, phc: str) -> bool:
        change(officers)
        return phc == f"hash of {password}"

    monkeypatch.setattr(officers_module, "_is_right", meanwhile)
    with pytest.raises(Refused) as caught:
        officers.sign_in("admin", PASSWORD)
    assert caught.value.code == "wrong_login"


@pytest.mark.usefixtures("argon")
def test_a_letter_with_an_accent_is_one_however_it_is_composed(officers: Officers) -> None:
    officers.add("admin", "rahasia-conto\u0301h", Role.AGENCY_ADMIN)
    officers.sign_in("admin", "rahasia-cont\u00f3h")


def test_a_disabled_officer_is_out_at_once(officers: Officers) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    token = officers.sign_in("admin", PASSWORD)
    officers.disable("admin")
    assert officers.officer(token) is None
    with pytest.raises(Refused):
        officers.sign_in("admin", PASSWORD)
    with pytest.raises(NotFound):
        officers.disable("entah")


@pytest.mark.usefixtures("argon")
def test_a_new_password_takes_the_place_of_the_old(officers: Officers) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    officers.set_password("admin", "rahasia-baru-contoh")
    officers.sign_in("admin", "rahasia-baru-contoh")
    with pytest.raises(Refused):
        officers.sign_in("admin", PASSWORD)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"login": "A b"}, "bad_login"),
        ({"password": "pendek"}, "bad_password"),
        ({"role": Role.REPORTER}, "bad_role"),
        ({"role": Role.LIAISON_OFFICER}, "bad_agency"),
        ({"agency": "dinas-entah"}, "bad_agency"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(officers: Officers, changes: dict[str, object], code: str) -> None:
    given = {"login": "admin", "password": PASSWORD, "role": Role.AGENCY_ADMIN} | changes
    with pytest.raises(BadValue) as caught:
        officers.add(**given)  # type: ignore[arg-type]  # fields of one test differ in type
    assert caught.value.code == code
    assert officers.listed() == ()


def test_a_login_is_one_officer(officers: Officers) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN)
    with pytest.raises(Refused) as caught:
        officers.add("admin", PASSWORD, Role.CENTRAL_ADMIN)
    assert caught.value.code == "login_taken"


@pytest.mark.usefixtures("argon")
def test_neither_password_nor_person_stands_in_the_table(officers: Officers, store: Store) -> None:
    officers.add("admin", PASSWORD, Role.AGENCY_ADMIN, name="Petugas Contoh", mobile="+6280000000002")  # invented
    with store.reading() as tx:
        row = str(tx.connection.execute(select(table)).one())
    for marker in (PASSWORD, "Petugas", "0000000002"):
        assert marker not in row


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812-0000-0001", "+6281200000001"),  # all invented
        ("62 812 0000 0001", "+6281200000001"),
        ("+6281200000001", "+6281200000001"),
        ("+60 12 345 0000", "+60123450000"),
        ("", ""),
    ],
)
def test_a_mobile_number_is_kept_in_one_form(officers: Officers, typed: str, kept: str) -> None:
    added = officers.add("admin", PASSWORD, Role.AGENCY_ADMIN, mobile=typed, email=" admin@example.id ")
    assert (added.mobile, added.email) == (kept, "admin@example.id")
    assert officers.listed()[0].mobile == kept


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"email": text}, "bad_email")
        for text in ("admin", "admin@", "a b@example.id", "a@example", "a@x.id\nBcc: b@x.id")
    ]
    + [
        ({"mobile": text}, "bad_mobile")
        for text in ("1708", "0211234567", "+629", "812000", "0812x0000001", "+0812000")
    ],
)
def test_what_is_no_address_is_refused_unrepeated_and_nobody_is_added(
    officers: Officers, said: dict[str, str], code: str
) -> None:
    with pytest.raises(BadValue) as caught:
        officers.add("admin", PASSWORD, Role.AGENCY_ADMIN, **said)
    assert caught.value.code == code
    assert not any(text in str(caught.value) for text in said.values())
    assert officers.listed() == ()
