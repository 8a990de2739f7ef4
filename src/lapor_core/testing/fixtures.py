"""The fakes as fixtures of pytest, for those who ask: ``pytest_plugins = ["lapor_core.testing.fixtures"]``."""

from __future__ import annotations

import pytest

from lapor_core.testing.fakes import FrozenClock, RecordingNotifier
from lapor_core.testing.memory_desk import MemoryDesk

__all__ = ["frozen_clock", "memory_desk", "recording_notifier"]


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock that stands, on a Wednesday morning in WITA, until the test moves it."""
    return FrozenClock()


@pytest.fixture
def memory_desk(frozen_clock: FrozenClock) -> MemoryDesk:
    """A desk in memory that reads the time from ``frozen_clock``."""
    return MemoryDesk(clock=frozen_clock)


@pytest.fixture
def recording_notifier() -> RecordingNotifier:
    """A notifier that keeps what it was asked to send."""
    return RecordingNotifier()
