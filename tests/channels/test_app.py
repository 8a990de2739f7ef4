"""The channel of the mobile app over the desk in memory: every route, under any prefix, with good and bad input."""

import io
import json
import unicodedata
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

pytest.importorskip("starlette")

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from lapor_channels.app import App, lapor_register_channels
from lapor_channels.http import clean
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import Agency, Kind, Proof, Reporter, Visibility
from lapor_core.lifecycle import Role, State
from lapor_core.pins import PIN_RANDOM_BYTES, make_pin
from lapor_core.plugins.contracts import CODES_HOLD, PRINCIPAL, Channel, Configurable, Mounts, Receipt
from lapor_core.policy import Policy, Requirement
from lapor_core.policy.loading import shipped_policy
from lapor_core.submission import Submission
from lapor_core.testing import FrozenClock, MemoryDesk, check_channel, texts

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 13, 10, 5, tzinfo=WITA)
PROOFS = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
CITIZEN = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6281200000000")  # invented
REPORT = {
    "kind": "complaint",
    "title": "Lampu jalan padam",
    "narrative": "Lampu padam sejak Senin.",
    "event_date": "2026-03-12",
    "event_time": "19:30",
    "place": "Jalan Contoh",
    "agency": "dinas-contoh",
}
HIDDEN = REPORT | {"anonymous": True}


def policy(**changes: Any) -> Policy:
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-lain", name="Dinas Lain"))
    return attrs.evolve(shipped_policy("banjarbaru"), agencies=agencies, **changes)


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk(policy(), FrozenClock(NOW))


def host(desk: MemoryDesk, inner: ASGIApp) -> ASGIApp:
    """A host as the contract describes it: it makes the principal of the token."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            word, _, token = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")
            scope[PRINCIPAL] = desk.principal(token) if word == "Bearer" else None
        await inner(scope, receive, send)

    return app


def phone(desk: MemoryDesk, *, token: str | None = None, prefix: str = "", app: App | None = None) -> TestClient:
    """An app on a telephone, with a token of the citizen's unless another one is given."""
    inner = (app or App()).app(desk)
    mounted = Starlette(routes=[Mount(prefix, inner)]) if prefix else inner
    client = TestClient(host(desk, mounted), base_url=f"http://testserver{prefix}/", headers={"accept-language": "en"})
    token = desk.sign_in(CITIZEN, PROOFS, name="person-1") if token is None else token
    client.headers["authorization"] = f"Bearer {token}"
    return client


def send(client: TestClient, report: Any = REPORT, key: str = "", **options: Any) -> Any:
    headers = {"idempotency-key": key or str(uuid.uuid4())}
    if "files" not in options and "content" not in options:
        options["json"] = report
    return client.post("reports", headers=headers | options.pop("headers", {}), **options)


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "JPEG")
    return buffer.getvalue()


def with_files(*files: tuple[str, bytes], part: str = "report", written: Any = REPORT) -> list[tuple[str, Any]]:
    return [
        (part, (None, json.dumps(written), "application/json")),
        *(("uploads", (name, content)) for name, content in files),
    ]


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["error"]["fields"]]


# --- The channel


def test_it_keeps_its_contracts() -> None:
    [channel] = lapor_register_channels()
    assert isinstance(channel, Channel)
    assert isinstance(channel, Mounts)
    assert isinstance(channel, Configurable)
    assert (channel.key, channel.path, channel.proofs) == ("app", "/app/v1", PROOFS)
    assert channel.configure(FileLimits(max_files=2)).limits.max_files == 2


def test_it_passes_the_check_for_channels() -> None:
    check_channel(
        App,
        paths=[
            "/openapi.json",
            "/challenges",
            "/challenges/c-1/confirm",
            "/session",
            "/reports",
            "/advice",
            "/track",
            "/files",
            "/replies",
            "/ratings",
            "/attachments",
            "/withdrawals",
            "/erasure-requests",
        ],
    )


# --- The service


