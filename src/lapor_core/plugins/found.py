"""Plug-ins as they are found: known by key, distribution and version before anything of theirs is imported."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint

import attrs

from lapor_core.errors import PluginError
from lapor_core.plugins.guarding import Escaped, Hung, Meddled
from lapor_core.plugins.hookspecs import PROJECT
from lapor_core.submission import LONGEST_CHANNEL

__all__ = ["KEY", "WHAT_A_KEY_IS", "Found", "one_line", "printable"]

KEY = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_CHANNEL - 1}}}")
"""The shape of a plug-in's key, and of a channel's or notifier's."""

WHAT_A_KEY_IS = f"at most {LONGEST_CHANNEL} lower-case letters, digits and _, beginning with a letter"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""\bextra\s*==\s*["'](?P<extra>[^"']+)["']""")
_LONGEST = 300
_LONGEST_FAULT = 2000


@attrs.frozen(kw_only=True)
class Found:
    """An entry point of the group ``lapor``, and who brought it.

    Attributes:
        key: The name of the entry point.
        distribution: The name of the distribution; empty for an entry point that belongs to none.
        version: Its version; empty likewise.
        problem: Why nothing can be imported, where that is known at once.
    """

    key: str
    distribution: str
    version: str
    entry_point: EntryPoint = attrs.field(repr=False)
    problem: str = ""

    def __str__(self) -> str:
        brought_by = f" ({self.provider})" if self.distribution else ""
        return printable(f"plug-in '{self.key}'{brought_by}")

    @property
    def module(self) -> str:
        """What is imported, without the extras it asks for."""
        return self.entry_point.value.partition("[")[0].strip()

    @property
    def is_shipped(self) -> bool:
        """Whether this library's own distribution brings it."""
        return self.distribution == PROJECT

    @property
    def provider(self) -> str:
        """The distribution with its version, ``lapor-kiosk 0.2``."""
        return f"{self.distribution} {self.version}".strip()

    def fault(self, problem: str, *, code: str, remedy: str = "") -> PluginError:
        """Return the error that names this plug-in, its distribution, and what is wrong with it."""
        return PluginError(
            f"{self}: {printable(problem, _LONGEST_FAULT)}",
            code=code,
            plugin=self.key,
            distribution=self.distribution,
            version=self.version,
            remedy=remedy or self._remedy(),
        )

    def blamed(self, doing: str, code: str, *, words: bool = True) -> Blamed:
        """Return a context that turns whatever the plug-in's code raises in it into a fault of the plug-in.

        Args:
            doing: What it was doing, ``importing lapor_kiosk``.
            code: The code of the fault.
            words: Whether what its error says may be shown: no, where it was given something personal.
        """
        return Blamed(found=self, doing=doing, code=code, words=words)

    def fault_of(self, error: Exception | SystemExit, doing: str, code: str, *, words: bool) -> PluginError:
        """Return the fault of a plug-in whose code raised ``error``; see :meth:`blamed`."""
        match error:
            case Hung():
                return self.fault(f"{doing} {error}", code="hung", remedy=self._until_the_next_start())
            case Meddled():
                return self.fault(f"{doing} {error}", code="meddled")
            case Escaped():
                return self.fault(f"{doing} {error}", code=code)
            case ModuleNotFoundError():
                return self._module_missing(error, doing, code)
            case _:
                said = _raised(error) if words else f"raised {type(error).__name__}"
                return self.fault(f"{doing} {said}", code=code)

    def _until_the_next_start(self) -> str:
        return f"it is off until the next start; {self._remedy()}"

    def _remedy(self) -> str:
        return printable(f'tell the authors of {self.distribution or "the plug-in"}; until then, block "{self.key}"')

    def _module_missing(self, error: ModuleNotFoundError, doing: str, code: str) -> PluginError:
        own = self.module.partition(":")[0].partition(".")[0]
        foreign = (error.name or "").partition(".")[0] != own
        extras = tuple(self._extras_not_installed()) if foreign else ()
        if not extras:
            return self.fault(f"{doing} {_raised(error)}", code=code)
        wanted = ",".join(extras)
        remedy = f'pip install "{self.distribution}[{wanted}]"'
        problem = f'the extra "{wanted}" is not installed ({one_line(error)}); {remedy}'
        return self.fault(problem, code="missing_extra", remedy=remedy)

    def _extras_not_installed(self) -> Iterator[str]:
        """Yield the extras this plug-in declares, or else the one that bears its name, where something of it is absent.

        An entry point declares them as ``kiosk = "lapor_kiosk [printer]"``.
        """
        distribution = self.entry_point.dist
        if distribution is None or not self.distribution:
            return
        declared = {_normal(extra) for extra in self.entry_point.extras or [self.key]}
        for extra in distribution.metadata.get_all("Provides-Extra") or ():
            if _normal(extra) in declared and not all(map(_installed, _requirements(distribution, extra))):
                yield extra


@attrs.frozen(kw_only=True)
class Blamed:
    """What :meth:`Found.blamed` returns.

    No generator: that of :mod:`contextlib` lets a StopIteration through which became another RuntimeError.
    """

    found: Found
    doing: str
    code: str
    words: bool

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the fault in place of ``error``; a plug-in that calls sys.exit() must not end an office's desk."""
        if isinstance(error, Exception | SystemExit):
            cause = error if self.words and not isinstance(error, Hung | Meddled | Escaped) else None
            raise self.found.fault_of(error, self.doing, self.code, words=self.words) from cause


def _requirements(distribution: Distribution, extra: str) -> Iterator[str]:
    """Yield the names of the distributions that ``extra`` asks for."""
    for requirement in distribution.requires or ():
        name = _NAME.match(requirement)
        wanted_by = {_normal(found["extra"]) for found in _EXTRA.finditer(requirement)}
        if name and _normal(extra) in wanted_by:
            yield name[0]


def _installed(distribution: str) -> bool:
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _normal(name: str) -> str:
    """Return a name as installers compare it: ``walk_in`` and ``Walk-In`` are one extra."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _raised(error: BaseException) -> str:
    return f"raised {type(error).__name__}: {one_line(error)}"


def one_line(error: BaseException) -> str:
    """Return what a stranger's error says, on one line and not without end."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001  # an error whose __str__ raises is still to be reported
        text = "(an error that cannot say what it is)"
    return printable(text)


def printable(text: str, longest: int = _LONGEST) -> str:
    """Return what a stranger says as a terminal, a log and a file can take it: no control characters, no half pairs, no end."""
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in cut)
