"""Every wrong entry of a decree file is refused with file, line, key and reason, all of them at once."""

from __future__ import annotations

from datetime import date

import pytest

from lapor_core.calendar import Decree, DecreeDay, Ledger, Name, indonesia, overlay, read_ledger
from lapor_core.errors import BadType, BadValue, DocumentFaults

BASE = """\
[[decrees]]
number = "SKB contoh 1/2025"
issued = 2025-09-01
year = 2026
covers = true

[[decrees.days]]
date = 2026-05-01
effect = "off"
kind = "national_holiday"
name = { id = "Hari Buruh", en = "Labour Day" }

[[decrees.days]]
date = 2026-05-04
effect = "off"
kind = "collective_leave"
name = { id = "Cuti bersama", en = "Collective leave" }

"""

LATER = """\
[[decrees]]
number = "SKB contoh 2/2026"
issued = 2026-03-01
amends = "SKB contoh 1/2025"

[[decrees.days]]
date = 2026-05-04
effect = "withdrawn"
kind = "collective_leave"
name = { id = "Cuti bersama", en = "Collective leave" }

[[decrees.days]]
date = 2026-05-05
effect = "off"
kind = "collective_leave"
name = { id = "Cuti bersama", en = "Collective leave" }
moved_from = 2026-05-04
"""

# what is replaced in LATER, by what, the line and the key at which the fault is told, and a part of the reason
WRONG = [
    ("date = 2026-05-04", "date = 2026-05-06", 26, "decrees[1].days[0].effect", "no collective_leave"),
    ('kind = "collective_leave"\nname = { id = "Cuti bersama", en = "Collective leave" }\n\n',
     'kind = "national_holiday"\nname = { id = "Cuti bersama", en = "Collective leave" }\n\n',
     26, "decrees[1].days[0].effect", "no national_holiday"),
    ("date = 2026-05-05", "date = 2026-05-01", None, None, None),  # a leave beside a holiday: two kinds may share a day
    ('effect = "withdrawn"', 'effect = "off"', 25, "decrees[1].days[0].date", "off already under this name"),
    ("issued = 2026-03-01", "issued = 2025-09-01", 26, "decrees[1].days[0].effect", "contradicts SKB contoh 1/2025"),
    ("issued = 2026-03-01", "issued = 2026-05-05", 25, "decrees[1].days[0].date", "was over when"),
    ("date = 2026-05-05", "date = 2062-05-05", 31, "decrees[1].days[1].date", "more than 3 years after"),
    ("issued = 2026-03-01", "issued = 2026-03-01\nyear = 2025", 21, "decrees[1].issued", "after 2025"),
    ("issued = 2026-03-01", "issued = 2026-03-01\nyear = 2027", 26, "decrees[1].days[0].date", "outside 2027"),
    ("issued = 2026-03-01", "issued = 2026-03-01\nyear = 2026\ncovers = true", 23, "decrees[1].covers", "covered by SKB"),
    ("issued = 2026-03-01", "issued = 2026-03-01\ncovers = true", 22, "decrees[1].covers", "needs the year"),
    ("issued = 2026-03-01", 'issued = 2026-03-01\nscope = "banjarbaru"', 22, "decrees[1].scope", "kalimantan-selatan/banjarbaru"),
    ("issued = 2026-03-01", 'issued = 2026-03-01\nscope = "balli"', 22, "decrees[1].scope", 'did you mean "bali"'),
    ("issued = 2026-03-01", 'issued = 2026-03-01\nscop = "bali"', 22, "decrees[1].scop", 'did you mean "scope"'),
    ("issued = 2026-03-01", 'issued = 2026-03-01\nunsure = ["isued"]', 22, "decrees[1].unsure", 'did you mean "issued"'),
    ("issued = 2026-03-01", 'issued = "2026-03-01"', 21, "decrees[1].issued", "date"),
    ("issued = 2026-03-01", "issued = 2026-03-01T10:00:00", 21, "decrees[1].issued", "date"),
    ("issued = 2026-03-01\n", "", 19, "decrees[1].issued", "required"),
    ('number = "SKB contoh 2/2026"', 'number = " "', 20, "decrees[1].number", "is empty"),
    ('number = "SKB contoh 2/2026"', 'number = "SKB contoh 1/2025"', 22, "decrees[1].amends", "not a decree that is loaded"),
    ('amends = "SKB contoh 1/2025"', 'amends = "SKB contoh 1/2052"', 22, "decrees[1].amends", 'did you mean "SKB contoh 1/2025"'),
    ('effect = "withdrawn"', 'effect = "withdrawm"', 26, "decrees[1].days[0].effect", 'did you mean "withdrawn"'),
    ('effect = "withdrawn"', 'effect = "working"', 27, "decrees[1].days[0].kind", "replacement_working_day"),
    ('effect = "off"\nkind = "collective_leave"', 'effect = "off"\nkind = "replacement_working_day"', 33,
     "decrees[1].days[1].kind", "cannot be of kind"),
    ('kind = "collective_leave"', 'kind = "colective_leave"', 27, "decrees[1].days[0].kind", 'did you mean "collective_leave"'),
    ('name = { id = "Cuti bersama", en', 'name = { id = "", en', 28, "decrees[1].days[0].name", "needs a name"),
    ('name = { id = "Cuti bersama", en', "name = { en", 28, "decrees[1].days[0].name.id", "required"),
    ("moved_from = 2026-05-04", "moved_from = 2026-05-01", None, None, None),  # that holiday has another name
    ('name = { id = "Cuti bersama", en = "Collective leave" }\nmoved_from = 2026-05-04',
     'name = { id = "Hari Buruh", en = "Labour Day" }\nmoved_from = 2026-05-01', None, None, None),
    ('kind = "collective_leave"\nname = { id = "Cuti bersama", en = "Collective leave" }\nmoved_from = 2026-05-04',
     'kind = "national_holiday"\nname = { id = "Hari Buruh", en = "Labour Day" }\nmoved_from = 2026-05-01',
     35, "decrees[1].days[1].moved_from", "still off under this name"),
]  # fmt: skip


