"""Complaints by Telegram: the channel by which they come in, and the notifier by which answers go out."""

from collections.abc import Iterable

from lapor_core.plugins import Channel, Notifier, hookimpl
from lapor_telegram.bot import Settings, TelegramNotifier
from lapor_telegram.channel import Telegram

__all__ = ["Settings", "Telegram", "TelegramNotifier", "lapor_register_channels", "lapor_register_notifiers"]


@hookimpl
def lapor_register_channels() -> Iterable[Channel]:
    """Return the channel ``telegram``."""
    yield Telegram()


@hookimpl
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the notifier ``telegram``."""
    yield TelegramNotifier()
