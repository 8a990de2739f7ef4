"""The Bot API (core.telegram.org/bots/api, "Making requests"), and the notifier that sends by it."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any, ClassVar

import attrs

from lapor_core.plugins import Delivered, Failed, Message, TryLater, Verdict

__all__ = ["MEDIUM", "Settings", "TelegramNotifier", "call", "patience"]

MEDIUM = "telegram"
_LONGEST = 4096  # characters that one message may have


@attrs.frozen(kw_only=True)
class Settings:
    """``[plugins.telegram]``. The token stands in every URL, so no URL is ever shown."""

    token: str = attrs.field(repr=False)
    api: str = "https://api.telegram.org"
    wait_seconds: int = 5


@attrs.frozen
class TelegramNotifier:
    """Sends notices to the chats from which people have reported."""

    key: ClassVar[str] = "telegram"
    media: ClassVar[frozenset[str]] = frozenset({MEDIUM})
    settings: ClassVar[type] = Settings
    chosen: Settings | None = None

    def configure(self, settings: Settings) -> TelegramNotifier:
        return attrs.evolve(self, chosen=settings)

    def send(self, message: Message, now: datetime) -> Verdict:  # noqa: ARG002  # the Bot API has its own clock
        if self.chosen is None:
            return TryLater(why="[plugins.telegram] is not set")
        if not re.fullmatch(r"-?[0-9]{1,18}", message.address) or not message.text.strip():
            return Failed(why="there is no chat to send it to, or nothing to send")
        answer = call(self.chosen, "sendMessage", chat_id=int(message.address), text=message.text[:_LONGEST])
        if answer.get("ok") is True:
            return Delivered(provider_id=str(answer["result"]["message_id"]))
        code = answer.get("error_code", 0)  # what it says in words may name a person
        if code in {400, 403}:
            return Failed(why=f"Telegram answered {code}: there is no such chat, or it has blocked the bot")
        return TryLater(why=f"Telegram answered {code or 'nothing'}", after=patience(answer))


def call(settings: Settings, method: str, **parameters: Any) -> dict[str, Any]:
    """Return what a method answered; an empty answer where nobody did. Never raises for what network or API do."""
    request = urllib.request.Request(  # noqa: S310  # the scheme is the office's own choice
        f"{settings.api}/bot{settings.token}/{method}",
        data=json.dumps(parameters).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=settings.wait_seconds + 10) as response:  # noqa: S310  # as above
            body = response.read()
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()  # it has an error_code
    except OSError:
        body = b"{}"
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}  # a proxy's page, say


def patience(answer: dict[str, Any]) -> timedelta | None:
    """Return how long the API wants to be left alone (``retry_after``), if it said so."""
    after = answer.get("parameters", {}).get("retry_after")
    return timedelta(seconds=after) if isinstance(after, int) else None
