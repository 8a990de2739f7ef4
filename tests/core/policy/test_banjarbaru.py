"""The Banjarbaru standard: every line of the document that was published stands in its policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pytest

from lapor_core.policy import Limit
from lapor_core.policy.loading import shipped_policy
from lapor_core.policy.phrasing import stated

SEED = (Path(__file__).parent / "banjarbaru_seed.txt").read_text("utf-8")
POLICY = shipped_policy("banjarbaru")

HEADINGS = {
    "Persyaratan": "channels",
    "Sistem, Mekanisme dan Prosedur": "procedure",
    "Waktu Penyelesaian": "stated_time",
    "Biaya / Tarif": "fee",
    "Produk Pelayanan": "product",
    "Pengaduan Layanan": "contacts",
    "No. SK :": "decree",
}
"""Headings of the document, each with the key of the policy that holds what stands below it."""


def texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif attrs.has(type(part)):
        yield from (text for field in attrs.fields(type(part)) for text in texts(getattr(part, field.name)))
    elif isinstance(part, Mapping):
        yield from (text for each in part.values() for text in texts(each))
    elif isinstance(part, tuple | list | frozenset):
        yield from (text for each in part for text in texts(each))


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


SAID = squeezed(" | ".join(texts(POLICY)))
LINES = tuple(dict.fromkeys(re.sub(r"^\d\. ", "", line.strip()) for line in SEED.splitlines() if line.strip()))


@pytest.mark.parametrize("line", [line for line in LINES if line not in HEADINGS and line != "0"])
def test_every_line_of_the_document_stands_in_the_policy(line: str) -> None:
    if line.startswith("Jalan Pangeran"):  # address and telephone stand on one line
        assert line == f"{POLICY.office.address} {POLICY.office.telephone}"
    elif line.startswith("Pemerintah Kota"):  # whose office it is
        assert squeezed(line.split(" / ")[1]) in squeezed(POLICY.office.name)
    elif line.startswith("Masyarakat dapat"):  # the sentence, and the contacts in its brackets
        contact = POLICY.contacts["ombudsman"]
        assert line == (
            f"{contact.text} (Halo Ombudsman : {contact.telephone}, Whatsapp : {contact.whatsapp}, email : {contact.email})"
        )
    else:
        assert squeezed(line) in SAID


@pytest.mark.parametrize(("heading", "key"), HEADINGS.items())
def test_every_heading_of_the_document_has_a_key(heading: str, key: str) -> None:
    assert heading in LINES
    assert getattr(POLICY, key)


def test_what_the_document_leaves_blank_or_writes_as_nought_is_not_stated_and_no_limit() -> None:
    assert "\nNo. SK :\n" in SEED
    assert "\n0\n" in SEED
    assert POLICY.stated_time == "0"
    for language, words in (("id", "tidak disebutkan"), ("en", "not stated")):
        assert stated(POLICY.stated_time, language) == stated(POLICY.decree, language) == stated("", language) == words
    assert {str(limit) for tier in POLICY.tiers for limit in tier.limits.values()} == {
        "7 working_days",
        "14 working_days",
        "30 working_days",
    }
    with pytest.raises(ValueError, match="positive"):
        Limit.parse("0 working_days")


def test_where_a_sentence_can_be_read_two_ways_the_policy_says_that_the_reading_is_ours() -> None:
    readings = [rule.reading for rule in POLICY.rules] + [clock.reading for clock in POLICY.clocks.values()]
    assert all("Pembacaan kami" in reading for reading in readings)
    assert "'dan'" in next(rule.reading for rule in POLICY.rules if rule.tier == "sedang")
    assert all("'atau'" in rule.reading for rule in POLICY.rules if rule.tier == "berat")
    assert "tidak menyebut kapan waktu mulai" in POLICY.clocks["resolve"].reading
