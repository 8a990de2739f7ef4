"""What every page of a channel stands on: the desk, the settings, and templates that know languages and links."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import attrs
from jinja2 import pass_context
from jinja2.runtime import Context
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from lapor_channels.http.apps import KEPT_AN_HOUR, MEGABYTE, html_app
from lapor_channels.http.catalogs import LANGUAGES, catalog
from lapor_channels.http.drafts import LONGEST_TEXT, WRITTEN
from lapor_channels.http.files import UPLOADS, FileRule, files_in, uploads_from
from lapor_channels.http.guards import SafeHeaders
from lapor_channels.http.limits import FileLimits
from lapor_channels.http.pages import Pages, up
from lapor_channels.http.problems import Problem, problem_of
from lapor_channels.http.texts import error_text, field_text
from lapor_core.complaint import Purpose
from lapor_core.errors import BadValue, LaporError, Missing
from lapor_core.plugins.contracts import ASGIApp, Desk
from lapor_core.requirements import missing
from lapor_core.submission import Submission, Upload
from lapor_core.texts import clock_time, long_date, word

__all__ = ["MOST_PARTS", "Site", "faults", "link"]

MOST_PARTS = 100
"""How many files a form is read with: more than any setting allows, so that a file too many is told at its field."""


@attrs.frozen(kw_only=True)
class Site:
    """A channel's pages over one desk; a channel names itself in a subclass.

    Attributes:
        key: The channel's key.
        package: The channel's package, with its folders ``templates``, ``sentences`` and ``static``.
        desk: The templates see its policy as it is when a page is shown.
        limits: Which files the forms take.
    """

    key: ClassVar[str]
    package: ClassVar[str]

    desk: Desk
    limits: FileLimits

    @functools.cached_property
    def pages(self) -> Pages:
        """The channel's templates over those that channels share."""
        return Pages(self._folder / "templates", languages=LANGUAGES, **self.shared())

    def shared(self) -> dict[str, Any]:
        """Return what every page sees."""
        return {
            "desk": self.desk,
            "channel": self.key,
            "rule": self.limits.rule,
            "longest": WRITTEN,
            "longest_text": LONGEST_TEXT,
            "number": _number,
            "sentences": functools.partial(catalog, self.package),
            "agencies": lambda: [(agency.key, agency.name) for agency in self.desk.policy.agencies],
            "kinds_of": lambda language: [
                (kind, text.in_language(language)) for kind, text in self.desk.policy.kinds.items()
            ],
            "size": _size,
            "t": _text,
            "link": _link,
            "switch": _switch,
            "day": _day,
            "moment": _moment,
            "system_name": _system_name,
            "lacking": _lacking,
        }

    def app(self, routes: Iterable[BaseRoute]) -> ASGIApp:
        """Return the application of these pages, with the channel's own ``static`` folder under ``static/<key>``."""
        own = StaticFiles(directory=self._folder / "static")
        look = Mount(f"/static/{self.key}", SafeHeaders(own, KEPT_AN_HOUR))
        return html_app([*routes, look], self.pages, max_body=self.limits.max_body)

    @property
    def _folder(self) -> Path:
        return Path(str(resources.files(self.package)))

    def language(self, request: Request) -> str:
        """Return the language of a page."""
        return self.pages.language(request)

    def text(self, request: Request, key: str, **params: object) -> str:
        """Return a sentence in the language of a page."""
        return catalog(self.package, self.language(request))[key].format(**params)

    def fault_text(self, request: Request, error: LaporError) -> str:
        """Return the sentence for a fault: the channel's own (``fault.<code>``), else the one that all doors share."""
        own = catalog(self.package, self.language(request)).get(f"fault.{error.code}")
        return own.format(**error.params) if own else error_text(error.code, self.language(request), **error.params)

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        values.setdefault("problem", None)
        return self.pages.render(request, template, status=status, **values)

    def go(self, request: Request, path: str) -> Response:
        """Return a redirection to a page of this site, after a form was taken."""
        return RedirectResponse(link(request, path), 303)

    async def uploads(
        self,
        request: Request,
        form: FormData,
        field: str = UPLOADS,
        rule: FileRule | None = None,
        purpose: Purpose = Purpose.EVIDENCE,
    ) -> tuple[tuple[Upload, ...], Problem | None]:
        """Return the files of a form's field, or what is wrong with them; ``rule`` is the office's limits when None."""
        try:
            return await uploads_from(form, field, rule or self.limits.rule, purpose), None
        except BadValue as error:
            names = [part.filename or "" for part in files_in(form, field)]
            return (), self._file_fault(request, error, names)

    def lacking(self, request: Request, submission: Submission) -> dict[str, str]:
        """Return a sentence for each field that the policy still misses in a submission."""
        language = self.language(request)
        return {piece.field: field_text(piece, language) for piece in missing(submission, self.desk.policy)}

    def refusal(self, request: Request, error: LaporError, uploads: Sequence[Upload], field: str = UPLOADS) -> Problem:
        """Return why the desk refused what was sent; a file that it does not take is named, at the field it came by."""
        if "place" in error.params and error.params.get("field") == UPLOADS:
            identity = uploads[error.params["place"] - 1].purpose is Purpose.IDENTITY
            place = {"field": "identity" if identity else field}
            at_its_field = BadValue(str(error), code=error.code, **error.params | place)
            return self._file_fault(request, at_its_field, [upload.name for upload in uploads])
        return problem_of(error, self.language(request))

    def _file_fault(self, request: Request, error: LaporError, names: Sequence[str]) -> Problem:
        """Each file that is wrong is named, with its own reason."""
        wrong: Sequence[LaporError] = error.params.get("faults", (error,))
        text = "\n".join(self._reason(request, fault, names) for fault in wrong)
        field = str(wrong[0].params["field"])
        status = max(problem_of(fault).status for fault in wrong)
        return faults(text, {field: text}, status)

    def _reason(self, request: Request, fault: LaporError, names: Sequence[str]) -> str:
        reason = self.fault_text(request, fault)
        if fault.code in ("too_large", "file_too_large"):
            reason = self.text(request, "form.too_large", size=_size(fault.params["limit"]))
        if "place" not in fault.params:
            return reason
        place = int(fault.params["place"])
        name = names[place - 1] if place <= len(names) else ""
        return f"{name or self.text(request, 'form.file', number=place)}: {reason}"


