"""The description of the app's API is true: every route, every status, every shape of an answer, every example."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

pytest.importorskip("starlette")
pytest.importorskip("jsonschema")

from jsonschema import Draft202012Validator, FormatChecker
from PIL import Image
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from lapor_channels.app import App
from lapor_channels.http.limits import FileLimits
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Agency, Proof, Reporter
from lapor_core.errors import Refused
from lapor_core.lifecycle import Role, State
from lapor_core.pins import make_pin
from lapor_core.plugins.contracts import PRINCIPAL
from lapor_core.policy.loading import shipped_policy
from lapor_core.submission import Submission, Upload
from lapor_core.testing import FrozenClock, MemoryDesk

PROOFS = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
CITIZEN = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6281200000000")  # invented
DOCUMENT = json.loads(TestClient(App().app(MemoryDesk())).get("/openapi.json").content)

# --- Reading the document


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to."""
    node = value
    while "$ref" in node:
        found: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


FORMATS = FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


def faults(schema: dict[str, Any], value: object) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def documented() -> list[tuple[str, str]]:
    return [(operation["operationId"], status) for _, _, operation in operations() for status in operation["responses"]]


# --- Calling the API


class Caller:
    """An app over a desk of its own, with a report in it whose reporter is asked something."""

    def __init__(self) -> None:
        agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
        policy = attrs.evolve(shipped_policy("banjarbaru"), agencies=agencies)
        self.desk = MemoryDesk(policy, FrozenClock(datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))))
        inner = App(limits=FileLimits(max_files=1, max_file_bytes=4096)).app(self.desk)

        async def host(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
                scope[PRINCIPAL] = self.desk.principal(token)
            await inner(scope, receive, send)

        self.client = TestClient(host, raise_server_exceptions=False)
        self.token = self.desk.sign_in(CITIZEN, PROOFS)
        self.code = self.report().json()["code"]
        self.desk.move(self.code, State.WAITING, "Di jalan mana?")

    def report(self, body: Any = None, *, key: str | None = "key-1", token: str | None = None, **options: Any) -> Any:
        headers = {"authorization": f"Bearer {token or self.token}"} | ({"idempotency-key": key} if key else {})
        options = options or {"json": body or example("report")}
        return self.client.post("/reports", headers=headers, **options)

    def challenge(self, **options: Any) -> Any:
        return self.client.post("/challenges", **(options or {"json": example("challenge")}))

    def confirm(self, *codes: str, **options: Any) -> Any:
        challenge = self.challenge().json()["challenge"]
        right = self.desk.codes[challenge]
        email_code, mobile_code = codes or (right[Proof.VERIFIED_EMAIL], right[Proof.VERIFIED_MOBILE])
        options = options or {"json": {"email_code": email_code, "mobile_code": mobile_code}}
        return self.client.post(f"/challenges/{challenge}/confirm", **options)

    def sign_out(self) -> Any:
        return self.client.delete("/session", headers={"authorization": f"Bearer {self.token}"})

    def track(self, code: str | None = None, **options: Any) -> Any:
        return self.client.post("/track", **(options or {"json": {"code": self.code if code is None else code}}))

    def file(self, code: str | None = None, *, file: str = "file-1", **options: Any) -> Any:
        self.desk.move(
            self.code, State.RESPONDED, "Sudah diganti.", [Upload(name="surat tugas.pdf", content=b"%PDF-1.7")]
        )
        body = {"code": self.code if code is None else code, "file": file}
        return self.client.post("/files", **(options or {"json": body}))

    def reply(self, code: str | None = None, **options: Any) -> Any:
        body = example("reply") | {"code": self.code if code is None else code}
        return self.client.post("/replies", **(options or {"json": body}))

    def incomplete(self) -> str:
        """Have the desk take a report that lacks its narrative, and return its code."""
        now = self.desk.now()
        submission = Submission(
            channel="app", source_id="key-short", received_at=now, reporter=CITIZEN, proofs=PROOFS, narrative=""
        )
        return self.desk.submit(submission, partial=True).code

    def complete(self, code: str | None = None, **options: Any) -> Any:
        body = example("complete") | {"code": self.incomplete() if code is None else code}
        return self.client.post("/completions", **(options or {"json": body}))

    def rate(self, *, stars: int = 2, outcome: str = "disputed", code: str | None = None, **options: Any) -> Any:
        if self.desk.track(self.code).state == State.WAITING:
            self.desk.move(self.code, State.RESPONDED, "Sudah diganti.")
        body = example("rate") | {"code": self.code if code is None else code, "stars": stars, "outcome": outcome}
        return self.client.post("/ratings", **(options or {"json": body}))

    def attach(self, code: str | None = None, *, pictures: int = 1, **options: Any) -> Any:
        written = json.dumps({"code": self.code if code is None else code, "text": "Foto malam"})
        files = [("uploads", ("a.png", picture()))] * pictures
        form = {"files": [("attachment", (None, written, "application/json")), *files]}
        return self.client.post("/attachments", **(options or form))

    def withdraw(self, code: str | None = None, **options: Any) -> Any:
        body = example("withdraw") | {"code": self.code if code is None else code}
        return self.client.post("/withdrawals", **(options or {"json": body}))

    def request_erasure(self, code: str | None = None, **options: Any) -> Any:
        body = example("request_erasure") | {"code": self.code if code is None else code}
        return self.client.post("/erasure-requests", **(options or {"json": body}))

    def erased(self) -> None:
        self.desk.move(self.code, State.ERASED)

    def hidden(self, pin: str = "") -> dict[str, str]:
        """Hand in an anonymous report, and return its code with another PIN, or with none."""
        receipt = self.report(example("report") | {"anonymous": True}, key="key-hidden").json()
        assert receipt["needs_pin"]
        return {"code": receipt["code"], "pin": make_pin(bytes(5)) if pin else ""}

    def renew_pin(self, code: str | None = None, *, token: str | None = None, **options: Any) -> Any:
        headers = {"authorization": f"Bearer {token or self.token}"} | options.pop("headers", {})
        body = {"code": self.hidden()["code"] if code is None else code}
        return self.client.post("/pins", headers=headers, **(options or {"json": body}))

    def broken(self, method: str, ask: Callable[[], Any], error: Exception | None = None) -> Any:
        def fail(*_: Any, **__: Any) -> None:
            raise error or RuntimeError

        setattr(self.desk, method, fail)
        return ask()

    def crowded(self, method: str, ask: Callable[[], Any]) -> Any:
        """Ask a host that has no time for this address now."""
        return self.broken(method, ask, Refused("slowly", code="too_many_requests"))


def example(operation_id: str) -> dict[str, Any]:
    [operation] = [operation for _, _, operation in operations() if operation["operationId"] == operation_id]
    found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["example"]
    return found


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "PNG")
    return buffer.getvalue()


