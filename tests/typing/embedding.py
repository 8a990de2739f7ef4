"""A user's program as mypy sees it: the public API is typed, and types for meanings are kept apart.

Checked by ``nox -s typing``; never run.
"""

from datetime import date, datetime
from typing import assert_type
from zoneinfo import ZoneInfo

from lapor_core import Facts, Kind, load_standard

standard = load_standard("banjarbaru")
facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=("dinas-contoh",))
assessment = standard.assess(facts)
deadline = standard.deadline("resolve", assessment, start=datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar")))

assert_type(assessment.tier.name, str)
assert_type(deadline.due, datetime)
assert_type(deadline.due_date, date)
assert_type(deadline.provisional, bool)
assert_type(deadline.explain("id"), str)

# A text is no kind, and a list is no tuple of agencies: each of these must stay an error (warn_unused_ignores).
Facts(kind="complaint", supervisory=False, abuse_of_authority=False, agencies=())  # type: ignore[arg-type]
standard.deadline("resolve", assessment, start="2026-03-13")  # type: ignore[arg-type]
