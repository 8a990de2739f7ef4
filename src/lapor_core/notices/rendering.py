"""The words of a notice, rendered with jinja2 when it is sent: a subject, a text, and a short form for SMS."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any

import attrs
import jinja2

from lapor_core.complaint import Complaint, personal
from lapor_core.events import Event, StepTaken
from lapor_core.policy.model import Contact
from lapor_core.standard import Standard
from lapor_core.texts import LANGUAGES, clock_time, long_date

__all__ = ["Written", "contact_line", "write", "write_code"]


@attrs.frozen(kw_only=True)
class Written:
    """A notice in words; ``values`` are what the template was filled with, for services that want them apart."""

    subject: str = personal()
    text: str = personal()
    short: str = personal()
    values: Mapping[str, str] = personal(factory=dict)


def write(template: str, event: Event, complaint: Complaint, standard: Standard, language: str = "id") -> Written:
    """Return the words of a notice of ``event``.

    Args:
        template: The notice's template, ``answered``.
        event: What happened.
        complaint: The complaint as it stood after the event.
        standard: For the office's name, its agencies and its contacts.
        language: ``id`` or ``en``.
    """
    office = standard.office
    clock = complaint.clocks[-1] if complaint.clocks else None
    fact = event.fact
    contacts = fact.show_reporter if isinstance(fact, StepTaken) else ()
    values = {
        "code": complaint.code,
        "office": standard.policy.office.name,
        "service": standard.policy.title,
        "tier": complaint.tier or "",
        "at": _moment(office.local(event.happened_at), language),
        "due": long_date(clock.due_date, language) if clock else "",
        "provisional": bool(clock and clock.provisional),
        "late": bool(clock and event.happened_at > clock.due),
        "agencies": ", ".join(standard.agencies[key].name for key in complaint.agencies if key in standard.agencies),
        "text": getattr(fact, "text", "") or getattr(fact, "reason", ""),
        "contacts": [contact_line(standard.policy.contacts[key]) for key in contacts],
        "way": " ".join(standard.policy.contacts[key].text for key in contacts).strip(),
    }
    return _written(template, values, language)


def write_code(code: str, office: str, minutes: int, language: str = "id") -> Written:
    """Return the words that bring a one-time code."""
    return _written("one_time_code", {"one_time_code": code, "office": office, "minutes": minutes}, language)


def contact_line(contact: Contact) -> str:
    """Return a contact on one line: *Ombudsman RI: telepon 137, WhatsApp ...*; empty parts are left out."""
    parts = [
        ("telepon", contact.telephone),
        ("WhatsApp", contact.whatsapp),
        ("email", contact.email),
        ("", contact.site),
    ]
    ways = ", ".join(f"{name} {value}".strip() for name, value in parts if value)
    return f"{contact.name}: {ways}"


def _written(template: str, values: Mapping[str, Any], language: str) -> Written:
    blocks = _environment(language if language in LANGUAGES else "id").get_template(f"{template}.txt")

    def block(name: str) -> str:
        return "".join(blocks.blocks[name](blocks.new_context(dict(values)))).strip()

    plain = {key: str(value) for key, value in values.items() if isinstance(value, str | int)}
    return Written(subject=" ".join(block("subject").split()), text=block("text"), short=block("short"), values=plain)


def _moment(moment: datetime, language: str) -> str:
    return f"{long_date(moment.date(), language)}, {clock_time(moment, language)}"


@functools.cache
def _environment(language: str) -> jinja2.Environment:
    """A name that a template uses and nobody gave is an error, never an empty place in a letter to a citizen."""
    folder = resources.files(__package__ or __name__) / "templates" / language
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".txt")}
    return jinja2.Environment(
        loader=jinja2.DictLoader(texts),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # plain text; an HTML page escapes what it shows of it
        trim_blocks=True,
        lstrip_blocks=True,
    )
