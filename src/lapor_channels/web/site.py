"""What every page of the channel stands on: the desk, the settings, and templates that know languages and links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from jinja2 import pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lapor_channels.http import Pages, Problem, principal, problem_of, up
from lapor_channels.http.files import FileRule
from lapor_channels.web.settings import WebSettings
from lapor_channels.web.texts import LANGUAGES, catalog
from lapor_core.errors import BadValue, Missing
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import Desk, Principal
from lapor_core.texts import clock_time, long_date

__all__ = ["KEY", "Site", "faults", "link"]

KEY = "web"


@attrs.frozen(kw_only=True)
class Site:
    """The channel's pages over one desk."""

    desk: Desk
    settings: WebSettings
    pages: Pages

    @classmethod
    def over(cls, desk: Desk, settings: WebSettings) -> Site:
        """Return the site for ``desk``; its templates see the desk's policy as it is when a page is shown."""
        shared: dict[str, Any] = {"desk": desk, "rule": settings.rule, "size": _size(settings.max_file_bytes)}
        shared |= {"t": _text, "link": _link, "switch": _switch, "day": _day, "moment": _moment}
        pages = Pages(Path(__file__).parent / "templates", languages=LANGUAGES, **shared)
        return cls(desk=desk, settings=settings, pages=pages)

    @property
    def size(self) -> str:
        """The largest file, as people write it: ``20 MB``."""
        return _size(self.settings.max_file_bytes)

    @property
    def rule(self) -> FileRule:
        """Which files the forms take."""
        return self.settings.rule

    def language(self, request: Request) -> str:
        """Return the language of a page."""
        return self.pages.language(request)

    def text(self, request: Request, key: str, **params: object) -> str:
        """Return a sentence in the language of a page."""
        return catalog(self.language(request))[key].format(**params)

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page; ``who`` is the citizen who is signed in, or None."""
        values.setdefault("problem", None)
        return self.pages.render(request, template, status=status, who=self.citizen(request), **values)

    def go(self, request: Request, path: str) -> Response:
        """Return a redirection to a page of this site, after a form was taken."""
        return RedirectResponse(link(request, path), 303)

    def file_fault(self, request: Request, error: BadValue) -> Problem:
        """Return what is wrong with files that cannot be taken; too large is told with the limits."""
        problem = problem_of(error, self.language(request))
        if error.code != "too_large":
            return attrs.evolve(problem, status=422)
        text = self.text(request, "report.too_large", size=self.size, count=self.settings.max_files)
        return faults(text, {"uploads": text}, 413)

    def citizen(self, request: Request) -> Principal | None:
        """Return the reporter who calls, when everything is proved that the policy asks of this channel."""
        who = principal(request)
        needed = self.desk.policy.requirement(KEY).proofs
        return who if who and who.role is Role.REPORTER and needed <= who.proofs else None


def link(request: Request, path: str) -> str:
    """Return the relative link to a page of this site; a language that was chosen by hand stays chosen."""
    chosen = request.query_params.get("lang")
    return up(request) + path + (f"?lang={chosen}" if chosen in LANGUAGES else "")


def faults(message: str, texts: Mapping[str, str], status: int = 422) -> Problem:
    """Return what is wrong with a form: a sentence for each field at fault, or ``message`` alone."""
    pieces = tuple(Missing(field=field, code="bad_value", text=text) for field, text in texts.items())
    return Problem(status=status, code="bad_form", message=message, fields=pieces)


def _size(limit: int) -> str:
    megabytes = limit / 1024**2
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{limit / 1024:.0f} kB"


@pass_context
def _text(context: Context, key: str, **params: object) -> str:
    return catalog(context["language"])[key].format(**params)


@pass_context
def _link(context: Context, path: str) -> str:
    return link(context["request"], path)


@pass_context
def _switch(context: Context, path: str, language: str) -> str:
    return f"{context['up']}{path}?lang={language}"


@pass_context
def _day(context: Context, value: date) -> str:
    return long_date(value, context["language"])


@pass_context
def _moment(context: Context, value: datetime) -> str:
    """Return an instant in the office's zone, which it names: *pukul 10.05 WITA*."""
    local = value.astimezone(ZoneInfo(context["desk"].policy.time_zone))
    language = context["language"]
    day, clock = long_date(local.date(), language), clock_time(local, language)
    return catalog(language)["time.moment"].format(day=day, clock=clock)
