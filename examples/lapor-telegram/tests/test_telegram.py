# ruff: noqa: D103, S101, S105 - in tests a name is its sentence, an assertion the report, and the token invented
"""The plug-in against a stand-in of the Bot API on this machine: what the API documents, and no more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint

import pytest
from lapor_telegram import Settings, Telegram, TelegramNotifier
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lapor_core import Reporter, Submission, Visibility
from lapor_core.lifecycle import State
from lapor_core.plugins import Delivered, Failed, Message, PluginHost, TryLater, Verdict
from lapor_core.testing import MemoryDesk, check_channel, check_notifier

TOKEN = "1:contoh"  # invented
NOW = datetime(2026, 4, 8, 1, tzinfo=UTC)
NEWS = Message(key="k", medium="telegram", address="42", text="Laporan dijawab.", template="answered")


def update(number: int, text: str, **changes: object) -> dict[str, object]:
    """Return an Update as the API documents it."""
    person = {"id": 42, "is_bot": False, "first_name": "Warga", "last_name": "Contoh", "language_code": "id"}
    chat = {"id": 42, "type": "private", "first_name": "Warga"}
    date = int((NOW - timedelta(minutes=1)).timestamp())
    message = {"message_id": number, "from": person, "chat": chat, "date": date, "text": text}
    return {"update_id": 1000 + number, "message": message | changes}


class BotApi:
    """``getUpdates`` forgets what is below the offset; ``sendMessage`` keeps what was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.settings = Settings(token=TOKEN, api=server.url_for("").rstrip("/"), wait_seconds=0)
        self.updates: list[dict[str, object]] = []
        self.sent: list[dict[str, object]] = []
        self.refusal: dict[str, object] | None = None
        self.idle = threading.Event()
        server.expect_request(f"/bot{TOKEN}/getUpdates", method="POST").respond_with_handler(self._news)
        server.expect_request(f"/bot{TOKEN}/sendMessage", method="POST").respond_with_handler(self._take)

    def _news(self, request: Request) -> Response:
        self.updates = [each for each in self.updates if each["update_id"] >= request.json["offset"]]
        if not self.updates:
            self.idle.set()
        return self._respond(self.updates)

    def _take(self, request: Request) -> Response:
        if self.refusal is None:
            self.sent.append(request.json)
        return self._respond({"message_id": len(self.sent)})

    def _respond(self, result: object) -> Response:
        said = self.refusal or {"ok": True, "result": result}
        return Response(json.dumps(said), status=said.get("error_code", 200), content_type="application/json")

    def work(self, desk: MemoryDesk, *updates: dict[str, object]) -> list[str]:
        """Let the channel deal with these updates, and return what it answered."""
        self.updates, before = list(updates), len(self.sent)
        self.idle.clear()
        stop = threading.Event()
        worker = threading.Thread(target=Telegram(self.settings).work, args=(desk, stop), daemon=True)
        worker.start()
        assert self.idle.wait(10)
        stop.set()
        worker.join(10)
        return [str(each["text"]) for each in self.sent[before:]]


@pytest.fixture
def api(httpserver: HTTPServer) -> BotApi:
    return BotApi(httpserver)


@pytest.fixture
def desk() -> Iterator[MemoryDesk]:
    desk = MemoryDesk(channel=Telegram())
    desk.clock.advance(NOW - desk.now())
    return desk


def test_the_channel_keeps_its_contract() -> None:
    samples = [json.dumps(update(7, "Lampu jalan mati.")).encode()]
    check_channel(Telegram, samples=samples, write=lambda text: json.dumps(update(7, f"- {text}")).encode())


def test_the_notifier_keeps_its_contract(api: BotApi) -> None:
    check_notifier(lambda: TelegramNotifier(api.settings))


def test_a_report_comes_in_once_and_its_code_goes_back(api: BotApi, desk: MemoryDesk) -> None:
    report = update(7, "Lampu jalan mati.")
    (answer,) = api.work(desk, report)
    ((code, submission),) = desk.submissions.items()
    assert code in answer
    assert (submission.narrative, submission.reporter.addresses) == ("Lampu jalan mati.", {"telegram": "42"})
    desk.keep("offset", b"0")  # as after a crash
    assert api.work(desk, report) == [answer]
    assert len(desk.submissions) == 1