LARGE = {"content": b" " * 2_000_000, "headers": {"content-type": "application/json"}}
UNREADABLE = {"content": b"{", "headers": {"content-type": "application/json"}}
TEXT = {"content": b"x", "headers": {"content-type": "text/plain"}}
NOBODYS = tracking_code(bytes(RANDOM_BYTES))


def with_key(options: dict[str, Any], caller: Caller) -> Any:
    headers = {"authorization": f"Bearer {caller.token}", "idempotency-key": "key-2"} | options["headers"]
    return caller.client.post("/reports", content=options["content"], headers=headers)


def broken_policy(caller: Caller) -> Any:
    caller.desk._policy = None  # type: ignore[assignment]  # a fault of ours, whatever it is
    return caller.client.get("/")


def broken_advice(caller: Caller) -> Any:
    caller.desk._policy = None  # type: ignore[assignment]  # a fault of ours, whatever it is
    return caller.client.post("/advice", json=example("advice"))


ANSWERS: dict[tuple[str, str], Callable[[Caller], Any]] = {
    ("service", "200"): lambda caller: caller.client.get("/"),
    ("service", "5XX"): broken_policy,
    ("describe", "200"): lambda caller: caller.client.get("/openapi.json"),
    ("challenge", "201"): lambda caller: caller.challenge(),
    ("challenge", "400"): lambda caller: caller.challenge(**UNREADABLE),
    ("challenge", "413"): lambda caller: caller.challenge(**LARGE),
    ("challenge", "415"): lambda caller: caller.challenge(**TEXT),
    ("challenge", "422"): lambda caller: caller.challenge(json={"name": "Warga Contoh"}),
    ("challenge", "429"): lambda caller: caller.crowded("challenge", caller.challenge),
    ("challenge", "5XX"): lambda caller: caller.broken("challenge", caller.challenge),
    ("confirm", "200"): lambda caller: caller.confirm(),
    ("confirm", "400"): lambda caller: caller.confirm(**UNREADABLE),
    ("confirm", "409"): lambda caller: caller.confirm("1", "2"),
    ("confirm", "413"): lambda caller: caller.confirm(**LARGE),
    ("confirm", "415"): lambda caller: caller.confirm(**TEXT),
    ("confirm", "422"): lambda caller: caller.confirm("", ""),
    ("confirm", "429"): lambda caller: caller.broken(
        "confirm", caller.confirm, Refused("slowly", code="too_many_tries")
    ),
    ("confirm", "5XX"): lambda caller: caller.broken("confirm", caller.confirm),
    ("sign_out", "204"): lambda caller: caller.sign_out(),
    ("sign_out", "401"): lambda caller: caller.client.delete("/session"),
    ("sign_out", "5XX"): lambda caller: caller.broken("sign_out", caller.sign_out),
    ("report", "200"): lambda caller: caller.report(),
    ("report", "201"): lambda caller: caller.report(key="key-2"),
    ("report", "400"): lambda caller: with_key(UNREADABLE, caller),
    ("report", "401"): lambda caller: caller.report(token="nobody"),
    ("report", "403"): lambda caller: caller.report(token=caller.desk.sign_in(Reporter(), role=Role.CENTRAL_ADMIN)),
    ("report", "413"): lambda caller: with_key(LARGE, caller),
    ("report", "415"): lambda caller: with_key(TEXT, caller),
    ("report", "422"): lambda caller: caller.report({"kind": "aduan"}),
    ("report", "428"): lambda caller: caller.report(key=None),
    ("report", "5XX"): lambda caller: caller.broken("submit", caller.report),
    ("advice", "200"): lambda caller: caller.client.post("/advice", json=example("advice")),
    ("advice", "400"): lambda caller: caller.client.post("/advice", **UNREADABLE),
    ("advice", "413"): lambda caller: caller.client.post("/advice", **LARGE),
    ("advice", "415"): lambda caller: caller.client.post("/advice", **TEXT),
    ("advice", "5XX"): broken_advice,
    ("track", "200"): lambda caller: caller.track(),
    ("track", "400"): lambda caller: caller.track(**UNREADABLE),
    ("track", "404"): lambda caller: caller.track(NOBODYS),
    ("track", "413"): lambda caller: caller.track(**LARGE),
    ("track", "415"): lambda caller: caller.track(**TEXT),
    ("track", "422"): lambda caller: caller.track("x"),
    ("track", "5XX"): lambda caller: caller.broken("track", caller.track),
    ("track", "403"): lambda caller: caller.track(json=caller.hidden("wrong")),
    ("track", "429"): lambda caller: caller.crowded("track", caller.track),
    ("renew_pin", "201"): lambda caller: caller.renew_pin(),
    ("renew_pin", "400"): lambda caller: caller.renew_pin(**UNREADABLE),
    ("renew_pin", "401"): lambda caller: caller.renew_pin(token="nobody"),
    ("renew_pin", "403"): lambda caller: caller.renew_pin(token=caller.desk.sign_in(Reporter(), PROOFS)),
    ("renew_pin", "404"): lambda caller: caller.renew_pin(NOBODYS),
    ("renew_pin", "409"): lambda caller: caller.renew_pin(caller.code),
    ("renew_pin", "413"): lambda caller: caller.renew_pin(**LARGE),
    ("renew_pin", "415"): lambda caller: caller.renew_pin(**TEXT),
    ("renew_pin", "422"): lambda caller: caller.renew_pin("x"),
    ("renew_pin", "5XX"): lambda caller: caller.broken("renew_pin", caller.renew_pin),
    ("file", "403"): lambda caller: caller.file(json=caller.hidden() | {"file": "file-1"}),
    ("file", "429"): lambda caller: caller.crowded("download", caller.file),
    ("rate", "403"): lambda caller: caller.rate(json=example("rate") | caller.hidden()),
    ("rate", "429"): lambda caller: caller.crowded("rate", caller.rate),
    ("attach", "403"): lambda caller: caller.attach(json=caller.hidden()),
    ("attach", "429"): lambda caller: caller.crowded("attach", caller.attach),
    ("request_erasure", "403"): lambda caller: caller.request_erasure(json=caller.hidden()),
    ("request_erasure", "429"): lambda caller: caller.crowded("request_erasure", caller.request_erasure),
    ("withdraw", "403"): lambda caller: caller.withdraw(json=caller.hidden()),
    ("withdraw", "429"): lambda caller: caller.crowded("withdraw", caller.withdraw),
    ("reply", "403"): lambda caller: caller.reply(json=caller.hidden() | {"text": "x"}),
    ("reply", "429"): lambda caller: caller.crowded("reply", caller.reply),
    ("file", "200"): lambda caller: caller.file(),
    ("file", "400"): lambda caller: caller.file(**UNREADABLE),
    ("file", "404"): lambda caller: caller.file(file="no-such-file"),
    ("file", "413"): lambda caller: caller.file(**LARGE),
    ("file", "415"): lambda caller: caller.file(**TEXT),
    ("file", "422"): lambda caller: caller.file("x"),
    ("file", "5XX"): lambda caller: caller.broken("download", caller.file),
    ("complete", "204"): lambda caller: caller.complete(),
    ("complete", "400"): lambda caller: caller.complete(**UNREADABLE),
    ("complete", "403"): lambda caller: caller.complete(json=caller.hidden()),
    ("complete", "404"): lambda caller: caller.complete(NOBODYS),
    ("complete", "409"): lambda caller: caller.complete(caller.code),
    ("complete", "413"): lambda caller: caller.complete(**LARGE),
    ("complete", "415"): lambda caller: caller.complete(**TEXT),
    ("complete", "422"): lambda caller: caller.complete(json={"code": caller.incomplete()}),
    ("complete", "429"): lambda caller: caller.crowded("complete", caller.complete),
    ("complete", "5XX"): lambda caller: caller.broken("complete", caller.complete),
    ("rate", "204"): lambda caller: caller.rate(),
    ("rate", "400"): lambda caller: caller.rate(**UNREADABLE),
    ("rate", "404"): lambda caller: caller.rate(code=NOBODYS),
    ("rate", "409"): lambda caller: (caller.rate(), caller.rate())[-1],
    ("rate", "413"): lambda caller: caller.rate(**LARGE),
    ("rate", "415"): lambda caller: caller.rate(**TEXT),
    ("rate", "422"): lambda caller: caller.rate(stars=6, outcome="entah"),
    ("rate", "5XX"): lambda caller: caller.broken("rate", caller.rate),
    ("attach", "204"): lambda caller: caller.attach(),
    ("attach", "400"): lambda caller: caller.attach(files=[("attachment", (None, "{", "application/json"))]),
    ("attach", "404"): lambda caller: caller.attach(NOBODYS),
    ("attach", "409"): lambda caller: (caller.withdraw(), caller.attach())[-1],
    ("attach", "413"): lambda caller: caller.attach(**LARGE),
    ("attach", "415"): lambda caller: caller.attach(**TEXT),
    ("attach", "422"): lambda caller: caller.attach(pictures=0),
    ("attach", "5XX"): lambda caller: caller.broken("attach", caller.attach),
    ("withdraw", "204"): lambda caller: caller.withdraw(),
    ("withdraw", "400"): lambda caller: caller.withdraw(**UNREADABLE),
    ("withdraw", "404"): lambda caller: caller.withdraw(NOBODYS),
    ("withdraw", "409"): lambda caller: (caller.withdraw(), caller.withdraw())[-1],
    ("withdraw", "413"): lambda caller: caller.withdraw(**LARGE),
    ("withdraw", "415"): lambda caller: caller.withdraw(**TEXT),
    ("withdraw", "422"): lambda caller: caller.withdraw("x"),
    ("withdraw", "5XX"): lambda caller: caller.broken("withdraw", caller.withdraw),
    ("request_erasure", "204"): lambda caller: caller.request_erasure(),
    ("request_erasure", "400"): lambda caller: caller.request_erasure(**UNREADABLE),
    ("request_erasure", "404"): lambda caller: caller.request_erasure(NOBODYS),
    ("request_erasure", "409"): lambda caller: (caller.erased(), caller.request_erasure())[-1],
    ("request_erasure", "413"): lambda caller: caller.request_erasure(**LARGE),
    ("request_erasure", "415"): lambda caller: caller.request_erasure(**TEXT),
    ("request_erasure", "422"): lambda caller: caller.request_erasure("x"),
    ("request_erasure", "5XX"): lambda caller: caller.broken("request_erasure", caller.request_erasure),
    ("reply", "204"): lambda caller: caller.reply(),
    ("reply", "400"): lambda caller: caller.reply(**UNREADABLE),
    ("reply", "404"): lambda caller: caller.reply(NOBODYS),
    ("reply", "409"): lambda caller: (caller.reply(), caller.reply())[-1],
    ("reply", "413"): lambda caller: caller.reply(**LARGE),
    ("reply", "415"): lambda caller: caller.reply(**TEXT),
    ("reply", "422"): lambda caller: caller.reply("x"),
    ("reply", "5XX"): lambda caller: caller.broken("reply", caller.reply),
}
"""How each documented answer is got."""


