"""Kannel's endpoint over a desk in memory: what is stored, what the citizen reads, and what Kannel is told."""

import base64
import importlib.metadata
import json
import re
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

import attrs
import pytest

pytest.importorskip("starlette")
pytest.importorskip("phonenumbers")

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lapor_channels.sms import Sms, SmsNotifier, SmsSettings, lapor_register_channels, lapor_register_notifiers
from lapor_channels.sms.answers import PIECES, SENTENCES, lacking
from lapor_channels.sms.details import brought, details
from lapor_channels.sms.message import LONGEST
from lapor_core.codes import tracking_code
from lapor_core.complaint import Agency, Kind, Proof, Reporter, Visibility
from lapor_core.errors import LaporError, PluginError
from lapor_core.lifecycle import State
from lapor_core.pins import PIN_RANDOM_BYTES, make_pin
from lapor_core.plugins import PluginHost
from lapor_core.plugins.contracts import (
    Addresses,
    Channel,
    Configurable,
    Delivered,
    Failed,
    Mounts,
    Notifier,
    Reads,
    Receipt,
    Tracking,
    Verdict,
)
from lapor_core.policy.loading import shipped_policy
from lapor_core.policy.plausible import CONTENT
from lapor_core.submission import Submission
from lapor_core.testing import MemoryDesk
from lapor_core.testing.asgi import Answer, request
from lapor_core.texts import LANGUAGES, long_date, word

NUMBER = "+6280000000001"  # invented
ID = "94aca439-6e5a-4f51-8be1-fff6968a17a3"
PLACE = "Jalan di depan Dinas Contoh"
SOME_CODE = tracking_code(bytes.fromhex("0123456789abcd"))


CLIENT = "192.0.2.1"
"""Whence the tests call (RFC 5737)."""


def app(desk: MemoryDesk, **options: object):
    where = {} if "secret" in options else {"allowed_clients": (CLIENT,)}
    return Sms().configure(SmsSettings(**where | options)).app(desk)


def send(desk: MemoryDesk, text: str = PLACE, *, app_options: dict[str, object] | None = None, **fields: str) -> Answer:
    query = urlencode({"from": NUMBER, "id": ID, "text": text, **fields}).encode()
    return request(app(desk, **(app_options or {})), path="/kannel", query=query)


def post(desk: MemoryDesk, body: bytes, *headers: tuple[str, str], query: bytes = b"", **options: object) -> Answer:
    lower = [(name.lower(), value) for name, value in headers]
    return request(app(desk, **options), "POST", "/kannel", body=body, headers=lower, query=query)


def problem(answer: Answer) -> tuple[int, str, list[str]]:
    error = json.loads(answer.body)["error"]
    return answer.status, error["code"], [piece["field"] for piece in error["fields"]]


def only(desk: MemoryDesk) -> tuple[str, Submission]:
    assert len(desk.submissions) == 1
    return next(iter(desk.submissions.items()))


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


def test_channel_and_notifier_are_what_the_contracts_say() -> None:
    (channel,), (notifier,) = lapor_register_channels(), lapor_register_notifiers()
    for protocol in (Channel, Reads, Mounts, Configurable):
        assert isinstance(channel, protocol)
    for protocol in (Notifier, Configurable):
        assert isinstance(notifier, protocol)
    assert (channel.key, channel.path, notifier.key) == ("sms", "/sms", "sms")


# A report.


def test_an_sms_becomes_a_report_and_the_citizen_reads_the_code(desk: MemoryDesk) -> None:
    answer = send(desk)
    code, report = only(desk)
    assert (answer.status, answer.body.decode()) == (200, f"Laporan diterima. Kode {code}.")
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert (report.reporter.mobile, report.narrative) == (NUMBER, PLACE)


def test_the_due_date_stands_in_the_receipt_once_it_is_known() -> None:
    class Known(MemoryDesk):
        def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
            return attrs.evolve(super().submit(submission, partial=partial), due_date=date(2026, 4, 10))

    assert send(Known()).body.endswith(b"Batas jawaban Jumat, 10 April 2026.")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, True),
        ({"send_url": "http://127.0.0.1/", "user": "u", "password": "p", "sender": "1708"}, False),
        (
            {"send_url": "http://127.0.0.1/", "user": "u", "password": "p", "sender": "1708", "answer_receipt": True},
            True,
        ),
        ({"answer_receipt": False}, False),
    ],
)
def test_the_receipt_comes_once_as_the_answer_or_as_the_notice_of_the_desk(
    desk: MemoryDesk, options: dict[str, object], *, told: bool
) -> None:
    answer = send(desk, app_options=options)
    only(desk)
    assert (answer.status, bool(answer.body)) == (200, told)


