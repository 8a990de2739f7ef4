"""Which of two limits is longer, said only where no calendar is needed to say it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import load_standard
from lapor_core.policy import Limit, Tier, Unit
from lapor_core.policy.lengths import surely_longer

STANDARD = load_standard("banjarbaru")
LIMITS = st.builds(Limit, st.integers(1, 40), st.sampled_from(Unit))


@pytest.mark.parametrize(
    ("one", "other", "longer"),
    [
        ("14 working_days", "10 working_days", True),
        ("14 working_days", "14 working_days", False),
        ("14 working_days", "14 days", False),
        ("14 working_days", "13 days", True),
        ("14 days", "3 working_days", False),
        ("min(7 days, agency)", "min(3 days, agency)", True),
        ("min(7 days, agency)", "min(7 days, agency)", False),
        ("min(7 days, agency)", "3 days", False),
    ],
)
def test_a_limit_is_longer_only_when_that_is_sure(one: str, other: str, longer: bool) -> None:  # noqa: FBT001 - a column of the table
    assert surely_longer(Limit.parse(one), Limit.parse(other)) is longer


@given(one=LIMITS, other=LIMITS, start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 6, 30)))  # noqa: DTZ001 - its zone comes below
def test_what_is_surely_longer_never_ends_earlier(one: Limit, other: Limit, start: datetime) -> None:
    begun = start.replace(tzinfo=ZoneInfo("Asia/Makassar"))
    tiers = tuple(Tier(name=name, limits={"resolve": limit}) for name, limit in (("one", one), ("other", other)))
    standard = attrs.evolve(STANDARD, policy=attrs.evolve(STANDARD.policy, tiers=tiers))
    first, second = (standard.deadline("resolve", name, start=begun).due for name in ("one", "other"))
    assert not surely_longer(one, other) or first >= second
