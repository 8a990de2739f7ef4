"""The kit for decrees and service standards: sound ones pass, and of others the fault is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.calendar import Ledger, Office, read_ledger
from lapor_core.errors import DocumentFaults
from lapor_core.policy.loading import shipped_policies, shipped_policy
from lapor_core.testing import check_calendar, check_policy

pytest_plugins = ["lapor_core.testing.fixtures"]

DECREE = """
[[decrees]]
number = "Keputusan Contoh 1"
issued = 2026-01-05
scope = "kalimantan-selatan/banjarbaru"
[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "regional"
name = { id = "Hari Contoh", en = "Example Day" }
"""


def ledger(text: str = DECREE) -> Ledger:
    return read_ledger([("contoh.toml", text)])


def test_sound_decrees_pass() -> None:
    check_calendar(ledger)
    check_calendar(lambda: ledger(DECREE.replace('scope = "kalimantan-selatan/banjarbaru"\n', "")))


def changing() -> Callable[[], Ledger]:
    made: list[int] = []

    def make() -> Ledger:
        made.append(1)
        return ledger(DECREE.replace("Contoh 1", f"Contoh {len(made)}"))

    return make


def test_decrees_that_change_or_are_none_are_told() -> None:
    with pytest.raises(AssertionError, match="make\\(\\) must return the same decrees each time"):
        check_calendar(changing())
    with pytest.raises(AssertionError, match="not a calendar: the ledger holds no decree"):
        check_calendar(Ledger)


def test_decrees_that_bind_no_office_as_they_say_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bound_by_none = Office.indonesia(zone="Asia/Makassar")
    monkeypatch.setattr("lapor_core.testing.calendars._office", lambda *_: bound_by_none)
    with pytest.raises(AssertionError, match="Keputusan Contoh 1: an office it binds does not see its 2026-04-20"):
        check_calendar(ledger)


@pytest.mark.parametrize("name", shipped_policies()[:3])
def test_shipped_standards_pass(name: str) -> None:
    check_policy(shipped_policy(name))


def test_a_file_with_faults_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kota.toml"
    file.write_text("id = 7", "utf-8")
    with pytest.raises(DocumentFaults, match=r"kota\.toml:1"):
        check_policy(file)


def test_the_fakes_come_as_fixtures_to_those_who_ask(memory_desk, frozen_clock, recording_notifier) -> None:  # noqa: ANN001
    assert memory_desk.now() == frozen_clock()
    assert recording_notifier.sent == []