def test_a_message_that_kannel_delivers_twice_is_one_report_with_one_code(desk: MemoryDesk) -> None:
    first = send(desk)
    desk.clock.advance(timedelta(hours=3))
    assert send(desk).body == first.body
    only(desk)


def test_the_same_words_on_another_day_are_another_report(desk: MemoryDesk) -> None:
    send(desk)
    send(desk, id="94aca439-6e5a-4f51-8be1-fff6968a17a4")
    assert len(desk.submissions) == 2


# The other messages.


def test_status_tells_state_and_due_date(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    desk.move(code, State.IN_PROGRESS)
    assert send(desk, f"cek {code.lower()}").body.decode() == f"Laporan {code}: {word('state', 'in_progress')}."
    only(desk)


def test_status_of_a_late_report_shows_the_way_further() -> None:
    class Late(MemoryDesk):
        def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
            found = super().track(code, language, pin=pin)
            return attrs.evolve(
                found, due_date=date(2026, 4, 10), provisional=True, contacts=("Ombudsman RI: telepon 137",)
            )

    desk = Late()
    send(desk)
    said = send(desk, f"STATUS {only(desk)[0]}").body.decode()
    assert said.endswith("Batas jawaban Jumat, 10 April 2026 (sementara). Ombudsman RI: telepon 137")


def test_a_mistyped_or_unknown_code_is_told_and_how_to_report(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    slip = code[:-1] + ("X" if code[-1] != "X" else "Y")
    for text, begins in ((f"STATUS {slip}", "Kode laporan salah ketik."), ("STATUS 2000-0000-00Z", "Kode laporan")):
        answer = send(desk, text)
        assert answer.status == 200
        assert answer.body.decode().startswith(begins)
        assert answer.body.decode().endswith(SENTENCES["to_report"])
    only(desk)


def test_a_reply_reaches_the_desk_once_though_kannel_delivers_it_twice(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    desk.move(code, State.WAITING)
    again = {"id": "38db0279-9b5d-4fb0-b01c-71d93551bea3"}
    first = send(desk, f"BALAS {code} sejak hari Senin", **again)
    assert first.body.decode() == f"Jawaban Anda untuk laporan {code} sudah diterima."
    assert send(desk, f"BALAS {code} sejak hari Senin", **again).body == first.body
    assert [entry.text for entry in desk.track(code).entries].count("sejak hari Senin") == 1


def test_a_reply_that_is_not_possible_or_empty_is_told(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    refused = send(desk, f"BALAS {code} sejak hari Senin")
    assert (refused.status, refused.body.decode().endswith("Jawaban Anda tidak tersimpan.")) == (200, True)
    assert f"BALAS {code}" in send(desk, f"BALAS {code}").body.decode()


# A report that lacks something.


def strict(*content: str) -> MemoryDesk:
    """A desk whose standard asks for more than the story."""
    policy = shipped_policy("banjarbaru")
    asked = attrs.evolve(policy.channels["sms"], content=content)
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="badan-contoh", name="Badan Contoh"))
    return MemoryDesk(attrs.evolve(policy, agencies=agencies, channels={**policy.channels, "sms": asked}))


OTHER = {"id": "38db0279-9b5d-4fb0-b01c-71d93551bea3"}


def test_an_sms_that_lacks_something_has_its_code_and_the_citizen_reads_what_is_lacking_and_how_to_bring_it() -> None:
    desk = strict("narrative", "event_date", "place")
    said = send(desk).body.decode()
    code, report = only(desk)
    assert said == (
        f"Laporan {code} belum lengkap: tanggal kejadian (12-3-2026), tempat kejadian. "
        f"Kirim LENGKAPI {code} lalu keterangannya."
    )
    assert send(desk, f"STATUS {code}").body.decode() == said
    assert (desk.track(code).state, report.narrative) == (State.INCOMPLETE, PLACE)


@pytest.mark.parametrize("told", [True, False])
def test_what_is_lacking_is_told_whoever_brings_the_receipt(*, told: bool) -> None:
    desk = strict("narrative", "event_date")
    assert b"LENGKAPI" in send(desk, app_options={"answer_receipt": told}).body


def test_lengkapi_completes_a_report_once_though_kannel_delivers_it_twice() -> None:
    desk = strict("narrative", "event_date", "event_time", "place", "kind", "agency", "title", "category")
    handed_in: list[Submission] = []
    send(desk)
    code, _ = only(desk)
    whole = desk.complete
    desk.complete = lambda code, submission, **_: handed_in.append(submission) or whole(code, submission)  # type: ignore[method-assign]  # a spy
    words = "5 april pukul 14.30 di pasar, pengaduan, Badan Contoh"
    answers = [send(desk, f"lengkapi {code.lower()}: {words}", **OTHER).body.decode() for _ in range(2)]
    assert answers == [f"Laporan {code} sudah lengkap."] * 2
    (one,) = handed_in
    assert (one.event_date, one.event_time) == (date(2026, 4, 5), time(14, 30))
    assert (one.kind, one.agency) == (Kind.COMPLAINT, "badan-contoh")
    assert {one.title, one.place, one.category, one.narrative} == {words}
    assert desk.track(code).state == State.SUBMITTED


def test_what_is_not_lacking_is_not_filled_in_by_what_completes_it() -> None:
    desk = strict("narrative", "event_date")
    handed_in: list[Submission] = []
    send(desk)
    desk.complete = lambda _, submission, **__: handed_in.append(submission)  # type: ignore[method-assign]  # a spy
    send(desk, f"LENGKAPI {only(desk)[0]} kemarin jam 9, pengaduan", **OTHER)
    (one,) = handed_in
    assert (one.event_date, one.event_time, one.kind, one.place) == (date(2026, 4, 7), None, None, "")


def test_what_is_lacking_still_is_told_and_nothing_is_lost_or_done() -> None:
    desk = strict("narrative", "event_date", "kind")
    send(desk)
    code, _ = only(desk)
    said = send(desk, f"LENGKAPI {code} pengaduan", **OTHER).body.decode()
    assert said.startswith(f"Laporan {code} belum lengkap: tanggal kejadian (12-3-2026). Kirim")
    assert desk.track(code).state == State.INCOMPLETE
    assert send(desk, f"LENGKAPI {code} pengaduan, kejadian 7/4/26", **OTHER).body.endswith(b"sudah lengkap.")


def test_an_agency_that_a_report_speaks_of_is_not_taken_for_the_one_it_means() -> None:
    desk = strict("narrative", "agency")
    assert b"belum lengkap: nama instansi." in send(desk, "Lampu di depan Dinas Contoh mati").body


def test_a_day_that_the_standard_asks_for_is_found_in_the_report_itself() -> None:
    desk = strict("narrative", "event_date")
    said = send(desk, "Sejak 12 Maret 2026 lampu jalan mati").body.decode()
    code, report = only(desk)
    assert (said, report.event_date) == (f"Laporan diterima. Kode {code}.", date(2026, 3, 12))


def test_what_cannot_be_completed_is_told(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    slip = code[:-1] + ("X" if code[-1] != "X" else "Y")
    assert send(desk, f"LENGKAPI {code}").body.decode() == f"Tulis keterangan di belakang kode: LENGKAPI {code} teks."
    for words in (f"LENGKAPI {code} kemarin", f"LENGKAPI {slip} kemarin"):
        said = send(desk, words)
        assert (said.status, "Keterangan Anda tidak tersimpan." in said.body.decode()) == (200, True)
    only(desk)


@pytest.mark.parametrize(
    ("words", "not_taken"),
    [
        ("LENGKAPI XXXX-XXXX-XXX kemarin", "Keterangan Anda tidak tersimpan. "),
        ("lengkapi xxxx-xxxx-xxx", "Keterangan Anda tidak tersimpan. "),
        ("BALAS XXXX-XXXX-XXX di pasar", "Jawaban Anda tidak tersimpan. "),
        ("BALAS XXXX-XXXX-XXX", "Jawaban Anda tidak tersimpan. "),
        ("STATUS XXXX-XXXX-XXX", ""),
        ("Cek XXXX-XXXX-XXX", ""),
    ],
)
def test_behind_every_keyword_who_mistypes_a_code_reads_how_one_looks_and_no_report_is_made(
    desk: MemoryDesk, words: str, not_taken: str
) -> None:
    said = send(desk, words)
    what_is_wrong = "Kode laporan salah ketik. Kode: 11 huruf dan angka, seperti 7KQ2-M4XW-9T3."
    assert said.status == 200
    assert said.body.decode() == f"{what_is_wrong} {not_taken}Untuk melapor, kirim LAPOR dan isi laporan Anda."
    assert len(said.body) <= 160
    assert not desk.submissions


def test_a_report_without_a_pin_is_tracked_once_to_be_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = strict("narrative", "event_date")
    send(desk)
    tracked: list[str] = []
    track = desk.track
    monkeypatch.setattr(desk, "track", lambda code, **pin: tracked.append(code) or track(code, **pin))
    code, _ = only(desk)
    assert send(desk, f"LENGKAPI {code} kemarin", **OTHER).body.endswith(b"sudah lengkap.")
    assert tracked == [code]


def test_who_sent_it_must_be_known_though_content_may_be_lacking() -> None:
    desk = strict("narrative", "event_date")
    assert problem(send(desk, **{"from": "1708"}))[1] == "bad_sender"
    assert not desk.submissions


@given(pieces=st.permutations(list(PIECES)), count=st.integers(1, len(PIECES)))
def test_however_much_is_lacking_it_fits_one_sms(pieces: list[str], count: int) -> None:
    said = lacking("7KQ2-M4XW-9T3", pieces[:count])
    assert said.isascii()
    assert len(said) <= 160
    assert PIECES[pieces[0]] in said
    assert said.endswith("Kirim LENGKAPI 7KQ2-M4XW-9T3 lalu keterangannya.")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12-3-2026", date(2026, 3, 12)),
        ("tgl 12/03/26.", date(2026, 3, 12)),
        ("2026-03-12", date(2026, 3, 12)),
        ("12 maret 2026", date(2026, 3, 12)),
        ("12 Agustus", date(2025, 8, 12)),
        ("31-2-2026 lalu 1-3-2026", date(2026, 3, 1)),
        ("hari ini", date(2026, 4, 8)),
        ("kemarin sore", date(2026, 4, 7)),
        ("9-4-2026", None),  # has not come yet
        ("5 rumah di RT 3/4", None),
        ("0811-2-2026-1", None),
        ("minggu lalu", None),
    ],
)
def test_a_day_is_read_where_it_is_plain(text: str, day: date | None) -> None:
    desk = strict("narrative", "event_date")
    found = details(text, ["missing_event_date"], desk.now())
    assert found == ({"event_date": day} if day else {})


@given(text=st.text())
def test_no_words_break_the_search_for_details(text: str) -> None:
    desk = strict("narrative")
    every = [f"missing_{name}" for name in CONTENT]
    for name, value in brought(text, every, desk.policy, desk.now()).items():
        assert value is not None, name


def hidden(desk: MemoryDesk) -> Receipt:
    """A secret report that came by another door, and its receipt."""
    said = Submission(
        channel="web",
        source_id="1",
        received_at=desk.now(),
        reporter=Reporter(name="Warga Contoh"),
        proofs=frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}),
        narrative=PLACE,
        visibility=Visibility(secret=True),
    )
    receipt = desk.submit(said)
    desk.move(receipt.code, State.WAITING, "Di mana?")
    return receipt