# --- The tests


def test_every_route_is_described_and_every_described_one_exists() -> None:
    routes = {
        (route.path, method.lower())
        for route in App().app(MemoryDesk()).routes  # type: ignore[attr-defined]  # it is Starlette's
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routes == {(path, method) for path, method, _ in operations()}


def test_every_described_answer_is_tried_below() -> None:
    assert set(ANSWERS) == set(documented())


@pytest.mark.parametrize(("operation_id", "status"), list(ANSWERS))
def test_an_answer_is_what_the_document_says(operation_id: str, status: str) -> None:
    answer = ANSWERS[operation_id, status](Caller())
    [operation] = [operation for _, _, operation in operations() if operation["operationId"] == operation_id]
    described = resolved(operation["responses"][status])
    assert str(answer.status_code) == status.replace("XX", "00")
    for header in described.get("headers", ()):
        assert header in answer.headers
    if "content" not in described:
        assert answer.content == b""
        return
    if "application/json" not in described["content"]:
        assert answer.content
        return
    assert answer.headers["content-type"] == "application/json"
    assert faults(described["content"]["application/json"]["schema"], answer.json()) == []


def test_the_tracking_says_what_may_be_done_and_a_rating_what_is_wrong_with_it() -> None:
    caller = Caller()
    assert caller.track().json()["may"] == ["attach", "reply", "request_erasure", "withdraw"]
    told = caller.rate(stars=6, outcome="entah").json()["error"]
    assert [(fault["field"], fault["code"]) for fault in told["fields"]] == [
        ("outcome", "unknown_outcome"),
        ("stars", "bad_rating"),
    ]
    assert caller.track().json()["may"] == ["attach", "rate", "reply", "request_erasure"]
    assert caller.rate().status_code == 204
    assert caller.desk.track(caller.code).state == State.APPEALED


def test_coarse_words_are_told_with_their_places_and_polite_texts_with_none() -> None:
    client = Caller().client
    told = client.post("/advice", json={"text": "Pak Goblooog? Goblook!"}).json()
    assert told == {"words": [{"word": "Goblook", "start": 14, "end": 21}], "standard": "dengan bahasa yang santun"}
    assert client.post("/advice", json={"text": "Lampu padam."}).json() == {"words": [], "standard": ""}


def test_a_file_of_an_answer_is_listed_and_handed_out_under_its_own_name() -> None:
    caller = Caller()
    answer = caller.file()
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"surat-tugas.pdf\"; filename*=UTF-8''surat%20tugas.pdf"
    )
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    [*_, entry] = caller.track().json()["entries"]
    assert [file["name"] for file in entry["files"]] == ["surat tugas.pdf"]


