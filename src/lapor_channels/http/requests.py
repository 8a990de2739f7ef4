"""What is read from a request: who calls, in which language, which texts; and how the desk is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request

from lapor_core.plugins.contracts import PRINCIPAL, Principal

__all__ = ["call", "clean", "has_half_characters", "language_of", "principal", "text_of"]

P = ParamSpec("P")
T = TypeVar("T")

LANGUAGES = ("id", "en")


def principal(request: Request) -> Principal | None:
    """Return who the host says is calling; None for a stranger."""
    found = request.scope.get(PRINCIPAL)
    return found if isinstance(found, Principal) else None


async def call(method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a method of the desk in the thread pool, for it may block."""
    return await run_in_threadpool(method, *args, **kwargs)


def language_of(request: Request) -> str:
    """Return ``id`` or ``en``: the query's ``lang``, else what the browser prefers, else Indonesian."""
    wished = request.query_params.get("lang")
    if wished in LANGUAGES:
        return wished
    best, best_weight = LANGUAGES[0], 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.partition(";")
        language, quality = tag.strip().lower().partition("-")[0], _quality(weight)
        if language in LANGUAGES and quality > best_weight:
            best, best_weight = language, quality
    return best


def _quality(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def clean(text: str) -> str:
    """Return ``text`` as it can be stored: NFC, lines ended by a line feed, no control characters, nothing around it.

    Lone surrogates, which JSON can carry and no database can, become a question mark.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8") if has_half_characters(text) else text
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc")
    return unicodedata.normalize("NFC", kept).strip()


def has_half_characters(text: str) -> bool:
    """Return whether ``text`` holds a lone surrogate: half of a character, which no encoding can carry."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def text_of(form: FormData, name: str) -> str:
    """Return a field of a form, cleaned; empty when it is absent or a file."""
    value = form.get(name)
    return clean(value) if isinstance(value, str) else ""
