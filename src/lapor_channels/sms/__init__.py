"""SMS to and from citizens, through Kannel: the door for what they send, and the messenger of the notices."""

from __future__ import annotations

from collections.abc import Iterable

from lapor_channels.sms.channel import Sms
from lapor_channels.sms.sending import SmsNotifier
from lapor_channels.sms.settings import SmsSettings
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Channel, Notifier

__all__ = ["Sms", "SmsNotifier", "SmsSettings", "lapor_register_channels", "lapor_register_notifiers"]


@hookimpl
def lapor_register_channels() -> Iterable[Channel]:
    """Return the SMS channel."""
    return (Sms(),)


@hookimpl
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the SMS notifier."""
    return (SmsNotifier(),)