def test_a_hidden_report_is_asked_for_with_its_pin(desk: MemoryDesk) -> None:
    receipt = hidden(desk)
    status = f"Laporan {receipt.code}: {desk.track(receipt.code).status}."
    for number, (text, told) in enumerate(
        (
            (f"STATUS {receipt.code}", f"{status} Rincian: STATUS kode PIN."),
            (f"STATUS {receipt.code} {receipt.pin}", status),
            (f"STATUS {receipt.code} {make_pin(bytes(PIN_RANDOM_BYTES))}", "PIN ini bukan PIN laporan ini."),
            (f"STATUS {receipt.code} {receipt.pin[:-1]}9", "PIN salah ketik."),
        )
    ):
        assert send(desk, id=f"n{number}", text=text).body.decode().startswith(told)


def test_a_hidden_report_takes_a_reply_with_its_pin_alone_and_others_keep_every_word(desk: MemoryDesk) -> None:
    receipt = hidden(desk)
    refused = send(desk, id="n1", text=f"BALAS {receipt.code} di pasar")
    assert refused.body.decode() == "Laporan ini memakai PIN: BALAS kode PIN teks. Jawaban Anda tidak tersimpan."
    assert send(desk, id="n2", text=f"BALAS {receipt.code} {receipt.pin} di pasar").body.startswith(
        b"Jawaban Anda untuk"
    )
    assert desk.track(receipt.code, pin=receipt.pin).entries[-1].text == "di pasar"
    send(desk, id="n3")
    (plain,) = set(desk.submissions) - {receipt.code}
    desk.move(plain, State.WAITING)
    send(desk, id="n4", text=f"BALAS {plain} {receipt.pin} di pasar")
    assert desk.track(plain).entries[-1].text == f"{receipt.pin} di pasar"


