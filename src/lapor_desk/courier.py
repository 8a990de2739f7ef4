"""Calls notifiers: each call in a thread of its own and for a limited time. Whatever a notifier does costs only its result."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import copy_context
from datetime import datetime, timedelta
from itertools import groupby

import attrs

from lapor_core.plugins import Choice
from lapor_core.plugins.contracts import Delivered, Failed, Message, Notifier, TryLater, Verdict
from lapor_desk.hanging import Hanging

__all__ = ["Courier", "Messenger", "believed", "by_medium"]

_log = logging.getLogger("lapor.plugins")


@attrs.frozen(kw_only=True)
class Messenger:
    """A notifier with its key, which is read once: what a plug-in says of itself later is not asked again."""

    key: str
    notifier: Notifier


def by_medium(notifiers: Iterable[Notifier]) -> dict[str, Notifier]:
    """Return which notifier serves which medium; of several, the first.

    One with ``last_resort = True`` (the outbox) comes after all others: it has a medium only when nobody else serves that.
    """
    chosen: dict[str, Notifier] = {}
    for notifier in sorted(notifiers, key=_is_last_resort):
        for medium in sorted(notifier.media):
            chosen.setdefault(medium, notifier)
    return chosen


class Courier:
    """Hands messages to notifiers; never raises for what they do, and never waits for them without end.

    Args:
        notifiers: By medium.
        all_notifiers: Every notifier, where more than one may serve a medium.
        chosen: Asked which of several is to send a message; it answers a key, or None to leave it to the usual one.
        patience: How long one call may take.
        hanging: Counts the calls that never came back; a notifier with many of them is left alone for a while.
    """

    def __init__(
        self,
        notifiers: Mapping[str, Notifier],
        *,
        all_notifiers: Iterable[Notifier] = (),
        chosen: Callable[[Choice], str | None] = lambda _: None,
        patience: timedelta = timedelta(seconds=30),
        hanging: Hanging | None = None,
    ) -> None:
        self._messengers = {medium: Messenger(key=each.key, notifier=each) for medium, each in notifiers.items()}
        self._able = {medium: _able(all_notifiers, medium, usual) for medium, usual in self._messengers.items()}
        self._chosen = chosen
        self._patience = patience.total_seconds()
        self._hanging = hanging or Hanging()

    @property
    def able(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the notifiers that serve each medium, the usual one first."""
        return {medium: tuple(able) for medium, able in self._able.items()}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all notifiers that can be chosen, sorted."""
        return tuple(sorted({key for able in self._able.values() for key in able}))

    def messenger(self, key: str | None, medium: str) -> Messenger | None:
        """Return the notifier of this key, if it serves ``medium``."""
        return self._able.get(medium, {}).get(key or "")

    def choose(self, medium: str, template: str = "", attempt: int = 1) -> Messenger | None:
        """Return who serves ``medium``, if anybody does; where several do, whom a plug-in chooses, or else the usual one."""
        able = self._able.get(medium, {})
        usual = self._messengers.get(medium)
        if len(able) < 2:
            return usual
        choice = Choice(medium=medium, template=template, attempt=attempt, notifiers=tuple(able))
        return able.get(self._chosen(choice) or "", usual)

    def send(self, messenger: Messenger, message: Message, now: datetime) -> Verdict:
        """Hand ``message`` over and return the verdict; a notifier that raises, hangs or lies gives ``TryLater``.

        A reason is one printable line of at most 255 characters, and repeats nothing of the message.
        """
        key = messenger.key
        if hanging := self._hanging.refuses(key):
            return TryLater(why=f"{key}: {hanging} calls have not come back yet")
        call = _Call(messenger, message, now)
        call.thread.start()
        call.thread.join(self._patience)
        if not call.thread.is_alive():
            self._hanging.came_back(key)
            return call.verdict
        if self._hanging.hangs(key, call.thread):
            _log.error("notifier %s is left alone for a while: %d of its calls hang", key, self._hanging.most)
        return TryLater(why=f"{key}: no answer within {self._patience:g} seconds")


def _is_last_resort(notifier: Notifier) -> bool:
    return bool(getattr(notifier, "last_resort", False))


def _able(notifiers: Iterable[Notifier], medium: str, usual: Messenger) -> dict[str, Messenger]:
    """Return who serves a medium, by key, the usual one first; where somebody sends it, a last resort is no choice."""
    last = _is_last_resort(usual.notifier)
    able = (each for each in notifiers if medium in each.media and _is_last_resort(each) is last)
    others = (Messenger(key=each.key, notifier=each) for each in able)
    return {usual.key: usual, **{each.key: each for each in others if each.key != usual.key}}


class _Call:
    """One call in its thread, and what came of it."""

    def __init__(self, messenger: Messenger, message: Message, now: datetime) -> None:
        self.verdict: Verdict = TryLater(why=f"{messenger.key}: never came to an end")
        self._work = (messenger, message, now)
        within = copy_context()  # what is traced, goes on there
        self.thread = threading.Thread(target=within.run, args=[self._run], name=f"lapor-{messenger.key}", daemon=True)

    def _run(self) -> None:
        messenger, message, now = self._work
        try:
            self.verdict = believed(messenger.key, messenger.notifier.send(message, now), message)
        except BaseException as error:  # noqa: BLE001 - whatever a plug-in does, it costs only its own result
            # not its words, which may hold an address
            self.verdict = TryLater(why=f"{messenger.key}: raised {type(error).__name__:.64}")


_LONGEST = 255
"""In characters: what a column of the queue holds."""


def believed(key: str, verdict: object, message: Message) -> Verdict:
    """Return the verdict with nothing in it that the contract does not allow."""
    match verdict:
        case Delivered(provider_id=name):
            return Delivered(provider_id=_line(name)[:_LONGEST] if isinstance(name, str) else "")
        case TryLater(why=why, after=after):
            return TryLater(why=_reason(why, message), after=after if isinstance(after, timedelta) else None)
        case Failed(why=why):
            return Failed(why=_reason(why, message))
        case other:
            return TryLater(why=f"{key}: answered with {type(other).__name__:.64}, which is no verdict")


_PERSONAL = re.compile(r"[^\s<>\"']+@[^\s<>\"']+|\+?\d[\d\s().-]{6,}\d")
"""What looks like an e-mail address or a telephone number: it does not belong in a reason, whoever wrote it there."""

_HIDDEN = "[...]"


def _reason(why: object, message: Message) -> str:
    if not isinstance(why, str):
        return f"the reason given is {type(why).__name__}, which is no text"
    said = (message.address, message.subject, message.text, *map(str, message.values.values()))
    return _PERSONAL.sub(_HIDDEN, _without(_line(why[:1000]), said))[:_LONGEST]


def _line(text: str) -> str:
    """Return one line that every log and every database takes: no control characters, no half pairs."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _without(text: str, said: Iterable[str], *, shortest: int = 4, window: int = 12) -> str:
    """Hide every stretch of ``text`` that stands in what was said, if it is as long as ``window``, or the whole of it."""
    hidden = [False] * len(text)
    for secret in map(_line, said):
        size = min(len(secret), window)
        if size < shortest:
            continue
        pieces = {secret[start : start + size] for start in range(len(secret) - size + 1)}
        for start in range(len(text) - size + 1):
            if text[start : start + size] in pieces:
                hidden[start : start + size] = [True] * size
    runs = groupby(zip(text, hidden, strict=True), key=lambda pair: pair[1])
    return "".join(_HIDDEN if is_hidden else "".join(letter for letter, _ in run) for is_hidden, run in runs)