def test_the_service_is_what_the_policy_says(desk: MemoryDesk) -> None:
    told = phone(desk, token="").get("").json()
    assert (told["title"], told["fee"]) == (desk.policy.title, "Tidak dipungut biaya")
    assert (told["product"], told["procedure"]) == (desk.policy.product, list(desk.policy.procedure))
    assert told["conditions"] == list(desk.policy.conditions_of("app"))
    assert told["office"]["address"] == desk.policy.office.address
    assert [kind["key"] for kind in told["kinds"]] == list(Kind)
    assert told["agencies"][0] == {"key": "dinas-contoh", "name": "Dinas Contoh"}
    assert told["tiers"][2] == {
        "name": "berat",
        "limits": [{"clock": "resolve", "title": "Resolution deadline", "limit": "30 working_days"}],
        "sentences": [rule.text for rule in desk.policy.rules if rule.tier == "berat"],
    }
    assert told["requirements"]["proofs"] == ["verified_email", "verified_mobile"]
    assert told["requirements"]["content"] == ["narrative"]
    assert told["contacts"][0]["telephone"] == "137"
    assert told["uploads"]["max_files"] == 5
    assert "image/jpeg" in told["uploads"]["types"]


@pytest.mark.parametrize(("language", "title"), [("id", "Pengaduan"), ("en", "Complaint")])
def test_the_service_is_told_in_the_language_asked_for(desk: MemoryDesk, language: str, title: str) -> None:
    answer = phone(desk).get("", params={"lang": language})
    assert answer.headers["content-language"] == language
    assert {"key": "complaint", "title": title} in answer.json()["kinds"]


# --- Accounts


def ask(client: TestClient, **changes: Any) -> Any:
    who = {"name": "Warga Contoh", "email": "warga@example.id", "mobile": "0812-0000-0000", "language": "en"}
    return client.post("challenges", json=who | changes)


def test_two_codes_become_a_token(desk: MemoryDesk) -> None:
    client = phone(desk, token="")
    asked = ask(client)
    assert asked.status_code == 201
    [(challenge, codes)] = desk.codes.items()
    assert asked.json()["challenge"] == challenge
    typed = {"email_code": f" {codes[Proof.VERIFIED_EMAIL]} ", "mobile_code": codes[Proof.VERIFIED_MOBILE]}
    done = client.post(f"challenges/{challenge}/confirm", json=typed)
    assert done.status_code == 200
    who = desk.principal(done.json()["token"])
    assert who is not None
    assert (who.reporter, who.proofs) == (attrs.evolve(CITIZEN, language="en"), PROOFS)


def test_without_a_language_notices_are_written_in_that_of_the_answer(desk: MemoryDesk) -> None:
    client = phone(desk, token="")
    challenge = ask(client, language=None).json()["challenge"]
    codes = desk.codes[challenge]
    typed = {"email_code": codes[Proof.VERIFIED_EMAIL], "mobile_code": codes[Proof.VERIFIED_MOBILE]}
    token = client.post(f"challenges/{challenge}/confirm", json=typed).json()["token"]
    assert desk.principal(token).reporter.language == "en"


def test_a_token_that_was_ended_opens_nothing(desk: MemoryDesk) -> None:
    client = phone(desk)
    assert client.delete("session", headers={"authorization": "Basic x"}).status_code == 401
    for _ in range(2):
        assert client.delete("session").status_code == 204
    assert send(client).status_code == 401


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 200), (timedelta(seconds=1), 409)])
def test_codes_hold_as_long_as_is_said(desk: MemoryDesk, late: timedelta, status: int) -> None:
    client = phone(desk, token="")
    asked = ask(client).json()
    assert datetime.fromisoformat(asked["expires"]) == NOW + CODES_HOLD
    desk.clock.advance(CODES_HOLD + late)
    codes = desk.codes[asked["challenge"]]
    typed = {"email_code": codes[Proof.VERIFIED_EMAIL], "mobile_code": codes[Proof.VERIFIED_MOBILE]}
    assert client.post(f"challenges/{asked['challenge']}/confirm", json=typed).status_code == status


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "bad_name"),
        ("name", "x" * 201, "bad_name"),
        ("name", "Warga\nContoh", "bad_name"),
        ("email", "warga", "bad_email"),
        ("email", "warga@example.id\r\nBcc: semua@example.id", "bad_email"),
        ("mobile", "1708", "bad_mobile"),
        ("mobile", "62 21 1500", "bad_mobile"),
        ("language", "fr", "unknown_language"),
    ],
)
def test_an_account_needs_all_three(desk: MemoryDesk, field: str, value: str, code: str) -> None:
    answer = ask(phone(desk, token=""), **{field: value})
    assert (answer.status_code, faults(answer)) == (422, [(field, code)])
    assert desk.codes == {}


