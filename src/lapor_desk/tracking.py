"""What the holder of a tracking code sees: the complaint's way so far, in the citizen's words. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from lapor_core import events as happened
from lapor_core.clock_facts import overdue_undecided
from lapor_core.complaint import Attachment, Complaint, Reporter
from lapor_core.events import Event, answer_files
from lapor_core.evolution import replay
from lapor_core.letters import ombudsman_letter
from lapor_core.lifecycle import State
from lapor_core.notices.rendering import contact_line
from lapor_core.plugins.contracts import Tracking, TrackingEntry, TrackingFile
from lapor_core.standard import Standard
from lapor_core.texts import long_date, word

__all__ = ["locked_tracking_of", "sentence_of", "tracking_of"]

_UNTOLD: tuple[type[happened.Fact], ...] = (
    happened.Advised,
    happened.ClockMissed,
    happened.ClockPaused,
    happened.ClockResumed,
    happened.ClockStopped,
)
"""What is no news for a citizen, who is told of the state and of the deadline, and sees whether it is late."""


def tracking_of(events: Sequence[Event], standard: Standard, now: datetime, language: str = "id") -> Tracking:
    """Return what the holder of the code, and of the PIN where there is one, may see at ``now`` (aware)."""
    complaint = replay(events)
    if complaint.state is State.ERASED:
        return _erased(complaint, standard, language)
    seen = locked_tracking_of(complaint, standard, now, language)
    contacts = tuple(_contacts(events, standard, language, late=seen.late))
    return attrs.evolve(
        seen,
        locked=False,
        entries=tuple(_entries(events, standard, language)),
        contacts=contacts,
        lacking=complaint.lacking,
        external_ids=complaint.external_ids,
        letter=_letter(complaint, standard, now) if contacts else "",
    )


def locked_tracking_of(complaint: Complaint, standard: Standard, now: datetime, language: str = "id") -> Tracking:
    """Return what the holder of the code may see without the PIN that the complaint needs: its status and its dates."""
    clock = standard.promise(complaint)
    undecided = overdue_undecided(complaint, standard, now) if clock is None else None
    due = clock or undecided
    return Tracking(
        code=complaint.code,
        state=complaint.state,
        status=word("state", complaint.state, language),
        received_at=standard.office.local(complaint.received_at),
        due_date=due.due_date if due else None,
        provisional=due.provisional if due else False,
        late=undecided is not None or (clock is not None and clock.stopped_at is None and clock.is_late(now)),
        locked=True,
    )


def _erased(complaint: Complaint, standard: Standard, language: str) -> Tracking:
    """That it was erased must be told to whom it concerns (UU 27/2022), and whoever else holds the code learns no more."""
    return Tracking(
        code=complaint.code,
        state=complaint.state,
        status=word("state", complaint.state, language),
        received_at=standard.office.local(complaint.received_at),
        entries=(
            TrackingEntry(at=standard.office.local(complaint.reached_at), text=word("event", "erased", language)),
        ),
    )


def _letter(complaint: Complaint, standard: Standard, now: datetime) -> str:
    """An officer may hold the code as well, so the letter leaves who reports to the citizen's own hand."""
    return ombudsman_letter(attrs.evolve(complaint, reporter=Reporter()), standard, now).text


def _entries(events: Sequence[Event], standard: Standard, language: str) -> Iterator[TrackingEntry]:
    tier = None
    for event in events:
        if isinstance(event.fact, happened.Classified):
            tier, before = event.fact.tier, tier
            if tier == before:
                continue  # more became known, and it changed nothing for the citizen
        if not isinstance(event.fact, _UNTOLD):
            yield TrackingEntry(
                at=standard.office.local(event.happened_at),
                text=sentence_of(event, standard, language),
                files=tuple(_file(file, place, language) for place, file in enumerate(answer_files(event.fact), 1)),
            )


def _file(file: Attachment, place: int, language: str) -> TrackingFile:
    """A file without a name gets one in which no code stands: it may be kept on a computer that others use."""
    ending = mimetypes.guess_extension(file.media_type) or ""
    name = file.name or f"{word('file', 'plain', language)}-{place}{ending}"
    return TrackingFile(id=file.digest, name=name, media_type=file.media_type, size=file.size)


def sentence_of(event: Event, standard: Standard, language: str = "id") -> str:
    """Return what happened as one sentence."""
    return _words(event, language).format_map(_Values(_told(event, standard, language)))


def _words(event: Event, language: str) -> str:
    """Advice of our own has words of its own; of a plug-in's, its key is all that is known."""
    if isinstance(event.fact, happened.ClockStarted) and event.fact.first_start is not None:
        return word("anew", event.type, language)
    if isinstance(event.fact, happened.Advised):
        own = word("advice", event.fact.by, language)
        return own if own != event.fact.by else word("event", event.type, language)
    return word("event", event.type, language)


def _told(event: Event, standard: Standard, language: str) -> Mapping[str, Any]:
    """Return the values the sentence of an event may use."""
    fact = event.fact
    values = {field.name: getattr(fact, field.name) for field in attrs.fields(type(fact))}
    if "due_date" in values:
        values["due"] = long_date(values["due_date"], language)
    if isinstance(fact, happened.IdentitySeen):
        values["role"] = word("role", event.actor.role, language)
        values["shown"] = word("shown", fact.shown, language)
    keys: Sequence[str] = values.get("agencies") or ()
    if "clock" in values:
        values["title"] = _title(standard, values["clock"], language)
    if "external_id" in values:
        values["system"] = word("system", values["system"], language)
        values["external_id"] = values["external_id"] or word("external_id", "none", language)
    values["agencies"] = ", ".join(standard.agencies[key].name if key in standard.agencies else key for key in keys)
    return values


def _title(standard: Standard, clock: str, language: str) -> str:
    """Return what a clock is called; of one that the standard does not know any more, its name is all that is known."""
    known = standard.policy.clocks
    return known[clock].title.in_language(language) if clock in known else clock


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _contacts(events: Sequence[Event], standard: Standard, language: str, *, late: bool) -> Iterator[str]:
    """Yield the way further: what the ladder has shown, or will show of a complaint that is late already."""
    shown = [key for event in events if isinstance(event.fact, happened.StepTaken) for key in event.fact.show_reporter]
    if late:
        shown += [key for step in standard.policy.ladder for key in step.show_reporter]
    for key in dict.fromkeys(shown):
        if key in standard.policy.contacts:
            contact = standard.policy.contacts[key]
            yield f"{contact.text.rstrip('.')}. {contact_line(contact, language)}".removeprefix(". ")
