"""What a policy file says of clocks: chains, the shorter of several limits, extensions, hours; and what it may not say."""

from __future__ import annotations

from datetime import date, datetime, time
from importlib import resources
from zoneinfo import ZoneInfo

import attrs
import pytest

from lapor_core import load_standard
from lapor_core.calendar import Office
from lapor_core.clocks import Extension
from lapor_core.complaint import Agency
from lapor_core.errors import BadValue, DocumentFaults, NotFound
from lapor_core.policy import Limit, Policy, Start
from lapor_core.policy.loading import load_policy

WITA = ZoneInfo("Asia/Makassar")
SHIPPED = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
START = datetime(2026, 4, 6, 10, tzinfo=WITA)

CLOCKS = """
[clocks.verify]
title = { id = "Tenggat verifikasi", en = "Verification deadline" }
limit = "3 working_days"
stops = ["verified", "rejected", "archived", "withdrawn"]

[clocks.coordinate]
title = { id = "Tenggat tindak lanjut", en = "Follow-up deadline" }
starts = "verify"
limit = "5 working_days"

[clocks.appeal]
title = { id = "Tenggat tinjauan", en = "Review deadline" }
starts = "coordinate"
limit = "20 working_days"
stops = ["closed", "rejected", "archived", "withdrawn"]
"""

RA_11032 = """
[[agencies]]
key = "dinas-contoh"
name = "Dinas Contoh"

[clocks.transact]
title = { id = "Tenggat transaksi", en = "Transaction deadline" }
limit = "min(7 working_days, agency)"
agency_limits = { dinas-contoh = "4 working_days" }

[clocks.transact.extension]
limit = "same_as_base"
by = "+0"
text = "once, for the same number of days, before the processing time lapses"
"""


def policy(more: str = "", *changes: tuple[str, str]) -> Policy:
    text = SHIPPED + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load_policy(text, "contoh.toml")


def faults(more: str, *changes: tuple[str, str]) -> dict[str, str]:
    with pytest.raises(DocumentFaults) as caught:
        policy(more, *changes)
    assert all(fault.line for fault in caught.value.faults)
    return {fault.key: fault.problem for fault in caught.value.faults}


def test_a_clock_may_start_when_another_ends() -> None:
    found = policy(CLOCKS)
    assert found.clock("coordinate").follows == "verify"
    assert found.clock("verify").follows is None
    assert found.chain("appeal") == ("verify", "coordinate", "appeal")
    assert found.chain("resolve") == ("resolve",)
    assert found.clock("verify").starts is Start.RECEIVED


def test_clocks_that_wait_for_each_other_are_refused_when_the_policy_is_loaded() -> None:
    found = faults(CLOCKS, ('limit = "3 working_days"', 'limit = "3 working_days"\nstarts = "appeal"'))
    assert "appeal -> verify -> coordinate -> appeal" in found["clocks.appeal.starts"]
    assert set(found) == {f"clocks.{name}.starts" for name in ("verify", "coordinate", "appeal")}
    itself = faults(CLOCKS, ('starts = "verify"', 'starts = "coordinate"'))
    assert "coordinate -> coordinate" in itself["clocks.coordinate.starts"]


def test_a_circle_made_in_code_is_refused_as_well() -> None:
    clocks = dict(policy(CLOCKS).clocks)
    clocks["verify"] = attrs.evolve(clocks["verify"], starts="appeal")
    with pytest.raises(BadValue, match="never start") as caught:
        attrs.evolve(policy(CLOCKS), clocks=clocks).chain("coordinate")
    assert caught.value.code == "circular_clocks"


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (('starts = "verify"', 'starts = "verifi"'), "clocks.coordinate.starts", 'did you mean "verified"'),
        (('starts = "coordinate"', 'starts = "coordinat"'), "clocks.appeal.starts", 'did you mean "coordinate"'),
        (('starts = "verify"', 'starts = "resolve"'), "clocks.coordinate.starts", "give each its own stops"),
        (("[clocks.verify]", "[clocks.received]"), "clocks.received", "event which starts clocks"),
        (('limit = "20 working_days"', ""), "clocks.appeal", "no tier gives it a limit"),
        (('limit = "3 working_days"', ""), "clocks.verify", "no tier gives it a limit"),
    ],
)
def test_a_clock_that_would_never_start_is_refused(change: tuple[str, str], key: str, problem: str) -> None:
    assert problem in faults(CLOCKS, change)[key]


def test_a_chain_needs_a_limit_for_every_tier_that_follows() -> None:
    only_light = ('resolve = "7 working_days"', 'resolve = "7 working_days"\nverify = "3 working_days"')
    found = faults(CLOCKS, ('limit = "3 working_days"', ""), only_light)
    assert "no limit for the tier berat" in found["clocks.coordinate.starts"]


def test_the_shorter_of_the_standards_and_the_agencys_own_limit_counts() -> None:
    """RA 11032 (Philippines): the time of the standard, or the agency's own, whichever is shorter."""
    standard = load_standard(policy(RA_11032))
    slow = standard.deadline("transact", None, start=START)
    quick = standard.deadline("transact", None, start=START, agency="dinas-contoh")
    assert (slow.due_date, str(slow.limit), slow.chosen_from) == (date(2026, 4, 15), "7 working_days", ())
    assert (quick.due_date, str(quick.limit)) == (date(2026, 4, 10), "4 working_days")
    assert [str(limit) for limit in quick.chosen_from] == ["7 working_days", "4 working_days"]
    assert "4 hari kerja, yang tersingkat dari 7 hari kerja dan 4 hari kerja" in quick.explain("id")
    assert quick.to_json()["chosen_from"] == ["7 working_days", "4 working_days"]