def test_a_hidden_report_is_completed_with_its_pin_alone() -> None:
    desk = strict("narrative", "event_date")
    said = Submission(
        channel="sms",
        source_id="1",
        received_at=desk.now(),
        reporter=Reporter(mobile=NUMBER),
        proofs=frozenset({Proof.SENDER_NUMBER}),
        narrative=PLACE,
        visibility=Visibility(secret=True),
    )
    receipt = desk.submit(said, partial=True)
    refused = send(desk, id="n1", text=f"LENGKAPI {receipt.code} kemarin").body.decode()
    assert refused.endswith("dengan kode dan PIN. Keterangan Anda tidak tersimpan.")
    taken = send(desk, id="n2", text=f"LENGKAPI {receipt.code} {receipt.pin} kemarin").body.decode()
    assert taken == f"Laporan {receipt.code} sudah lengkap."


def test_a_pin_comes_with_the_answer_for_no_notice_brings_it() -> None:
    class Hiding(MemoryDesk):
        def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
            return super().submit(attrs.evolve(submission, visibility=Visibility(anonymous=True)), partial=partial)

    desk = Hiding()
    answer = send(desk, app_options={"answer_receipt": False}).body.decode()
    found = re.search(r"Kode (\S+), PIN (\S+)\.", answer)
    assert found is not None
    assert not desk.track(found[1], pin=found[2]).locked