def test_the_holder_of_a_code_follows_replies_and_withdraws(api: BotApi, desk: MemoryDesk) -> None:
    api.work(desk, update(7, "Lampu jalan mati."))
    (code,) = desk.submissions
    desk.move(code, State.WAITING, "Di jalan mana?")
    status, replied = api.work(desk, update(8, f"/status {code}"), update(9, f"/reply {code} Jalan Contoh"))
    assert "Di jalan mana?" in status
    assert replied == "Balasan Anda sudah diteruskan."
    assert api.work(desk, update(10, f"/withdraw {code}")) == ["Laporan Anda sudah dicabut."]
    assert desk.track(code).state == State.WITHDRAWN


def test_a_hidden_report_of_another_door_opens_with_its_pin(api: BotApi, desk: MemoryDesk) -> None:
    desk = MemoryDesk()
    desk.clock.advance(NOW - desk.now())
    said = Submission(
        channel="kiosk",
        source_id="1",
        received_at=NOW,
        reporter=Reporter(),
        narrative="x",
        visibility=Visibility(secret=True),
    )
    receipt = desk.submit(said)
    desk.move(receipt.code, State.WAITING, "Di jalan mana?")
    asked = [f"/status {receipt.code}", f"/status {receipt.code} {receipt.pin}", f"/reply {receipt.code} Jalan Contoh"]
    asked += [f"/reply {receipt.code} {receipt.pin} Jalan Contoh"]
    locked, opened, refused, replied = api.work(desk, *(update(7 + place, text) for place, text in enumerate(asked)))
    assert ("Di jalan mana?" in locked, locked.endswith("/status KODE PIN.")) == (False, True)
    assert "Di jalan mana?" in opened
    assert refused == "Laporan ini hanya dapat dibuka dengan kode dan PIN."
    assert replied == "Balasan Anda sudah diteruskan."
    assert desk.track(receipt.code, pin=receipt.pin).entries[-1].text == "Jalan Contoh"


def test_what_cannot_be_done_is_told_and_what_is_no_message_is_passed_over(api: BotApi, desk: MemoryDesk) -> None:
    group = update(8, "Halo", chat={"id": -5, "type": "group"})
    photo = {"update_id": 1009, "message": {"message_id": 9, "photo": []}}
    said = api.work(desk, update(7, "/status 0000-0000-000"), group, photo, update(10, "/start"))
    assert len(said) == 2
    assert said[1].startswith("Tulis laporan Anda")
    assert not desk.submissions


@pytest.mark.parametrize(
    ("refusal", "verdict"),
    [
        ({"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by Warga"}, Failed),
        ({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, Failed),
        ({"ok": False, "error_code": 401, "description": "Unauthorized"}, TryLater),
        ({"ok": False, "error_code": 502, "description": "Bad Gateway"}, TryLater),
    ],
)
def test_what_the_api_refuses_has_a_verdict(api: BotApi, refusal: dict[str, object], verdict: type[Verdict]) -> None:
    api.refusal = refusal
    answered = TelegramNotifier(api.settings).send(NEWS, NOW)
    assert isinstance(answered, verdict)
    assert str(refusal["error_code"]) in answered.why
    assert "Warga" not in answered.why


def test_a_wish_to_be_left_alone_is_heeded(api: BotApi) -> None:
    api.refusal = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 7}}
    answered = TelegramNotifier(api.settings).send(NEWS, NOW)
    assert answered == TryLater(why="Telegram answered 429", after=timedelta(seconds=7))


def test_a_message_goes_to_its_chat(api: BotApi) -> None:
    assert TelegramNotifier(api.settings).send(NEWS, NOW) == Delivered(provider_id="1")
    assert api.sent == [{"chat_id": 42, "text": "Laporan dijawab."}]


def test_where_nobody_answers_the_message_waits_and_the_token_is_not_told() -> None:
    nobody = Settings(token=TOKEN, api="http://127.0.0.1:9", wait_seconds=0)
    answered = TelegramNotifier(nobody).send(NEWS, NOW)
    assert answered == TryLater(why="Telegram answered nothing")
    assert TOKEN not in repr(nobody)


def test_a_host_takes_it_with_its_settings_and_not_with_wrong_ones() -> None:
    point = EntryPoint("telegram", "lapor_telegram", "lapor")
    (status,) = PluginHost([point], settings={"telegram": {"token": TOKEN}}).report()
    assert (status.enabled, status.kind) == (True, "channel, notifier")
    (status,) = PluginHost([point], settings={"telegram": {"tokn": "rahasia contoh"}}).report()
    assert not status.enabled
    assert 'plugins.telegram.tokn: unknown key; did you mean "token"?' in status.reason
    assert "rahasia" not in status.reason
