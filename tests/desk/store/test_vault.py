"""Keys: what is sealed opens for its person and place only, and a shredded key opens nothing."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.errors import BadValue, Refused
from lapor_desk.store import Keyring, MasterKey, Vault

POSIX_ONLY = pytest.mark.skipif(os.name != "posix", reason="permissions of this kind are POSIX's")
VAULT = Vault(keys=Keyring([MasterKey(bytes(32))]), house=Vault.new_person("house"))
PERSON, OTHER = Vault.new_person(), Vault.new_person()


@given(plaintext=st.binary(max_size=1000), place=st.text(max_size=40), elsewhere=st.text(max_size=40))
def test_what_is_sealed_opens_only_for_its_person_and_place(plaintext: bytes, place: str, elsewhere: str) -> None:
    sealed = VAULT.seal(PERSON, plaintext, place)
    assert VAULT.open(PERSON, sealed, place) == plaintext
    with pytest.raises(Refused, match="does not open"):
        VAULT.open(OTHER, sealed, place)
    if elsewhere != place:
        with pytest.raises(Refused, match="does not open"):
            VAULT.open(PERSON, sealed, elsewhere)


def test_any_flipped_bit_and_any_missing_byte_is_found() -> None:
    sealed = VAULT.seal(PERSON, b"narasi contoh", "complaint/1")
    changed = [flipped(sealed, bit) for bit in range(8 * len(sealed))] + [sealed[:end] for end in range(len(sealed))]
    for each in changed:
        with pytest.raises(Refused) as caught:
            VAULT.open(PERSON, each, "complaint/1")
        assert caught.value.code == "tampered"


def flipped(sealed: bytes, bit: int) -> bytes:
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


@given(plaintext=st.binary(min_size=8, max_size=100))
def test_the_same_text_is_never_sealed_twice_alike_and_never_seen(plaintext: bytes) -> None:
    first, second = (VAULT.seal(PERSON, plaintext, "place") for _ in range(2))
    assert first != second
    assert plaintext not in first + second


def test_keys_are_not_shown() -> None:
    secret = bytes(range(32))
    shown = repr((MasterKey(secret), PERSON, VAULT))
    assert repr(secret) not in shown
    assert repr(PERSON.key) not in shown
    assert secret.hex() not in shown


def test_a_master_key_unwraps_what_it_wrapped_and_nothing_else() -> None:
    master = MasterKey(bytes(32))
    wrapped = master.wrap(PERSON)
    assert master.unwrap(PERSON.id, wrapped) == PERSON
    assert PERSON.key not in wrapped
    for key, person_id, what in [
        (MasterKey(b"1" * 32), PERSON.id, wrapped),
        (master, OTHER.id, wrapped),
        (master, PERSON.id, flipped(wrapped, 200)),
        (master, PERSON.id, b""),
    ]:
        with pytest.raises(BadValue, match="does not open this database") as caught:
            key.unwrap(person_id, what)
        assert caught.value.code == "wrong_master_key"


def test_the_fingerprint_of_a_master_key_tells_it_apart_and_tells_nothing() -> None:
    keys = [MasterKey(bytes([number]) * 32) for number in range(10)]
    assert len({key.fingerprint for key in keys}) == 10
    assert all(re.fullmatch("[0-9a-f]{16}", key.fingerprint) for key in keys)
    assert not any(key.secret.hex().startswith(key.fingerprint) for key in keys)


@given(first=st.text(), second=st.text())
def test_an_index_is_stable_and_tells_values_and_purposes_apart(first: str, second: str) -> None:
    assert VAULT.index("mobile", first) == VAULT.index("mobile", first)
    assert (VAULT.index("mobile", first) == VAULT.index("mobile", second)) == (first == second)
    assert VAULT.index("mobile", first) != VAULT.index("email", first)


def test_an_index_is_keyed() -> None:
    number = "+6280000000001"  # invented
    stranger = Vault(keys=VAULT.keys, house=Vault.new_person())
    assert VAULT.index("mobile", number) != stranger.index("mobile", number)


def test_half_a_pair_from_json_can_be_looked_up() -> None:
    assert VAULT.index("source/app", "\ud800") != VAULT.index("source/app", "\ud801")


# The key's file


def test_the_master_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "lapor.key"
    made = Keyring.from_file(path).newest
    assert Keyring.from_file(path).newest == made == MasterKey.from_text(path.read_text("ascii"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["lapor.key"]


@POSIX_ONLY
def test_the_master_key_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "lapor.key"
    previous = os.umask(0)
    try:
        Keyring.from_file(path)
    finally:
        os.umask(previous)
    assert path.stat().st_mode & 0o777 == 0o600


@POSIX_ONLY
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o666])
def test_a_key_that_others_can_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "lapor.key"
    Keyring.from_file(path)
    path.chmod(mode)
    with pytest.raises(BadValue, match=f"chmod 600 {re.escape(str(path))}") as caught:
        Keyring.from_file(path)
    assert caught.value.code == "master_key_exposed"


def test_a_missing_key_is_not_made_where_one_was_used_before(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="put that file back") as caught:
        Keyring.from_file(tmp_path / "lapor.key", create=False)
    assert caught.value.code == "missing_master_key"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "ab", "g" * 64, "ab" * 33, "é" * 64, "00 " * 31])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lapor.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(BadValue) as caught:
        Keyring.from_file(path)
    assert caught.value.code == "bad_master_key"
    assert not text or text not in str(caught.value)


def test_of_many_first_processes_one_makes_the_key(tmp_path: Path) -> None:
    path, found = tmp_path / "lapor.key", []
    start = threading.Barrier(8)

    def first_run() -> None:
        start.wait()
        found.append(Keyring.from_file(path).newest)

    threads = [threading.Thread(target=first_run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
