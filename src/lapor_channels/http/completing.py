"""The form below an incomplete report: whoever holds its code brings what it lacks, and no more is asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_channels.http import call, text_of
from lapor_channels.http.drafts import Draft, read_draft
from lapor_channels.http.forms import form_of
from lapor_channels.http.sites import MOST_PARTS, faults
from lapor_channels.http.tracking import Key, Track
from lapor_core.complaint import Reporter
from lapor_core.errors import LaporError
from lapor_core.submission import Submission, Upload

__all__ = ["Completing"]


@attrs.frozen
class Completing:
    """What completes a report; it leads back to it, with what was typed where it cannot be taken."""

    track: Track

    def routes(self) -> Iterator[Route]:
        """Yield the route of this form."""
        yield Route("/track/complete", self.complete, methods=["POST"])

    async def complete(self, request: Request) -> Response:
        """Take what was brought."""
        site = self.track.site
        async with form_of(request, max_files=MOST_PARTS) as form:
            key, category = Key.of(form), text_of(form, "category")
            today = site.desk.now().date()
            draft = read_draft(form, site.desk.policy, today, lambda error: site.fault_text(request, error))
            uploads, problem = await site.uploads(request, form)
        written = {**draft.typed, "category": category}
        wrong = {**draft.wrong, **(problem.by_field if problem else {})}
        if wrong:
            problem = faults(next(iter(wrong.values())), wrong)
            return await self.track.opened(request, key, problem=problem, written=written)
        brought = self._submission(draft, category, uploads)
        try:
            await call(site.desk.complete, key.code, brought, pin=key.pin)
        except LaporError as error:
            refusal = self.track.refusal(request, error, uploads)
            return await self.track.refused(request, key, error, refusal, written=written)
        return await self.track.done(request, key, "complete")

    def _submission(self, draft: Draft, category: str, uploads: tuple[Upload, ...]) -> Submission:
        """Return what was brought; whose it is and who may see it was said with the report."""
        said = {name: value for name, value in draft.fields.items() if name != "visibility"}
        return Submission(
            channel=self.track.site.key,
            source_id=str(uuid.uuid4()),
            received_at=self.track.site.desk.now(),
            reporter=Reporter(),
            category=category or None,
            uploads=uploads,
            **said,
        )
