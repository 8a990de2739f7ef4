"""What OpenTelemetry is told: spans and counts, nothing personal, and nothing at all without its packages."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from lapor_core.errors import BadValue
from lapor_core.plugins.contracts import Message
from lapor_core.testing import RecordingNotifier
from lapor_desk import telemetry
from lapor_desk.courier import by_medium
from lapor_desk.telemetry import MeasuredCourier, count, measured, span

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


def test_a_message_is_told_by_notifier_and_medium_only(seen: tuple[Any, Any]) -> None:
    notifier = RecordingNotifier()
    courier = MeasuredCourier(by_medium([notifier]))
    message = Message(key="1", medium="email", address=f"{MARK}@example.id", text=MARK, template="received")
    messenger = courier.choose("email")
    assert messenger is not None
    courier.send(messenger, message, NOW)
    exporter, reader = seen
    (sent,) = exporter.get_finished_spans()
    assert dict(sent.attributes) == {"notifier": notifier.key, "medium": "email"}
    assert '"outcome": "delivered"' in reader.get_metrics_data().to_json()
    assert MARK not in sent.to_json()


def test_without_the_package_nothing_is_done_and_nothing_fails() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from lapor_desk.telemetry import count, measured, span\n"
        "count('a')\n"
        "with span('a'): print(measured('a')(lambda: 7)())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "7\n"


def test_without_an_sdk_the_calls_cost_nothing_worth_mentioning() -> None:
    with span("lapor.contoh", channel="sms"):
        count("lapor.contoh", channel="sms")
