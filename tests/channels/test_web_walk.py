"""A citizen's whole walk through the web channel, over the desk in memory that ships with the library."""

import io
import re
from datetime import date, time

import attrs
import pytest

pytest.importorskip("starlette")

from PIL import Image
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from lapor_channels.web import Web
from lapor_core.complaint import Agency, Proof, Reporter
from lapor_core.errors import BadValue
from lapor_core.lifecycle import State
from lapor_core.pins import PIN_RANDOM_BYTES, make_pin
from lapor_core.plugins.contracts import PRINCIPAL, SESSION_COOKIE, Addresses
from lapor_core.policy.loading import shipped_policy
from lapor_core.submission import Submission, Upload
from lapor_core.testing import MemoryDesk, check_channel


def test_it_passes_the_check_for_channels():
    check_channel(Web)


def citizen(desk: MemoryDesk) -> TestClient:
    """A browser before a host that turns the session's cookie into a principal."""
    inner = Web().app(desk)

    async def host(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            cookies = dict(scope["headers"]).get(b"cookie", b"").decode()
            found = re.search(rf"{SESSION_COOKIE}=([^;]+)", cookies)
            scope[PRINCIPAL] = desk.principal(found[1]) if found else None
        await inner(scope, receive, send)

    client = TestClient(host)
    client.headers["accept-language"] = "id"
    return client


def test_from_the_first_page_to_the_reply():
    desk = MemoryDesk()
    client = citizen(desk)
    assert client.get("/report").url.path == "/account"
    who = {"name": "Warga Contoh", "email": "warga@example.com", "mobile": "081200000000"}  # invented
    client.post("/account", data=who)
    [(challenge, codes)] = desk.codes.items()
    typed = {"email_code": codes[Proof.VERIFIED_EMAIL], "mobile_code": codes[Proof.VERIFIED_MOBILE]}
    form = client.post("/account/confirm", data={"challenge": challenge} | typed)
    assert form.url.path == "/report"
    form_id = re.search(r'name="form" value="([^"]+)"', form.text)[1]
    receipt = client.post("/report", data={"form": form_id, "kind": "complaint", "narrative": "Lampu padam."})
    [(code, made)] = desk.submissions.items()
    assert code in receipt.text
    assert (made.channel, made.reporter.name, made.narrative) == ("web", "Warga Contoh", "Lampu padam.")
    desk.move(code, State.WAITING, "Di jalan mana?")
    seen = client.post("/track", data={"code": code.lower().replace("-", " ")})
    assert "Di jalan mana?" in seen.text
    replied = client.post("/track/reply", data={"code": code, "text": "Jalan Contoh."})
    assert replied.url.path == "/track"
    assert "Jalan Contoh." in replied.text
    assert desk.track(code).state == State.IN_PROGRESS
    desk.move(code, State.RESPONDED, "Sudah menyala.", [Upload(name="surat; tugas é.pdf", content=b"%PDF-1.7")])
    seen = client.post("/track", data={"code": code})
    assert "Unduh surat; tugas é.pdf" in seen.text
    file_id = re.search(r'name="file" value="([^"]+)"', seen.text)[1]
    file = client.post("/track/file", data={"code": code, "file": file_id})
    assert file.content == b"%PDF-1.7"
    assert {
        name: file.headers[name] for name in ("content-disposition", "x-content-type-options", "cache-control")
    } == {
        "content-disposition": 'attachment; filename="surat--tugas--.pdf"; '
        "filename*=UTF-8''surat%3B%20tugas%20%C3%A9.pdf",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    assert "sandbox" in file.headers["content-security-policy"]
    other = client.post("/track/file", data={"code": code, "file": "no-such-file"})
    assert (other.status_code, "Berkas ini tidak ada" in other.text, code in other.text) == (404, True, True)
    strange = client.post("/track/file", data={"code": "0000-0000-000", "file": file_id})
    assert (strange.status_code, "Laporan tidak ditemukan" in strange.text) == (404, True)
    desk.move(code, State.IN_PROGRESS)
    late = client.post("/track/reply", data={"code": code, "text": "Satu lagi."})
    assert (late.status_code, "Balasan tidak dapat dikirim" in late.text) == (409, True)


def test_the_receipt_names_where_to_track_where_that_is_known():
    for addresses in (Addresses(), Addresses(track="https://lapor.example.id/track")):
        desk = MemoryDesk(addresses=addresses)
        client = citizen(desk)
        client.cookies.set(SESSION_COOKIE, desk.sign_in(Reporter(name="Warga Contoh"), Web.proofs))
        form_id = re.search(r'name="form" value="([^"]+)"', client.get("/report").text)[1]
        receipt = client.post("/report", data={"form": form_id, "kind": "complaint", "narrative": "Lampu padam."})
        assert re.findall(r'class="address">([^<]+)<', receipt.text) == ([addresses.track] if addresses.track else [])


def strict(*content: str) -> MemoryDesk:
    """A desk whose standard asks for these of an SMS."""
    policy = shipped_policy("banjarbaru")
    asked = attrs.evolve(policy.channels["sms"], content=content)
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
    return MemoryDesk(attrs.evolve(policy, agencies=agencies, channels={**policy.channels, "sms": asked}))


def incomplete(desk: MemoryDesk) -> str:
    """The code of an SMS that lacks all that is asked for beside its story."""
    said = {"channel": "sms", "source_id": "1", "received_at": desk.now(), "narrative": "Padam."}
    proofs = frozenset({Proof.SENDER_NUMBER})
    return desk.submit(Submission(reporter=Reporter(), proofs=proofs, **said), partial=True).code  # type: ignore[arg-type]  # what is said differs in type


def test_whoever_holds_the_code_brings_what_an_incomplete_report_lacks():
    content = ("narrative", "event_date", "event_time", "place", "kind", "agency", "title", "category", "uploads")
    desk = strict(*content)
    handed_in: list[Submission] = []
    whole = desk.complete

    def spy(code: str, submission: Submission, **more: str) -> None:
        whole(code, submission, **more)
        handed_in.append(submission)

    desk.complete = spy  # type: ignore[method-assign]  # a spy
    code, client = incomplete(desk), citizen(desk)
    page = client.post("/track", data={"code": code}).text
    asked = {name for name in (*content, "anonymous") if f'name="{name}"' in page}
    assert asked == {*content} - {"narrative"}
    typed = {"event_date": "2026-04-07", "event_time": "14:30", "place": "Pasar", "kind": "complaint", "title": "Lampu"}
    wrong = client.post("/track/complete", data={"code": code, **typed, "event_date": "2027-01-01"})
    assert (wrong.status_code, 'value="Pasar"' in wrong.text) == (422, True)
    lacking = client.post("/track/complete", data={"code": code, **typed})
    assert (lacking.status_code, 'value="Pasar"' in lacking.text) == (422, True)
    assert [text in lacking.text for text in ("Pilih instansi yang dituju.", "must not be")] == [True, False]
    assert handed_in == []
    photo = io.BytesIO()
    Image.new("RGB", (8, 8)).save(photo, "PNG")
    more = {"agency": "dinas-contoh", "category": "jalan"}
    files = [("uploads", ("foto.png", photo.getvalue()))]
    done = client.post("/track/complete", data={"code": code, **typed, **more}, files=files)
    assert (done.url.path, "Laporan Anda sudah lengkap." in done.text) == ("/track", True)
    assert desk.track(code).state == State.SUBMITTED
    (one,) = handed_in
    assert (one.event_date, one.event_time, one.kind) == (date(2026, 4, 7), time(14, 30), "complaint")
    assert (one.place, one.title, one.agency, one.category) == ("Pasar", "Lampu", "dinas-contoh", "jalan")
    assert len(one.uploads) == 1
    again = client.post("/track/complete", data={"code": code, **typed})
    assert again.status_code == 409
    assert client.post("/track/complete", data={"code": "0000-0000-000"}).status_code == 404


def answered(desk: MemoryDesk) -> tuple[TestClient, str]:
    """A browser, and the code of a report that is answered."""
    submission = Submission(
        channel="web", source_id="1", received_at=desk.now(), reporter=Reporter(), proofs=Web.proofs, narrative="Padam."
    )
    code = desk.submit(submission).code
    desk.move(code, State.RESPONDED, "Sudah diganti.")
    return citizen(desk), code


@pytest.mark.parametrize(
    ("outcome", "why", "state"),
    [
        ("settled", "", State.CLOSED),
        ("unsettled", "Masih padam.", State.IN_PROGRESS),
        ("disputed", "Tidak benar.", State.APPEALED),
    ],
)
def test_a_rating_decides_what_follows(outcome: str, why: str, state: State):
    client, code = answered(desk := MemoryDesk())
    rated = client.post("/track/rate", data={"code": code, "stars": "4", "outcome": outcome, "why": why})
    assert (rated.url.path, desk.track(code).state) == ("/track", state)
    assert "Penilaian Anda sudah tersimpan." in rated.text
    again = client.post("/track/rate", data={"code": code, "stars": "4", "outcome": "settled"})
    assert again.status_code == (200 if state is State.CLOSED else 409)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ({}, {"stars", "outcome"}),
        ({"stars": "6", "outcome": "settled"}, {"stars"}),
        ({"stars": "5", "outcome": "entah"}, {"outcome"}),
        ({"stars": "1", "outcome": "disputed"}, {"why"}),
        ({"stars": "1", "outcome": "settled", "why": "a" * 100_001}, {"why"}),
    ],
)
def test_what_is_wrong_with_a_rating_is_told_and_stays(written: dict[str, str], wrong: set[str]):
    client, code = answered(desk := MemoryDesk())
    page = client.post("/track/rate", data={"code": code, **written})
    assert page.status_code == 422
    assert set(re.findall(r'id="(\w+)-fault"', page.text)) == wrong
    assert len(re.findall(r" checked>", page.text)) == len({"stars", "outcome"} & set(written) - wrong)
    assert desk.track(code).state == State.RESPONDED