def test_the_receipt_says_where_to_track_where_that_fits_one_sms() -> None:
    for length, told in ((40, True), (140, False)):
        address = "https://lapor.example.id/".ljust(length, "a")
        said = send(MemoryDesk(addresses=Addresses(track=address))).body.decode()
        assert (said.endswith(f" {address}"), len(said) <= 160) == (told, True)


def test_help_says_how_to_report_to_ask_and_to_answer(desk: MemoryDesk) -> None:
    said = send(desk, "bantuan").body.decode()
    assert "STATUS" in said
    assert "BALAS" in said
    assert said.endswith(" Tidak dipungut biaya. SMS ke 1708 dikenai tarif operator.")
    assert len(said) <= 160
    assert not desk.submissions


def test_every_answer_fits_one_sms_of_the_seven_bit_alphabet() -> None:
    code, day = "7KQ2-M4XW-9T3", long_date(date(2026, 9, 30))
    states = [word("state", state, language) for state in State for language in LANGUAGES]
    longest = max(states, key=len)
    for key, sentence in SENTENCES.items():
        said = sentence.format(
            code=code, status=longest, due=day, lacking=max(PIECES.values(), key=len), pin="4KQ-7MX-W9T"
        )
        assert said.isascii(), key
        assert "`" not in said, key
        assert len(said) <= 160, key
    both = [SENTENCES[key].format(code=code, status=longest, due=day) for key in ("status", "due_provisional")]
    assert len(" ".join(both)) <= 160
    assert len(" ".join([SENTENCES["received_with_pin"].format(code=code, pin="4KQ-7MX-W9T"), both[1]])) <= 160
    assert len(" ".join([*both, SENTENCES["locked"]])) <= 160


# What Kannel is told: 200 when the message is stored, 4xx with the field, 5xx when it is to come again.


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"from": ""}, (422, "incomplete", ["from"])),
        ({"from": "1708"}, (400, "bad_sender", ["from"])),
        ({"from": "TELKOMSEL"}, (400, "bad_sender", ["from"])),
        ({"text": "a" * (LONGEST + 1)}, (413, "too_large", ["text"])),
        ({"text": "  "}, (422, "incomplete", ["narrative"])),
    ],
)
def test_what_can_never_be_accepted_names_the_field(desk: MemoryDesk, fields: dict[str, str], expected: object) -> None:
    query = urlencode({"from": NUMBER, "text": PLACE, **fields}).encode()
    assert problem(request(app(desk), path="/kannel", query=query)) == expected
    assert not desk.submissions


