"""Pages as a person meets them: words to read and forms to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

import attrs

__all__ = ["Form", "Page", "read_page"]


@attrs.frozen(kw_only=True)
class Form:
    """A form: where it goes, what stands in it already, and the names of its fields."""

    action: str
    hidden: Mapping[str, str]
    names: frozenset[str]


@attrs.frozen(kw_only=True)
class Page:
    """What a person finds on a page."""

    forms: tuple[Form, ...]
    text: str

    def form(self, *names: str) -> Form:
        """Return the form that has these fields.

        Raises:
            LookupError: no form has them.
        """
        for form in self.forms:
            if form.names.issuperset(names):
                return form
        raise LookupError(f"no form on this page has the fields {', '.join(names)}")


def read_page(html: str) -> Page:
    """Return what stands on a page."""
    reader = _Reader()
    reader.feed(html)
    return Page(forms=tuple(reader.forms), text=" ".join(" ".join(reader.words).split()))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._action: str | None = None
        self._hidden: dict[str, str] = {}
        self._names: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._action, self._hidden, self._names = said.get("action", ""), {}, set()
        elif self._action is not None and "name" in said:
            self._names.add(said["name"])
            if said.get("type") == "hidden":
                self._hidden[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._action is not None:
            self.forms.append(Form(action=self._action, hidden=self._hidden, names=frozenset(self._names)))
            self._action = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
