"""The strategies: what they give is allowed, invented, and registered only when asked for."""

import subprocess
import sys
from datetime import datetime

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lapor_core
from lapor_core.complaint import Facts, Reporter
from lapor_core.plugins import Message
from lapor_core.submission import Submission
from lapor_core.testing import facts, messages, moments, reporters, submissions, texts
from lapor_core.testing.registry import strategies_by_type


@given(reporter=reporters())
def test_reporters_are_invented(reporter: Reporter) -> None:
    assert reporter.name == "" or "Contoh" in reporter.name
    assert reporter.email == "" or reporter.email.endswith("@example.org")
    assert reporter.mobile == "" or reporter.mobile.startswith("+62810")
    assert reporter.identity_number == "" or (reporter.identity_number[:2], len(reporter.identity_number)) == ("00", 16)


@given(submission=submissions())
def test_submissions_show_nothing_personal(submission: Submission) -> None:
    shown = repr(submission)
    assert "Warga" not in shown
    assert "+62810" not in shown


@given(moment=moments())
def test_moments_are_aware(moment: datetime) -> None:
    assert moment.utcoffset() is not None


@given(message=messages("sms"))
def test_messages_can_be_of_one_medium(message: Message) -> None:
    assert message.medium == "sms"
    assert message.address.startswith("+62810")


@given(text=texts())
def test_texts_can_be_written_down(text: str) -> None:
    assert text.encode().decode().strip()


@given(facts=facts())
def test_facts_know_how_many_agencies(facts: Facts) -> None:
    assert facts.agency_count is None or facts.agency_count >= 1


PUBLIC = {
    value for name in lapor_core.__all__ if isinstance(value := getattr(lapor_core, name), type) and attrs.has(value)
}


def test_every_public_class_of_values_has_its_strategy() -> None:
    assert set(strategies_by_type()) >= PUBLIC


@pytest.mark.parametrize("kind", sorted(strategies_by_type(), key=lambda kind: kind.__name__))
@given(data=st.data())
@settings(max_examples=10)
def test_each_strategy_gives_what_it_says(kind: type, data: st.DataObject) -> None:
    assert isinstance(data.draw(strategies_by_type()[kind]), kind)


def test_nothing_is_registered_by_importing() -> None:
    code = """
from hypothesis import strategies as st
import lapor_core.testing
from lapor_core.complaint import Reporter
before = repr(st.from_type(Reporter))
lapor_core.testing.register()
print(before == repr(st.from_type(Reporter)))
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_without_hypothesis_the_line_that_mends_it_is_told() -> None:
    code = "import sys; sys.modules['hypothesis'] = None\ntry: import lapor_core.testing\nexcept ImportError as e: print(e)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "lapor[testing]"' in answer.stdout
