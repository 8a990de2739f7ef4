"""Pages that the desk renders itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from lapor_core.texts import word
from lapor_desk.http.texts import LANGUAGES, sentence

__all__ = ["LANGUAGE_COOKIE", "STATIC", "Pages", "chosen_language", "language_of", "up"]

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

LANGUAGE_COOKIE = "lapor_language"
"""Keeps the language that an officer chose."""


def up(request: Request) -> str:
    """Return the relative way from a page to the root of its application, with a slash at its end."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return "../" * (str(request.scope["path"]).removeprefix(root).count("/") - 1) or "./"


def chosen_language(request: Request) -> str | None:
    """Return the language that was chosen by hand, now or before."""
    wished = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return wished if wished in LANGUAGES else None


def language_of(request: Request) -> str:
    """Return the language for somebody we do not know: the one chosen, else the browser's first wish, else Indonesian."""
    first = request.headers.get("accept-language", "").strip().lower()[:2]
    return chosen_language(request) or (first if first in LANGUAGES else LANGUAGES[0])


class Pages:
    """The templates of the desk; ``shared`` are values that every page sees."""

    def __init__(self, **shared: Any) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(shared, t=_text, word=_word, switch=_switch)

    def render(
        self,
        request: Request,
        template: str,
        language: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page; it sees ``request`` and ``language`` beside ``values``."""
        page = self._environment.get_template(template).render(request=request, language=language, **values)
        return HTMLResponse(page, status, {"Content-Language": language, **(headers or {})})


@pass_context
def _text(context: Context, group: str, key: str, **params: object) -> str:
    return sentence(group, key, context["language"], **params)


@pass_context
def _word(context: Context, group: str, key: str) -> str:
    """Return a word of the domain: a state, a role, an action, a channel."""
    return word(group, key, context["language"])


@pass_context
def _switch(context: Context, language: str) -> str:
    """Return the query of the same page in another language."""
    request: Request = context["request"]
    return urlencode(
        [*((key, value) for key, value in request.query_params.multi_items() if key != "lang"), ("lang", language)]
    )