def refuse(*_: object, **__: object) -> None:
    raise BadValue("no", code="file_not_allowed", field="uploads", allowed="jpg", place=1)


def test_files_come_later_and_a_report_is_taken_back():
    client, code = answered(desk := MemoryDesk())
    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(photo, "JPEG")
    none = client.post("/track/attach", data={"code": code, "remark": "Foto malam"})
    assert (none.status_code, "Pilih sedikitnya satu berkas." in none.text, "Foto malam" in none.text) == (
        422,
        True,
        True,
    )
    wrong = client.post("/track/attach", data={"code": code}, files=[("more", ("a.exe", b"MZ"))])
    assert "a.exe: Berkas ini tidak dapat diterima." in wrong.text
    desk.attach, attach = refuse, desk.attach
    refused = client.post("/track/attach", data={"code": code}, files=[("more", ("lampu.jpg", photo.getvalue()))])
    assert re.search(r'id="more-fault">lampu.jpg: Berkas ini', refused.text)
    desk.attach = attach
    added = client.post("/track/attach", data={"code": code}, files=[("more", ("lampu.jpg", photo.getvalue()))])
    assert "Lampiran Anda sudah tersimpan." in added.text
    assert [upload.name for upload in desk.uploads[code]] == ["lampu.jpg"]
    late = client.post("/track/withdraw", data={"code": code})
    assert (late.status_code, "tidak dapat dilakukan" in late.text) == (409, True)
    desk.move(code, State.IN_PROGRESS)
    gone = client.post("/track/withdraw", data={"code": code, "reason": "Sudah menyala."})
    assert ("Laporan Anda sudah dicabut." in gone.text, desk.track(code).state) == (True, State.WITHDRAWN)
    wished = client.post("/track/erasure", data={"code": code, "wish": "x" * 100_001})
    assert (wished.status_code, "track/erasure" in wished.text) == (422, True)
    wished = client.post("/track/erasure", data={"code": code, "wish": "Tidak diperlukan lagi."})
    assert "Permintaan Anda sudah diteruskan kepada petugas." in wished.text
    assert desk.track(code).state == State.WITHDRAWN
    desk.move(code, State.ERASED)
    assert "track/erasure" not in client.post("/track", data={"code": code}).text
    for act in ("rate", "attach", "withdraw", "reply"):
        assert f"track/{act}" not in gone.text
    assert client.post("/track/withdraw", data={"code": "0000-0000-000"}).status_code == 404


