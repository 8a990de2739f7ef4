"""The settings of a plug-in: its section of the configuration, made into its own class, strictly and without a secret shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import attrs

from lapor_core.documents import Document
from lapor_core.errors import LaporError, PluginError
from lapor_core.plugins.checks import Contract
from lapor_core.plugins.found import Found, one_line
from lapor_core.plugins.guarding import Escaped, Guard, Hung, Meddled, unguarded
from lapor_core.structure import structure

__all__ = ["SECRET", "SECTION", "Section", "secrets"]

SECRET = "lapor_secret"  # noqa: S105  # the name of a mark, no password
"""Metadata key of settings that are never shown; a field with ``repr=False`` is one without it."""

SECTION = "plugins"
"""The table of the configuration under which each plug-in has a section of its own."""

_SHORT = 4


@attrs.frozen(kw_only=True)
class Section:
    """What the configuration says to one plug-in.

    Attributes:
        found: The plug-in.
        data: What stands under ``[plugins.<key>]``; None when nothing does.
        document: Where it stands, for the lines of faults.
        guard: Runs the plug-in's code.
    """

    found: Found
    data: Any = attrs.field(repr=False)
    document: Document = attrs.field(repr=False)
    guard: Guard = attrs.field(default=unguarded, repr=False)

    def check(self, contributions: tuple[object, ...]) -> None:
        """See that a section of the configuration is a table, and that something of the plug-in reads it.

        Raises:
            PluginError: code ``bad_settings``.
        """
        if self.data is None:
            return
        if not isinstance(self.data, Mapping):
            raise self._fault(self._at(f"must be a table, not {type(self.data).__name__}"))
        if not any(map(_takes_settings, contributions)):
            raise self._fault(self._at("this plug-in takes no settings"))

    def apply(self, contribution: Any, contract: Contract) -> Any:
        """Return a contribution with its settings applied; unchanged when it takes none.

        Raises:
            PluginError: The settings cannot be used (code ``bad_settings``), or ``configure`` returned something else
                than a contribution (``bad_contribution``). No secret value stands in the text.
        """
        if not _takes_settings(contribution):
            return contribution
        with self.found.blamed("its settings class", "bad_contribution"):
            hidden = _Hidden(tuple(secrets(contribution.settings, self.data)))
        configured = self._configure(contribution, hidden)
        with self.found.blamed("its contribution", "bad_contribution"):
            problem = self.guard(lambda: contract.problem(configured))
        if problem:
            raise self.found.fault(f"configure() returned no {contract.kind}: {problem}", code="bad_contribution")
        return configured

    def _configure(self, contribution: Any, hidden: _Hidden) -> Any:
        path = (SECTION, self.found.key)
        try:
            settings = structure(self.document, contribution.settings, self.data or {}, path)
            return self.guard(lambda: contribution.configure(settings))
        except (Hung, Meddled, Escaped) as error:
            raise self.found.fault(f"configure() {error}", code=error.code) from None
        except LaporError as error:
            raise self._fault(hidden(str(error))) from None  # the cause may hold what must not be shown
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a stranger's code raises is its fault, told
            raise self._fault(hidden(f"configure() raised {type(error).__name__}: {one_line(error)}")) from None

    def _at(self, problem: str) -> str:
        return str(self.document.fault((SECTION, self.found.key), problem))

    def _fault(self, problem: str) -> PluginError:
        remedy = f"correct [{SECTION}.{self.found.key}] in the configuration"
        return self.found.fault("; ".join(problem.splitlines()), code="bad_settings", remedy=remedy)


def secrets(cls: type, data: object) -> Iterator[str]:
    """Yield every text in ``data`` that stands where ``cls``, or a class of its fields, keeps a secret."""
    for part in _classes(cls):
        for table in _tables(data):
            for field in attrs.fields(part):
                value = table.get(field.alias)
                if field.repr is False or field.metadata.get(SECRET):
                    yield from _texts(value)
                elif field.type is not None:
                    yield from secrets(field.type, value)


def _takes_settings(contribution: object) -> bool:
    return getattr(contribution, "configure", None) is not None


@attrs.frozen
class _Hidden:
    """Takes secrets out of a text, the longest first, so that none is left half shown."""

    texts: tuple[str, ...] = attrs.field(repr=False)

    def __call__(self, text: str) -> str:
        forms = {form for secret in self.texts for form in (secret, repr(secret)[1:-1])}
        for form in sorted(forms, key=len, reverse=True):
            # A short one is taken out as a word only: "t" in every word would say what it is.
            edge = r"\b" if len(form) < _SHORT and form.isalnum() else ""
            text = re.sub(f"{edge}{re.escape(form)}{edge}", "***", text)
        return text


def _classes(cls: Any) -> Iterator[Any]:
    """Yield the attrs classes in a type: in ``tuple[Printer, ...] | None`` it is ``Printer``."""
    if attrs.has(cls):
        yield attrs.resolve_types(cls)
    for part in get_args(cls):
        yield from _classes(part)


def _tables(data: object) -> Iterator[Mapping[str, Any]]:
    """Yield the tables in a value of an attrs class, of a mapping or a list of them."""
    if isinstance(data, Mapping):
        yield data
        data = list(data.values())
    if isinstance(data, list | tuple):
        for item in data:
            yield from _tables(item)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool) and str(value):
        yield str(value)