def test_a_mistyped_agency_never_makes_a_deadline_longer_in_silence() -> None:
    standard = load_standard(policy(RA_11032))
    with pytest.raises(NotFound, match='did you mean "dinas-contoh"') as caught:
        standard.deadline("transact", None, start=START, agency="dinas-contohh")
    assert caught.value.code == "unknown_agency"
    other = load_standard(policy(RA_11032), agencies=[Agency(key="badan-contoh", name="Badan Contoh")])
    assert str(other.deadline("transact", None, start=START, agency="badan-contoh").limit) == "7 working_days"


def test_its_extension_is_as_long_as_what_counted() -> None:
    standard = load_standard(policy(RA_11032))
    granted = datetime(2026, 4, 10, 9, tzinfo=WITA)

    def extended(limit: str) -> date:
        more = [Extension(limit=Limit.parse(limit), granted_at=granted)]
        return standard.deadline(
            "transact", None, start=START, agency="dinas-contoh", extensions=more, now=granted
        ).due_date

    assert extended("4 working_days") == date(2026, 4, 16)
    with pytest.raises(BadValue, match="which is 4 working_days"):
        extended("5 working_days")


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (("min(7 working_days, agency)", "7 working_days"), "clocks.transact.agency_limits", "min(..., agency)"),
        (('"4 working_days"', '"min(4 days, 3 days)"'), "clocks.transact.agency_limits.dinas-contoh", "one amount"),
        (('by = "+0"', 'by = "+1 days"'), "clocks.transact.extension", "at or before the due instant"),
        (('by = "+0"', 'times = 0\nby = "+0"'), "clocks.transact.extension", "at least 1"),
        (('"same_as_base"', '"same_as_bass"'), "clocks.transact.extension.limit", "not a limit"),
        (('by = "+0"', 'until = "+0"'), "clocks.transact.extension.until", "unknown key"),
    ],
)
def test_what_the_file_cannot_mean_is_refused_with_its_place(change: tuple[str, str], key: str, problem: str) -> None:
    found = faults(RA_11032, change)
    assert any(key in place and problem in why for place, why in found.items()), found


def test_an_agency_that_nobody_knows_promises_nothing() -> None:
    unknown = policy(RA_11032, ("dinas-contoh = ", "dinas-cotoh = "))
    with pytest.raises(NotFound, match='did you mean "dinas-contoh"'):
        load_standard(unknown)
    assert load_standard(unknown, agencies=[Agency(key="dinas-cotoh", name="Dinas Contoh")])


HOURS = """
[office.hours.usual]
opens = 08:00:00
closes = 14:00:00
breaks = [{ begins = 11:00:00, ends = 12:00:00 }]

[office.hours.days.friday]
opens = 08:00:00
closes = 11:00:00

[office.ramadan_hours.usual]
opens = 09:00:00
closes = 13:00:00
"""


def test_a_policy_may_state_the_week_and_the_hours_of_its_office() -> None:
    days = ("week = 5", 'week = ["monday", "wednesday", "friday", "sunday"]')
    office = load_standard(policy(HOURS, days)).office
    assert sorted(office.week) == [0, 2, 4, 6]
    assert office.closing(date(2026, 4, 8)).time() == time(14)
    assert office.closing(date(2026, 4, 10)).time() == time(11)
    assert office.opening(date(2026, 3, 9)).time() == time(9)  # in Ramadan
    assert office.opening(date(2026, 4, 7)) is None
    usual = load_standard("banjarbaru").office
    same = Office.indonesia(zone="Asia/Makassar", region="kalimantan-selatan/banjarbaru", name=usual.name)
    assert usual == same


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (("week = 5", "week = 8"), "office.week", "5 (Monday to Friday) or 6"),
        (("week = 5", "week = []"), "office.week", "without working days"),
        (("week = 5", 'week = ["monday", "moonday"]'), "office.week", "not a weekday"),
        (("week = 5", "week = true"), "office.week", "must be one of"),
        (("Asia/Makassar", "Asia/Banjarbaru"), "time_zone", "not an IANA zone"),
        (("kalimantan-selatan/banjarbaru", "kalimantan-selata/banjarbaru"), "office.region", "is not known"),
        (("closes = 14:00:00", "closes = 07:00:00"), "office.hours.usual", "end before they begin"),
        (("ends = 12:00:00", "ends = 15:00:00"), "office.hours.usual", "lies outside"),
        (("days.friday", "days.jumat"), "office.hours", "not a weekday"),
        (("ends = 12:00:00", 'ends = "12:00"'), "office.hours.usual.breaks[0].ends", "time"),
    ],
)
def test_an_office_that_cannot_be_is_refused_with_its_place(change: tuple[str, str], key: str, problem: str) -> None:
    found = faults(HOURS, change)
    assert any(place.startswith(key) and problem in why for place, why in found.items()), found
