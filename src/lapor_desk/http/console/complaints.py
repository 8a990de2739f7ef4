"""One complaint: what it says, how long there is, what happened, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError
from lapor_core.lifecycle import Action, Outcome
from lapor_desk.http.console.acting import ActForm, Field, act_of, forms_of, shown_again, told_of
from lapor_desk.http.console.alike import Alike, alike_to, merging_into, turn_down
from lapor_desk.http.console.cases import BEYOND_A_FORM, Case, coded, open_case, subject_of
from lapor_desk.http.console.errors import message_of, status_of
from lapor_desk.http.console.facts import questions_of
from lapor_desk.http.console.forms import files_of, text_of, uploads_of, version_of
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.http.console.history import history_of, names_in
from lapor_desk.http.console.linked import Links, links_of
from lapor_desk.officers import Officer
from lapor_desk.standing import is_theirs

__all__ = ["Complaints"]

_APART, _NOTED = "apart", "noted"
"""What was done, beside the actions: a suggestion was turned down, an id in another system was noted."""


@attrs.frozen
class Complaints:
    """The page of a complaint, and the actions that are sent from it."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/complaints/{id}", self.shown, methods=["GET"]),
            Route("/complaints/{id}/act/{action}", self.act, methods=["POST"]),
            Route("/complaints/{id}/apart", self.apart, methods=["POST"]),
            Route("/complaints/{id}/ids", self.note, methods=["POST"]),
        ]

    async def shown(self, request: Request) -> Response:
        """Show a complaint; the form to merge it has the code of another one in it when a suggestion leads there."""
        case = await self._case(request)
        main_id = request.query_params.get("main", "")
        return await self.show(
            request, case, await call(merging_into, self.frame.house.desk, case, forms_of(case), main_id)
        )

    async def act(self, request: Request) -> Response:
        """Do what the form says, and show the complaint as it is then; or show the form again with what is wrong."""
        action = _action(request.path_params["action"])
        async with self.frame.form(request) as form:
            case = await self._case(request)
            try:
                after = await self._done(case, action, form)
            except LaporError as error:
                return await self._refused(request, action, form, error)
        if not is_theirs(after, case.officer.agency):
            return self.frame.go(request, "")  # what was passed on to others is theirs to see
        return self.frame.go(request, f"complaints/{case.complaint.id}?done={action}")

    async def apart(self, request: Request) -> Response:
        """Remember that another complaint is about another matter."""
        async with self.frame.form(request) as form:
            case = await self._case(request)
            await call(turn_down, self.frame.house.desk, case, text_of(form, "other"))
        return self.frame.go(request, f"complaints/{case.complaint.id}?done={_APART}")

    async def note(self, request: Request) -> Response:
        """Note under which id another system knows the complaint; or show the form again with what is wrong."""
        async with self.frame.form(request) as form:
            case = await self._case(request)
            try:
                await call(
                    self.frame.house.desk.note_external_ids,
                    case.complaint.id,
                    told_of(form),
                    case.officer.actor,
                    version=version_of(form),
                    agency=case.officer.agency,
                )
            except LaporError as error:
                case, message = await self._case(request), message_of(error, self.frame.language(request))
                typed = {"system": text_of(form, "system"), "external_id": text_of(form, Field.EXTERNAL_ID)}
                return await self.show(
                    request, case, forms_of(case), status_of(error), message=message, noting=typed | {"fault": message}
                )
        return self.frame.go(request, f"complaints/{case.complaint.id}?done={_NOTED}")

    async def _done(self, case: Case, action: Action, form: FormData) -> Complaint:
        uploads = await uploads_of(form, "uploads")
        main = await call(self._coded, text_of(form, Field.MAIN), case.officer) if action is Action.MERGE else None
        act = act_of(action, form, case, uploads, main)
        return await call(
            self.frame.house.desk.act,
            case.complaint.id,
            act,
            version=version_of(form),
            agency=case.officer.agency,
            uploads=uploads,
        )

    async def _refused(self, request: Request, action: Action, form: FormData, error: LaporError) -> Response:
        """Show the complaint as it is now: somebody else may have acted, and then the form may not be there any more."""
        case, message = await self._case(request), message_of(error, self.frame.language(request))
        if name := _file_at_fault(form, error):
            message = f"{name}: {message}"
        forms = tuple(
            shown_again(shown, form, error, message) if shown.action is action else shown for shown in forms_of(case)
        )
        unsent = "" if action in case.actions else text_of(form, "text")
        return await self.show(request, case, forms, status_of(error), message=message, unsent=unsent)

    async def _case(self, request: Request) -> Case:
        return await call(open_case, self.frame.house.desk, request.path_params["id"], self.frame.officer(request))

    async def show(
        self, request: Request, case: Case, forms: tuple[ActForm, ...], status: int = 200, **told: Any
    ) -> Response:
        """Return the page of a complaint, with what is ``told`` on it this time."""
        language = self.frame.language(request)
        names, links, alike = await call(self._beside, case, language)
        done = request.query_params.get("done", "")
        values: dict[str, Any] = {
            "case": case,
            "subject": subject_of(case.seen),
            "forms": forms,
            "questions": questions_of(case.standard.policy, case.complaint.facts),
            "history": history_of(case, names, language),
            "links": links,
            "alike": alike,
            "done": done if done in {*Action, _APART, _NOTED} and status == 200 else "",
            "message": "",
            "unsent": "",
            "noting": {},
            "outcomes": tuple(Outcome),
            "identity": None,
            "look_fault": "",
            "look_reason": "",
        }
        return self.frame.show(request, "complaint.html", status, **values | told)

    def _beside(self, case: Case, language: str) -> tuple[Mapping[str, str], Links, tuple[Alike, ...]]:
        """Return the names of those who acted, the complaints that hang together with this one, and those that may have to."""
        with self.frame.house.store.reading() as tx:
            return names_in(tx, case.events), links_of(tx, case), alike_to(tx, case, language)

    def _coded(self, code: str, officer: Officer) -> Complaint | None:
        return coded(self.frame.house.desk, code, officer) if code else None


def _file_at_fault(form: FormData, error: LaporError) -> str:
    """Return the name of the file that cannot be taken, for of several only some may be wrong."""
    files = files_of(form, "uploads")
    place = error.params.get("place", 0)
    return files[place - 1].filename or "" if 0 < place <= len(files) else ""


def _action(name: str) -> Action:
    if name not in set(Action) - BEYOND_A_FORM:
        raise HTTPException(404)
    return Action(name)
