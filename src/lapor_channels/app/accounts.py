"""Who reports: an e-mail address and a mobile number, each proved by a one-time code, as the service standard asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reading import receive
from lapor_channels.http import bad_fields, call, clean, language_of
from lapor_channels.http.contacts import LONGEST_NAME, international, is_email, is_name
from lapor_core.complaint import Proof, Reporter, personal
from lapor_core.errors import BadValue, Refused
from lapor_core.plugins.contracts import CODES_HOLD, Desk, bearer_of
from lapor_core.texts import LANGUAGES

__all__ = ["Accounts"]

CODES: Mapping[str, Proof] = {"email_code": Proof.VERIFIED_EMAIL, "mobile_code": Proof.VERIFIED_MOBILE}


@attrs.frozen(kw_only=True)
class WhoBody:
    """The keys of a challenge; ``language`` is that of every notice to this person."""

    name: str = personal(default="")
    email: str = personal(default="")
    mobile: str = personal(default="")
    language: str | None = None


@attrs.frozen(kw_only=True)
class CodesBody:
    """The codes that were sent."""

    email_code: str = personal(default="")
    mobile_code: str = personal(default="")


@attrs.frozen
class Accounts:
    """The routes that make a session, who and then the two codes, and the one that ends it."""

    desk: Desk

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/challenges", self.challenge, methods=["POST"])
        yield Route("/challenges/{challenge}/confirm", self.confirm, methods=["POST"])
        yield Route("/session", self.sign_out, methods=["DELETE"])

    async def challenge(self, request: Request) -> Response:
        """Send a code to the address and another to the number."""
        reporter = _reporter(await receive(request, WhoBody), language_of(request))
        expires = self.desk.now() + CODES_HOLD
        challenge = await call(self.desk.challenge, reporter)
        return JSONResponse({"challenge": challenge, "expires": expires.isoformat()}, 201)

    async def confirm(self, request: Request) -> Response:
        """Give a session token for the right codes."""
        codes = _codes(await receive(request, CodesBody))
        token = await call(self.desk.confirm, request.path_params["challenge"], codes)
        return JSONResponse({"token": token})

    async def sign_out(self, request: Request) -> Response:
        """End the session of the token that comes with the request, so that it is worth nothing in a lost telephone."""
        if (token := bearer_of(request.headers.get("authorization"))) is None:
            raise Refused("no token came that could be ended", code="sign_in_needed")
        await call(self.desk.sign_out, token)
        return Response(status_code=204)


def _reporter(body: WhoBody, language: str) -> Reporter:
    reporter = Reporter(
        name=clean(body.name),
        email=clean(body.email),
        mobile=international(clean(body.mobile)),
        language=language if body.language is None else body.language,
    )
    faults = list(_faults(reporter))
    if faults:
        raise bad_fields(faults)
    return reporter


def _faults(reporter: Reporter) -> Iterator[BadValue]:
    if not is_name(reporter.name):
        yield BadValue("name: must be one line", code="bad_name", field="name", limit=LONGEST_NAME)
    if not is_email(reporter.email):
        yield BadValue("email: not an e-mail address", code="bad_email", field="email")
    if not reporter.mobile:
        yield BadValue("mobile: not a mobile number", code="bad_mobile", field="mobile")
    if reporter.language not in LANGUAGES:
        message = f"language: must be one of {', '.join(LANGUAGES)}"
        yield BadValue(message, code="unknown_language", field="language", allowed=LANGUAGES)


def _codes(body: CodesBody) -> dict[Proof, str]:
    """The codes without the spaces people put into them; an empty one costs no try."""
    codes = {field: "".join(clean(getattr(body, field)).split()) for field in CODES}
    empty = [BadValue(f"{field}: is empty", code="empty", field=field) for field, code in codes.items() if not code]
    if empty:
        raise bad_fields(empty)
    return {CODES[field]: code for field, code in codes.items()}
