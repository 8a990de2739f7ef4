"""A letter to the Ombudsman, made from a complaint's record, in Indonesian, for the citizen to complete, sign and send."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date, datetime
from importlib import resources

import attrs
import jinja2

from lapor_core.clock_facts import overdue_undecided
from lapor_core.complaint import Clock, Complaint, personal
from lapor_core.letters.wording import condition_text, say
from lapor_core.ombudsman import Declaration, readiness
from lapor_core.policy.model import Contact
from lapor_core.standard import Standard
from lapor_core.texts import clock_time, long_date, word

__all__ = ["Letter", "ombudsman_letter"]

_LANGUAGE = "id"
_BLANK = "." * 40
_ADDRESSEE = "ombudsman"
_WAYS = ("telephone", "whatsapp", "email", "site")


@attrs.frozen(kw_only=True)
class Letter:
    """A letter in words; both fields are personal."""

    subject: str = personal()
    text: str = personal()


def ombudsman_letter(
    complaint: Complaint, standard: Standard, now: datetime, declared: Declaration | None = None, request: str = ""
) -> Letter:
    """Return the letter; what the record does not hold is left as a dotted line for the citizen's own hand.

    Law 37/2008, article 24, asks for name, place and date of birth, marital status, occupation and address: of these the
    record knows the name only, and the letter asks for no more than that law does.

    Args:
        complaint: The complaint as it stands, with its personal fields.
        standard: What it is judged by.
        now: The present instant (aware).
        declared: What the reporter has said of themselves.
        request: What the reporter wants to be done.

    Raises:
        BadValue: ``now`` has no zone (code ``naive_datetime``).
    """
    ready = readiness(complaint, standard, now, declared)
    policy = standard.policy
    subject = say("letter", "subject", code=complaint.code)
    text = _template().render(
        blank=_BLANK,
        today=_day(standard.office.local_date(now)),
        contacts=[_contact(contact) for key, contact in policy.contacts.items() if key == _ADDRESSEE],
        subject=subject,
        name=complaint.reporter.name,
        mobile=complaint.reporter.mobile,
        email=complaint.reporter.email,
        office=policy.office.name,
        code=complaint.code,
        secret=complaint.visibility.hides,
        agencies="\n".join(_agencies(complaint, standard)),
        title=complaint.title,
        event_date=_day(complaint.event_date) if complaint.event_date else "",
        place=complaint.place,
        narrative=complaint.narrative,
        received=_moment(complaint.received_at, standard),
        channel=word("channel", complaint.channel, _LANGUAGE),
        history=list(_history(complaint, standard)),
        standard=policy.title,
        deadlines=list(_deadlines(complaint, standard, now)),
        answers=complaint.answers,
        conditions=[condition_text(condition, _LANGUAGE) for condition in ready.conditions],
        request=request,
    )
    return Letter(subject=subject, text=text)


def _agencies(complaint: Complaint, standard: Standard) -> Iterator[str]:
    for key in complaint.agencies:
        yield standard.agencies[key].name if key in standard.agencies else key


def _history(complaint: Complaint, standard: Standard) -> Iterator[str]:
    for visit in complaint.visits:
        yield f"{_moment(visit.since, standard)}: {word('state', visit.state, _LANGUAGE)}"


def _deadlines(complaint: Complaint, standard: Standard, now: datetime) -> Iterator[str]:
    """Yield each promise: what it is called, when it was due, and what became of it."""
    for place, clock in enumerate(complaint.clocks):
        rule = standard.policy.clocks.get(clock.name)
        title = rule.title.in_language(_LANGUAGE) if rule is not None else clock.name
        tier = f" (tingkat {clock.tier})" if clock.tier else ""
        same = (clock.name, clock.round, clock.start)
        anew = any((later.name, later.round, later.start) == same for later in complaint.clocks[place + 1 :])
        became = say("letter", "replaced") if anew else _kept(clock, standard, now)
        yield f"{title}{tier}: {_day(clock.due_date)}, {became}"
    undecided = overdue_undecided(complaint, standard, now)
    if undecided is not None:
        became = say("letter", "undecided", tier=undecided.tier or "")
        yield f"{undecided.title.in_language(_LANGUAGE)}: {_day(undecided.due_date)}, {became}"


def _kept(clock: Clock, standard: Standard, now: datetime) -> str:
    if clock.stopped_at is None:
        return say("letter", "late" if clock.is_late(now) else "running")
    day = _day(standard.office.local_date(clock.stopped_at))
    return say("letter", "kept" if clock.stopped_at <= clock.due else "missed", day=day)


def _contact(contact: Contact) -> str:
    ways = {way: getattr(contact, way) for way in _WAYS}
    told = ", ".join(f"{word('contact', way, _LANGUAGE)} {value}".strip() for way, value in ways.items() if value)
    return f"{contact.name}: {told}"


def _moment(moment: datetime, standard: Standard) -> str:
    local = standard.office.local(moment)
    return f"{_day(local.date())}, pukul {clock_time(local, _LANGUAGE)}"


def _day(day: date) -> str:
    return long_date(day, _LANGUAGE)


@functools.cache
def _template() -> jinja2.Template:
    """A name that the template uses and nobody gave is an error, never an empty place in a citizen's letter."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # plain text; a page escapes what it shows of it
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    folder = resources.files("lapor_core.letters") / "templates"
    return environment.from_string((folder / "ombudsman.txt").read_text("utf-8"))
