"""The host: the one place that finds, checks and calls plug-ins, and tells what became of each."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint
from itertools import groupby
from typing import Any

import attrs

from lapor_core.documents import Document, key_of
from lapor_core.errors import PluginError, did_you_mean
from lapor_core.plugins.checks import CONTRACTS
from lapor_core.plugins.contracts import Channel, Notifier
from lapor_core.plugins.found import KEY, Found, find
from lapor_core.plugins.hooks import Implementation, call, implementations
from lapor_core.plugins.settings import SECTION, Section

__all__ = ["PluginHost", "PluginStatus"]


@attrs.frozen(kw_only=True)
class PluginStatus:
    """What became of one plug-in.

    Attributes:
        key: The name of its entry point, and of its section in the configuration.
        kind: What it brings: ``channel``, ``notifier`` or ``channel, notifier``; empty while that is not known.
        distribution: The distribution that brought it; empty when there is none.
        version: That distribution's version.
        hooks: The hooks it implements.
        enabled: Whether its contributions are in use.
        reason: Why not; empty when it is enabled.
        remedy: What mends it; empty when it is enabled.
    """

    key: str
    kind: str = ""
    distribution: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    enabled: bool = False
    reason: str = ""
    remedy: str = ""


@attrs.frozen(kw_only=True)
class _Given:
    """One contribution, by the hook that returned it."""

    hook: str
    key: str
    value: Any


@attrs.frozen(kw_only=True)
class _Outcome:
    """A plug-in that was found, and what came of it: contributions, or a fault."""

    found: Found
    hooks: tuple[str, ...] = ()
    given: tuple[_Given, ...] = ()
    fault: PluginError | None = None

    def status(self) -> PluginStatus:
        return PluginStatus(
            key=self.found.key,
            kind=", ".join(CONTRACTS[hook].kind for hook in self.hooks),
            distribution=self.found.distribution,
            version=self.found.version,
            hooks=self.hooks,
            enabled=self.fault is None,
            reason="" if self.fault is None else str(self.fault),
            remedy="" if self.fault is None else self.fault.params["remedy"],
        )


class PluginHost:
    """Plug-ins of the entry-point group ``lapor``, found at once, imported when they are first asked for.

    Nothing here raises for a fault of a plug-in: the plug-in is left out, the others work, and :meth:`report` says which
    plug-in of which distribution it is, what is wrong, and what mends it. Safe to use from several threads.

    Args:
        entry_points: Looked at instead of those of the environment.
        allow: Keys of the plug-ins that may be imported; all of them when None.
        block: Keys of plug-ins that are not imported, whatever ``allow`` says.
        settings: Settings of plug-ins by key: the table ``[plugins]`` of the configuration.
        document: The configuration file, so that a fault in the settings can name its line.
    """

    def __init__(
        self,
        entry_points: Iterable[EntryPoint] | None = None,
        *,
        allow: Iterable[str] | None = None,
        block: Iterable[str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        document: Document | None = None,
    ) -> None:
        self._found = find(entry_points)
        self._allow = None if allow is None else frozenset(allow)
        self._block = frozenset(block)
        self._settings = settings or {}
        self._document = document or Document(name="settings", text="", data={})
        self._lock = threading.Lock()
        self._outcomes: tuple[_Outcome, ...] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the plug-ins that were found, sorted; none has been imported to know them."""
        return tuple(sorted({found.key for found in self._found}))

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_channels"))

    def notifiers(self) -> tuple[Notifier, ...]:
        """Return the notifiers of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_notifiers"))

    def report(self) -> tuple[PluginStatus, ...]:
        """Return what became of every plug-in, sorted by key, and of every key in the settings that names none."""
        named = (outcome.status() for outcome in self._loaded())
        return tuple(sorted((*named, *self._unknown()), key=lambda status: (status.key, status.distribution)))

    def _values(self, hook: str) -> Iterator[Any]:
        for outcome in self._loaded():
            if outcome.fault is None:
                yield from (given.value for given in outcome.given if given.hook == hook)

    def _loaded(self) -> tuple[_Outcome, ...]:
        with self._lock:
            if self._outcomes is None:
                groups = groupby(self._found, key=lambda found: found.key)
                self._outcomes = _without_clashes(
                    [outcome for _, group in groups for outcome in self._same_key([*group])]
                )
            return self._outcomes

    def _same_key(self, group: list[Found]) -> Iterator[_Outcome]:
        """Yield the outcome of the plug-in of one key, or of all that claim it: then none can be told from the other."""
        for found in group:
            try:
                self._admit(found, group)
            except PluginError as fault:
                yield _Outcome(found=found, fault=fault)
            else:
                yield self._load(found)

    def _admit(self, found: Found, group: list[Found]) -> None:
        key = found.key
        if key in self._block:
            raise found.fault("is blocked", code="blocked", remedy=f'take "{key}" off the list of blocked plug-ins')
        if self._allow is not None and key not in self._allow:
            remedy = f'put "{key}" on the list of allowed plug-ins'
            raise found.fault("is not on the list of allowed plug-ins", code="not_allowed", remedy=remedy)
        if not KEY.fullmatch(key):
            raise found.fault("its key must be lower-case letters, digits and _", code="bad_key")
        if len(group) > 1:
            raise _duplicate(found, f'the key "{key}"', group, "uninstall one of them")

    def _load(self, found: Found) -> _Outcome:
        hooks: Mapping[str, Implementation] = {}
        try:
            with found.blamed(f"importing {found.module}", "import_failed"):
                plugin = found.entry_point.load()
            hooks = implementations(found, plugin)
            given = [item for hook, function in hooks.items() for item in _contributions(found, hook, function)]
            section = Section(found=found, data=self._settings.get(found.key), document=self._document)
            return _Outcome(found=found, hooks=tuple(hooks), given=_configured(section, given))
        except PluginError as fault:
            return _Outcome(found=found, hooks=tuple(hooks), fault=fault)

    def _unknown(self) -> Iterator[PluginStatus]:
        """Yield the keys of the configuration that name no plug-in: a slip there would otherwise pass in silence."""
        for key in sorted(self._settings.keys() - set(self.keys)):
            fault = self._document.fault((SECTION, key), f'"{key}": not a plug-in; {did_you_mean(key, self.keys)}')
            yield PluginStatus(key=key, reason=str(fault), remedy=f"correct or remove [{key_of((SECTION, key))}]")
        for key in sorted((self._allow or set()) - set(self.keys) - self._settings.keys()):
            reason = f'"{key}" is allowed and not installed; {did_you_mean(key, self.keys)}'
            yield PluginStatus(
                key=key, reason=reason, remedy=f'install it, or take "{key}" off the list of allowed plug-ins'
            )


def _contributions(found: Found, hook: str, function: Implementation) -> Iterator[_Given]:
    contract = CONTRACTS[hook]
    for value in call(found, hook, function, contract.nouns):
        with found.blamed(f"{hook}()", "bad_contribution"):
            problem = contract.problem(value)
        if problem:
            raise found.fault(f"{hook}() returned no {contract.kind}: {problem}", code="bad_contribution")
        yield _given(found, hook, value)


def _configured(section: Section, given: list[_Given]) -> tuple[_Given, ...]:
    section.check(tuple(item.value for item in given))
    return tuple(_given(section.found, item.hook, section.apply(item.value, CONTRACTS[item.hook])) for item in given)


def _given(found: Found, hook: str, value: Any) -> _Given:
    with found.blamed(f"{hook}()", "bad_contribution"):
        return _Given(hook=hook, key=value.key, value=value)


def _without_clashes(outcomes: list[_Outcome]) -> tuple[_Outcome, ...]:
    """Take out the plug-ins that claim the key of another's channel or notifier.

    The plug-in of the same key keeps it: nobody takes the door of ``web`` away by bringing another one of that name.
    Among others nothing says whose it is, and all of them are left out.
    """
    claims = Counter(claim for outcome in outcomes if outcome.fault is None for claim in _claims(outcome))
    clashing = {claim for claim, count in claims.items() if count > 1}
    return tuple(_judged(outcome, clashing, outcomes) for outcome in outcomes)


def _judged(outcome: _Outcome, clashing: set[tuple[str, str]], outcomes: list[_Outcome]) -> _Outcome:
    if outcome.fault is not None:
        return outcome
    for hook, key in _claims(outcome):
        claimants = [other for other in outcomes if other.fault is None and (hook, key) in _claims(other)]
        own_twice = _claims(outcome).count((hook, key)) > 1
        if (hook, key) in clashing and (key != outcome.found.key or own_twice):
            what = f'the {CONTRACTS[hook].kind} "{key}"'
            remedy = "uninstall or block one of them"
            fault = _duplicate(outcome.found, what, [claimant.found for claimant in claimants], remedy)
            return attrs.evolve(outcome, given=(), fault=fault)
    return outcome


def _claims(outcome: _Outcome) -> list[tuple[str, str]]:
    return [(given.hook, given.key) for given in outcome.given]


def _duplicate(found: Found, what: str, providers: list[Found], remedy: str) -> PluginError:
    names = " and ".join(dict.fromkeys(str(provider) for provider in providers))
    return found.fault(f"{what} is claimed more than once, by {names}", code="duplicate_key", remedy=remedy)
