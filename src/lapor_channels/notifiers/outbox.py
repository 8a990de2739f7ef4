"""The plug-in ``outbox``: messages become files in a folder, for an office or a demonstration without a mail server."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import attrs

from lapor_channels.notifiers.letters import Sender, fingerprint, write_letter
from lapor_channels.notifiers.settings import OutboxSettings
from lapor_core.errors import BadValue
from lapor_core.plugins import hookimpl
from lapor_core.plugins.contracts import Delivered, Failed, Medium, Message, Notifier, TryLater, Verdict

__all__ = ["Outbox", "lapor_register_notifiers"]

_NUMBER = re.compile(r"\+[0-9]{4,15}")


@attrs.frozen(kw_only=True)
class Outbox:
    """The notifier ``outbox``.

    Attributes:
        last_resort: A host lets it have a medium only when no other notifier serves that.
        chosen: What is set under ``[plugins.outbox]``; None before it is.
    """

    key: ClassVar[str] = "outbox"
    media: ClassVar[frozenset[str]] = frozenset({Medium.EMAIL, Medium.SMS})
    settings: ClassVar[type] = OutboxSettings
    last_resort: ClassVar[bool] = True

    chosen: OutboxSettings | None = None

    def configure(self, settings: OutboxSettings) -> Outbox:
        """Return this notifier over the folder that was set."""
        return attrs.evolve(self, chosen=settings)

    def send(self, message: Message, now: datetime) -> Verdict:
        """Write the message as a file; one that is there already, by its key, is left as it is and is ``Delivered``."""
        if self.chosen is None:
            return TryLater(why="[plugins.outbox] is not set")
        try:
            name, content = _file(message, self.chosen.sender, now)
        except BadValue as error:
            return Failed(why=str(error))
        try:
            _write_once(Path(self.chosen.folder, name), content)
        except OSError as error:
            return TryLater(why=f"the outbox cannot be written: {error.strerror or type(error).__name__}")
        return Delivered(provider_id=name)


def _file(message: Message, sender: Sender, now: datetime) -> tuple[str, bytes]:
    """Return the name and the content of a message's file; the name is made of key and medium, and says nothing personal."""
    name = fingerprint(message.key)
    if message.medium == Medium.EMAIL:
        return f"{name}.eml", write_letter(message, sender, now, draft=True).content
    if not _NUMBER.fullmatch(message.address):
        raise BadValue("not a mobile number in international form, such as +62...", code="bad_address")
    return f"{name}.txt", f"To: {message.address}\n\n{message.text}\n".encode("utf-8", "replace")


def _write_once(path: Path, content: bytes) -> None:
    """Put a whole file under its name, or nothing; two at the same instant write the same message, and one of them stays."""
    if path.is_file():
        return
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Write the folder's own list of names to the disk, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@hookimpl
def lapor_register_notifiers() -> Iterable[Notifier]:
    """Return the outbox."""
    return (Outbox(),)