def test_everything_wrong_with_an_account_is_told_at_once(desk: MemoryDesk) -> None:
    answer = phone(desk, token="").post("challenges", json={})
    assert faults(answer) == [("name", "bad_name"), ("email", "bad_email"), ("mobile", "bad_mobile")]


def test_an_empty_code_is_told_at_its_key_and_costs_no_try(desk: MemoryDesk) -> None:
    client = phone(desk, token="")
    challenge = ask(client).json()["challenge"]
    for _ in range(9):
        answer = client.post(f"challenges/{challenge}/confirm", json={"email_code": "1", "mobile_code": " "})
        assert (answer.status_code, faults(answer)) == (422, [("mobile_code", "empty")])
    wrong = {"email_code": "1", "mobile_code": "2"}
    answers = [client.post(f"challenges/{challenge}/confirm", json=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [409] * 5 + [429]
    assert answers[0].json()["error"]["code"] == "wrong_code"


# --- Reports


def test_a_report_becomes_a_submission_and_a_receipt(desk: MemoryDesk) -> None:
    answer = send(phone(desk), HIDDEN)
    [(code, made)] = desk.submissions.items()
    assert answer.status_code == 201
    assert answer.json() == {
        "code": code,
        "received_at": "2026-03-13T10:05:00+08:00",
        "tier": None,
        "due_date": None,
        "repeated": False,
        "lacking": [],
        "needs_pin": True,
        "pin": answer.json()["pin"],
    }
    assert not desk.track(code, pin=answer.json()["pin"]).locked
    assert (made.channel, made.kind, made.agency) == ("app", Kind.COMPLAINT, "dinas-contoh")
    assert (made.title, made.narrative, made.place) == (REPORT["title"], REPORT["narrative"], REPORT["place"])
    assert (made.event_date, made.event_time) == (date(2026, 3, 12), time(19, 30))
    assert (made.visibility.anonymous, made.visibility.secret) == (True, False)
    assert (made.reporter, made.proofs, made.received_at, made.uploads) == (CITIZEN, PROOFS, NOW, ())


def test_only_the_narrative_is_required(desk: MemoryDesk) -> None:
    assert send(phone(desk), {"narrative": "Terima kasih.", "kind": None, "event_date": None}).status_code == 201
    answer = send(phone(desk), {"narrative": " \u0007\n"})
    assert (answer.status_code, faults(answer)) == (422, [("narrative", "missing_narrative")])


@pytest.mark.parametrize(
    "report_part",
    [(None, json.dumps(REPORT)), (None, json.dumps(REPORT), "application/json"), ("r.json", json.dumps(REPORT))],
    ids=["text", "json", "file"],
)
def test_files_come_beside_the_report(desk: MemoryDesk, report_part: tuple[Any, ...]) -> None:
    files = [("report", report_part), ("uploads", ("foto.jpg", picture())), ("uploads", ("dua.jpg", picture()))]
    assert send(phone(desk), files=files).status_code == 201
    [made] = desk.submissions.values()
    assert [(upload.name, upload.content) for upload in made.uploads] == [
        ("foto.jpg", picture()),
        ("dua.jpg", picture()),
    ]
    assert made.narrative == REPORT["narrative"]


def test_the_same_key_makes_one_report(desk: MemoryDesk) -> None:
    client = phone(desk)
    first, again = send(client, key="kunci-1"), send(client, key="kunci-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"repeated": True}
    assert send(client, key="kunci-2").status_code == 201
    assert len(desk.submissions) == 2


def test_another_person_with_the_same_key_makes_another_report(desk: MemoryDesk) -> None:
    send(phone(desk), key="kunci-1")
    other = phone(desk, token=desk.sign_in(CITIZEN, PROOFS, name="person-2"))
    assert send(other, key="kunci-1").status_code == 201
    assert len({made.source_id for made in desk.submissions.values()}) == 2


def test_a_key_is_needed(desk: MemoryDesk) -> None:
    answer = phone(desk).post("reports", json=REPORT)
    assert (answer.status_code, faults(answer)) == (428, [("Idempotency-Key", "key_needed")])
    assert desk.submissions == {}


@pytest.mark.parametrize("key", ["a b", "x" * 256, "k\xe9"])
def test_a_key_is_visible_ascii(desk: MemoryDesk, key: str) -> None:
    headers = {"idempotency-key": key.encode("latin-1")}
    answer = phone(desk).post("reports", json=REPORT, headers=headers)
    assert (answer.status_code, faults(answer)) == (400, [("Idempotency-Key", "bad_key")])


@pytest.mark.parametrize("token", ["", "unknown"])
def test_a_stranger_is_asked_to_sign_in(desk: MemoryDesk, token: str) -> None:
    answer = send(phone(desk, token=token))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert desk.submissions == {}


def test_an_officer_reports_at_the_counter(desk: MemoryDesk) -> None:
    token = desk.sign_in(Reporter(), role=Role.CENTRAL_ADMIN)
    assert send(phone(desk, token=token)).status_code == 403
    assert desk.submissions == {}


def test_a_proof_that_is_missing_is_told_at_its_field(desk: MemoryDesk) -> None:
    client = phone(desk, token=desk.sign_in(CITIZEN, {Proof.VERIFIED_EMAIL}))
    answer = send(client)
    assert (answer.status_code, faults(answer)) == (422, [("mobile", "missing_verified_mobile")])
    assert answer.json()["error"]["fields"][0]["text"] == "A verified mobile number is needed."


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "aduan", "unknown_kind"),
        ("kind", "", "unknown_kind"),
        ("agency", "dinas-asing", "unknown_agency"),
        ("event_date", "12-03-2026", "bad_date"),
        ("event_date", "2026-02-30", "bad_date"),
        ("event_date", "20260312", "bad_date"),
        ("event_date", "2026-W11-4", "bad_date"),
        ("event_date", "٢٠٢٦-٠٣-١٢", "bad_date"),
        ("event_date", "2026-03-14", "in_the_future"),
        ("event_time", "24:00", "bad_time"),
        ("event_time", "19", "bad_time"),
        ("event_time", "19:30+08:00", "bad_time"),
        ("event_time", "19.30", "bad_time"),
    ],
)
def test_what_cannot_be_accepted_is_told_at_its_key(desk: MemoryDesk, field: str, value: str, code: str) -> None:
    answer = send(phone(desk), REPORT | {field: value})
    assert (answer.status_code, faults(answer)) == (422, [(field, code)])
    assert desk.submissions == {}


