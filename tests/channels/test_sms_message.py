"""What Kannel's query string says: a subscriber's number, words in any coding, an identity, and an instant."""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from urllib.parse import quote_plus, urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

pytest.importorskip("starlette")
pytest.importorskip("phonenumbers")

from lapor_channels.sms import Sms, SmsSettings
from lapor_channels.sms.grammar import Report, understand
from lapor_channels.sms.message import LONGEST, read
from lapor_channels.sms.numbers import subscriber
from lapor_core.complaint import Proof
from lapor_core.errors import BadValue, Incomplete, Refused
from lapor_core.testing import check_channel
from lapor_core.testing.strategies import moments, texts

NOW = datetime(2026, 4, 8, 9, tzinfo=ZoneInfo("Asia/Makassar"))
NUMBER = "+6280000000001"  # invented
ID = "94aca439-6e5a-4f51-8be1-fff6968a17a3"

# As Kannel 1.4.5 sent them for get-url "...?from=%q&to=%Q&id=%I&time=%T&charset=%C&coding=%c&text=%b".
SEVEN_BIT = (
    b"from=%2B6280000000001&to=1708&id=94aca439-6e5a-4f51-8be1-fff6968a17a3&time=1775609000"
    b"&charset=UTF-8&coding=0&text=Jalan+satu+%26+dua+%2Bplus++rusak"
)
UCS2 = (
    b"from=%2B6280000000001&to=1708&id=38db0279-9b5d-4fb0-b01c-71d93551bea3&time=1775609000"
    b"&charset=UTF-16BE&coding=2&text=%D8%3D%DE%00%00+%00r%00u%00s%00a%00k"
)


def message(**fields: str | bytes) -> bytes:
    return urlencode({"from": NUMBER, "text": "Lampu jalan mati", **fields}).encode()


def write(text: str) -> bytes:
    if not isinstance(understand(text), Report):
        reject()
    return message(text=text, id=ID)


def test_it_keeps_the_contract_of_a_channel() -> None:
    check_channel(Sms, samples=[SEVEN_BIT, UCS2, message()], write=write, paths=["/kannel"])


def test_it_keeps_the_contract_with_a_secret_and_few_clients_too() -> None:
    options = SmsSettings(secret="s3cret", allowed_clients=("192.0.2.0/24",))
    check_channel(lambda: Sms().configure(options), samples=[SEVEN_BIT], write=write, paths=["/kannel"])


def test_a_report_is_all_that_the_message_says_and_nothing_guessed() -> None:
    report = Sms().read(SEVEN_BIT, NOW)
    assert (report.channel, report.source_id, report.narrative) == ("sms", ID, "Jalan satu & dua +plus  rusak")
    assert (report.reporter.mobile, report.proofs) == (NUMBER, {Proof.SENDER_NUMBER})
    assert report.received_at == datetime.fromtimestamp(1775609000, UTC)
    assert report.received_at.tzinfo == NOW.tzinfo
    assert (report.kind, report.title, report.uploads) == (None, "", ())


def test_what_came_as_ucs2_keeps_its_emoji() -> None:
    assert Sms().read(UCS2, NOW).narrative == "😀 rusak"


@pytest.mark.parametrize(
    ("raw", "fields", "text"),
    [
        ("Kafé".encode(), {}, "Kafé"),
        ("Kafé".encode(), {"charset": "UTF-8", "coding": "2"}, "Kafé"),  # mo-recode
        ("Kafé".encode("utf-16-be"), {"coding": "2"}, "Kafé"),
        ("Kafé".encode("utf-16-be"), {"charset": "utf-16BE"}, "Kafé"),
        ("Kafé “x”".encode("cp1252"), {"charset": "WINDOWS-1252"}, "Kafé “x”"),
        ("Kafé".encode("cp1252"), {}, "Kafé"),  # an alt-charset that get-url does not pass on
        ("Kafé".encode("cp1252"), {"charset": "UTF-8"}, "Kafé"),
        ("Kafé".encode(), {"charset": "8-BIT", "coding": "1"}, "Kafé"),
        ("Kafé".encode(), {"charset": "base64"}, "Kafé"),
        ("\ufeffx".encode("utf-16-be"), {"coding": "2"}, "x"),
        ("rusak".encode("utf-16-be") + b"\x00", {"coding": "2"}, "rusak\ufffd"),
        (b"satu\r\ndua\x00\x07", {}, "satu\ndua"),
    ],
)
def test_the_words_survive_whatever_the_coding(raw: bytes, fields: dict[str, str], text: str) -> None:
    assert read(message(text=raw, **fields), NOW).text == text


@given(text=texts(), codec=st.sampled_from(["UTF-8", "UTF-16BE"]))
def test_every_script_arrives_in_the_codings_of_kannel(text: str, codec: str) -> None:
    raw = text.encode(codec)
    assert " ".join(read(message(text=raw, charset=codec), NOW).text.split()) == " ".join(
        normalize("NFC", text).split()
    )


@given(raw=st.binary(max_size=100), charset=st.text(max_size=12), coding=st.text("0123", max_size=1))
def test_no_bytes_are_refused(raw: bytes, charset: str, coding: str) -> None:
    assert isinstance(read(message(text=raw, charset=charset, coding=coding), NOW).text, str)


