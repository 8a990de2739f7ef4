"""Spans and counts for OpenTelemetry, through its API package: without an SDK, or without the package, nothing is done.

No attribute holds anything personal: channels, actions, media, notifiers and codes of errors only.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_desk.courier import Courier, Messenger

__all__ = ["MeasuredCourier", "count", "measured", "span"]

_NAME = "lapor"
Call = TypeVar("Call", bound=Callable[..., Any])


@contextmanager
def span(name: str, **attributes: str) -> Iterator[None]:
    """Open a span for as long as the block lasts; an error is noted by its code or type, never by its words."""
    tracer = _tracer()
    if tracer is None:
        yield
        return
    # by itself the API would note the words of an exception, and these may be personal
    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield
        except Exception as error:
            opened.set_attribute("error.type", error.code if isinstance(error, LaporError) else type(error).__name__)
            raise


def count(name: str, amount: int = 1, **attributes: str) -> None:
    """Add to a counter."""
    counter = _counter(name)
    if counter is not None:
        counter.add(amount, attributes)


def measured(name: str) -> Callable[[Call], Call]:
    """Return a decorator that opens a span of this name around a function, and counts how its calls end."""

    def decorate(call: Call) -> Call:
        @functools.wraps(call)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            outcome = "done"
            try:
                with span(name):
                    return call(*arguments, **named)
            except LaporError as error:
                outcome = error.code
                raise
            except Exception as error:
                outcome = type(error).__name__
                raise
            finally:
                count(f"{name}.calls", outcome=outcome)

        return wrapped  # type: ignore[return-value]  # a wrapper has the type of what it wraps

    return decorate


class MeasuredCourier(Courier):
    """A courier whose calls of notifiers can be seen."""

    def send(self, messenger: Messenger, message: Message, now: datetime) -> Verdict:
        with span("lapor.send", notifier=messenger.key, medium=message.medium):
            verdict = super().send(messenger, message, now)
        count("lapor.send.calls", notifier=messenger.key, medium=message.medium, outcome=_outcome(verdict))
        return verdict


def _outcome(verdict: Verdict) -> str:
    match verdict:
        case Delivered():
            return "delivered"
        case Failed():
            return "failed"
        case TryLater():
            return "try_later"


def _tracer() -> Any:
    """Return what opens spans; None as long as no SDK has been set up, for what the API does then is nothing, and takes time."""
    api = _api()
    if not api:
        return None
    provider = api["trace"].get_tracer_provider()
    return None if isinstance(provider, api["trace"].ProxyTracerProvider) else provider.get_tracer(_NAME)


@functools.cache
def _counter(name: str) -> Any:
    api = _api()
    return api["metrics"].get_meter(_NAME).create_counter(name) if api else None


@functools.cache
def _api() -> Mapping[str, Any]:
    """Return the API's two modules, looked up by name: the desk runs as well where the package is absent."""
    try:
        return {name: importlib.import_module(f"opentelemetry.{name}") for name in ("metrics", "trace")}
    except ModuleNotFoundError:
        return {}