def test_the_two_decrees_are_right_as_they_stand() -> None:
    ledger = read_ledger([("contoh.toml", BASE + LATER)])
    assert [row.date.day for row in ledger.net(2026)] == [1, 5]
    assert ledger.covered_years == {2026}
    assert ledger.version == Ledger(reversed(ledger.decrees)).version
    assert ledger == read_ledger([("a.toml", BASE), ("b.toml", LATER)])
    assert len({ledger, Ledger(ledger.decrees)}) == 1


@pytest.mark.parametrize(("right", "wrong", "line", "key", "reason"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_entry_is_told_with_line_key_and_reason(
    right: str, wrong: str, line: int | None, key: str | None, reason: str | None
) -> None:
    assert right in LATER
    text = BASE + LATER.replace(right, wrong, 1)
    if line is None:
        read_ledger([("contoh.toml", text)])
        return
    with pytest.raises(DocumentFaults) as caught:
        read_ledger([("contoh.toml", text)])
    told = {(fault.line, fault.key) for fault in caught.value.faults}
    assert (line, key) in told, str(caught.value)
    assert any(fault.key == key and reason in fault.problem for fault in caught.value.faults), str(caught.value)
    assert str(caught.value).startswith("contoh.toml:")


def test_all_faults_of_all_files_are_told_at_once() -> None:
    broken = LATER.replace('"withdrawn"', '"gone"').replace("collective_leave", "leave").replace("amends", "amend")
    with pytest.raises(DocumentFaults) as caught:
        read_ledger([("a.toml", BASE + broken), ("b.toml", "[[decres]]\n"), ("c.toml", "x = [")])
    assert {fault.file for fault in caught.value.faults} == {"a.toml", "b.toml", "c.toml"}
    assert len(caught.value.faults) >= 6


@pytest.mark.parametrize("text", ["", "decrees = 5", "[decrees]\nnumber = 1", "decrees = [1]"])
def test_a_file_without_decrees_is_no_decree_file(text: str) -> None:
    with pytest.raises(DocumentFaults):
        read_ledger([("contoh.toml", text)])


def test_an_overlay_may_not_contradict_what_it_is_laid_over() -> None:
    text = BASE.replace("SKB contoh 1/2025", "SKB contoh 9/2025")
    with pytest.raises(DocumentFaults, match=r"decrees\[0\]\.covers: 2026 is covered by SKB 1497/2025"):
        overlay(indonesia(), text, "contoh.toml")


def test_decrees_made_in_code_are_checked_as_well() -> None:
    day = DecreeDay(date=date(2026, 5, 4), effect="off", kind="regional", name=Name(id="Hari contoh", en="Example"))
    one = Decree(number="SE contoh 1", issued=date(2026, 1, 2), days=(day,))
    with pytest.raises(BadValue, match="off already"):
        indonesia().overlaid_with([one, Decree(number="SE contoh 2", issued=date(2026, 1, 3), days=(day,))])
    assert len(indonesia().overlaid_with([one]).net(2026)) == len(indonesia().net(2026)) + 1


def test_as_known_on_takes_a_day() -> None:
    with pytest.raises(BadType):
        indonesia().as_known_on("2026-01-01")
