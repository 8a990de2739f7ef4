"""Spans and counts for OpenTelemetry, through its API package: without an SDK, or without the package, nothing is done.

No attribute holds anything personal: methods, templates of paths, media, notifiers and codes of errors only. Instrumentations of
HTTP, which an office may have installed for another program, would write down whole addresses, with the telephone numbers and
texts that a gateway puts there: inside our spans they are told to be silent.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import Delivered, Failed, Message, TryLater, Verdict
from lapor_desk.courier import Courier, Messenger

__all__ = ["MeasuredCourier", "count", "measured", "request", "span"]

_NAME = "lapor"
Call = TypeVar("Call", bound=Callable[..., Any])


_NOT_IN_WORDS: Mapping[str, Any] = MappingProxyType({"record_exception": False, "set_status_on_exception": False})
"""By itself the API would note the words of an exception, and these may be personal."""


@contextmanager
def span(name: str, **attributes: str) -> Iterator[Callable[[str, str], object]]:
    """Open a span for as long as the block lasts, and yield what adds an attribute to it.

    An error is noted by its code or type, never by its words. What we refuse is an answer; the status of a span says that
    something failed.
    """
    tracer = _tracer()
    if tracer is None:
        yield _nothing
        return
    with _silenced(), tracer.start_as_current_span(name, attributes=attributes, **_NOT_IN_WORDS) as opened:
        try:
            yield opened.set_attribute
        except Exception as error:
            opened.set_attribute("error.type", error.code if isinstance(error, LaporError) else type(error).__name__)
            if not isinstance(error, LaporError) or isinstance(error, OSError):  # the database is away, say
                _mark_failed(opened)
            raise


@contextmanager
def request(method: str, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Callable[[str, int], object]]:
    """Open the span of an HTTP request, and yield what notes the template of its path and the status it was answered with.

    It goes on with the trace of whoever runs around us, or else with the one that the header ``traceparent`` names.
    """
    tracer = _tracer()
    if tracer is None:
        yield _nothing
        return
    trace = _api()["trace"]
    parent = None if trace.get_current_span().get_span_context().is_valid else _named_in(headers)
    with (
        _silenced(),
        tracer.start_as_current_span(
            method, parent, trace.SpanKind.SERVER, {"http.request.method": method}, **_NOT_IN_WORDS
        ) as opened,
    ):

        def answered(route: str, status: int) -> None:
            opened.update_name(f"{method} {route}")
            opened.set_attributes({"http.route": route, "http.response.status_code": status})
            if not 0 < status < 500:
                _mark_failed(opened)

        yield answered


def _nothing(*_: object) -> None:
    """Take the place of what notes something, where nobody collects it."""


def _named_in(headers: Iterable[tuple[bytes, bytes]]) -> Any:
    """Return the context of the caller; of its headers those of the trace alone, no baggage."""
    carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers if name in _OF_A_TRACE}
    return _api()["tracecontext"].TraceContextTextMapPropagator().extract(carrier)


_OF_A_TRACE = frozenset({b"traceparent", b"tracestate"})


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep instrumentations of HTTP from what happens meanwhile, in the word that these have agreed upon."""
    context = _api()["context"]
    key = getattr(context, "_SUPPRESS_HTTP_INSTRUMENTATION_KEY", "suppress_instrumentation")
    token = context.attach(context.set_value(key, True))  # noqa: FBT003 - the API's own form
    try:
        yield
    finally:
        context.detach(token)


def _mark_failed(opened: Any) -> None:
    opened.set_status(_api()["trace"].StatusCode.ERROR)


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
        with span("lapor.send", notifier=messenger.key, medium=message.medium) as note:
            verdict = super().send(messenger, message, now)
            outcome = _outcome(verdict)
            note("outcome", outcome)
        count("lapor.send.calls", notifier=messenger.key, medium=message.medium, outcome=outcome)
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
    return None if isinstance(provider, api["trace"].ProxyTracerProvider) else _tracer_of(provider)


@functools.lru_cache(maxsize=1)
def _tracer_of(provider: Any) -> Any:
    return provider.get_tracer(_NAME)


@functools.cache
def _counter(name: str) -> Any:
    api = _api()
    return api["metrics"].get_meter(_NAME).create_counter(name) if api else None


@functools.cache
def _api() -> Mapping[str, Any]:
    """Return the API's modules, looked up by name: the desk runs as well where the package is absent."""
    names = ("context", "metrics", "trace", "trace.propagation.tracecontext")
    try:
        return {name.rpartition(".")[2]: importlib.import_module(f"opentelemetry.{name}") for name in names}
    except ModuleNotFoundError:
        return {}
