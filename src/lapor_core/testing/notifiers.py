"""Whether a notifier may be let in: its contract, and a verdict for every message, whatever it is asked to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.plugins.checks import notifier_problem
from lapor_core.plugins.contracts import Delivered, Failed, Message, Notifier, TryLater, Verdict
from lapor_core.testing.fakes import FrozenClock
from lapor_core.testing.hostile import search
from lapor_core.testing.strategies import messages, texts

__all__ = ["check_notifier"]

_SHORTEST_SECRET = 6
"""Shorter texts than this may stand in a reason by chance."""


def check_notifier(make: Callable[[], Notifier]) -> None:
    """Check that a notifier keeps its contract: a verdict for every message, and nothing personal in it.

    Messages of every medium it serves are sent, ordinary ones and hostile ones (line breaks in an address or a subject, an
    address that is none, no text, any script), each of them twice, as after a crash. Let ``make`` return a notifier that
    speaks to a stand-in of the service, never to the service itself. Hypothesis searches for the fault, under the
    profile in force.

    Args:
        make: Makes the notifier, with its settings; the class itself, when it takes no arguments.

    Raises:
        AssertionError: naming the notifier, and what it did.
    """
    assert callable(make), f"give what makes the notifier: {type(make).__name__}, or lambda: {type(make).__name__}(...)"
    notifier = make()
    problem = notifier_problem(notifier)
    assert problem is None, f"not a notifier: {problem}"
    assert notifier.media, f"{_name(notifier)}: it serves no medium"
    again = make()
    assert (again.key, again.media) == (notifier.key, notifier.media), "make() must return the same notifier each time"
    _check_sending(notifier)


def _check_sending(notifier: Notifier) -> None:
    media = st.sampled_from(sorted(map(str, notifier.media)))

    @search()
    @given(message=media.flatmap(messages) | media.flatmap(messages).flatmap(_hostile))
    def every_message_has_a_verdict(message: Message) -> None:
        before = attrs.evolve(message, values=dict(message.values))
        _check_verdict(notifier, message, _verdict(notifier, message))
        _check_verdict(notifier, message, _verdict(notifier, message))
        assert message == before, f"{_name(notifier)}: it changed the message it was given"

    every_message_has_a_verdict()


def _hostile(message: Message) -> st.SearchStrategy[Message]:
    line_breaks = st.sampled_from(["\r\nBcc: all@example.org", "\n.\n", "\x00", "\r\nAT+CMGD=1"])
    return st.builds(
        attrs.evolve,
        st.just(message),
        address=st.just("") | line_breaks.map(message.address.__add__) | texts(max_size=40),
        subject=line_breaks.map(message.subject.__add__) | texts(max_size=300),
        text=st.just("") | line_breaks.map(message.text.__add__) | texts(max_size=20).map(_long),
    )


def _long(text: str) -> str:
    return text * 200


def _verdict(notifier: Notifier, message: Message) -> Verdict:
    try:
        verdict = notifier.send(message, FrozenClock()())
    except Exception as error:
        problem = (
            f"{_name(notifier)}: send() raised {type(error).__name__}; it must return Delivered, TryLater or Failed"
        )
        raise AssertionError(problem) from error
    kind = type(verdict).__name__
    known = isinstance(verdict, Delivered | TryLater | Failed)
    assert known, f"{_name(notifier)}: send() returned {kind}; it must return Delivered, TryLater or Failed"
    return verdict


def _check_verdict(notifier: Notifier, message: Message, verdict: Verdict) -> None:
    name = _name(notifier)
    if isinstance(verdict, TryLater):
        after = verdict.after
        good = after is None or (isinstance(after, timedelta) and after >= timedelta(0))
        assert good, f"{name}: TryLater.after must be a timedelta that is not negative, or None"
    said = verdict.provider_id if isinstance(verdict, Delivered) else verdict.why
    assert isinstance(said, str), f"{name}: {type(verdict).__name__} must carry text, not {type(said).__name__}"
    leaked = [what for what, secret in _secrets(message) if len(secret) >= _SHORTEST_SECRET and secret in said]
    assert not leaked, f"{name}: {type(verdict).__name__} repeats the {leaked[0]} of the message"


def _secrets(message: Message) -> Iterator[tuple[str, str]]:
    yield "address", message.address.strip()
    yield "subject", message.subject.strip()
    yield "text", message.text.strip()
    for value in message.values.values():
        yield "values", value.strip()


def _name(notifier: Notifier) -> str:
    return f"notifier '{notifier.key}'"
