"""Where Kannel's smsbox delivers: what citizens send, with the answer they read, and what became of what was sent to them.

Kannel has told the operator that it holds the message before it asks us, and it asks again after every answer but 200 and
202. So a message is answered with 200 as soon as it is stored, and known again by its id; and a report of a message that
nobody knows is answered with 200 too, for no repeat would make it known.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message as Headers
from types import MappingProxyType
from urllib.parse import urlencode

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lapor_channels.http import call
from lapor_channels.sms import answers
from lapor_channels.sms.details import brought, details
from lapor_channels.sms.grammar import Complete, Help, Reply, Report, Status, understand
from lapor_channels.sms.message import KEY, Incoming, fields_of, read
from lapor_channels.sms.settings import SmsSettings
from lapor_core.codes import normalise_code
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.pins import split_pin
from lapor_core.plugins.contracts import Delivered, Desk, Failed, Tracking, TryLater, Verdict
from lapor_core.requirements import missing

__all__ = ["MAX_BODY", "Kannel"]

MAX_BODY = 256 * 1024
"""Bytes; the longest SMS, with every character escaped, is shorter."""

_FORM = "application/x-www-form-urlencoded"
_BARE = ("text/plain", "application/octet-stream")
_HEADERS: Mapping[str, str] = MappingProxyType({"from": "X-Kannel-From", "time": "X-Kannel-Time"})
_STATES: Mapping[str, Verdict] = MappingProxyType(
    {
        "1": Delivered(),
        "2": Failed(why="the operator could not bring it to the phone"),
        "4": TryLater(why="it waits at the operator"),
        "8": TryLater(why="the operator has it"),
        "16": Failed(why="the operator refused it"),
        "32": TryLater(why="the operator is still trying"),
    }
)
"""What ``%d`` in ``dlr-url`` says (Kannel 1.4.5, User Guide, "Delivery Reports")."""
_OF_THE_CITIZEN = (BadValue, NotFound, Refused)
"""What the citizen is told of and can mend; any other error is a fault of ours, and Kannel is to come again."""


@attrs.frozen(kw_only=True)
class Kannel:
    """The endpoints over one desk."""

    desk: Desk
    settings: SmsSettings

    def routes(self) -> list[Route]:
        """Return the routes: messages of citizens, and reports of delivery."""
        return [Route("/kannel", self.take, methods=["GET", "POST"]), Route("/dlr", self.hear, methods=["GET"])]

    async def take(self, request: Request) -> Response:
        """Take one message in and answer it."""
        self._check_address(request)
        message = await message_of(request)
        self._check_secret(request, message)
        return PlainTextResponse(await call(self._answer, message))

    async def hear(self, request: Request) -> Response:
        """Hear what became of one message that the notifier ``sms`` had sent; the answer is empty."""
        self._check_address(request)
        report: bytes = request.scope["query_string"]
        self._check_secret(request, report)
        await call(self._note, report)
        return PlainTextResponse()

    def _note(self, report: bytes) -> None:
        fields = fields_of(report)
        verdict = _STATES.get(fields.get("state", b"").decode("latin-1"))
        if verdict is None:
            raise BadValue(f"state: one of {', '.join(_STATES)}", code="bad_form", field="state")
        with suppress(NotFound):
            self.desk.report_delivery(fields.get("notice", b"").decode("utf-8", "replace"), verdict)

    def _check_address(self, request: Request) -> None:
        if not self.settings.allows(request.client.host if request.client else ""):
            raise Refused("messages are not taken from this address", code="not_allowed")

    def _check_secret(self, request: Request, message: bytes) -> None:
        secret = self.settings.secret
        given = fields_of(message).get("secret") or _password(request.headers.get("authorization", ""))
        if secret is not None and not hmac.compare_digest(given, secret.encode()):
            raise Refused("the shared secret is missing or wrong", code="bad_secret")

    def _answer(self, message: bytes) -> str:
        sms = read(message, self.desk.now(), self.settings.secret or "")
        match understand(sms.text):
            case Report():
                return self._report(sms)
            case Status(code, pin):
                return self._status(code, pin)
            case Reply() as reply:
                return self._reply(reply, sms)
            case Complete() as complete:
                return self._complete(complete, sms)
            case Help():
                return answers.help_text(self.desk.policy.fee, self.desk.policy.conditions_of(KEY))

    def _report(self, sms: Incoming) -> str:
        """Take a report in. One that says something and not everything has its code, and the citizen is asked for the rest."""
        report = sms.submission()
        lacking = [piece.code for piece in missing(report, self.desk.policy)]
        said = details(sms.text, lacking, sms.received_at)
        receipt = self.desk.submit(attrs.evolve(report, **said), partial=bool(sms.text.strip()))
        if not (receipt.lacking or receipt.pin or self.settings.answers_receipts):  # no notice brings a PIN
            return ""
        return answers.receipt(receipt, self.desk.addresses.track)

    def _complete(self, complete: Complete, sms: Incoming) -> str:
        taken = f"complete/{sms.source_id}"
        try:
            code = normalise_code(complete.code)
            if not complete.text:
                return answers.SENTENCES["complete_empty"].format(code=code)
            if self.desk.recall(taken) is None:  # as with a reply
                found, pin, text = self._found(code, complete.text)
                opened = self.desk.track(code, pin=pin) if pin else found
                report = attrs.evolve(sms, text=text).submission()
                said = brought(text, opened.lacking, self.desk.policy, sms.received_at)
                self.desk.complete(code, attrs.evolve(report, **said), pin=pin)
                self.desk.keep(taken, b"1")
        except Incomplete as error:
            return answers.lacking(complete.code, [piece.code for piece in error.missing])
        except _OF_THE_CITIZEN as error:
            return answers.faulty_completion(error)
        return answers.completed(code)

    def _status(self, code: str, pin: str) -> str:
        try:
            return answers.tracking(self.desk.track(code, pin=pin))
        except _OF_THE_CITIZEN as error:
            return answers.faulty_status(error)

    def _reply(self, reply: Reply, sms: Incoming) -> str:
        taken = f"reply/{sms.source_id}"
        try:
            code = normalise_code(reply.code)
            if not reply.text:
                return answers.SENTENCES["reply_empty"].format(code=code)
            if self.desk.recall(taken) is None:  # else Kannel comes again because it did not get our answer
                _, pin, text = self._found(code, reply.text)
                self.desk.reply(code, text, pin=pin)
                self.desk.keep(taken, b"1")
        except _OF_THE_CITIZEN as error:
            return answers.faulty_reply(error)
        return answers.SENTENCES["replied"].format(code=code)

    def _found(self, code: str, text: str) -> tuple[Tracking, str, str]:
        """Return a report as its code alone shows it, the PIN it needs, and the text behind it; without a PIN all is text."""
        found = self.desk.track(code)
        return found, *(split_pin(text) if found.locked else ("", text))


async def message_of(request: Request) -> bytes:
    """Return the message as one query string, whether it came by ``get-url``, by ``post-url`` or from a form.

    With ``post-url`` the text is the body and the rest stands in headers (User Guide, "X-Kannel Post Headers"); what the
    URL says goes first.

    Raises:
        HTTPException: 415 for a body of another kind, such as that of ``post-xml``.
    """
    query: bytes = request.scope["query_string"]
    if request.method != "POST":
        return query
    kind, charset = _content_type(request)
    if kind == _FORM:
        return query + b"&" + await request.body()
    if kind not in _BARE:
        raise HTTPException(415)
    said = {field: request.headers[header] for field, header in _HEADERS.items() if header in request.headers}
    return query + b"&" + urlencode({**said, "charset": charset, "text": await request.body()}).encode()


def _content_type(request: Request) -> tuple[str, str]:
    header = Headers()
    header["Content-Type"] = request.headers.get("content-type", _BARE[0])
    return header.get_content_type(), header.get_content_charset("")


def _password(authorization: str) -> bytes:
    """Return the password of HTTP's Basic scheme, which Kannel speaks when its URL names a user; no web server logs it."""
    scheme, _, given = authorization.partition(" ")
    try:
        pair = base64.b64decode(given) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return b""
    return pair.partition(b":")[2]