def test_kinds_and_agencies_are_named_with_what_is_allowed(desk: MemoryDesk) -> None:
    answer = send(phone(desk), REPORT | {"kind": "aduan", "agency": "x"})
    assert [fault["allowed"] for fault in answer.json()["error"]["fields"]] == [
        list(Kind),
        ["dinas-contoh", "dinas-lain"],
    ]


@pytest.mark.parametrize(("written", "status"), [("10:05", 201), ("10:06", 422)])
def test_nothing_happened_later_today(desk: MemoryDesk, written: str, status: int) -> None:
    answer = send(phone(desk), REPORT | {"event_date": "2026-03-13", "event_time": written})
    assert answer.status_code == status
    if status == 422:
        assert faults(answer) == [("event_time", "in_the_future")]


def test_everything_wrong_is_told_at_once() -> None:
    asked = {"app": Requirement(proofs=PROOFS, content=("kind", "narrative", "place", "uploads"))}
    desk = MemoryDesk(policy(channels=asked), FrozenClock(NOW))
    answer = send(phone(desk), {"kind": "aduan", "event_date": "kemarin"})
    assert answer.json()["error"]["code"] == "bad_fields"
    assert faults(answer) == [
        ("kind", "unknown_kind"),
        ("event_date", "bad_date"),
        ("narrative", "missing_narrative"),
        ("place", "missing_place"),
        ("uploads", "missing_uploads"),
    ]


