"""The record of one complaint, for whoever audits: what happened, by whom and when, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lapor_core.complaint import PERSONAL
from lapor_core.errors import BadValue, NotFound, Refused
from lapor_core.events import Event
from lapor_core.evolution import replay
from lapor_core.privacy import Reader, Trace, reader_of, trail
from lapor_core.standard import Standard
from lapor_desk.desk import Desk
from lapor_desk.http.console.cases import check_id
from lapor_desk.http.console.frame import Frame, call
from lapor_desk.officers import Officer
from lapor_desk.standing import check_agency
from lapor_desk.store import Chain, Reading
from lapor_desk.tracking import sentence_of

__all__ = ["Records"]

_DOTS = "…"


@attrs.frozen(kw_only=True)
class Record:
    """A complaint as an auditor may see it.

    Attributes:
        events: None of them where they cannot be read; the chain says more.
        chain: What checking it has found.
    """

    id: str
    events: tuple[Event, ...]
    standard: Standard
    chain: Chain


@attrs.frozen(kw_only=True)
class Row:
    """One event in a table: its sentence without anybody's words, and what else may be told of it."""

    trace: Trace
    text: str
    told: Mapping[str, str]


@attrs.frozen
class Records:
    """The pages of an auditor, for nobody else: other officers have the history on the complaint's own page."""

    frame: Frame

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/records/{id}", self.shown, methods=["GET"])]

    async def shown(self, request: Request) -> Response:
        """Show the record of a complaint, also of one whose reporter was erased."""
        officer = self.frame.officer(request)
        record = await call(_open, self.frame.house.desk, request.path_params["id"], officer)
        rows = tuple(_rows(record, self.frame.language(request)))
        return self.frame.show(request, "record.html", record=record, rows=rows)


def _open(desk: Desk, complaint_id: str, officer: Officer) -> Record:
    if reader_of(officer.role) is not Reader.AUDITOR:
        raise Refused("this page is for auditors", code="not_permitted", role=officer.role)
    check_id(complaint_id)
    with desk.store.reading() as tx:
        chain, events = tx.verify_chain(complaint_id), _events(tx, complaint_id)
    if not events:
        return _unreadable(complaint_id, chain, desk.standard, officer)
    complaint = replay(events)
    check_agency(complaint, officer.agency)
    return Record(id=complaint_id, events=events, standard=desk.standard_of(complaint), chain=chain)


def _unreadable(complaint_id: str, chain: Chain, standard: Standard, officer: Officer) -> Record:
    """Whose complaint it is stands nowhere then, so it is there for nobody of one agency."""
    if officer.agency is not None:
        raise NotFound(f'"{complaint_id}": no such complaint', code="unknown_complaint", complaint=complaint_id)
    return Record(id=complaint_id, events=(), standard=standard, chain=chain)


def _events(tx: Reading, complaint_id: str) -> tuple[Event, ...]:
    """Return the events as far as they are open; none where they were changed so that they cannot be read."""
    try:
        events = tx.outline(complaint_id)
        replay(events)
    except (BadValue, NotFound, Refused):
        return ()
    return events


def _rows(record: Record, language: str) -> Iterator[Row]:
    for event, trace in zip(record.events, trail(record.events), strict=True):
        told = {name: _plain(value) for name, value in trace.told.items() if value not in (None, "", [], {})}
        yield Row(trace=trace, text=sentence_of(_veiled(event), record.standard, language), told=told)


def _veiled(event: Event) -> Event:
    """Return an event with dots where somebody's words are: that they are hidden is not that there are none."""
    personal = (field.name for field in attrs.fields(type(event.fact)) if field.metadata.get(PERSONAL))
    words = {name: _DOTS for name in personal if isinstance(getattr(event.fact, name), str)}
    return attrs.evolve(event, fact=attrs.evolve(event.fact, **words))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"  # as the record itself has it
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