def hidden(desk: MemoryDesk) -> tuple[TestClient, str, str]:
    """A browser that has sent an anonymous report, its code and its PIN, as its receipt shows them."""
    client = citizen(desk)
    client.cookies.set(SESSION_COOKIE, desk.sign_in(Reporter(name="Warga Contoh"), Web.proofs))
    form_id = re.search(r'name="form" value="([^"]+)"', client.get("/report").text)[1]
    said = {"form": form_id, "kind": "complaint", "narrative": "Lampu padam.", "anonymous": "1"}
    receipt = client.post("/report", data=said)
    [code] = desk.submissions
    pin = re.search(r'class="code">(\w{3}-\w{3}-\w{3})<', receipt.text)[1]
    assert f'name="pin" value="{pin}"' in receipt.text
    return client, code, pin


def test_the_receipt_shows_a_pin_once_and_no_address_has_it():
    client, code, pin = hidden(desk := MemoryDesk())
    again = client.get("/receipt")
    assert (code in again.text, pin in again.text, "tidak dapat ditampilkan lagi" in again.text) == (True, False, True)
    assert not desk.track(code, pin=pin).locked
    plain = pin.replace("-", "")
    for step in (*again.history, again):
        assert plain not in str(step.url).replace("-", "") + step.headers.get("location", "").replace("-", "")