def test_the_codes_that_a_status_names_are_those_that_come() -> None:
    unnamed = []
    for (operation_id, status), ask in ANSWERS.items():
        [operation] = [operation for _, _, operation in operations() if operation["operationId"] == operation_id]
        described = resolved(operation["responses"][status])
        if "error" in (answer := ask(Caller())).text and status[0] in "45":
            code = answer.json()["error"]["code"]
            unnamed += [(operation_id, status, code)] * (f"`{code}`" not in described["description"])
    assert unnamed == []


def test_a_form_is_taken_as_described() -> None:
    for path, part in (("/reports", "report"), ("/replies", "reply"), ("/completions", "completion")):
        caller = Caller()
        [operation] = [operation for found, _, operation in operations() if found == path]
        content = operation["requestBody"]["content"]
        assert list(content["multipart/form-data"]["schema"]["properties"]) == [part, "uploads"]
        codes = {"reply": {"code": caller.code}, "completion": {"code": caller.incomplete()}}
        written = content["application/json"]["example"] | codes.get(part, {})
        files = [(part, (None, json.dumps(written), "application/json")), ("uploads", ("a.png", picture()))]
        token = {"authorization": f"Bearer {caller.token}", "idempotency-key": "key-2"} if part == "report" else {}
        assert caller.client.post(path, files=files, headers=token).status_code in {201, 204}