@pytest.mark.parametrize(
    ("given", "number"),  # all invented
    [
        ("+6280000000001", "+6280000000001"),
        (" 6280000000001", "+6280000000001"),  # a plus sign that nobody escaped
        ("006280000000001", "+6280000000001"),
        ("080000000001", "+6280000000001"),
        ("+62 800-0000-0001", "+6280000000001"),
        ("8100000001", "+628100000001"),
        ("+62999999999999", "+62999999999999"),  # an operator that no list knows yet
        ("60100000000", "+60100000000"),
        ("84910000000", "+84910000000"),  # begins with 8 and is Vietnamese all the same
        ("+12025550100", "+12025550100"),
    ],
)
def test_a_subscriber_is_known_in_every_form_of_the_number(given: str, number: str) -> None:
    assert subscriber(given.strip()) == number
    assert read(message(**{"from": given}), NOW).sender == number


@pytest.mark.parametrize(
    "given", ["1708", "+1708", "621708", "94111", "12345678", "TELKOMSEL", "Dinas1", "0800LAPOR01", "٠٨١٢٣٤٥٦٧٨٩", "+"]
)
def test_a_short_code_or_a_name_proves_nobody(given: str) -> None:
    with pytest.raises(BadValue) as caught:
        read(message(**{"from": given}), NOW)
    assert (caught.value.code, caught.value.params["field"]) == ("bad_sender", "from")
    assert given not in str(caught.value)


@pytest.mark.parametrize("sent", [b"", b"text=rusak", b"from=&text=rusak", b"from=+&text=rusak"])
def test_a_message_without_a_sender_names_what_is_missing(sent: bytes) -> None:
    with pytest.raises(Incomplete) as caught:
        read(sent, NOW)
    assert [piece.field for piece in caught.value.missing] == ["from"]


def test_a_text_longer_than_an_sms_can_be_is_refused_by_its_field() -> None:
    assert len(read(message(text="a" * LONGEST), NOW).text) == LONGEST
    with pytest.raises(BadValue) as caught:
        read(message(text="a" * (LONGEST + 1)), NOW)
    assert (caught.value.code, caught.value.params["field"]) == ("too_large", "text")


def test_too_many_parameters_are_no_message() -> None:
    with pytest.raises(BadValue, match="parameters"):
        read(b"&".join([b"a=1"] * 100), NOW)


def test_of_a_parameter_that_comes_twice_the_first_counts() -> None:
    assert read(message() + b"&text=lain&from=" + quote_plus("+6280000000002").encode(), NOW).sender == NUMBER


def test_a_command_is_no_submission() -> None:
    with pytest.raises(Refused) as caught:
        Sms().read(message(text="BANTUAN"), NOW)
    assert caught.value.code == "not_a_report"


# Identity: what Kannel delivers twice is one message, and two messages are never one.


def source(now: datetime = NOW, key: str = "", **fields: str) -> str:
    return read(message(**fields), now, key).source_id


def test_a_message_that_comes_again_is_known_by_its_id() -> None:
    assert source(id=ID) == ID == source(NOW + timedelta(days=3), id=ID.upper())


def test_an_id_that_other_gateways_may_repeat_counts_with_number_and_words_only() -> None:
    one = source(id="7")
    assert one == source(NOW + timedelta(days=3), id="7")
    others = [source(id="8"), source(id="7", text="lain"), source(id="7", **{"from": "+6280000000002"})]
    assert len({one, *others}) == 4


def test_without_an_id_number_time_and_words_make_the_identity() -> None:
    one = source(time="1775609000")
    assert one == source(NOW + timedelta(days=3), time="1775609000")
    assert one != source(time="1775609001")


def test_without_id_and_time_the_same_words_are_one_message_on_one_day_only() -> None:
    assert source() == source(NOW + timedelta(hours=5))
    assert source() != source(NOW + timedelta(days=1))


def test_the_digest_is_keyed_and_shows_no_number() -> None:
    assert source(key="a") != source(key="b")
    assert NUMBER.lstrip("+") not in source()


# Time: deadlines start when the citizen sent the message, as far as that can be true.


@pytest.mark.parametrize(
    ("given", "received"),
    [
        ("1775609000", datetime.fromtimestamp(1775609000, UTC)),
        ("2026-04-08 00:30:05", datetime(2026, 4, 8, 0, 30, 5, tzinfo=UTC)),
        ("2026-04-08 00:30", datetime(2026, 4, 8, 0, 30, tzinfo=UTC)),
        ("2026-04-08T08:30:05+08:00", datetime(2026, 4, 8, 0, 30, 5, tzinfo=UTC)),
        ("", NOW),
        ("0", NOW),
        ("2026-04-08 01:00:01", NOW),  # one second ahead of us
        ("4102444800", NOW),
        ("9" * 400, NOW),
        ("kemarin", NOW),
        ("²", NOW),
        ("0001-01-01T00:00:00+14:00", NOW),
    ],
)
def test_the_time_of_the_message_is_taken_where_it_can_be_true(given: str, received: datetime) -> None:
    assert read(message(time=given), NOW).received_at == received


@given(now=moments(), given=st.text(max_size=30) | st.datetimes().map(str) | st.integers().map(str))
def test_nothing_is_ever_received_in_the_future_or_without_a_zone(now: datetime, given: str) -> None:
    received = read(message(time=given), now).received_at
    assert now - timedelta(days=31) <= received <= now


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(BadValue, match="time zone"):
        read(message(), datetime(2026, 4, 8, 9))  # noqa: DTZ001 - the fault under test


def test_nothing_personal_is_in_the_repr_of_a_message() -> None:
    shown = repr(read(message(id=str(uuid4())), NOW))
    assert NUMBER not in shown
    assert "Lampu" not in shown
