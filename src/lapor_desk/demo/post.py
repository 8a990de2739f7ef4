"""The post office of the demo: an SMTP server on loopback that keeps each letter as a file, and a reader of what came."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

__all__ = ["PostOffice", "one_time_code"]

_CODE = re.compile(r"\b\d{6}\b")


class PostOffice:
    """An SMTP server on a free port of 127.0.0.1; used as a context.

    Args:
        folder: Where letters are kept, ``0001.eml`` and so on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._count = 0
        self._server = _Server(self, hostname="127.0.0.1", port=_free_port())

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.port)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.stop()

    def keep(self, content: bytes) -> None:
        """Write a letter down."""
        with self._lock:
            self._count += 1
            (self.folder / f"{self._count:04}.eml").write_bytes(content)

    def letters(self, address: str) -> Iterator[EmailMessage]:
        """Yield the letters to an address, in the order in which they came."""
        for path in sorted(self.folder.glob("*.eml")):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if address in str(letter["To"]):
                yield letter


def one_time_code(text: str) -> str:
    """Return the one-time code in a message.

    Raises:
        LookupError: there is none.
    """
    found = _CODE.search(text)
    if found is None:
        raise LookupError("this message brings no one-time code")
    return found[0]


class _Server(Controller):
    def __init__(self, office: PostOffice, **where: Any) -> None:
        super().__init__(_Handler(office), **where)


class _Handler:
    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - the name the server looks for
        self._office.keep(envelope.original_content)
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