STRICTNESS = [
    (b'{"narrative": 7}', "narrative"),
    (b'{"narrative": "x", "anonymous": 1}', "anonymous"),
    (b'{"narrative": "x", "narrative": "y"}', "narrative"),
    (b'{"narrative": "\\ud83d"}', "narrative"),
    (b'{"narrative": "\xe9"}', ""),
    (b'{"naration": "x"}', "naration"),
    (b'{"narrative": NaN}', ""),
    (b"[" * 50_000, ""),
    (b"[]", ""),
    (b"", ""),
]


@pytest.mark.parametrize(("body", "key"), STRICTNESS)
def test_json_that_is_not_strict_is_refused(desk: MemoryDesk, body: bytes, key: str) -> None:
    answer = send(phone(desk), content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, faults(answer)) == (400, [(key or "body", "bad_json")])
    assert desk.submissions == {}


@pytest.mark.parametrize("name", [None, "report.json"])
@pytest.mark.parametrize(("body", "key"), STRICTNESS)
def test_json_in_a_form_is_no_less_strict(desk: MemoryDesk, body: bytes, key: str, name: str | None) -> None:
    answer = send(phone(desk), files=[("report", (name, body)), ("uploads", ("", b""))])
    assert answer.status_code == 400
    [(field, _)] = faults(answer)
    assert field == (key or "report")
    assert desk.submissions == {}


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_type_of_body_is_refused(desk: MemoryDesk, kind: str) -> None:
    answer = send(phone(desk), content=json.dumps(REPORT), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "bad_media_type")
    assert "application/json" in answer.json()["error"]["message"]


def test_a_charset_in_the_type_does_not_matter(desk: MemoryDesk) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert send(phone(desk), content=json.dumps(REPORT), headers=headers).status_code == 201


# --- Forms and files


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([("uploads", ("a.jpg", b"x"))], "report"),
        ([("report", (None, "{}")), ("report", (None, "{}"))], "report"),
        ([("report", (None, "{}")), ("photo", ("a.jpg", b"x"))], "photo"),
        ([("report", (None, "{}")), ("uploads", (None, "not a file"))], "uploads"),
    ],
)
def test_a_form_with_other_parts_is_refused(desk: MemoryDesk, parts: list[Any], field: str) -> None:
    answer = send(phone(desk), files=parts)
    assert (answer.status_code, faults(answer)) == (400, [(field, "bad_form")])


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ([("foto.jpg", b"MZ\x90 not a photo")], 422, "bad_file"),
        ([("foto.png", picture())], 422, "file_is_other"),
        ([("a.jpg", picture())] * 3, 422, "too_many_files"),
        ([("a.jpg", picture() + bytes(4096))], 413, "too_large"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(
    desk: MemoryDesk, files: list[tuple[str, bytes]], status: int, code: str
) -> None:
    small = App(limits=FileLimits(max_files=2, max_file_bytes=4096))
    answer = send(phone(desk, app=small), files=with_files(*files))
    assert (answer.status_code, faults(answer)) == (status, [("uploads", code)])
    assert desk.submissions == {}


def test_a_body_too_large_is_refused_by_its_length_and_while_it_is_read(desk: MemoryDesk) -> None:
    client = phone(desk, app=App(limits=FileLimits(max_files=1, max_file_bytes=1024)))
    long = {"narrative": "x" * 2_000_000}
    announced = send(client, long)
    streamed = send(client, content=iter([json.dumps(long).encode()]), headers={"content-type": "application/json"})
    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert announced.json()["error"]["code"] == streamed.json()["error"]["code"] == "too_large"


def test_json_alone_is_a_megabyte_at_most_also_where_files_may_be_larger(desk: MemoryDesk) -> None:
    client = phone(desk)
    long = {"narrative": "x" * (1024**2 + 1)}
    assert send(client, long).status_code == 413
    assert send(client, files=[("report", ("r.json", json.dumps(long)))]).status_code == 413
    assert client.post("track", json={"code": "x" * (1024**2 + 1)}).status_code == 413


# --- Tracking and replies


def test_tracking_shows_what_the_desk_says(desk: MemoryDesk) -> None:
    client = phone(desk, token="")
    code = send(phone(desk)).json()["code"]
    desk.move(code, State.WAITING, "Di jalan mana?")
    answer = client.post("track", json={"code": f" {code.lower()} "})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["code"], told["state"], told["may_reply"]) == (code, "waiting", True)
    assert told["entries"] == [{"at": "2026-03-13T10:05:00+08:00", "text": "Di jalan mana?", "files": []}]
    desk.move(code, State.IN_PROGRESS)
    assert client.post("track", json={"code": code}).json()["may_reply"] is False
    desk.move(code, State.WAITING)
    assert told["status"] == client.post("track?lang=en", json={"code": code}).json()["status"]
    assert told["status"] != client.post("track?lang=id", json={"code": code}).json()["status"]


