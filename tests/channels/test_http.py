"""What the doors that speak HTTP share: texts, forms, bodies in JSON, contacts, and errors as answers."""

import json
import unicodedata
from typing import Any

import attrs
import pytest

pytest.importorskip("starlette")

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lapor_channels.http import bad_fields, clean, json_app, problem_of, problem_response
from lapor_channels.http.bodies import body_of, read_json
from lapor_channels.http.contacts import LONGEST_EMAIL, LONGEST_NAME, international, is_email, is_name
from lapor_channels.http.forms import form_of
from lapor_channels.http.limits import FileLimits
from lapor_channels.http.texts import ERRORS
from lapor_channels.notifiers.letters import header_address
from lapor_core.errors import BadValue, Incomplete, Missing

# --- Texts


@given(st.text())
@example("e\x00\u0301")
@example("\u0301\r\n\r x \t\x85")
def test_a_clean_text_is_nfc_has_no_control_characters_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert {letter for letter in cleaned if unicodedata.category(letter) == "Cc"} <= {"\n", "\t"}


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_a_text_without_control_characters_is_kept_word_for_word(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text).strip()


# --- Contacts


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0812-3456-7890", "+6281234567890"),  # invented
        ("+60 12-345 6789", "+60123456789"),  # invented
        ("1708", ""),
        ("62 21 1500", ""),
        ("", ""),
        ("9" * 5_000, ""),
    ],
)
def test_a_mobile_number_becomes_international_or_nothing(written: str, number: str) -> None:
    assert international(written) == number


def test_an_address_is_one_address() -> None:
    assert is_email("warga@example.id")
    assert not is_email("")
    assert not is_email("a@example.id\r\nBcc: b@example.id")
    assert not is_email("x" * LONGEST_EMAIL + "@example.id")
    assert not is_email("warga@" + "\u0301e" * 2**20 + ".id")  # and says so at once
    assert not is_email("warga@localhost")
    assert not is_email("warga..contoh@example.id")
    assert not is_email("wargá@example.id")  # no code would ever arrive
    assert is_email("warga@bücher.example")


@given(text=st.one_of(st.emails(), st.from_regex(r"[^@\s]{1,9}@[^@\s]{1,9}\.[^@\s]{1,9}", fullmatch=True), st.text()))
def test_what_passes_for_an_address_is_one_that_a_letter_can_be_sent_to(text: str) -> None:
    if is_email(text):
        header_address(text)


def test_a_name_is_one_line() -> None:
    assert is_name("Warga Contoh")
    assert not any(map(is_name, ["", "x" * (LONGEST_NAME + 1), "Warga\nContoh"]))


# --- Limits


def test_limits_of_files_are_positive_and_leave_room_for_what_was_written() -> None:
    limits = FileLimits(max_files=2, max_file_bytes=1_000)
    assert (limits.rule.count, limits.rule.limit) == (2, 1_000)
    assert limits.max_body == 2_000 + 1024**2
    with pytest.raises(BadValue, match="max_files"):
        FileLimits(max_files=0)


# --- JSON


@attrs.frozen(kw_only=True)
class Body:
    text: str = ""
    number: int | None = None


def problems(data: bytes) -> list[str]:
    with pytest.raises(BadValue) as raised:
        read_json(data, Body)
    assert raised.value.code == "bad_json"
    return list(raised.value.params["problems"])


def test_json_is_read_into_a_class() -> None:
    assert read_json('{"text": "padam é", "number": null}'.encode(), Body) == Body(text="padam é")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "body: is not JSON at line 1, column 1"),
        (b'{"text": "x",}', "body: is not JSON at line 1, column 14"),
        (b'\xef\xbb\xbf{"text": "x"}', "body: is not JSON at line 1, column 1"),
        (b'{"text": "\xe9"}', "body: is not UTF-8"),
        (b'{"text": "a\nb"}', "body: is not JSON at line 1, column 12"),
        (b"[]", "body: must be an object"),
        (b"null", "body: must be an object"),
        (b'"\\ud800"', "body: must be an object"),
        (b'{"text": "a", "text": "b"}', "text: is given twice"),
        (b'{"number": NaN}', "body: NaN is no number of JSON"),
        (b'{"number": -Infinity}', "body: -Infinity is no number of JSON"),
        (b'{"number": 1e999}', "number: must be a whole number, not a number"),
        (b'{"number": true}', "number: must be a whole number, not true or false"),
        (b'{"number": ' + b"9" * 5_000 + b"}", "body: has a number of too many digits"),
        (b'{"text": "\\ud83d"}', "text: has half a character (a lone surrogate)"),
        (b'{"text": ["x", ["\\udc00"]]}', "text: has half a character (a lone surrogate)"),
        (b'{"\\ud83d": 1}', "body: a key has half a character (a lone surrogate)"),
        (b'{"text": {}}', "text: must be text, not a table"),
        (b'{"Text": "x"}', 'Text: unknown key; did you mean "text"? (text, number)'),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "body: is nested too deeply"),
        (b'{"' + b"x" * 65 + b'": 1}', "body: at most 64 keys of at most 64 characters"),
    ],
)
def test_json_that_is_not_strict_is_refused_with_the_key_named(data: bytes, problem: str) -> None:
    assert problems(data) == [problem]


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert read_json(b'{"text": "\\ud83d\\ude00"}', Body).text == "\U0001f600"


