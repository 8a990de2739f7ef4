"""The host: the one place that finds, checks and calls plug-ins, and tells what became of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import EntryPoint
from itertools import groupby
from typing import Any

from lapor_core.calendar.ledger import Ledger
from lapor_core.complaint import Complaint
from lapor_core.documents import Document, key_of
from lapor_core.errors import BadValue, PluginError, did_you_mean
from lapor_core.events import Event
from lapor_core.plugins.asking import Asked, ask_chooser, ask_observer, ask_screener
from lapor_core.plugins.contracts import Channel, Notifier
from lapor_core.plugins.finding import find
from lapor_core.plugins.found import KEY, WHAT_A_KEY_IS, Found
from lapor_core.plugins.guarding import Guard, unguarded
from lapor_core.plugins.loading import load
from lapor_core.plugins.offers import Advice, Choice, Template
from lapor_core.plugins.outcomes import Outcome, PluginStatus, duplicate, without_clashes
from lapor_core.plugins.settings import SECTION
from lapor_core.policy.model import Policy
from lapor_core.submission import Submission

__all__ = ["PluginHost", "PluginStatus"]


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
        guard: Runs the code of plug-ins, within limits of time.
        on_fault: Told of each fault of a plug-in that is found while the desk works; nothing personal stands in it.
    """

    def __init__(
        self,
        entry_points: Iterable[EntryPoint] | None = None,
        *,
        allow: Iterable[str] | None = None,
        block: Iterable[str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        document: Document | None = None,
        guard: Guard = unguarded,
        on_fault: Callable[[PluginError], None] = lambda _: None,
    ) -> None:
        self._found = find(entry_points)
        self._allow = None if allow is None else frozenset(allow)
        self._block = frozenset(block)
        self._settings = settings or {}
        self._document = document or Document(name="settings", text="", data={})
        self._guard = guard
        self._on_fault = on_fault
        self._lock = threading.Lock()
        self._outcomes: tuple[Outcome, ...] | None = None
        self._off: dict[Found, PluginError] = {}
        self._closed: dict[Found, dict[str, PluginError]] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the plug-ins that were found, sorted; none has been imported to know them."""
        return tuple(sorted({found.key for found in self._found}))

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels of every plug-in that can be used, in the order of the plug-ins' keys; no closed one."""
        closed = {key for keys in self._closed.values() for key in keys}
        return tuple(each for key, each in self._keyed("lapor_register_channels") if key not in closed)

    def close_channel(self, channel: str, problem: str, *, code: str, remedy: str = "") -> None:
        """Keep a channel closed that the host cannot open; whatever else its plug-in brings stays in use.

        :meth:`report` tells it from then on.

        Args:
            channel: The key of the channel.
            problem: Why it cannot be opened.
            code: The code of that fault.
            remedy: What mends it; without it, to tell its authors and to block the plug-in.
        """
        for found in self._bringing(channel):
            fault = found.fault(f'its channel "{channel}" stays closed: {problem}', code=code, remedy=remedy)
            self._closed.setdefault(found, {})[channel] = fault

    def is_shipped(self, channel: str) -> bool:
        """Return whether the channel of this key is one of this library's own distribution."""
        return any(found.is_shipped for found in self._bringing(channel))

    def notifiers(self) -> tuple[Notifier, ...]:
        """Return the notifiers of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_notifiers"))

    def calendars(self) -> tuple[Ledger, ...]:
        """Return the decrees of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_calendars"))

    def policies(self) -> tuple[Policy, ...]:
        """Return the service standards of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_policies"))

    def templates(self) -> tuple[Template, ...]:
        """Return the words for notices of every plug-in that can be used, in the order of the plug-ins' keys."""
        return tuple(self._values("lapor_register_templates"))

    def ledger(self, base: Ledger) -> Ledger:
        """Return ``base`` with the decrees of plug-ins laid over it; a plug-in whose decrees contradict it is left out."""
        for outcome in self._loaded():
            ours = [given.value for given in outcome.given if given.hook == "lapor_register_calendars"]
            if ours and self._is_on(outcome):
                try:
                    base = Ledger((*base.decrees, *(decree for ledger in ours for decree in ledger.decrees)))
                except BadValue as error:
                    self._switch_off(outcome.found, f"its decrees contradict others: {error}", "contradicting_decrees")
        return base

    def screen(self, submission: Submission, now: datetime) -> tuple[tuple[str, Advice], ...]:
        """Return what plug-ins advise about a submission, each with the key of its plug-in; never a refusal.

        Args:
            submission: What was taken in.
            now: The present instant (aware).
        """
        given = {"submission": submission, "now": now}
        answers = self._ask("lapor_screen_submission", ask_screener, given)
        return tuple((key, advice) for key, many in answers for advice in many)

    def choose(self, choice: Choice) -> str | None:
        """Return the key of the notifier that the first plug-in with a wish chooses, or None."""
        answers = self._ask("lapor_choose_notifier", ask_chooser, {"choice": choice})
        return next((chosen for _, chosen in answers if chosen is not None), None)

    def observe(self, event: Event, complaint: Complaint) -> None:
        """Let plug-ins take note of an event; ``complaint`` is as the action that caused it has left it."""
        for _ in self._ask("lapor_observe_event", ask_observer, {"event": event, "complaint": complaint}):
            pass

    def report(self) -> tuple[PluginStatus, ...]:
        """Return what became of every plug-in, sorted by key, and of every key in the settings that names none."""
        named = (
            outcome.status(self._off.get(outcome.found), self._closed.get(outcome.found, {}))
            for outcome in self._loaded()
        )
        return tuple(sorted((*named, *self._unknown()), key=lambda status: (status.key, status.distribution)))

    def _values(self, hook: str) -> Iterator[Any]:
        yield from (value for _, value in self._keyed(hook))

    def _bringing(self, channel: str) -> list[Found]:
        hook = "lapor_register_channels"
        return [each.found for each in self._loaded() if self._is_on(each) and channel in each.keys(hook)]

    def _keyed(self, hook: str) -> Iterator[tuple[str, Any]]:
        for outcome in self._loaded():
            if self._is_on(outcome):
                yield from ((given.key, given.value) for given in outcome.given if given.hook == hook)

    def _ask(self, hook: str, ask: Asked, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield what each plug-in answers, with its key; a fault costs its answer, and one that hangs is not asked again."""
        for outcome in self._loaded():
            function = outcome.hooks.get(hook)
            if function is None or not self._is_on(outcome):
                continue
            try:
                answer = ask(outcome.found, function, given, self._guard)
            except PluginError as fault:
                if fault.code == "hung":
                    self._off[outcome.found] = fault
                self._on_fault(fault)
            else:
                yield outcome.found.key, answer

    def _is_on(self, outcome: Outcome) -> bool:
        return outcome.fault is None and outcome.found not in self._off

    def _switch_off(self, found: Found, problem: str, code: str) -> None:
        self._off[found] = found.fault(problem, code=code)
        self._on_fault(self._off[found])

    def _loaded(self) -> tuple[Outcome, ...]:
        with self._lock:
            if self._outcomes is None:
                groups = groupby(self._found, key=lambda found: found.key)
                self._outcomes = without_clashes(
                    [outcome for _, group in groups for outcome in self._same_key([*group])]
                )
            return self._outcomes

    def _same_key(self, group: list[Found]) -> Iterator[Outcome]:
        """Yield the outcome of the plug-in of one key, or of all that claim it: the shipped one is used, else none is."""
        for found in group:
            try:
                self._admit(found, group)
            except PluginError as fault:
                yield Outcome(found=found, fault=fault)
            else:
                yield load(found, self._settings.get(found.key), self._document, self._guard)

    def _admit(self, found: Found, group: list[Found]) -> None:
        key = found.key
        if key in self._block:
            raise found.fault("is blocked", code="blocked", remedy=f'take "{key}" off the list of blocked plug-ins')
        if self._allow is not None and key not in self._allow:
            remedy = f'put "{key}" on the list of allowed plug-ins'
            raise found.fault("is not on the list of allowed plug-ins", code="not_allowed", remedy=remedy)
        if found.problem:
            raise found.fault(found.problem, code="bad_entry_point")
        if not KEY.fullmatch(key):
            raise found.fault(f"its key must be {WHAT_A_KEY_IS}", code="bad_key")
        if len(group) > 1 and [one for one in group if one.is_shipped] != [found]:  # nobody takes a door of ours away
            raise duplicate(found, f'the key "{key}"', group, "uninstall one of them")

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
