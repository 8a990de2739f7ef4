"""The page on which a person is erased: what will be lost, how many complaints go with it, and on which ground.

Which ones these are is knowledge about who reported: it is shown as all such knowledge is, to who says why, and written down.

A reason in free words is not asked for: in the open it could hold the very data that goes, and sealed it would go with them.
"""

from __future__ import annotations

from typing import Any

import attrs
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.complaint import Complaint, Ground
from lapor_core.decisions import Act
from lapor_core.errors import BadValue, LaporError
from lapor_core.lifecycle import Action, is_over
from lapor_core.texts import word
from lapor_desk.erasing import complaints_of
from lapor_desk.http.console.cases import Case, open_case
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.forms import number_of, text_of, version_of
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.http.texts import sentence

__all__ = ["Erasure"]


@attrs.frozen
class Erasure:
    """The page that asks whether a person is to be erased, and what becomes of the answer."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/complaints/{id}/erase", self.asked, methods=["GET"]),
            Route("/complaints/{id}/erase", self.erase, methods=["POST"]),
            Route("/complaints/{id}/erase/reports", self.again, methods=["GET"]),
            Route("/complaints/{id}/erase/reports", self.reports, methods=["POST"]),
        ]

    async def asked(self, request: Request) -> Response:
        """Show what will be lost."""
        return await self._show(request, await self._case(request))

    async def again(self, request: Request) -> Response:
        """Lead back to the page: what was shown once is not shown again by its address."""
        return self.frame.go(request, f"complaints/{(await self._case(request)).complaint.id}/erase")

    async def reports(self, request: Request) -> Response:
        """Show the page, this time with which reports are this person's."""
        async with self.frame.form(request) as form:
            case, reason = await self._case(request), text_of(form, "reason")
            look = self.frame.house.desk.identity_reports
            try:
                reports = await call(look, case.complaint.id, case.officer.actor, reason)
            except BadValue as error:
                fault = message_of(error, self.frame.language(request))
                told = {"message": fault, "look_fault": fault, "look_reason": reason}
                return await self._show(request, case, status_of(error), **told)
        return await self._show(request, case, reports=reports)

    async def erase(self, request: Request) -> Response:
        """Erase, and show the complaint as it is then; or show again what will be lost, and why it was not done."""
        async with self.frame.form(request) as form:
            case = await self._case(request)
            if not text_of(form, "sure"):
                message = sentence("erase", "sure_needed", self.frame.language(request))
                return await self._show(request, case, 422, message=message, chosen=text_of(form, "ground"))
            try:
                await self._done(case, form)
            except LaporError as error:
                return await self._refused(request, form, error)
        return self.frame.go(request, f"complaints/{case.complaint.id}?done={Action.ERASE}")

    async def _done(self, case: Case, form: FormData) -> None:
        act = Act(
            action=Action.ERASE,
            actor=case.officer.actor,
            ground=_ground(text_of(form, "ground")),
        )
        seen = number_of(form, "seen")
        erase = self.frame.house.desk.erase
        await call(erase, case.complaint.id, act, version=version_of(form), seen=seen)

    async def _refused(self, request: Request, form: FormData, error: LaporError) -> Response:
        language = self.frame.language(request)
        refused: tuple[tuple[str, int], ...] = error.params.get("refused", ())
        told: dict[str, Any] = {
            "message": message_of(error, language),
            "refused": [(word("error", why, language), number) for why, number in refused],
            "chosen": text_of(form, "ground"),
        }
        case = await self._case(request, after=error)
        return await self._show(request, case, status_of(error), **told)

    async def _case(self, request: Request, after: LaporError | None = None) -> Case:
        """Return the case; to whom it cannot be erased, there is no such page, and ``after`` says why it could not."""
        officer = self.frame.officer(request)
        case = await call(open_case, self.frame.house.desk, request.path_params["id"], officer)
        if not case.may_erase:
            raise after or HTTPException(404)
        return case

    async def _show(self, request: Request, case: Case, status: int = 200, **told: Any) -> Response:
        number, still_open = await call(self._counted, case.complaint)
        values: dict[str, Any] = {"case": case, "number": number, "still_open": still_open, "grounds": tuple(Ground)}
        nothing: dict[str, Any] = dict.fromkeys(("message", "chosen", "look_fault", "look_reason"), "")
        lists: dict[str, Any] = {"refused": (), "reports": ()}
        return self.frame.show(request, "erase.html", status, **values | nothing | lists | told)

    def _counted(self, complaint: Complaint) -> tuple[int, int]:
        """Return how many complaints the person has, and how many of them are not over."""
        with self.frame.house.store.reading() as tx:
            states = [each.state for each in complaints_of(tx, complaint.reporter_ref)]
        return len(states), sum(not is_over(state) for state in states)


def _ground(text: str) -> Ground | None:
    return Ground(text) if text in set(Ground) else None