def test_a_hidden_report_opens_with_its_pin_and_another_one_is_for_its_account(desk: MemoryDesk) -> None:
    client = phone(desk)
    first = send(client, HIDDEN, key="kunci-1").json()
    assert send(client, HIDDEN, key="kunci-1").json() == first | {"repeated": True, "pin": ""}
    code, pin = first["code"], first["pin"]
    desk.move(code, State.WAITING, "Di jalan mana?")
    locked = client.post("track", json={"code": code}).json()
    assert (locked["locked"], locked["state"], locked["entries"], locked["may"]) == (True, "waiting", [], [])
    for wrong, status, told in (
        ("", 403, "pin_needed"),
        (pin[:-1], 422, "bad_pin"),
        (make_pin(bytes(PIN_RANDOM_BYTES)), 403, "wrong_pin"),
    ):
        answer = client.post("replies", json={"code": code, "pin": wrong, "text": "Jalan Contoh."})
        assert (answer.status_code, faults(answer)) == (status, [("pin", told)])
    opened = client.post("track", json={"code": code, "pin": f" {pin.lower()} "}).json()
    assert (opened["locked"], opened["may"]) == (False, ["attach", "reply", "request_erasure", "withdraw"])
    other = phone(desk, token=desk.sign_in(attrs.evolve(CITIZEN, name="Lain"), PROOFS, name="person-2"))
    assert other.post("pins", json={"code": code}).status_code == 403
    renewed = client.post("pins", json={"code": code})
    assert renewed.status_code == 201
    assert client.post("track", json={"code": code, "pin": pin}).json()["error"]["code"] == "wrong_pin"
    again = {"code": code, "pin": renewed.json()["pin"]}
    assert client.post("replies", json=again | {"text": "Jalan Contoh."}).status_code == 204


@pytest.mark.parametrize("code", ["", "?", "x" * 10_000])
def test_what_is_no_code_is_told(desk: MemoryDesk, code: str) -> None:
    answer = phone(desk).post("track", json={"code": code})
    assert (answer.status_code, faults(answer)) == (422, [("code", "bad_code")])


def test_an_unknown_code_is_not_found(desk: MemoryDesk) -> None:
    code = send(phone(desk)).json()["code"]
    empty = phone(MemoryDesk(policy()))
    for answer in (
        empty.post("track", json={"code": code}),
        empty.post("replies", json={"code": code, "text": "x"}),
    ):
        assert (answer.status_code, faults(answer)) == (404, [("code", "unknown_code")])


