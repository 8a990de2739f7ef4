"""The notifier over Kannel's sendsms, spoken to on loopback: what goes out, and the verdict on every answer."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

pytest.importorskip("httpx2")
pytest.importorskip("phonenumbers")

from lapor_channels.sms import SmsNotifier, SmsSettings
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_core.testing import check_notifier
from lapor_core.testing.strategies import texts

NOW = datetime(2026, 4, 8, 9, tzinfo=ZoneInfo("Asia/Makassar"))
PATH = "/cgi-bin/sendsms"
MESSAGE = Message(
    key="b7c1/3/answered/reporter",
    medium="sms",
    address="+6280000000001",  # invented
    text="Laporan 7KQ2-M4XW-9T3 ditanggapi: lampu sudah diganti.",
    template="answered",
)


def notifier(url: str, **options: object) -> SmsNotifier:
    given = {"send_url": url, "user": "lapor", "password": "kata-sandi", "sender": "1708", **options}
    return SmsNotifier().configure(SmsSettings(**given))


@pytest.fixture
def kannel(httpserver: HTTPServer) -> HTTPServer:
    """A stand-in of sendsms that accepts everything, in Kannel's words."""
    httpserver.expect_request(PATH).respond_with_data("0: Accepted for delivery", status=202, content_type="text/html")
    return httpserver


def sent(server: HTTPServer, message: Message = MESSAGE, **options: object) -> tuple[Verdict, Request]:
    verdict = notifier(server.url_for(PATH), **options).send(message, NOW)
    return verdict, server.log[-1][0]


def test_it_keeps_the_contract_of_a_notifier(kannel: HTTPServer) -> None:
    url = kannel.url_for(PATH)
    check_notifier(lambda: notifier(url, dlr_url="http://127.0.0.1/dlr?notice={key}&state=%d"))


def test_a_message_is_posted_with_nothing_in_the_url(kannel: HTTPServer) -> None:
    verdict, request = sent(kannel)
    assert verdict == Delivered()
    assert (request.method, request.path, request.query_string) == ("POST", PATH, b"")
    assert request.data.decode() == MESSAGE.text
    assert request.headers["Content-Type"] == "text/plain; charset=UTF-8"
    said = {name: value for name, value in request.headers.items() if name.startswith("X-Kannel")}
    assert said == {
        "X-Kannel-Username": "lapor",
        "X-Kannel-Password": "kata-sandi",
        "X-Kannel-From": "1708",
        "X-Kannel-To": MESSAGE.address,
        "X-Kannel-Coding": "0",
    }


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Laporan diterima. Kode 7KQ2-M4XW-9T3.", "0"),
        ("{satu} [dua] ~tiga| ^ \\ @ $ _ \"'", "0"),
        ("satu\ndua", "0"),
        ("`", "2"),
        ("café", "2"),
        ("Rp 1.000 – lunas", "2"),
        ("😀", "2"),
    ],
)
def test_what_the_seven_bit_alphabet_may_lack_goes_as_ucs2(kannel: HTTPServer, text: str, coding: str) -> None:
    _, request = sent(kannel, attrs.evolve(MESSAGE, text=text))
    assert (request.data.decode(), request.headers["X-Kannel-Coding"]) == (text, coding)


def test_seven_bit_is_never_said_of_a_text_that_would_lose_a_letter() -> None:
    gsm0338 = pytest.importorskip("gsm0338", reason="the alphabet's own codec, an independent witness")
    from lapor_channels.sms.sending import _is_seven_bit

    @given(text=texts())
    def holds(text: str) -> None:
        if _is_seven_bit(text):
            text.encode("gsm03.38")

    assert gsm0338
    holds()
    assert all(_is_seven_bit(chr(code)) for code in range(32, 127) if chr(code) != "`")
    bytes(range(32, 127)).replace(b"`", b"").decode().encode("gsm03.38")


def test_control_characters_and_tabs_do_not_reach_the_phone(kannel: HTTPServer) -> None:
    _, request = sent(kannel, attrs.evolve(MESSAGE, text="\x00satu\tdua\x1b\r\ntiga\x00"))
    assert request.data == b"satu dua\ntiga"


