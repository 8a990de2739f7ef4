"""The words of a notice, rendered with jinja2 when it is sent: a subject, a text, and a short form for SMS."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Any

import attrs
import jinja2
from jinja2 import meta

from lapor_core.complaint import Clock, Complaint, personal
from lapor_core.events import Event, answer_files
from lapor_core.lifecycle import Role
from lapor_core.policy.model import Contact
from lapor_core.standard import Standard
from lapor_core.texts import LANGUAGES, clock_time, long_date, word

__all__ = [
    "BLOCKS",
    "OFFERED",
    "OFFERED_OF_WHAT_WAITS",
    "OFFERED_WITH_CODE",
    "SHORT",
    "Templates",
    "Written",
    "contact_line",
    "environment",
    "write",
    "write_code",
    "write_waiting",
]

Templates = Mapping[tuple[str, str], str]
"""Sources that stand for shipped templates, by name and language."""

BLOCKS = ("subject", "text", "short")
"""The parts of every template."""


@attrs.frozen(kw_only=True)
class Written:
    """A notice in words.

    Attributes:
        short: For SMS, at most :data:`SHORT` characters on one line.
        values: What the template was filled with, for services that want it apart; nothing the template does not use.
    """

    subject: str = personal()
    text: str = personal()
    short: str = personal()
    values: Mapping[str, str] = personal(factory=dict)


SHORT = 306
"""The most characters of a short form: two parts of a concatenated SMS in the GSM alphabet."""


OFFERED = frozenset(
    {
        *("code", "office", "fee", "tier", "at", "due", "provisional", "late"),
        *("agencies", "agency", "owing", "lacking", "text", "files", "by_itself", "contacts", "way"),
        *("by_sms", "stands_still"),
    }
)
"""The names a template may use."""

OFFERED_WITH_CODE = frozenset({"one_time_code", "office", "minutes"})
"""The names the template of one-time codes may use."""


OFFERED_OF_WHAT_WAITS = frozenset({"waiting", "office"})
"""The names the templates of :data:`lapor_core.notices.GATHERED` may use."""


def write(
    template: str,
    event: Event,
    complaint: Complaint,
    standard: Standard,
    language: str = "id",
    *,
    templates: Templates = MappingProxyType({}),
    track: str = "",
    console: str = "",
) -> Written:
    """Return the words of a notice of ``event``.

    Args:
        template: The notice's template, ``answered``.
        event: What happened.
        complaint: The complaint as it stood after the event.
        standard: For the office's name, its agencies and its contacts.
        language: ``id`` or ``en``.
        templates: Sources that stand for shipped templates; one that fails leaves the word to the shipped one.
        track: The address where a citizen tracks and replies, for what a citizen reads; letter and short form end with it.
        console: Likewise the address where officers sign in, for what an officer reads.
    """
    office = standard.office
    clock = _clock(event, complaint, standard)
    fact = event.fact
    contacts = [standard.policy.contacts[key] for key in getattr(fact, "show_reporter", ())]
    values = {
        "code": complaint.code,
        "office": standard.policy.office.name,
        "fee": standard.policy.fee,
        "tier": complaint.tier or "",
        "at": _moment(office.local(event.happened_at), language),
        "due": long_date(clock.due_date, language) if clock else "",
        "provisional": bool(clock and clock.provisional),
        "late": bool(clock and event.happened_at > clock.due),
        "agencies": _names(complaint.agencies, standard),
        "agency": _names([key for key in [getattr(fact, "agency", None)] if key], standard),
        "owing": _names(complaint.owing, standard),
        "lacking": [word("error", code, language) for code in complaint.lacking],
        "text": getattr(fact, "text", "") or getattr(fact, "reason", ""),
        "files": [file.name or word("file", "unnamed", language) for file in answer_files(fact)],
        "by_itself": event.actor.role is Role.SYSTEM,
        "by_sms": complaint.channel == "sms" and not complaint.pin_hash,
        "stands_still": _stands_still(complaint, standard),
        "contacts": [contact_line(contact, language) for contact in contacts],
        "waiting": 1,  # a host that gathers what waits counts it, and calls write_waiting
        "way": " ".join(contact.text for contact in contacts).strip(),
    }
    written = _written(template, values, language, templates)
    address, page = (track, "track") if track else (console, "console")
    return _with_address(written, address, page, language)


def write_code(
    code: str, office: str, minutes: int, language: str = "id", *, templates: Templates = MappingProxyType({})
) -> Written:
    """Return the words that bring a one-time code."""
    values = {"one_time_code": code, "office": office, "minutes": minutes}
    return _written("one_time_code", values, language, templates)


def write_waiting(
    template: str,
    waiting: int,
    office: str,
    language: str = "id",
    *,
    templates: Templates = MappingProxyType({}),
    console: str = "",
) -> Written:
    """Return the words that tell officers how much waits for them; ``template`` is one of those that are gathered."""
    written = _written(template, {"waiting": waiting, "office": office}, language, templates)
    return _with_address(written, console, "console", language)


def _with_address(written: Written, address: str, page: str, language: str) -> Written:
    """A text that is too long gives way to the address, where the rest of it can be read."""
    if not address:
        return written
    line = word("address", page, language).format(address=address)
    room = SHORT - len(address) - 1
    short = f"{_shortened(written.short, room)} {address}" if room > len(written.short) // 4 else written.short
    return attrs.evolve(written, text=f"{written.text}\n\n{line}", short=short)


def contact_line(contact: Contact, language: str = "id") -> str:
    """Return a contact on one line: *Ombudsman RI: telepon 137, WhatsApp ...*; empty parts are left out."""
    parts = {way: getattr(contact, way) for way in ("telephone", "whatsapp", "email", "site")}
    ways = ", ".join(f"{word('contact', way, language)} {value}".strip() for way, value in parts.items() if value)
    return f"{contact.name}: {ways}"


def _clock(event: Event, complaint: Complaint, standard: Standard) -> Clock | None:
    """Return the clock a notice speaks of: the one the event names, else that of the answer."""
    name = getattr(event.fact, "clock", "")
    if (clock := complaint.running(name)) is not None:
        return clock
    named = [clock for clock in complaint.clocks if clock.name == name]
    return max(named, key=lambda clock: clock.due, default=standard.promise(complaint))


def _stands_still(complaint: Complaint, standard: Standard) -> bool:
    """Tell whether the standard lets the time of the answer stand still in the state that the complaint has now."""
    known = (standard.policy.clocks.get(clock.name) for clock in complaint.running_clocks)
    return any(rule is not None and complaint.state in rule.pauses for rule in known)


def _names(keys: Iterable[str], standard: Standard) -> str:
    return ", ".join(standard.agencies[key].name if key in standard.agencies else key for key in keys)


def _written(name: str, values: Mapping[str, Any], language: str, templates: Templates) -> Written:
    language = language if language in LANGUAGES else "id"
    own = templates.get((name, language))
    if own is not None:
        with contextlib.suppress(Exception):  # words that fail must not keep a citizen from the news
            return _filled(_compiled(own), values)
    return _filled(_template(name, language), values)


def _filled(template: tuple[jinja2.Template, frozenset[str]], values: Mapping[str, Any]) -> Written:
    compiled, used = template

    def block(name: str) -> str:
        return "".join(compiled.blocks[name](compiled.new_context(dict(values)))).strip()

    plain = {key: str(value) for key, value in values.items() if key in used and isinstance(value, str | int)}
    short = _shortened(" ".join(block("short").split()))
    return Written(subject=" ".join(block("subject").split()), text=block("text"), short=short, values=plain)


def _shortened(text: str, most: int = SHORT) -> str:
    """Return what fits into the short form, cut between words; the whole stands on the tracking page."""
    if len(text) <= most:
        return text
    cut = text[: most - 3]
    return (cut.rpartition(" ")[0] or cut) + "..."


def _moment(moment: datetime, language: str) -> str:
    return f"{long_date(moment.date(), language)}, {clock_time(moment, language)}"


@functools.cache
def _template(name: str, language: str) -> tuple[jinja2.Template, frozenset[str]]:
    folder = resources.files(__package__ or __name__) / "templates" / language
    return _compiled((folder / f"{name}.txt").read_text("utf-8"))


@functools.lru_cache(maxsize=256)
def _compiled(source: str) -> tuple[jinja2.Template, frozenset[str]]:
    """Return a template with the names it uses: a service is handed those values and no others."""
    used = meta.find_undeclared_variables(environment().parse(source))
    return environment().from_string(source), frozenset(used)


@functools.cache
def environment() -> jinja2.Environment:
    """Return what templates are read by.

    A name that a template uses and nobody gave is an error, never an empty place in a letter to a citizen. That goes for
    the engine's own names too, such as ``range``: a letter goes through what it was given, and comes to an end.
    """
    made = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # plain text; an HTML page escapes what it shows of it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()
    return made
