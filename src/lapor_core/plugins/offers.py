"""What hooks beside the registering ones give and are given: templates, advice, the choice of a notifier."""

from __future__ import annotations

import attrs

from lapor_core.complaint import personal

__all__ = ["Advice", "Choice", "Template"]


@attrs.frozen(kw_only=True)
class Template:
    """An office's own words for a notice, in place of the shipped ones.

    Attributes:
        name: The template it replaces, ``answered``.
        language: ``id`` or ``en``.
        text: jinja2 source with the blocks ``subject``, ``text`` and ``short``; it may use the names the shipped
            templates are given, and no others.
    """

    name: str
    language: str = "id"
    text: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Advice:
    """What a plug-in thinks of a submission, for the officers who read it. It refuses nothing and decides nothing.

    Attributes:
        text: One or a few sentences, at most 1000 characters; sealed with the complaint, for it may repeat its words.
    """

    text: str = personal()


@attrs.frozen(kw_only=True)
class Choice:
    """A message that several notifiers could send.

    Attributes:
        medium: ``email``, ``sms`` or another.
        template: The notice's template, ``one_time_code``.
        attempt: 1 for the first attempt; higher when others have failed.
        notifiers: The keys of those that serve the medium, the host's own choice first.
    """

    medium: str
    template: str
    attempt: int
    notifiers: tuple[str, ...]
