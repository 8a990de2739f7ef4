"""What happened to a complaint, in words for officers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from lapor_core import events as happened
from lapor_core.complaint import Attachment
from lapor_core.events import Event
from lapor_core.texts import word
from lapor_desk.http.console.cases import Case
from lapor_desk.http.texts import sentence
from lapor_desk.officers import read_officer
from lapor_desk.store import Reading
from lapor_desk.tracking import sentence_of

__all__ = ["Entry", "history_of", "names_in"]


@attrs.frozen(kw_only=True)
class Entry:
    """One thing that happened.

    Attributes:
        at: When it happened, in the office's zone.
        recorded: When it was written down, where that was on another day.
        words: What was written: a reason, a question, an answer; empty where the text says it all.
    """

    at: datetime
    recorded: datetime | None
    who: str
    text: str
    words: str = ""
    files: tuple[Attachment, ...] = ()


def names_in(tx: Reading, events: tuple[Event, ...]) -> Mapping[str, str]:
    """Return the names of the officers who acted, by their ids."""
    found = {event.actor.id: read_officer(tx, event.actor.id) for event in events if event.actor.id}
    return {officer_id: officer.name or officer.login for officer_id, officer in found.items() if officer is not None}


def history_of(case: Case, names: Mapping[str, str], language: str) -> tuple[Entry, ...]:
    """Return everything that happened, the latest first."""
    return tuple(_entries(case, names, language))[::-1]


def _entries(case: Case, names: Mapping[str, str], language: str) -> Iterator[Entry]:
    local = case.standard.office.local
    for event in case.events:
        text, words = sentence_of(event, case.standard, language), _words(event.fact, case)
        at, recorded = local(event.happened_at), local(event.recorded_at)
        yield Entry(
            at=at,
            recorded=recorded if recorded.date() != at.date() else None,
            who=_who(event, names, language),
            text=_with_outcome(event.fact, text, language),
            words="" if words in text else words,
            files=case.among_files(_files(event.fact)),
        )


def _who(event: Event, names: Mapping[str, str], language: str) -> str:
    role = word("role", event.actor.role, language)
    return f"{role} ({names[event.actor.id]})" if event.actor.id in names else role


def _files(fact: happened.Fact) -> tuple[Attachment, ...]:
    """Return what came with a fact; what came with the report itself stands beside it already."""
    return () if isinstance(fact, happened.Received) else getattr(fact, "attachments", ())


def _words(fact: happened.Fact, case: Case) -> str:
    if isinstance(fact, happened.IdentitySeen) and not case.may_see_identity:
        return ""  # it may tell of the reporter
    return str(getattr(fact, "reason", "") or getattr(fact, "text", "")) if not isinstance(fact, _BY_ITSELF) else ""


_BY_ITSELF = (happened.ClockMoved,)
"""Facts whose reason is a name of ours, and no words of anybody's."""


def _with_outcome(fact: happened.Fact, text: str, language: str) -> str:
    if not isinstance(fact, happened.ClockStopped):
        return text
    outcome = sentence("clock", "met" if fact.met else "missed", language)
    return f"{text}: {outcome[:1].lower()}{outcome[1:]}"
