"""Policies, deadlines and severity as a user's program sees them through mypy.

Checked by ``nox -s typing``; never run.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import assert_type
from zoneinfo import ZoneInfo

from lapor_core import (
    Assessment,
    Deadline,
    DeadlineDay,
    Extension,
    Facts,
    Kind,
    LaporError,
    Limit,
    Pause,
    Policy,
    Standard,
    Tier,
    Unit,
    assess,
    in_force_on,
    load_policy,
    load_standard,
    shipped_policies,
)
from lapor_core.calendar import Office
from lapor_core.errors import FactsNeeded, Missing, Refused
from lapor_core.policy.model import Rule
from lapor_core.severity import Assessment as SameAssessment

NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))

assert_type(shipped_policies(), tuple[str, ...])
policy = load_policy("", "contoh.toml")
assert_type(policy, Policy)
assert_type(policy.tier("sedang"), Tier)
assert_type(in_force_on(date(2026, 3, 13), [policy]), Policy)
standard = load_standard(Path("contoh.toml"))
assert_type(standard, Standard)
assert_type(load_standard(policy), Standard)
assert_type(standard.office, Office)

assessment = assess(Facts(kind=Kind.COMPLAINT, agencies=2), policy)
assert_type(assessment, Assessment)
assert_type(assessment, SameAssessment)
assert_type(assessment.matched, tuple[Rule, ...])
assert_type(assessment.tier, Tier)

deadline = standard.deadline(
    "resolve",
    assessment,
    start=NOW,
    pauses=[Pause(start=NOW, end=NOW + timedelta(days=1))],
    extensions=[Extension(limit=Limit(7, Unit.WORKING_DAYS), granted_at=NOW)],
    now=NOW,
)
assert_type(deadline, Deadline)
assert_type(deadline.days, tuple[DeadlineDay, ...])
assert_type(deadline.days[0].date, date)
assert_type(deadline.due, datetime)
assert_type(deadline.limit, Limit)
assert_type(deadline.svg("en"), str)
assert_type(deadline.ics("id", uid="1", now=NOW), bytes)
assert_type(standard.as_known_on(date(2025, 8, 1)), Standard)
assert_type(standard.office.add(date(2026, 3, 13), 14), date)
assert_type(standard.office.count(date(2026, 3, 13), date(2026, 4, 10)), int)
assert_type(standard.office.is_open(NOW), bool)

try:
    standard.assess(Facts())
except FactsNeeded as error:
    assert_type(error.needed, tuple[str, ...])
except Refused as error:
    assert_type(error.code, str)
except LaporError as error:
    assert_type(error.code, str)
missing: tuple[Missing, ...] = ()
assert_type(missing[0].field, str)

# Each of these must stay an error (warn_unused_ignores).
assess(Facts(), standard)  # type: ignore[arg-type]  # a standard is more than its policy
standard.office.add(NOW, 1.5)  # type: ignore[arg-type]  # half a working day is none
standard.deadline("resolve", assessment)  # type: ignore[call-arg]  # it began some time
Limit("14", Unit.WORKING_DAYS)  # type: ignore[arg-type]  # a number is no text
Facts(kind=Kind.COMPLAINT, agencies=["a", "b"])  # type: ignore[arg-type]  # a list can change
assessment.tier = policy.tier("berat")  # type: ignore[misc]  # an assessment stands