def test_a_body_beyond_all_measure_is_refused(desk: MemoryDesk) -> None:
    answer = post(desk, b"a" * 300_000, ("content-type", "text/plain"), ("content-length", "300000"))
    assert answer.status == 413


class Broken(MemoryDesk):
    """A desk whose database does not answer."""

    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        raise PluginError(f"cannot store {submission.narrative}", code="database_down")

    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        raise PluginError(f"cannot find {code}", code="database_down")

    def reply(self, code: str, text: str, uploads: object = (), *, pin: str = "") -> None:
        raise PluginError(f"cannot store {text}", code="database_down")

    def complete(self, code: str, submission: Submission, *, pin: str = "") -> None:
        raise PluginError(f"cannot store {submission.narrative}", code="database_down")


@pytest.mark.parametrize(
    "text",
    [
        PLACE,
        f"STATUS {SOME_CODE}",
        f"BALAS {SOME_CODE} sejak hari Senin",
        f"LENGKAPI {SOME_CODE} sejak hari Senin",
    ],
)
def test_a_fault_of_ours_lets_kannel_come_again_and_shows_nothing(text: str) -> None:
    answer = send(Broken(), text)
    assert answer.status == 500
    assert PLACE.encode() not in answer.body
    assert b"Senin" not in answer.body


def test_an_error_of_another_library_is_a_fault_of_ours_too(desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(submission: Submission, *, partial: bool) -> Receipt:
        raise OSError(submission.narrative)

    monkeypatch.setattr(desk, "submit", submit)
    client = TestClient(app(desk), raise_server_exceptions=False, client=(CLIENT, 50_000))
    answer = client.get("/kannel", params={"from": NUMBER, "text": PLACE})
    assert answer.status_code == 500
    assert PLACE not in answer.text


def test_a_reply_that_could_not_be_stored_is_taken_when_it_comes_again(desk: MemoryDesk) -> None:
    send(desk)
    code, _ = only(desk)
    desk.move(code, State.WAITING)
    broken = Broken()
    broken.kept = desk.kept
    assert send(broken, f"BALAS {code} sejak hari Senin").status == 500
    assert b"sudah diterima" in send(desk, f"BALAS {code} sejak hari Senin").body


# Kannel's post-url: the text is the body, the number stands in a header, and no query string holds either.

BY_POST = (  # as Kannel 1.4.5 sent them for post-url "...?id=%I&time=%T" with send-sender = true
    ("User-Agent", "Kannel/1.4.5"),
    ("X-Kannel-From", NUMBER),
    ("X-Kannel-To", "1708"),
    ("X-Kannel-Time", "2026-04-08 00:30:00"),
    ("X-Kannel-SMSC", "FAKE"),
    ("X-Kannel-Service", "default"),
)
TARGET = f"id={ID}&time=1775608200".encode()


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        (
            b"Jalan & got rusak 50%",
            (("Content-Type", 'text/plain; charset="UTF-8"'), ("X-Kannel-Coding", "0")),
            None,
        ),
        (
            "😀 rusak".encode("utf-16-be"),
            (("Content-Type", 'text/plain; charset="UTF-16BE"'), ("X-Kannel-Coding", "2")),
            None,
        ),
        (b"rusak", (("Content-Type", "application/octet-stream"), ("X-Kannel-Coding", "1")), None),
        ("Kafé".encode("cp1252"), (("Content-Type", 'text/plain; charset="WINDOWS-1252"'),), "Kafé"),
        (b"rusak", (), None),
    ],
)
def test_a_message_by_post_url_is_the_same_as_by_get_url(
    desk: MemoryDesk, body: bytes, headers: tuple[tuple[str, str], ...], text: str | None
) -> None:
    assert post(desk, body, *BY_POST, *headers, query=TARGET).status == 200
    _, report = only(desk)
    codec = "utf-16-be" if ("X-Kannel-Coding", "2") in headers else "utf-8"
    assert report.narrative == (text or body.decode(codec))
    assert (report.reporter.mobile, report.source_id) == (NUMBER, ID)
    assert report.received_at == datetime.fromisoformat("2026-04-08T00:30:00+00:00")