def test_a_thousand_keys_are_not_looked_at() -> None:
    many = json.dumps({f"k{number}": 0 for number in range(1_000)}).encode()
    assert problems(many) == ["body: at most 64 keys of at most 64 characters"]


def test_every_faulty_key_is_told_at_once() -> None:
    assert [problem.partition(":")[0] for problem in problems(b'{"text": 1, "number": "1", "more": 2}')] == [
        "text",
        "number",
        "more",
    ]


# --- An application of its own


async def echo_form(request: Request) -> Response:
    async with form_of(request, max_files=2) as form:
        shown = [[name, value if isinstance(value, str) else value.filename] for name, value in form.multi_items()]
    return JSONResponse(shown)


async def echo_size(request: Request) -> Response:
    return JSONResponse(len(await body_of(request, limit=10)))


async def gone(_: Request) -> Response:
    raise ClientDisconnect


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route("/form", echo_form, methods=["POST"]),
        Route("/size", echo_size, methods=["POST"]),
        Route("/gone", gone),
    ]
    return TestClient(json_app(routes))


def part(content: bytes, disposition: str = 'name="text"') -> bytes:
    head = f"--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n--x--\r\n"


CHARSETS = ["", "; charset=utf-8", "; charset=undefined", "; charset=utf-7", "; charset=zlib", "; charset=a\0b"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_is_utf_8_whatever_it_says_of_itself(client: TestClient, charset: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary=x{charset}".encode()}
    answer = client.post("/form", content=part("padam é +AOk- 灯".encode()), headers=headers)
    assert answer.json() == [["text", "padam é +AOk- 灯"]]
    named = client.post("/form", content=part(b"", 'name="uploads"; filename="fotó 灯.jpg"'), headers=headers)
    assert named.json() == [["uploads", "fotó 灯.jpg"]]


def test_a_text_that_is_no_utf_8_is_refused_by_its_field(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/form", content=part(b"padam \xe9"), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_form")
    assert [fault["field"] for fault in answer.json()["error"]["fields"]] == ["text"]


@pytest.mark.parametrize("kind", ['multipart/form-data; boundary="x', "multipart/form-data", "MULTIPART/FORM-DATA;b=1"])
def test_a_form_that_cannot_be_read_is_refused(client: TestClient, kind: str) -> None:
    assert client.post("/form", content=part(b"\xe9"), headers={"content-type": kind}).status_code == 400


def test_an_urlencoded_form_is_read_too(client: TestClient) -> None:
    assert client.post("/form", data={"text": "padam é"}).json() == [["text", "padam é"]]


def test_a_body_is_not_read_beyond_its_limit(client: TestClient) -> None:
    assert client.post("/size", content=b"x" * 10).json() == 10
    answer = client.post("/size", content=b"x" * 11)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    answer = client.get("/size")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_client_that_went_away_is_no_fault_of_the_server(client: TestClient) -> None:
    assert client.get("/gone").status_code == 400


# --- Errors as answers


def shown(error: Any, language: str = "en") -> dict[str, Any]:
    return json.loads(bytes(problem_response(error, language).body))["error"]


def test_a_missing_proof_is_told_in_the_citizens_language() -> None:
    piece = Missing(field="email", code="missing_verified_email", text="for developers")
    [fault] = shown(Incomplete([piece]), "id")["fields"]
    assert fault == {
        "field": "email",
        "code": "missing_verified_email",
        "text": "Alamat email yang sudah diverifikasi diperlukan.",
    }


def test_everything_wrong_with_a_body_is_one_answer() -> None:
    faults = [
        BadValue("kind", code="unknown_kind", field="kind", allowed=("complaint", "aspiration")),
        BadValue("date", code="bad_date", field="event_date"),
        Incomplete([Missing(field="narrative", code="missing_narrative", text="must not be empty")]),
    ]
    problem = problem_of(bad_fields(faults), "en")
    assert (problem.status, problem.code) == (422, "bad_fields")
    answer = shown(bad_fields(faults))["fields"]
    assert [(fault["field"], fault["code"]) for fault in answer] == [
        ("kind", "unknown_kind"),
        ("event_date", "bad_date"),
        ("narrative", "missing_narrative"),
    ]
    assert answer[0]["allowed"] == ["complaint", "aspiration"]
    assert "allowed" not in answer[1]


def test_an_error_about_one_field_names_it_whoever_raised_it() -> None:
    [fault] = shown(BadValue("not a code", code="bad_code"))["fields"]
    assert (fault["field"], fault["text"]) == (
        "code",
        "This code has a typing slip: a code has 11 letters and digits, like 7KQ2-M4XW-9T3.",
    )


def test_who_is_asked_to_sign_in_is_told_how() -> None:
    assert problem_response(BadValue("x", code="sign_in_needed")).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in problem_response(HTTPException(404)).headers


def test_every_sentence_exists_in_both_languages_and_asks_for_the_same_values() -> None:
    holes = {
        code: [sorted(part.partition("}")[0] for part in text.split("{")[1:]) for text in (sentence.id, sentence.en)]
        for code, sentence in ERRORS.items()
    }
    assert [code for code, (ours, theirs) in holes.items() if ours != theirs] == []
