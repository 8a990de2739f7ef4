"""A message as a letter: what is said arrives word for word, and nothing that is said becomes a header."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_channels.notifiers.letters import Sender, fingerprint, header_address, write_letter
from lapor_core.errors import BadValue
from lapor_core.plugins import Message
from lapor_core.testing import FrozenClock
from lapor_core.testing.strategies import messages, texts

NOW = FrozenClock()()
OFFICE = Sender(address="lapor@example.id", name="Dinas Contoh", reply_to="loket@example.id")

# What has broken the folding of headers before: long words, several blanks, encoded words, quotes, other scripts.
words = st.sampled_from(
    ["Laporan", "–", "é" * 60, "x" * 120, "=?utf-8?q?a?=", '"', "(a)", ",", "日本語", "\xa0", "😀", "\\"]
)
gaps = st.sampled_from([" ", "  ", "\t", ""])
phrases = st.lists(st.tuples(words | texts(max_size=20), gaps), max_size=12).map(
    lambda pairs: "".join(map("".join, pairs))
)
anything = st.text(max_size=300) | phrases


def write(message: Message, sender: Sender = OFFICE) -> bytes:
    return write_letter(message, sender, NOW).content


def parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def on_one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).strip()


def with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(message=messages("email"), subject=anything)
def test_a_subject_arrives_word_for_word_on_one_line(message: Message, subject: str) -> None:
    letter = parse(write(attrs.evolve(message, subject=subject)))
    assert str(letter["Subject"] or "") == on_one_line(subject)


@given(message=messages("email"), text=anything | phrases.map(lambda text: text * 5))
def test_a_text_arrives_word_for_word(message: Message, text: str) -> None:
    letter = parse(write(attrs.evolve(message, text=text)))
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content_charset() == "utf-8"
    arrived = with_plain_ends(letter.get_content())
    assert arrived.removesuffix("\n") == with_plain_ends(text).removesuffix("\n")


@given(message=messages("email"), subject=anything, text=anything, language=st.text(max_size=12))
def test_every_line_can_go_over_the_wire(message: Message, subject: str, text: str, language: str) -> None:
    content = write(attrs.evolve(message, subject=subject, text=text, language=language))
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 78 + len("To: ") + 254
    assert not any(set(b"\r\n\x00") & set(line) for line in lines)


@given(message=messages("email"), subject=anything, language=st.text(max_size=12))
def test_nothing_that_is_said_becomes_a_header(message: Message, subject: str, language: str) -> None:
    hostile = attrs.evolve(
        message, subject=f"{subject}\r\nBcc: semua@example.org\r\n\r\n", language=f"{language}\nX: y"
    )
    letter = parse(write(hostile))
    assert set(letter) <= {
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }


def test_a_letter_says_who_when_and_in_which_language(make_message: Callable[..., Message], now: datetime) -> None:
    letter = parse(write_letter(make_message(language="en"), OFFICE, now).content)
    assert letter["From"] == "Dinas Contoh <lapor@example.id>"
    assert letter["Reply-To"] == "loket@example.id"
    assert letter["To"] == "warga7@example.org"
    assert letter["Date"].datetime == now
    assert letter["Content-Language"] == "en"
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("language", ["", "x", "bahasa indonesia", "id\r\nBcc: a@example.org", "in donesia"])
def test_a_language_that_is_none_is_left_out(make_message: Callable[..., Message], language: str) -> None:
    assert "Content-Language" not in parse(write(make_message(language=language)))


@given(key=st.text(), other=st.text())
def test_different_keys_have_different_message_ids_and_the_same_key_the_same(key: str, other: str) -> None:
    message = Message(key=key, medium="email", address="warga@example.org", text="", template="answered")
    first, again, another = (
        parse(write(attrs.evolve(message, key=key_, text=key_)))["Message-ID"] for key_ in (key, key, other)
    )
    assert first == again
    assert (first == another) == (key == other)


@given(key=st.text(st.characters()))
def test_any_key_gives_a_message_id_at_the_senders_domain(key: str) -> None:
    message = Message(key=key, medium="email", address="warga@example.org", text="", template="answered")
    atom = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    assert re.fullmatch(rf"<{atom}(\.{atom})*@example\.id>", parse(write(message))["Message-ID"])


def test_half_a_surrogate_pair_neither_stops_a_letter_nor_breaks_it(make_message: Callable[..., Message]) -> None:
    letter = parse(write(make_message(key="\ud83d", subject="Jalan \ud83d rusak", text="Jalan \ud83d rusak")))
    assert letter["Subject"] == "Jalan ? rusak"
    assert letter.get_content().strip() == "Jalan ? rusak"
    assert fingerprint("\ud83d") != fingerprint("?")


@given(name=phrases.map(lambda text: " ".join(text.split())[:100].strip()))
def test_an_offices_name_stands_beside_its_address_and_never_changes_it(name: str) -> None:
    message = Message(key="k", medium="email", address="warga@example.org", text="", template="answered")
    line = email.message_from_bytes(write(message, attrs.evolve(OFFICE, name=name)))["From"]
    shown, _, address = line.rpartition("<") if name else ("", "", f"{line}>")
    assert address == "lapor@example.id>"
    shown = " ".join(shown.split())
    if not shown.startswith("=?"):
        shown = re.sub(r"\\(.)", r"\1", shown.removeprefix('"').removesuffix('"'))
    assert str(make_header(decode_header(shown))) == on_one_line(name) if name else not shown


@given(message=messages("email"))
def test_invented_addresses_of_citizens_are_good(message: Message) -> None:
    assert header_address(message.address) == message.address


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("warga@example.org", "warga@example.org"),
        ("  warga@example.org\n", "warga@example.org"),
        ("w.a+r_g-a'@mail.example.org", "w.a+r_g-a'@mail.example.org"),
        ("root@localhost", "root@localhost"),
        ("warga@bücher.example", "warga@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_in_ascii(address: str, written: str) -> None:
    assert header_address(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "warga",
        "@example.org",
        "warga@",
        "warga@@example.org",
        "warga@example..org",
        "warga@.example.org",
        ".warga@example.org",
        "warga.@example.org",
        "wa rga@example.org",
        "warga@example.org, dua@example.org",
        "<warga@example.org>",
        '"warga rahasia"@example.org',
        "warga@[192.0.2.1]",
        "wárga@example.org",
        "warga@-example.org",
        "warga@exa_mple.org",
        "warga@example.org\r\nBcc: semua@example.org",
        "warga@example.org\x00",
        f"{'w' * 65}@example.org",
        f"warga@{'.'.join(['a' * 60] * 5)}",
        f"warga@{'a' * 64}.org",
        "warga@\ud83d.example",
    ],
)
def test_an_address_no_header_can_carry_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(BadValue) as refused:
        header_address(address)
    assert refused.value.code == "bad_address"
    assert "warga" not in str(refused.value)


@given(address=st.text(max_size=80) | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_an_address_is_safe_in_a_header_or_refused(address: str) -> None:
    try:
        written = header_address(address)
    except BadValue:
        return
    assert re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", written)
    assert not set('<>()[],;:\\"') & set(written)


def test_a_letter_shows_nobody_in_a_log(make_message: Callable[..., Message]) -> None:
    letter = write_letter(make_message(), OFFICE, NOW)
    assert "warga7" not in repr(letter)
    assert "Lampu" not in repr(letter)
