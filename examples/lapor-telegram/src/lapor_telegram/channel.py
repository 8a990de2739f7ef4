"""The channel ``telegram``: Update objects are fetched with ``getUpdates``, made into reports, and answered."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import resources
from tomllib import loads
from typing import ClassVar

import attrs

from lapor_core import Proof, Reporter, Submission
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.pins import split_pin
from lapor_core.plugins import Desk, Stop
from lapor_core.texts import error_text
from lapor_telegram.bot import MEDIUM, Settings, call, patience

__all__ = ["Telegram"]

SENTENCES = loads((resources.files("lapor_telegram") / "sentences.toml").read_text("utf-8"))


@attrs.frozen
class Telegram:
    """Telegram vouches for an account, and for none of the proofs that a service standard knows."""

    key: ClassVar[str] = "telegram"
    proofs: ClassVar[frozenset[Proof]] = frozenset()
    settings: ClassVar[type] = Settings
    chosen: Settings | None = None

    def configure(self, settings: Settings) -> Telegram:
        return attrs.evolve(self, chosen=settings)

    def read(self, message: bytes, now: datetime) -> Submission:
        heard = _hear(message, now)
        if heard.narrative.startswith("/"):
            raise Refused("the message is a command, not a report", code="not_a_report")
        return heard

    def work(self, desk: Desk, stop: Stop) -> None:
        bot = self.chosen
        while bot is not None and not stop.is_set():
            # The offset moves when an update is dealt with, so that none is lost; one that comes again is known again.
            offset, wait = int(desk.recall("offset") or 0), bot.wait_seconds
            news = call(bot, "getUpdates", offset=offset, timeout=wait, allowed_updates=["message"])
            if news.get("ok") is not True:
                stop.wait((patience(news) or timedelta(seconds=wait)).total_seconds())
            for update in news.get("result", ()):
                with suppress(BadValue):  # a photo, a group, a sticker: nothing that this channel takes
                    heard = _hear(json.dumps(update).encode(), desk.now())
                    chat = int(heard.reporter.addresses[MEDIUM])
                    call(bot, "sendMessage", chat_id=chat, text=_answer(heard, desk))
                desk.keep("offset", str(update["update_id"] + 1).encode())


def _answer(heard: Submission, desk: Desk) -> str:
    language = heard.reporter.language
    command, code, words = (*heard.narrative.split(maxsplit=2), "", "", "")[:3]
    try:
        if not command.startswith("/"):
            return str(SENTENCES[language]["received"]).format(code=desk.submit(heard).code)
        if command == "/status":
            tracking = desk.track(code, language, pin=words)
            lines = [tracking.status, *(entry.text for entry in tracking.entries), *tracking.contacts]
            return "\n".join([*lines, SENTENCES[language]["locked"]] if tracking.locked else lines)
        if command in {"/reply", "/withdraw"}:
            pin, words = split_pin(words) if desk.track(code).locked else ("", words)
            (desk.reply if command == "/reply" else desk.withdraw)(code, words, pin=pin)
    except (BadValue, Incomplete, NotFound, Refused) as error:
        return error_text(error, language)
    return str(SENTENCES[language].get(command, SENTENCES[language]["help"]))


def _hear(update: bytes, now: datetime) -> Submission:
    """Return the text message of a private chat, be it a report or a command."""
    try:
        said = json.loads(update)["message"]
        sender, chat = said["from"], int({"private": said["chat"]["id"]}[said["chat"]["type"]])
        name = _storable(f"{sender.get('first_name', '')} {sender.get('last_name', '')}").strip()
        language = "en" if sender.get("language_code") == "en" else "id"
        return Submission(
            channel=Telegram.key,
            source_id=f"{chat}/{int(said['message_id'])}",
            received_at=min(datetime.fromtimestamp(int(said["date"]), UTC), now),
            reporter=Reporter(name=name, language=language, addresses={MEDIUM: str(chat)}),
            narrative=_storable(said["text"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
        raise BadValue("not an Update with a text message", code="bad_message") from None


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")