def short(desk: MemoryDesk, **changes: Any) -> Receipt:
    """Have the desk take a report that says nothing of what happened."""
    report = Submission(channel="app", source_id="1", received_at=NOW, reporter=CITIZEN, proofs=PROOFS, narrative="")
    return desk.submit(attrs.evolve(report, **changes), partial=True)


def test_what_a_report_lacks_is_told_and_brought_by_whoever_holds_its_code(desk: MemoryDesk) -> None:
    client = phone(desk, token="")
    code = short(desk).code
    told = client.post("track", json={"code": code}).json()
    assert (told["state"], told["lacking"]) == ("incomplete", ["missing_narrative"])
    assert "complete" in told["may"]
    still = client.post("completions", json={"code": code, "place": "Jalan Contoh"})
    assert (still.status_code, faults(still)) == (422, [("narrative", "missing_narrative")])
    wrong = client.post("completions", json={"code": code, "narrative": "Lampu padam.", "event_date": "2026-03-14"})
    assert (wrong.status_code, faults(wrong)) == (422, [("event_date", "in_the_future")])
    brought = client.post("completions", json={"code": code, "narrative": "Lampu padam."})
    assert (brought.status_code, brought.content) == (204, b"")
    told = client.post("track", json={"code": code}).json()
    assert (told["state"], told["lacking"], "complete" in told["may"]) == ("submitted", [], False)
    again = client.post("completions", json={"code": code, "narrative": "Lampu padam."})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_possible")


def test_what_a_hidden_report_lacks_is_taken_with_its_pin(desk: MemoryDesk) -> None:
    receipt = short(desk, visibility=Visibility(anonymous=True))
    written = {"code": receipt.code, "narrative": "Lampu padam."}
    assert faults(phone(desk).post("completions", json=written)) == [("pin", "pin_needed")]
    assert phone(desk).post("completions", json=written | {"pin": receipt.pin}).status_code == 204


@pytest.mark.parametrize("key", ["anonymous", "secret", "reporter"])
def test_completing_a_report_changes_nothing_else_of_it(desk: MemoryDesk, key: str) -> None:
    answer = phone(desk).post("completions", json={"code": short(desk).code, "narrative": "Lampu padam.", key: True})
    assert (answer.status_code, faults(answer)) == (400, [(key, "bad_json")])


@pytest.mark.parametrize("files", [[], [("foto.jpg", picture())]])
def test_a_reply_reaches_the_desk(desk: MemoryDesk, files: list[tuple[str, bytes]]) -> None:
    client = phone(desk)
    code = send(client).json()["code"]
    desk.move(code, State.WAITING)
    written = {"code": code, "text": "Jalan Contoh."}
    sent: dict[str, Any] = {"files": with_files(*files, part="reply", written=written)} if files else {"json": written}
    answer = client.post("replies", **sent)
    assert (answer.status_code, answer.content) == (204, b"")
    assert desk.track(code).entries[-1].text == "Jalan Contoh."
    assert [upload.content for upload in desk.uploads[code]] == [content for _, content in files]


