"""What authors of plug-ins and users of the library test with: strategies, conformance checks and fakes.

Needs the extra ``testing``. A channel's whole test can be::

    from lapor_core.testing import check_channel

    def test_kiosk():
        check_channel(Kiosk)

Nothing happens by importing this package; :func:`register` tells Hypothesis of the strategies.
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401  # asked for first, so that its absence is told with the line that mends it
except ModuleNotFoundError as error:
    message = f'lapor_core.testing needs an extra ({error}); pip install "lapor[testing]"'
    raise ModuleNotFoundError(message, name=error.name) from error

from lapor_core.testing.calendars import check_calendar
from lapor_core.testing.channels import check_channel
from lapor_core.testing.dates import (
    amounts,
    clock_rules,
    dates,
    instants,
    limits,
    offices,
    pauses,
    tiers,
    working_days,
)
from lapor_core.testing.desks import DeskTrial, check_desk
from lapor_core.testing.fakes import FrozenClock, RecordingNotifier
from lapor_core.testing.lives import Life, acts, example_standard, example_submission, lives
from lapor_core.testing.memory_desk import MemoryDesk
from lapor_core.testing.notifiers import check_notifier
from lapor_core.testing.policies import check_policy
from lapor_core.testing.registry import register
from lapor_core.testing.strategies import (
    facts,
    keys,
    messages,
    moments,
    reporters,
    submissions,
    texts,
    uploads,
    visibilities,
)

__all__ = [
    "DeskTrial",
    "FrozenClock",
    "Life",
    "MemoryDesk",
    "RecordingNotifier",
    "acts",
    "amounts",
    "check_calendar",
    "check_channel",
    "check_desk",
    "check_notifier",
    "check_policy",
    "clock_rules",
    "dates",
    "example_standard",
    "example_submission",
    "facts",
    "instants",
    "keys",
    "limits",
    "lives",
    "messages",
    "moments",
    "offices",
    "pauses",
    "register",
    "reporters",
    "submissions",
    "texts",
    "tiers",
    "uploads",
    "visibilities",
    "working_days",
]
