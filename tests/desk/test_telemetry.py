"""What OpenTelemetry is told: spans and counts, nothing personal, and nothing at all without its packages."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lapor_core.errors import BadValue
from lapor_core.plugins.contracts import Message
from lapor_core.testing import RecordingNotifier
from lapor_desk import telemetry
from lapor_desk.config import Config
from lapor_desk.courier import by_medium
from lapor_desk.house import open_house
from lapor_desk.http import create_app
from lapor_desk.store import StoreDown
from lapor_desk.telemetry import MeasuredCourier, count, measured, request, span

MARK = "PENANDA-PRIBADI"
NOW = datetime(2026, 3, 13, 2, tzinfo=UTC)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch):
    """Spans and counts as an SDK collects them; its providers can be set once per process, so they are handed in here."""
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([reader], shutdown_on_exit=False)
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: traces)
    monkeypatch.setattr(metrics, "get_meter", meters.get_meter)
    telemetry._counter.cache_clear()
    yield exporter, reader
    telemetry._counter.cache_clear()
    meters.shutdown()


def test_a_call_is_a_span_and_is_counted_by_how_it_ended(seen: tuple[Any, Any]) -> None:
    @measured("lapor.contoh")
    def call(text: str) -> str:
        if text == MARK:
            raise BadValue(text, code="contoh")
        return text

    assert call("baik") == "baik"
    with pytest.raises(BadValue):
        call(MARK)
    exporter, reader = seen
    spans = exporter.get_finished_spans()
    assert [each.name for each in spans] == ["lapor.contoh", "lapor.contoh"]
    assert spans[1].attributes["error.type"] == "contoh"
    assert MARK not in "".join(each.to_json() for each in spans)
    told = reader.get_metrics_data().to_json()
    assert '"outcome": "done"' in told
    assert '"outcome": "contoh"' in told
    assert MARK not in told


@pytest.mark.parametrize(
    ("error", "is_failure"),
    [(BadValue(MARK, code="contoh"), False), (StoreDown(MARK, code="store_down"), True), (ValueError(MARK), True)],
)
def test_a_refusal_is_an_answer_and_what_breaks_is_a_failure(
    seen: tuple[Any, Any],
    error: Exception,
    is_failure: bool,  # noqa: FBT001 - a column of the table
) -> None:
    with pytest.raises(type(error)), span("lapor.contoh"):
        raise error
    (told,) = seen[0].get_finished_spans()
    assert (told.status.status_code.name == "ERROR") is is_failure
    assert MARK not in told.to_json()


CALLER = [
    (b"traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    (b"baggage", f"nama={MARK}".encode()),
]


def test_a_request_goes_on_with_the_trace_of_its_caller_and_takes_no_baggage(seen: tuple[Any, Any]) -> None:
    from opentelemetry import baggage

    with request("GET", CALLER) as answered:
        assert baggage.get_all() == {}
        with span("lapor.contoh"):
            pass
        answered("/track/{code}", 503)
    inner, outer = seen[0].get_finished_spans()
    assert (outer.name, outer.kind.name, outer.status.status_code.name) == ("GET /track/{code}", "SERVER", "ERROR")
    assert dict(outer.attributes) == {
        "http.request.method": "GET",
        "http.route": "/track/{code}",
        "http.response.status_code": 503,
    }
    assert f"{outer.parent.span_id:x}" == "f067aa0ba902b7"
    assert (inner.parent.span_id, inner.context.trace_id) == (outer.context.span_id, outer.context.trace_id)


def test_inside_a_host_that_traces_already_its_span_is_the_parent(seen: tuple[Any, Any]) -> None:
    with span("host"), request("GET", CALLER) as answered:
        answered("/", 200)
    inner, outer = seen[0].get_finished_spans()
    assert inner.parent.span_id == outer.context.span_id


def test_a_report_is_traced_from_the_edge_to_the_desk_and_nothing_of_it_is_told(
    seen: tuple[Any, Any], tmp_path: Path
) -> None:
    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")) as house:
        client = TestClient(create_app(house), client=("127.0.0.1", 1))
        sms = {"from": "+6280000000001", "id": "1", "text": f"LAPOR {MARK}"}  # invented
        code = client.get("/sms/kannel", params=sms).text.rpartition(" ")[2].strip(".")
        client.get(f"/app/v1/reports/{code}")
        client.get("/health")
    spans = {each.name: each for each in seen[0].get_finished_spans()}
    assert spans.keys() >= {"GET /sms/kannel", "lapor.submit"}
    assert spans["lapor.submit"].parent.span_id == spans["GET /sms/kannel"].context.span_id
    assert not any("health" in name for name in spans)
    told = "".join(each.to_json() for each in spans.values()) + seen[1].get_metrics_data().to_json()
    assert not any(secret in told for secret in (MARK, code, "6280000000001", "127.0.0.1"))


def test_instrumentations_of_http_are_silent_at_the_edge_and_where_a_notifier_sends(seen: tuple[Any, Any]) -> None:
    """They would write down whole addresses: in that of a gateway stand a number and a text."""
    from opentelemetry import context

    def is_silent() -> bool:
        return context.get_value(context._SUPPRESS_HTTP_INSTRUMENTATION_KEY) is True

    told = []

    class Listening(RecordingNotifier):
        def send(self, message: Message, now: datetime) -> Any:
            told.append(is_silent())
            return super().send(message, now)

    courier = MeasuredCourier(by_medium([Listening()]))
    messenger = courier.choose("email")
    assert messenger is not None
    courier.send(messenger, Message(key="1", medium="email", address="x", text="x", template="received"), NOW)
    with request("GET", ()):
        told.append(is_silent())
    assert told == [True, True]
    assert not is_silent()


def test_a_counter_is_made_once(seen: tuple[Any, Any]) -> None:
    for _ in range(3):
        count("lapor.contoh")
    assert telemetry._counter.cache_info().misses == 1
    assert '"value": 3' in seen[1].get_metrics_data().to_json()


def test_a_message_is_told_by_notifier_and_medium_only(seen: tuple[Any, Any]) -> None:
    notifier = RecordingNotifier()
    courier = MeasuredCourier(by_medium([notifier]))
    message = Message(key="1", medium="email", address=f"{MARK}@example.id", text=MARK, template="received")
    messenger = courier.choose("email")
    assert messenger is not None
    courier.send(messenger, message, NOW)
    exporter, reader = seen
    (sent,) = exporter.get_finished_spans()
    assert dict(sent.attributes) == {"notifier": notifier.key, "medium": "email", "outcome": "delivered"}
    assert '"outcome": "delivered"' in reader.get_metrics_data().to_json()
    assert MARK not in sent.to_json()


def test_without_the_package_nothing_is_done_and_nothing_fails() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from lapor_desk.telemetry import count, measured, request, span\n"
        "count('a')\n"
        "with request('GET', ()) as answered: answered('/', 200)\n"
        "with span('a'): print(measured('a')(lambda: 7)())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "7\n"


def test_without_an_sdk_the_calls_cost_nothing_worth_mentioning() -> None:
    with request("GET", CALLER) as answered:
        answered("/", 200)
    with span("lapor.contoh", channel="sms"):
        count("lapor.contoh", channel="sms")
