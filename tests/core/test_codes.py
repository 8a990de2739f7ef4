"""Tracking codes: one way to write each, every slip of a finger noticed, and read out without a mistake."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import normalise_code, tracking_code
from lapor_core.codes import RANDOM_BYTES, spell_code
from lapor_core.errors import BadValue

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES).map(tracking_code)
LOOKALIKES = {"0": "0Oo", "1": "1IiLl", "V": "VvUu"}


def plain(code: str) -> str:
    return code.replace("-", "")


def is_a_code(text: str) -> bool:
    try:
        return bool(normalise_code(text))
    except BadValue:
        return False


@st.composite
def as_typed(draw: st.DrawFn, code: str) -> str:
    """A code as people type it: any case, look-alike letters, and whatever stands between the characters."""
    letters = [draw(st.sampled_from(LOOKALIKES.get(letter, letter + letter.lower()))) for letter in plain(code)]
    between = st.sampled_from(["", "", "-", " ", "\u2013", "\u00a0", ".", " - "])
    return draw(between) + "".join(letter + draw(between) for letter in letters)


@given(code=CODES, data=st.data())
def test_however_a_code_is_typed_it_is_the_same_code(code: str, data: st.DataObject) -> None:
    assert normalise_code(data.draw(as_typed(code))) == code


@given(first=CODES, second=CODES)
def test_two_codes_are_never_written_the_same(first: str, second: str) -> None:
    assert (normalise_code(first.lower()) == normalise_code(second.lower())) == (first == second)


@given(low=st.integers(0, 2**50 - 1), high=st.integers(0, 2**50 - 1))
def test_every_one_of_the_fifty_bits_counts(low: int, high: int) -> None:
    first, second = (tracking_code(number.to_bytes(RANDOM_BYTES, "big")) for number in (low, high))
    assert (first == second) == (low == high)


@given(code=CODES)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    letters = plain(code)
    for index, right in enumerate(letters):
        for wrong in set(ALPHABET) - {right}:
            assert not is_a_code(letters[:index] + wrong + letters[index + 1 :])


@given(code=CODES)
def test_every_swap_of_neighbours_is_noticed_but_that_of_zero_and_z(code: str) -> None:
    letters = plain(code)
    for index, (left, right) in enumerate(pairwise(letters)):
        swapped = letters[:index] + right + left + letters[index + 2 :]
        assert is_a_code(swapped) == (left == right or {left, right} == {"0", "Z"})


@given(code=CODES)
def test_a_character_too_few_or_too_many_is_noticed(code: str) -> None:
    letters = plain(code)
    assert not any(is_a_code(letters[:index] + letters[index + 1 :]) for index in range(len(letters)))
    assert not any(is_a_code(letters[:index] + "7" + letters[index:]) for index in range(len(letters) + 1))


@given(code=CODES)
def test_a_code_that_is_read_out_is_understood(code: str) -> None:
    spelled = spell_code(code)
    assert normalise_code(spelled) == code
    assert normalise_code(spelled.lower().replace(",", "")) == code
    assert not set(spelled) - set(string.ascii_letters + string.digits + ", ")


def test_a_code_is_read_out_by_the_alphabet_of_radio_operators() -> None:
    code = tracking_code(b"contoh1")
    assert code == "H1TY-6TSD-FV2"
    assert spell_code(code) == "Hotel 1 Tango Yankee, 6 Tango Sierra Delta, Foxtrot Victor 2"


@given(text=st.text())
def test_whatever_is_typed_is_a_code_or_refused(text: str) -> None:
    if is_a_code(text):
        assert normalise_code(normalise_code(text)) == normalise_code(text)


@pytest.mark.parametrize("text", ["", "-", "H1TY-6TSD-FV", "H1TY-6TSD-FV22", "H1TY-6TSD-FV!", "Alfa Alfa", "٣" * 11])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="letters and digits") as caught:
        normalise_code(text)
    assert caught.value.code == "bad_code"
    assert text not in str(caught.value) or not text.strip("-")


@pytest.mark.parametrize("size", [0, 6, 8])
def test_a_code_is_made_from_exactly_seven_random_bytes(size: int) -> None:
    with pytest.raises(BadValue, match=f"7 random bytes, not {size}"):
        tracking_code(bytes(size))
