"""The channel kit lets a sound channel in and stops each broken one at the law it breaks."""

import asyncio
import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import attrs
import pytest
from hypothesis import reject

from lapor_core.complaint import Proof, Reporter
from lapor_core.errors import BadValue, LaporError
from lapor_core.plugins import ASGIApp, Desk, Stop
from lapor_core.submission import Submission
from lapor_core.testing import check_channel
from lapor_core.testing.hostile import PLANTED


def told(message: bytes) -> dict[str, str]:
    """Return what a message of the kiosk says; nothing of it in the error, nor in the error's causes."""
    try:
        data = json.loads(message)
        fields = {name: data[name] for name in ("name", "text")}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadValue("not a message of the kiosk", code="bad_message") from None
    if not all(isinstance(value, str) for value in fields.values()):
        raise BadValue("a field is no text", code="bad_message")
    return fields


@attrs.frozen
class Kiosk:
    key = "kiosk"
    proofs = frozenset({Proof.IDENTITY_COPY})

    def read(self, message: bytes, now: datetime) -> Submission:
        fields = told(message)
        return Submission(
            channel=self.key,
            source_id=hashlib.sha256(message).hexdigest(),
            received_at=now,
            reporter=Reporter(name=fields["name"]),
            proofs=self.proofs,
            narrative=fields["text"],
        )


def write(text: str) -> bytes:
    return json.dumps({"name": "Warga Contoh", "text": text}).encode()


def test_a_sound_channel_passes() -> None:
    check_channel(Kiosk, samples=[write("Lampu jalan mati.")], write=write)


def test_a_channel_that_only_has_a_key_passes() -> None:
    @attrs.frozen
    class Paper:
        key = "paper"
        proofs = frozenset[Proof]()

    check_channel(Paper)