def test_the_key_of_the_notice_stands_in_the_report_url_when_reports_are_wished_for(kannel: HTTPServer) -> None:
    _, request = sent(kannel, dlr_url="http://127.0.0.1:8000/dlr?notice={key}&state=%d")
    # %% is Kannel's way to write one per cent sign: %2F alone would do, %C3 would become a charset.
    wanted = "http://127.0.0.1:8000/dlr?notice=b7c1%%2F3%%2Fanswered%%2Freporter&state=%d"
    assert request.headers["X-Kannel-DLR-Url"] == wanted
    assert request.headers["X-Kannel-DLR-Mask"] == "19"


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        (202, "0: Accepted for delivery", Delivered),
        (202, "3: Queued for later delivery", Delivered),
        (202, "Sent. Message splits: 3", Delivered),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", Failed),
        (400, "Empty receiver number not allowed, rejected", Failed),
        (415, "Unsupported content-type, rejected", Failed),
        (403, "Authorization failed for sendsms", TryLater),
        (401, "", TryLater),
        (404, "Unknown request", TryLater),
        (429, "", TryLater),
        (500, "Sending failed.", TryLater),
        (502, "", TryLater),
        (503, "Temporal failure, try again later.", TryLater),
        (200, "a page of something else", TryLater),
        (302, "", TryLater),
    ],
)
def test_every_answer_has_its_verdict(httpserver: HTTPServer, status: int, said: str, verdict: type) -> None:
    httpserver.expect_request(PATH).respond_with_data(f"{said} {MESSAGE.address}", status=status)
    came, _ = sent(httpserver)
    assert isinstance(came, verdict)
    if isinstance(came, Delivered):
        assert came.provider_id == ""
    else:
        assert str(status) in came.why
        assert MESSAGE.address not in came.why
        assert "kata-sandi" not in came.why


def test_no_redirection_carries_the_password_elsewhere(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data(
        "", status=307, headers={"Location": httpserver.url_for("/other")}
    )
    sent(httpserver)
    assert [request.path for request, _ in httpserver.log] == [PATH]


def test_a_gateway_that_is_down_is_tried_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    verdict = notifier(f"http://127.0.0.1:{port}{PATH}").send(MESSAGE, NOW)
    assert verdict == TryLater(why="Kannel cannot be reached (ConnectError)")


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a gateway that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_gateway_that_does_not_answer_is_tried_later(silent: int) -> None:
    begun = time.monotonic()
    verdict = notifier(f"http://127.0.0.1:{silent}{PATH}", timeout_seconds=1).send(MESSAGE, NOW)
    assert verdict == TryLater(why="Kannel did not answer within 1 s")
    assert time.monotonic() - begun < 5


def test_a_gateway_that_hangs_up_or_speaks_no_http_is_tried_later() -> None:
    for answer in (b"", b"nonsense\r\n\r\n"):
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_once, args=(server, answer))
            thread.start()
            verdict = notifier(f"http://127.0.0.1:{server.getsockname()[1]}{PATH}").send(MESSAGE, NOW)
            thread.join()
        assert isinstance(verdict, TryLater)


def test_the_proxy_of_the_environment_is_not_asked(kannel: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    verdict, _ = sent(kannel)
    assert verdict == Delivered()


@pytest.mark.parametrize(
    "address", ["", "080000000001", "1708", "+62 800", "+6280000000001\r\nX-Kannel-SMSC: x", "+٦٢٨٠٠٠٠٠٠٠٠٠"]
)
def test_an_address_that_is_none_never_reaches_the_gateway(kannel: HTTPServer, address: str) -> None:
    verdict = notifier(kannel.url_for(PATH)).send(attrs.evolve(MESSAGE, address=address), NOW)
    assert isinstance(verdict, Failed)
    assert not kannel.log


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_an_empty_text_is_not_sent(kannel: HTTPServer, text: str) -> None:
    verdict = notifier(kannel.url_for(PATH)).send(attrs.evolve(MESSAGE, text=text), NOW)
    assert verdict == Failed(why="there is no text to send")
    assert not kannel.log


def test_several_threads_may_send_at_once(httpserver: HTTPServer) -> None:
    def slowly(_: Request) -> Response:
        time.sleep(0.05)
        return Response("0: Accepted for delivery", 202)

    httpserver.expect_request(PATH).respond_with_handler(slowly)
    sender, verdicts = notifier(httpserver.url_for(PATH)), []
    threads = [threading.Thread(target=lambda: verdicts.append(sender.send(MESSAGE, NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timedelta(seconds=20).total_seconds())
    assert verdicts == [Delivered()] * 8


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(answer)