def link(request: Request, path: str) -> str:
    """Return the relative link to a page of this site; a language that was chosen by hand stays chosen."""
    chosen = request.query_params.get("lang")
    return up(request) + path + (f"?lang={chosen}" if chosen in LANGUAGES else "")


def faults(message: str, texts: Mapping[str, str], status: int = 422) -> Problem:
    """Return what is wrong with a form: a sentence for each field at fault, or ``message`` alone."""
    pieces = tuple(Missing(field=field, code="bad_value", text=text) for field, text in texts.items())
    return Problem(status=status, code="bad_form", message=message, fields=pieces)


def _size(limit: int) -> str:
    megabytes = limit / MEGABYTE
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{max(1, round(limit / 1024))} kB"


@pass_context
def _number(context: Context, value: int) -> str:
    """Return a number with its thousands told apart: *100.000*."""
    return f"{value:,}" if context["language"] == "en" else f"{value:,}".replace(",", ".")


@pass_context
def _text(context: Context, key: str, **params: object) -> str:
    text: str = context["sentences"](context["language"])[key]
    return text.format(**params)


@pass_context
def _system_name(context: Context, system: str) -> str:
    return word("system", system, context["language"])


@pass_context
def _lacking(context: Context, code: str) -> str:
    return word("error", code, context["language"])


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
    return _text(context, "time.moment", day=day, clock=clock)