def test_every_example_is_as_its_schema_says() -> None:
    for media in every(DOCUMENT, "example"):
        assert faults(media["schema"], media["example"]) == []


def test_examples_of_requests_are_taken() -> None:
    caller = Caller()
    assert caller.challenge().status_code == 201
    assert caller.report(key="key-2").status_code == 201


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("Report", {"narrative": "x", "naration": "y"}),
        ("Report", {"kind": "aduan"}),
        ("Report", {"event_time": "24:00"}),
        ("Report", {"event_date": "2026-02-30"}),
        ("Report", {"anonymous": 1}),
        ("Who", {"name": "Warga Contoh", "email": "warga@example.id"}),
        ("Codes", {"email_code": 123456, "mobile_code": "1"}),
        ("Reply", {"code": "x", "text": ""}),
    ],
)
def test_what_a_schema_refuses_is_refused(schema: str, value: dict[str, Any]) -> None:
    caller = Caller()
    ask: dict[str, Callable[[], Any]] = {
        "Report": lambda: caller.report(value),
        "Who": lambda: caller.challenge(json=value),
        "Codes": lambda: caller.confirm(json=value),
        "Reply": lambda: caller.reply(json=value),
    }
    assert faults(DOCUMENT["components"]["schemas"][schema], value) != []
    assert ask[schema]().status_code in {400, 422}


def test_schemas_are_schemas_and_all_of_them_are_used() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    used = {node["$ref"] for node in every(DOCUMENT, "$ref")}
    there = {
        f"#/components/{group}/{name}" for group in DOCUMENT["components"] for name in DOCUMENT["components"][group]
    }
    assert there - used == {"#/components/securitySchemes/token"}


def test_every_key_of_every_object_is_described_and_no_other_is_taken() -> None:
    for schema in every(DOCUMENT["components"], "properties"):
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) <= set(schema["properties"])


def every(node: Any, key: str) -> Iterator[dict[str, Any]]:
    """Yield every object in a document that has ``key``."""
    if isinstance(node, dict):
        if key in node:
            yield node
        for value in node.values():
            yield from every(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from every(value, key)
