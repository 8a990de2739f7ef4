"""Reports: who may send one, under which key, and the receipt for it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lapor_channels.app.reading import receive_with_files
from lapor_channels.app.report_body import ReportBody, fields_of
from lapor_channels.http import bad_fields, call, principal
from lapor_channels.http.limits import FileLimits
from lapor_core.complaint import Visibility
from lapor_core.errors import BadValue, Incomplete, LaporError, Refused
from lapor_core.lifecycle import Role
from lapor_core.plugins.contracts import Desk, Principal
from lapor_core.requirements import missing
from lapor_core.structure import to_json
from lapor_core.submission import Submission, Upload

__all__ = ["KEY", "Reports"]

KEY = "app"
OURS = uuid.uuid5(uuid.NAMESPACE_OID, "lapor.app")
LONGEST_KEY = 255
VISIBLE = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


@attrs.frozen
class Reports:
    """The route that takes reports."""

    desk: Desk
    limits: FileLimits

    def routes(self) -> Iterator[Route]:
        """Yield the routes of this part."""
        yield Route("/reports", self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """Take a report in; 201 with its receipt, or 200 when it had been taken in before."""
        who = _citizen(request)
        source_id = _source_id(request, who)
        body, uploads = await receive_with_files(request, ReportBody, "report", self.limits.rule)
        receipt = await call(self.desk.submit, self._submission(body, uploads, who, source_id))
        return JSONResponse(to_json(receipt), 200 if receipt.repeated else 201)

    def _submission(self, body: ReportBody, uploads: tuple[Upload, ...], who: Principal, source_id: str) -> Submission:
        now = self.desk.now()
        fields, faults = fields_of(body, self.desk.policy, now)
        submission = Submission(
            channel=KEY,
            source_id=source_id,
            received_at=now,
            reporter=who.reporter,
            proofs=who.proofs,
            uploads=uploads,
            visibility=Visibility(anonymous=body.anonymous, secret=body.secret),
            **fields,
        )
        if faults:
            raise bad_fields([*faults, *self._lacking(submission, faults)])
        return submission

    def _lacking(self, submission: Submission, faults: Sequence[BadValue]) -> Iterator[LaporError]:
        """Yield what the desk would miss beside the faults, so that everything wrong is told at once."""
        told = {fault.params["field"] for fault in faults}
        lacking = [piece for piece in missing(submission, self.desk.policy) if piece.field not in told]
        if lacking:
            yield Incomplete(lacking)


def _citizen(request: Request) -> Principal:
    who = principal(request)
    if who is None:
        raise Refused("reports are taken from somebody with an account", code="sign_in_needed")
    if who.role is not Role.REPORTER:
        raise Refused("an officer has the counter for reports of others", code="not_allowed")
    return who


def _source_id(request: Request, who: Principal) -> str:
    """The key of the request, made the person's own: nobody gets another's receipt by guessing or copying a key."""
    key = request.headers.get("idempotency-key")
    if key is None:
        raise BadValue("the header Idempotency-Key is missing", code="key_needed", field="Idempotency-Key")
    if not VISIBLE.fullmatch(key):
        message = f"Idempotency-Key: must be 1 to {LONGEST_KEY} visible ASCII characters"
        raise BadValue(message, code="bad_key", field="Idempotency-Key", limit=LONGEST_KEY)
    return str(uuid.uuid5(OURS, f"{key} {who.id}"))