def test_a_hidden_report_shows_its_status_and_asks_for_the_pin():
    client, code, pin = hidden(desk := MemoryDesk())
    desk.move(code, State.WAITING, "Di jalan mana?")
    locked = client.post("/track", data={"code": code})
    assert (locked.status_code, "Di jalan mana?" in locked.text) == (200, False)
    assert desk.track(code).status in locked.text
    assert "track/reply" not in locked.text
    for wrong, status, told in (
        ("", 403, "hanya dapat dibuka dengan kode dan PIN"),
        (pin[:-1], 422, "PIN salah ketik"),
        (make_pin(bytes(PIN_RANDOM_BYTES)), 403, "bukan PIN laporan ini"),
    ):
        page = client.post("/track", data={"code": code, "pin": wrong})
        assert (page.status_code, "Di jalan mana?" in page.text) == (status, False)
        assert re.search(f'id="pin-fault">[^<]*{told}', page.text)
    opened = client.post("/track", data={"code": code, "pin": pin.lower().replace("-", " ")})
    assert "Di jalan mana?" in opened.text
    replied = client.post("/track/reply", data={"code": code, "pin": pin, "text": "Jalan Contoh."})
    assert (replied.url.path, replied.url.query, "Jalan Contoh." in replied.text) == ("/track", b"", True)
    assert f'name="pin" value="{pin}"' in replied.text


def test_what_was_written_waits_while_the_pin_is_asked_for_again():
    client, code, pin = hidden(desk := MemoryDesk())
    desk.move(code, State.WAITING, "Di jalan mana?")
    refused = client.post("/track/reply", data={"code": code, "pin": "", "text": "Jalan <Contoh>."})
    assert refused.status_code == 403
    assert 'name="text" value="Jalan &lt;Contoh&gt;."' in refused.text
    opened = client.post("/track", data={"code": code, "pin": pin, "text": "Jalan <Contoh>."})
    assert "\nJalan &lt;Contoh&gt;.</textarea>" in opened.text
    desk.move(code, State.RESPONDED, "Sudah.", [Upload(name="surat.pdf", content=b"%PDF-1.7")])
    rated = {"code": code, "stars": "1", "outcome": "disputed", "why": "Tidak benar."}
    again = client.post("/track/rate", data=rated)
    assert (again.status_code, 'name="why" value="Tidak benar."' in again.text) == (403, True)
    assert client.post("/track/file", data={"code": code, "file": "file-1"}).status_code == 403
    assert client.post("/track/file", data={"code": code, "file": "file-1", "pin": pin}).content == b"%PDF-1.7"
    assert client.post("/track/rate", data=rated | {"pin": pin}).url.path == "/track"
    assert desk.track(code).state == State.APPEALED


def test_who_guesses_a_pin_shuts_nobody_out():
    client, code, pin = hidden(MemoryDesk())
    wrong = {"code": code, "pin": make_pin(bytes(PIN_RANDOM_BYTES))}
    assert {client.post("/track", data=wrong).status_code for _ in range(11)} == {403}
    assert client.post("/track", data={"code": code, "pin": pin}).status_code == 200


def test_another_pin_is_for_the_account_that_reported():
    client, code, pin = hidden(desk := MemoryDesk())
    stranger, other = citizen(desk), citizen(desk)
    other.cookies.set(SESSION_COOKIE, desk.sign_in(Reporter(name="Warga Lain"), Web.proofs))
    assert "Masuk dengan email" in stranger.post("/track", data={"code": code}).text
    assert stranger.post("/track/pin", data={"code": code}).status_code == 401
    assert other.post("/track/pin", data={"code": code}).status_code == 403
    assert client.post("/track/pin", data={"code": "0000-0000-000"}).status_code == 404
    assert "Minta PIN baru" in client.post("/track", data={"code": code}).text
    receipt = client.post("/track/pin", data={"code": code})
    new = re.search(r'class="code">(\w{3}-\w{3}-\w{3})<', receipt.text)[1]
    assert ("PIN baru untuk laporan Anda" in receipt.text, new != pin) == (True, True)
    assert not desk.track(code, pin=new).locked
    assert client.post("/track", data={"code": code, "pin": pin}).status_code == 403
