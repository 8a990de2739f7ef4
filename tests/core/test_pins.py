"""PINs: read back however they were typed, every slip noticed, never taken for a code, and kept as a hash alone."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lapor_core.codes import RANDOM_BYTES, normalise_code, tracking_code
from lapor_core.errors import BadValue
from lapor_core.pins import (
    PIN_RANDOM_BYTES,
    SALT_BYTES,
    hash_pin,
    make_pin,
    normalise_pin,
    spell_pin,
    split_pin,
    verify_pin,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PINS = st.binary(min_size=PIN_RANDOM_BYTES, max_size=PIN_RANDOM_BYTES).map(make_pin)
SALTS = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)
LOOKALIKES = {"0": "0Oo", "1": "1IiLl", "V": "VvUu"}


def plain(pin: str) -> str:
    return pin.replace("-", "")


def is_a_pin(text: str) -> bool:
    try:
        return bool(normalise_pin(text))
    except BadValue:
        return False


@st.composite
def as_typed(draw: st.DrawFn, pin: str) -> str:
    """A PIN as people type it: any case, look-alike letters, and whatever stands between the characters."""
    letters = [draw(st.sampled_from(LOOKALIKES.get(letter, letter + letter.lower()))) for letter in plain(pin)]
    between = st.sampled_from(["", "", "-", " ", "\u2013", "\u00a0", ".", " - "])
    return draw(between) + "".join(letter + draw(between) for letter in letters)


@given(pin=PINS, data=st.data())
def test_however_a_pin_is_typed_it_is_the_same_pin(pin: str, data: st.DataObject) -> None:
    assert normalise_pin(data.draw(as_typed(pin))) == pin


@given(pin=PINS)
def test_a_pin_that_is_read_out_is_understood(pin: str) -> None:
    spelled = spell_pin(pin)
    assert normalise_pin(spelled) == pin
    assert normalise_pin(spelled.lower().replace(",", "")) == pin
    assert not set(spelled) - set(string.ascii_letters + string.digits + ", ")


@given(low=st.integers(0, 2**38 - 1), high=st.integers(0, 2**38 - 1))
def test_every_one_of_the_thirty_eight_bits_counts(low: int, high: int) -> None:
    first, second = (make_pin(number.to_bytes(PIN_RANDOM_BYTES, "big")) for number in (low, high))
    assert (first == second) == (low == high)


@given(pin=PINS)
def test_every_single_wrong_character_is_noticed(pin: str) -> None:
    letters = plain(pin)
    for index, right in enumerate(letters):
        for wrong in set(ALPHABET) - {right}:
            assert not is_a_pin(letters[:index] + wrong + letters[index + 1 :])


@given(pin=PINS)
def test_every_swap_of_neighbours_is_noticed_but_that_of_zero_and_z(pin: str) -> None:
    letters = plain(pin)
    for index, (left, right) in enumerate(pairwise(letters)):
        swapped = letters[:index] + right + left + letters[index + 2 :]
        assert is_a_pin(swapped) == (left == right or {left, right} == {"0", "Z"})


@given(pin=PINS, code=st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES).map(tracking_code))
def test_a_pin_is_never_taken_for_a_code_nor_a_code_for_a_pin(pin: str, code: str) -> None:
    assert pin[0] in "23456789"
    assert not is_a_pin(code)
    with pytest.raises(BadValue, match="not a tracking code"):
        normalise_code(pin)


@pytest.mark.parametrize("text", ["", "-", "4KQ-7MX-W9", "422-222-2222", "Alfa Alfa", "\u0663" * 9, "0" * 9, "A" * 9])
def test_what_is_no_pin_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadValue, match="letters and digits") as caught:
        normalise_pin(text)
    assert caught.value.code == "bad_pin"
    assert text not in str(caught.value) or not text.strip("-")


@settings(max_examples=3, deadline=None)
@given(pin=PINS, salts=st.lists(SALTS, min_size=2, max_size=2, unique=True), other=PINS, data=st.data())
def test_a_hash_knows_its_pin_and_no_other_and_does_not_hold_it(
    pin: str, salts: list[bytes], other: str, data: st.DataObject
) -> None:
    assume(pin != other)
    first, second = (hash_pin(data.draw(as_typed(pin)), salt) for salt in salts)
    assert first != second
    assert verify_pin(data.draw(as_typed(pin)), first)
    assert verify_pin(pin, second)
    assert not verify_pin(other, first)
    assert plain(pin) not in plain(first).upper()


def test_parameters_travel_with_the_hash_so_that_they_can_be_raised() -> None:
    pin, salt = make_pin(b"conto"), bytes(range(SALT_BYTES))
    assert hash_pin(pin, salt).startswith("$scrypt$ln=13,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$")
    cheaper = "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$sdlMX1nxkFl6iU/9PVH2Xevr1kzGjVfyT7vjyQQTxxE"
    assert verify_pin(pin, cheaper)
    assert not verify_pin(make_pin(b"lains"), cheaper)


@pytest.mark.parametrize(
    "hashed", ["", "x", "$scrypt$ln=4,r=8,p=1$A$B", "$scrypt$ln=4$AAAA$AAAA", "$argon2$ln=4,r=8,p=1$AAAA$AAAA"]
)
def test_what_is_no_hash_is_refused(hashed: str) -> None:
    with pytest.raises(BadValue, match="not the hash of a PIN") as caught:
        verify_pin(make_pin(b"conto"), hashed)
    assert caught.value.code == "bad_pin_hash"


def test_a_pin_and_its_salt_take_as_many_random_bytes_as_they_say() -> None:
    for size in (0, PIN_RANDOM_BYTES - 1, PIN_RANDOM_BYTES + 1):
        with pytest.raises(BadValue, match=f"5 random bytes, not {size}"):
            make_pin(bytes(size))
    with pytest.raises(BadValue, match="16 random bytes, not 15"):
        hash_pin(make_pin(b"conto"), bytes(15))


@given(pin=PINS, gap=st.sampled_from([" ", ", ", ": ", "\n"]), words=st.sampled_from(["lampu mati", "7 hari", ""]))
def test_a_pin_at_the_beginning_is_told_from_the_words_behind_it(pin: str, gap: str, words: str) -> None:
    assert split_pin(f"PIN: {pin}{gap}{words}") == (pin, words)
    for typed in (pin, pin.lower(), plain(pin), pin.replace("-", " ")):
        assert split_pin(f"{typed}{gap}{words}") == (typed, words)


@pytest.mark.parametrize(
    "text", ["", "lampu mati", "2 tahun ini belum", "4KQ-7MX-W9 lampu", "4KQ7MXW9TX lampu", "AKQ-7MX-W9T x"]
)
def test_words_without_a_pin_stay_whole(text: str) -> None:
    assert split_pin(text) == ("", text)