def test_without_time_in_the_url_the_header_says_when_it_was_sent(desk: MemoryDesk) -> None:
    assert post(desk, b"rusak", *BY_POST, query=f"id={ID}".encode()).status == 200
    assert only(desk)[1].received_at == datetime.fromisoformat("2026-04-08T00:30:00+00:00")


def test_a_plain_form_is_taken_as_well(desk: MemoryDesk) -> None:
    body = urlencode({"from": NUMBER, "text": PLACE}).encode()
    answer = post(desk, body, ("content-type", "application/x-www-form-urlencoded; charset=UTF-8"))
    assert answer.status == 200
    assert only(desk)[1].narrative == PLACE


@pytest.mark.parametrize("kind", ["text/xml", 'text/xml; charset="UTF-8"', "application/json", "multipart/form-data"])
def test_a_body_of_another_kind_becomes_no_report(desk: MemoryDesk, kind: str) -> None:
    answer = post(desk, b"<message/>", *BY_POST, ("content-type", kind), query=TARGET)
    assert (answer.status, dict(desk.submissions)) == (415, {})


# Who may deliver.


def test_without_the_secret_nothing_is_taken(desk: MemoryDesk) -> None:
    options = {"secret": "s3cr&t ü"}
    for wrong in ({}, {"secret": ""}, {"secret": "s3cr"}, {"secret": "s3cr&t u"}):
        answer = send(desk, app_options=options, **wrong)
        assert problem(answer) == (401, "bad_secret", [])
        assert b"s3cr" not in answer.body
    assert not desk.submissions
    assert send(desk, app_options=options, secret="s3cr&t ü").status == 200


def test_the_secret_may_come_as_the_password_of_the_url(desk: MemoryDesk) -> None:
    def call(authorization: str) -> int:
        headers = [("authorization", authorization)]
        query = urlencode({"from": NUMBER, "text": PLACE}).encode()
        return request(app(desk, secret="s3cret"), path="/kannel", query=query, headers=headers).status

    good = base64.b64encode(b"kannel:s3cret").decode()
    assert call(f"Basic {good}") == 200
    for wrong in (
        f"Bearer {good}",
        "Basic s3cret",
        "Basic",
        "",
        f"Basic {base64.b64encode(b's3cret').decode()}",
        "Basic é",
    ):
        assert call(wrong) == 401


@pytest.mark.parametrize(
    ("allowed", "status"),  # the test's client is 192.0.2.1
    [((), 403), (("192.0.2.1",), 200), (("10.0.0.0/8", "192.0.2.0/24"), 200), (("127.0.0.1", "::1"), 403)],
)
def test_messages_are_taken_from_allowed_addresses_only(
    desk: MemoryDesk, allowed: tuple[str, ...], status: int
) -> None:
    assert send(desk, app_options={"allowed_clients": allowed}).status == status


@pytest.mark.parametrize(
    ("client", "allowed"),
    [("::ffff:10.1.2.3", True), ("10.1.2.3", True), ("fd00::1", False), ("unix", False), ("", False)],
)
def test_an_address_is_the_same_in_either_notation(client: str, *, allowed: bool) -> None:
    assert SmsSettings(allowed_clients=("10.0.0.0/8",)).allows(client) is allowed


# Settings, as the host gives them.

WHOLE = {
    "secret": "kata-sandi-1",
    "allowed_clients": ["127.0.0.1"],
    "answer_receipt": False,
    "send_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "user": "lapor",
    "password": "kata-sandi-2",
    "sender": "1708",
    "dlr_url": "http://127.0.0.1:8000/dlr?notice={key}&state=%d",
    "timeout_seconds": 5,
}


def host(settings: dict[str, object]) -> PluginHost:
    point = importlib.metadata.EntryPoint(name="sms", value="lapor_channels.sms", group="lapor")
    return PluginHost([point], settings={"sms": settings})


def test_one_section_configures_door_and_messenger_and_no_secret_is_shown() -> None:
    found = host(WHOLE)
    (channel,), (notifier,) = found.channels(), found.notifiers()
    assert channel.options == notifier.options
    assert notifier.media == {"sms"}
    assert "kata-sandi" not in f"{channel!r}{notifier!r}{channel.options!r}{found.report()!r}"


