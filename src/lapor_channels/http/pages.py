"""Server-rendered pages: one small template environment per channel over the shared layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from lapor_channels.http.requests import language_of

__all__ = ["STATIC", "Pages", "up"]

HERE = Path(__file__).parent
STATIC = HERE / "static"
SHARED = HERE / "templates"


def up(request: Request) -> str:
    """Return the relative way from this page to the root of its application: ``./`` or ``../`` for each folder.

    Links are relative, so an application works wherever a host mounts it.
    """
    root: str = request.scope.get("root_path", "")
    return "../" * (request.scope["path"].removeprefix(root).count("/") - 1) or "./"


class Pages:
    """The templates of one channel; ``layout.html``, ``forms.html`` and ``problem.html`` are shared.

    Args:
        folder: The channel's own templates.
        languages: What its pages are written in; the first is the fallback.
        **shared: Values every page sees.
    """

    def __init__(self, folder: Path, *, languages: tuple[str, ...] = ("id",), **shared: Any) -> None:
        self.languages = languages
        own, common = FileSystemLoader(folder), FileSystemLoader(SHARED)
        self.environment = Environment(
            loader=ChoiceLoader([own, common, PrefixLoader({"shared": common})]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(shared)

    def language(self, request: Request) -> str:
        """Return the language of a page for this request."""
        wished = language_of(request)
        return wished if wished in self.languages else self.languages[0]

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page; it sees ``request``, ``language`` and ``up`` beside ``values``."""
        language = self.language(request)
        text = self.environment.get_template(template).render(
            request=request, language=language, up=up(request), **values
        )
        return HTMLResponse(text, status, {"Content-Language": language})