class Crashes(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        return super().read(json.dumps({"text": message.decode(), "name": ""}).encode(), now)


class SaysWhatItRead(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        try:
            return super().read(message, now)
        except LaporError:
            raise BadValue(f"not a message: {message!r}", code="bad_message") from None


class SaysItInParams(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        try:
            return super().read(message, now)
        except LaporError:
            raise BadValue("not a message", code="bad_message", said=message) from None


class SaysItInTheCause(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        try:
            return super().read(message, now)
        except LaporError:
            raise BadValue("not a message", code="bad_message") from ValueError(message)


class Counts(Kiosk):
    seen = 0

    def read(self, message: bytes, now: datetime) -> Submission:
        Counts.seen += 1
        return attrs.evolve(super().read(message, now), source_id=str(Counts.seen))


class DiffersAfterRestart(Kiosk):
    starts = itertools.count()

    def __init__(self) -> None:
        object.__setattr__(self, "start", next(self.starts))

    def read(self, message: bytes, now: datetime) -> Submission:
        return attrs.evolve(super().read(message, now), source_id=f"{self.start}")  # type: ignore[attr-defined]


class NamesByTime(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        return attrs.evolve(super().read(message, now), source_id=now.isoformat())


class NamesAnother(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        return attrs.evolve(super().read(message, now), channel="web")


class ProvesTooMuch(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        return attrs.evolve(super().read(message, now), proofs=frozenset({Proof.VERIFIED_EMAIL}))


class OnlyAscii(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        read = super().read(message, now)
        return attrs.evolve(read, narrative=read.narrative.encode("ascii", "replace").decode())


class Forgets(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        told(message)
        return None  # type: ignore[return-value]


class Naive(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        read = super().read(message, now)
        object.__setattr__(read, "received_at", now.replace(tzinfo=None))
        return read


class Refuses(Kiosk):
    def read(self, message: bytes, now: datetime) -> Submission:
        raise BadValue("closed today", code="closed")


class NoKey(Kiosk):
    key = ""


BROKEN = {
    Crashes: "channel 'kiosk': read() raised UnicodeDecodeError; only a LaporError may come out",
    SaysWhatItRead: "channel 'kiosk': an error, or its cause, repeats what the message said: ",
    SaysItInParams: "channel 'kiosk': an error, or its cause, repeats what the message said: ",
    SaysItInTheCause: "channel 'kiosk': an error, or its cause, repeats what the message said: ",
    Counts: "channel 'kiosk': the same message at the same time was read in two ways",
    DiffersAfterRestart: "channel 'kiosk': the same message at the same time was read in two ways",
    NamesByTime: "channel 'kiosk': source_id changes with the time; a message that comes twice becomes two complaints",
    NamesAnother: "channel 'kiosk': its submission names the channel 'web'",
    ProvesTooMuch: "channel 'kiosk': its submission brings the proof <Proof.VERIFIED_EMAIL",
    OnlyAscii: "channel 'kiosk': the text did not survive",
    Forgets: "channel 'kiosk': read() returned NoneType, not a Submission",
    Naive: "channel 'kiosk': received_at has no time zone",
    Refuses: "channel 'kiosk': a sample was refused with the code 'closed': closed today",
    NoKey: 'not a channel: NoKey.key "" must be at most 64 lower-case letters',
}


@pytest.mark.parametrize(("make", "message"), BROKEN.items(), ids=[each.__name__ for each in BROKEN])
def test_a_broken_channel_is_stopped(make: type[Kiosk], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_channel(make, samples=[write("Lampu jalan mati.")], write=write)
    assert message in str(caught.value)


def test_without_samples_hostile_messages_come_all_the_same() -> None:
    with pytest.raises(AssertionError, match="only a LaporError may come out"):
        check_channel(Crashes)
    with pytest.raises(AssertionError, match="repeats what the message said"):
        check_channel(SaysWhatItRead)


def test_a_channel_in_the_place_of_its_maker_is_named_with_what_to_give() -> None:
    with pytest.raises(AssertionError, match="give what makes the channel: Kiosk, or lambda"):
        check_channel(Kiosk())  # type: ignore[arg-type]  # that is the fault


def test_a_medium_may_reject_what_it_cannot_carry() -> None:
    def short(text: str) -> bytes:
        return write(text) if text in PLANTED or text.isascii() else reject()

    check_channel(OnlyAscii, write=short)


# Applications.

Send = Callable[[dict[str, Any]], Any]
Respond = Callable[[dict[str, Any], bytes, Desk], tuple[int, str, Iterable[tuple[str, str]]]]


def page(scope: dict[str, Any], body: bytes, desk: Desk) -> tuple[int, str, Iterable[tuple[str, str]]]:
    if scope["path"] == "/":
        return 200, f'<form action="send" method=post></form> {desk.policy.title}', ()
    if scope["path"] == "/send":
        return (303, "", [("location", "?sent")]) if b"text=" in body else (422, "no text", ())
    return 404, "no such page", ()


def application(desk: Desk, respond: Respond) -> ASGIApp:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": message["type"] + ".complete"})
            return
        body = (await receive())["body"]
        status, text, headers = await asyncio.to_thread(respond, scope, body, desk)
        raw = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


class Site:
    key = "site"
    path = "/site"
    proofs = frozenset[Proof]()

    def __init__(self, respond: Respond = page) -> None:
        self.respond = respond

    def app(self, desk: Desk) -> ASGIApp:
        return application(desk, self.respond)


def test_a_sound_application_passes() -> None:
    check_channel(Site)


def only(status: int, text: str = "", *headers: tuple[str, str]) -> Respond:
    """Return what answers every page that exists with the same."""
    return lambda scope, body, desk: (
        page(scope, body, desk) if scope["path"] not in {"/", "/send"} else ((status, text, headers))
    )


def crashing(scope: dict[str, Any], body: bytes, desk: Desk) -> tuple[int, str, Iterable[tuple[str, str]]]:
    if scope["path"] == "/send":
        body.decode()
    return page(scope, body, desk)


def everywhere(scope: dict[str, Any], body: bytes, desk: Desk) -> tuple[int, str, Iterable[tuple[str, str]]]:
    return 200, "", ()


SITES = {
    "crashes": (crashing, "raised UnicodeDecodeError; an application answers, whatever comes"),
    "error of the server": (only(503), "GET '/' was answered with 503"),
    "absolute link": (only(200, '<a href="/send">'), "/send is not a relative link; a host mounts it anywhere"),
    "absolute redirect": (only(303, "", ("location", "/send")), "redirects to '/send', which is not relative"),
    "redirect elsewhere": (only(303, "", ("location", "https://example.com/")), "which is not relative"),
    "answers everything": (everywhere, "a page that does not exist was answered with 200, not 404"),
}


@pytest.mark.parametrize(("respond", "message"), SITES.values(), ids=SITES)
def test_a_broken_application_is_stopped(respond: Respond, message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_channel(lambda: Site(respond))
    assert message in str(caught.value)


async def silent(scope: Any, receive: Any, send: Any) -> None:
    await receive()


async def half(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


async def wordy(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [("server", "x")]})
    await send({"type": "http.response.body", "body": b""})


async def failing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "lifespan.startup.failed", "message": ""})


PROTOCOL = {
    silent: "an answer begins with http.response.start",
    half: "the application ended in the middle of an answer",
    wordy: "names of headers are bytes, not str",
    failing: "the application answered lifespan.startup.failed",
}


@pytest.mark.parametrize(("app", "message"), PROTOCOL.items(), ids=[app.__name__ for app in PROTOCOL])
def test_an_application_that_breaks_the_protocol_is_stopped(app: Any, message: str) -> None:
    class Broken(Site):
        def app(self, desk: Desk) -> ASGIApp:
            return app  # type: ignore[no-any-return]

    with pytest.raises(AssertionError, match=message):
        check_channel(Broken)


def test_an_application_that_never_answers_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    class Hangs(Site):
        def app(self, desk: Desk) -> ASGIApp:
            return hangs

    monkeypatch.setattr("lapor_core.testing.asgi._PATIENCE", 0.05)
    with pytest.raises(AssertionError, match="did not come to an end"):
        check_channel(Hangs)


class Fetches:
    key = "surel"
    proofs = frozenset[Proof]()

    def work(self, desk: Desk, stop: Stop) -> None:
        while not stop.wait(0.01):
            desk.now()


class FetchesOn(Fetches):
    def work(self, desk: Desk, stop: Stop) -> None:
        time.sleep(1)


class FetchesFirst(Fetches):
    def work(self, desk: Desk, stop: Stop) -> None:
        raise OSError("no network")


def test_a_channel_that_fetches_its_messages_stops_when_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    check_channel(Fetches)
    monkeypatch.setattr("lapor_core.testing.working._PATIENCE", 0.2)
    with pytest.raises(AssertionError, match="channel 'surel': told to stop before it began, its work goes on"):
        check_channel(FetchesOn)
    with pytest.raises(AssertionError, match="channel 'surel': told to stop before it began, its work raised"):
        check_channel(FetchesFirst)