def test_without_settings_the_door_is_open_and_nothing_is_sent() -> None:
    found = host({})
    assert len(found.channels()) == 1
    assert found.notifiers()[0].media == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": ""},
        {"secret": 7},
        {"allowed_clients": ["kannel.example.id"]},
        {"allowed_clients": ["10.0.0.0/33"]},
        {"send_url": "127.0.0.1:13013"},
        {"send_url": "http://"},
        {"send_url": "http://127.0.0.1:99999/"},
        {"user": ""},
        {"password": ""},
        {"sender": ""},
        {"password": "kata-sandi\r\nX-Kannel-To: 2"},
        {"password": "kata-sandi "},
        {"user": "päss"},
        {"dlr_url": "ftp://127.0.0.1/"},
        {"dlr_url": "http://127.0.0.1/sms/dlr?notice={key}"},
        {"dlr_url": "http://127.0.0.1/sms/dlr?state=%d"},
        {"timeout_seconds": 0},
        {"unknown": 1},
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(wrong: dict[str, object]) -> None:
    found = host({**WHOLE, **wrong})
    assert not found.channels()
    (status,) = found.report()
    assert next(iter(wrong)) in status.reason
    assert "kata-sandi" not in status.reason


def test_a_notifier_and_a_channel_return_themselves_with_settings() -> None:
    options = SmsSettings(secret="x")
    assert Sms().configure(options) == Sms(options=options)
    assert SmsNotifier().configure(options) == SmsNotifier(options=options)


# Reports of delivery.


def report(desk: MemoryDesk, query: str, *headers: tuple[str, str], **options: object) -> Answer:
    return request(app(desk, **options), path="/dlr", query=query.encode(), headers=list(headers))


@pytest.mark.parametrize(
    ("state", "becomes"), [(1, Delivered), (2, Failed), (16, Failed), (4, Delivered), (8, Delivered), (32, Delivered)]
)
def test_what_kannel_reports_of_a_message_is_what_the_desk_knows_of_it(
    desk: MemoryDesk, state: int, becomes: type
) -> None:
    desk.deliveries["b7c1/3"] = Delivered()
    for _ in range(2):
        answer = report(desk, f"notice=b7c1%2F3&state={state}")
        assert (answer.status, answer.body) == (200, b"")
        assert isinstance(desk.deliveries["b7c1/3"], becomes)


def test_a_report_of_a_message_that_nobody_knows_is_not_asked_for_again(desk: MemoryDesk) -> None:
    for query in ("notice=other&state=1", "notice=%ff%fe&state=2", "state=16"):
        assert report(desk, query).status == 200
    assert not desk.deliveries


@pytest.mark.parametrize("query", ["", "notice=k", "notice=k&state=%d", "notice=k&state=3", "notice=k&state=01"])
def test_a_report_without_a_state_is_refused_by_name(desk: MemoryDesk, query: str) -> None:
    desk.deliveries["k"] = Delivered()
    assert problem(report(desk, query)) == (400, "bad_form", ["state"])
    assert desk.deliveries["k"] == Delivered()


def test_a_report_needs_the_address_and_the_secret_that_a_message_needs(desk: MemoryDesk) -> None:
    desk.deliveries["k"] = Delivered()
    query = "notice=k&state=2"
    assert problem(report(desk, query, allowed_clients=("10.0.0.1",)))[:2] == (403, "not_allowed")
    assert problem(report(desk, query, secret="x"))[:2] == (401, "bad_secret")
    assert desk.deliveries["k"] == Delivered()
    basic = ("authorization", f"Basic {base64.b64encode(b'kannel:x').decode()}")
    assert report(desk, query, basic, secret="x").status == 200
    assert isinstance(desk.deliveries["k"], Failed)


def test_a_report_that_cannot_be_stored_is_asked_for_again() -> None:
    class Away(MemoryDesk):
        def report_delivery(self, key: str, verdict: Verdict) -> None:
            raise LaporError("busy", code="store_busy")

    assert report(Away(), "notice=k&state=1").status == 503


def test_to_take_messages_in_no_http_client_is_loaded() -> None:
    code = "import sys, lapor_channels.sms; sys.exit('httpx2' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("client", "allowed"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False)])
def test_without_a_secret_messages_are_taken_from_this_machine_alone(client: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    assert SmsSettings().allows(client) is allowed
    assert SmsSettings(secret="x").allows(client)
