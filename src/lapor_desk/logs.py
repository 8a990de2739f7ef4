"""The desk's log: lines for people, or one JSON object per line for machines; never the words of an exception.

What our own code logs holds nothing personal. An exception's words may: a driver repeats values, a parser its input. So of an
exception the log has its type and where it was raised.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

__all__ = ["JsonFormatter", "LogFormat", "TextFormatter", "log_to_the_console"]

LogFormat = Literal["text", "json"]
"""How a line is written."""

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def log_to_the_console(form: LogFormat = "text") -> None:
    """Let libraries speak from warnings on, on standard error: on a lower level some write down whole requests."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("lapor").setLevel(logging.INFO)


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
