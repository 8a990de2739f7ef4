"""The desk's log: lines for people, or one JSON object per line for machines; never the words of an exception.

What our own code logs holds nothing personal. An exception's words may: a driver repeats values, a parser its input. So of an
exception the log has its type and where it was raised.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

__all__ = ["JsonFormatter", "LogFormat", "TextFormatter", "log_to_the_console"]

LogFormat = Literal["text", "json"]
"""How a line is written."""

_MINUTE = 60.0
"""In seconds."""

_MOST = 1000
"""So many lines are remembered before those of an earlier minute are forgotten."""

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def log_to_the_console(form: LogFormat = "text") -> None:
    """Let libraries speak from warnings on, on standard error: on a lower level some write down whole requests."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(Repeats())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("lapor").setLevel(logging.INFO)


class Repeats(logging.Filter):
    """Lets the same warning through once a minute, and says then how often it came in between.

    While a database is away, a desk and the libraries under it say so ten times a second, all night: what else happens would be lost
    in it, and a disk filled.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is to be written."""
        if record.levelno < logging.WARNING:
            return True
        with self._lock:
            return self._is_news(record)

    def _is_news(self, record: logging.LogRecord) -> bool:
        line, now = record.getMessage(), record.created
        at, held = self._told.get((record.name, line), (-_MINUTE, 0))
        if abs(now - at) < _MINUTE:
            self._told[record.name, line] = (at, held + 1)
            return False
        if len(self._told) >= _MOST:
            self._told = {key: told for key, told in self._told.items() if abs(now - told[0]) < _MINUTE}
        self._told[record.name, line] = (now, 0)
        if held:
            record.msg, record.args = f"{line} (and {held} times before, within a minute)", ()
        return True


class TextFormatter(logging.Formatter):
    """One line, and below it where an exception came from."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's own name
        return "\n".join(_places(ei[1]))


class JsonFormatter(logging.Formatter):
    """One JSON object per line: ``time`` (UTC), ``level``, ``logger``, ``message``, and ``raised`` after an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["raised"] = list(_places(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _places(error: BaseException | None) -> Iterator[str]:
    """Yield each exception of a chain by its type, and the places it passed; the first one raised comes first."""
    if error is None:
        return
    yield from _places(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