def test_a_reply_that_is_not_possible_now_is_refused(desk: MemoryDesk) -> None:
    client = phone(desk)
    code = send(client).json()["code"]
    answer = client.post("replies", json={"code": code, "text": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_possible")


def test_an_empty_reply_is_told_at_its_key(desk: MemoryDesk) -> None:
    code = send(phone(desk)).json()["code"]
    answer = phone(desk).post("replies", json={"code": code, "text": " "})
    assert (answer.status_code, faults(answer)) == (422, [("text", "text_needed")])


# --- The frame


@pytest.mark.parametrize("prefix", ["", "/app/v1", "/layanan/a/b"])
def test_it_works_under_any_prefix(desk: MemoryDesk, prefix: str) -> None:
    client = phone(desk, prefix=prefix)
    assert client.get("").json()["policy"] == desk.policy.reference
    assert client.get("openapi.json").json()["servers"] == [
        {"url": ".", "description": "Wherever this document was found"}
    ]
    assert ask(client).status_code == 201
    code = send(client).json()["code"]
    assert client.post("track", json={"code": code}).status_code == 200


def test_an_unknown_path_and_a_wrong_method_are_told_in_json(desk: MemoryDesk) -> None:
    client = phone(desk)
    for answer, status in ((client.get("x"), 404), (client.get("reports"), 405), (client.post("", json={}), 405)):
        assert answer.status_code == status
        assert answer.json()["error"]["message"]


def test_answers_are_kept_nowhere(desk: MemoryDesk) -> None:
    client = phone(desk)
    for answer in (client.get(""), send(client), client.post("track", json={})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_shows_nothing_of_it(desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("warga@example.id")

    monkeypatch.setattr(desk, "submit", broken)
    client = phone(desk)
    careful = TestClient(client.app, raise_server_exceptions=False, headers=dict(client.headers))
    answer = send(careful)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "warga@example.id" not in answer.text


# --- Laws

KEYS = [*REPORT, "secret", "more"]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["complaint", "2026-03-12", "10:05", "2026-03-13", "dinas-contoh", "\ud800"])
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6),
    max_leaves=12,
)


@given(value=values)
@example({})
@example({"narrative": "x", "event_date": "0000-01-01", "event_time": "99:99"})
@example({"narrative": "x", "event_date": "9999-12-31", "event_time": "23:59"})
def test_any_json_is_taken_or_refused(value: Any) -> None:
    desk = MemoryDesk(policy(), FrozenClock(NOW))
    body = json.dumps(value).encode()
    answer = send(phone(desk), content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {201, 400, 422}
    assert len(desk.submissions) == (answer.status_code == 201)


@given(body=st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    desk = MemoryDesk(policy(), FrozenClock(NOW))
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answer = send(phone(desk), content=body, headers={"content-type": kind})
        assert answer.status_code in {400, 422}


@given(
    report=st.fixed_dictionaries(
        {"narrative": texts() | st.text(min_size=1)},
        optional={
            "title": texts(),
            "place": texts(),
            "kind": st.sampled_from(Kind).map(str) | st.none(),
            "event_date": st.dates(max_value=date(2026, 3, 12)).map(date.isoformat),
            "event_time": st.times().map(lambda moment: f"{moment:%H:%M}"),
            "agency": st.sampled_from(["dinas-contoh", "dinas-lain"]),
            "anonymous": st.booleans(),
            "secret": st.booleans(),
        },
    ),
    in_a_form=st.booleans(),
)
@example(report={"narrative": "e\u0301 \U0001f600 灯\u200d ن"}, in_a_form=True)
def test_what_is_accepted_is_stored_word_for_word(report: dict[str, Any], *, in_a_form: bool) -> None:
    desk = MemoryDesk(policy(), FrozenClock(NOW))
    whole = json.dumps(report, ensure_ascii=False).encode("utf-8", "surrogatepass")
    options: dict[str, Any] = (
        {"files": [("report", (None, whole)), ("uploads", ("", b""))]}
        if in_a_form
        else {"content": whole, "headers": {"content-type": "application/json"}}
    )
    answer = send(phone(desk), **options)
    if not clean(report["narrative"]):
        assert answer.status_code == 422
        return
    assert answer.status_code == 201
    [made] = desk.submissions.values()
    for name in ("narrative", "title", "place"):
        written = report.get(name, "")
        assert getattr(made, name) == clean(written)
        if not any(unicodedata.category(letter) == "Cc" for letter in written):
            assert getattr(made, name) == unicodedata.normalize("NFC", written).strip()
    assert {
        "kind": made.kind,
        "agency": made.agency,
        "event_date": made.event_date and made.event_date.isoformat(),
        "event_time": made.event_time and f"{made.event_time:%H:%M}",
    } == {name: report.get(name) for name in ("kind", "agency", "event_date", "event_time")}
    assert made.visibility.anonymous == report.get("anonymous", False)
    assert made.visibility.secret == report.get("secret", False)
