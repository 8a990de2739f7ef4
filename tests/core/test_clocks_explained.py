"""A deadline defends itself: as text, data, picture and calendar task; and it says when it may still change."""

from __future__ import annotations

import functools
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import attrs
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lapor_core.calendar.office
from lapor_core import Deadline, Extension, Limit, Pause, Standard, load_standard
from lapor_core.calendar import shipped_hours
from lapor_core.errors import BadValue
from lapor_core.policy import ClockRule, ExtensionLimit, ExtensionRule
from lapor_core.testing.dates import clock_rules, instants, limits, pauses
from lapor_core.texts import short_date

WITA = ZoneInfo("Asia/Makassar")
STANDARD = load_standard("banjarbaru")
START = datetime(2026, 3, 13, 10, tzinfo=WITA)
NOW = datetime(2049, 1, 1, tzinfo=WITA)
DAY = timedelta(days=1)
SVG = "{http://www.w3.org/2000/svg}"
NYEPI = STANDARD.deadline("resolve", "sedang", start=START)

TEXT = """\
Tenggat penyelesaian: Jumat, 10 April 2026 (14 hari kerja, tingkat sedang)
  Jum 13 Mar   diterima pukul 10.00 WITA; hari pertama dihitung hari kerja berikutnya
  Sab 14 Mar   -    akhir pekan
  Min 15 Mar   -    akhir pekan
  Sen 16 Mar   1
  Sel 17 Mar   2
  Rab 18 Mar   -    Cuti bersama Hari Suci Nyepi                 SKB 1497/2025, 2/2025, 5/2025
"""


def ruled(limit: str, start: datetime = START, **more: object) -> Deadline:
    """A deadline of the standard, with another limit and another rule."""
    given = {name: more.pop(name) for name in ("pauses", "extensions") if name in more}
    rule = attrs.evolve(STANDARD.policy.clock("resolve"), limit=Limit.parse(limit), **more)
    policy = attrs.evolve(STANDARD.policy, clocks={"other": rule})
    return attrs.evolve(STANDARD, policy=policy).deadline("other", None, start=start, now=NOW, **given)


def test_the_text_of_the_example() -> None:
    text = NYEPI.explain("id")
    assert text.startswith(TEXT)
    assert text.endswith("\n  Kam  9 Apr   13\n  Jum 10 Apr   14   batas akhir")
    english = NYEPI.explain("en").splitlines()
    assert english[0] == "Resolution deadline: Friday, 10 April 2026 (14 working days, tier sedang)"
    assert english[-1] == "  Fri 10 Apr   14   last day"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"limit": "9 office_hours", "start": datetime(2026, 3, 13, 15, tzinfo=WITA)},
            ["Senin, 16 Maret 2026, 16.00 WITA (9 jam kerja)", "Sen 16 Mar   batas akhir pukul 16.00 WITA"],
        ),
        ({"limit": "3 hours"}, ["diterima pukul 10.00 WITA; batas akhir pukul 13.00 WITA"]),
        ({"limit": "2 days", "starts": "disposed"}, ["didisposisikan pukul 10.00 WITA; hari pertama dihitung hari berikutnya"]),
        ({"limit": "8 days"}, ["hari terakhir jatuh pada hari libur, batas bergeser ke hari kerja ini; batas akhir"]),
        ({"limit": "2 working_days", "first_day": "included"}, ["Jum 13 Mar   1    diterima pukul 10.00 WITA\n"]),
        (
            {"limit": "2 working_days", "after_hours": "next_working_day", "start": START.replace(hour=17)},
            ["diterima pukul 17.00 WITA; di luar jam kerja, dianggap Senin, 16 Maret 2026", "Sen 16 Mar   -    belum dihitung"],
        ),
        ({"limit": "2 working_days", "ends": "closing"}, ["2    batas akhir pukul 16.00 WITA"]),
        (
            {"limit": "2 days", "start": START.replace(day=19)},
            ["diterima pukul 10.00 WITA; hari pertama dihitung hari berikutnya; Hari Suci Nyepi"],
        ),
        ({"limit": "2 days", "starts": "verify"}, ["mulai pukul 10.00 WITA"]),
        (
            {"limit": "2 working_days", "first_day": "included", "start": START + DAY},
            ["Sab 14 Mar   diterima pukul 10.00 WITA; akhir pekan\n"],
        ),
        (
            {"limit": "2 days", "first_day": "included", "pauses": [Pause(start=START - DAY, end=START + DAY)]},
            ["Jum 13 Mar   diterima pukul 10.00 WITA; menunggu pelapor\n", "Min 15 Mar   2"],
        ),
        (
            {"limit": "8 hours", "pauses": [Pause(start=START - 8 * DAY, end=START + timedelta(hours=2))]},
            ["Jum 13 Mar   diterima pukul 10.00 WITA; batas akhir pukul 20.00 WITA\n",
             "\nTidak dihitung: Kam 5 Mar, 10.00 WITA sampai Jum 13 Mar, 12.00 WITA (menunggu pelapor)."],
        ),
    ],
)  # fmt: skip
def test_the_text_says_what_the_rule_did(given: dict, words: list[str]) -> None:
    text = ruled(**given).explain("id")
    for word in words:
        assert word in text, text


def test_the_text_says_what_was_added_and_what_was_waited_for() -> None:
    found = ruled(
        "3 working_days",
        extension=ExtensionRule(limit=ExtensionLimit.parse("5 days")),
        extensions=[Extension(limit=Limit.parse("5 days"), granted_at=START + DAY, reason="Warga Contoh sakit")],
        pauses=[Pause(start=START + 3 * DAY - timedelta(hours=4), end=START + 4 * DAY)],
    )
    text = found.explain("id")
    assert "(3 hari kerja, ditambah 5 hari)" in text
    assert "Sen 16 Mar   -    menunggu pelapor" in text
    assert "3    batas semula, diperpanjang 5 hari" in text
    assert "Warga Contoh" not in f"{text}{found!r}{found.to_json()}{found.svg()}"


# Data


def test_the_data_has_what_was_promised() -> None:
    data = json.loads(json.dumps(NYEPI.to_json()))
    assert data["due"] == "2026-04-10T23:59:59+08:00"
    assert (data["due_date"], data["provisional"], data["tier"]) == ("2026-04-10", False, "sedang")
    assert data["limit"] == "14 working_days"
    assert data["calendar"]
    assert data["days"][5] == {
        "date": "2026-03-18",
        "counted": False,
        "number": None,
        "extension": 0,
        "reason": "day_off",
        "name": "Cuti bersama Hari Suci Nyepi",
        "decree": "SKB 1497/2025, 2/2025, 5/2025",
    }
    assert [day["number"] for day in data["days"] if day["counted"]] == list(range(1, 15))


@given(st.data(), clock_rules(), limits(), st.sampled_from((None, "3 days", "2 working_days", "5 hours")))
def test_text_data_and_days_say_the_same_and_add_up_to_the_limit(
    data: st.DataObject, rule: ClockRule, limit: Limit, more: str | None
) -> None:
    start = data.draw(instants(STANDARD))
    edges = [
        start + hours * timedelta(hours=1) for hours in sorted(data.draw(st.lists(st.integers(-9, 99), max_size=4)))
    ]
    stretches = [Pause(start=one, end=other) for one, other in zip(edges[::2], edges[1::2], strict=False)]
    given_ = [Extension(limit=Limit.parse(more), granted_at=start)] if more else []
    policy = attrs.evolve(STANDARD.policy, clocks={"other": attrs.evolve(rule, limit=limit)})
    standard = attrs.evolve(STANDARD, policy=policy)
    found = standard.deadline("other", None, start=start, pauses=stretches, granted=given_, now=NOW)
    rows = json.loads(json.dumps(found.to_json()))["days"]
    for number, part in enumerate(found.parts):
        counted = [row["number"] for row in rows if row["extension"] == number and row["counted"]]
        assert counted == ([] if part.limit.unit.in_hours else list(range(1, part.limit.amount + 1)))
    for language in ("id", "en"):
        lines = found.explain(language).splitlines()[1:]
        assert len(lines) >= len(rows) == len(found.days)
        for line, row, day in zip(lines, rows, found.days, strict=False):
            assert (line[2:14].strip(), row["date"]) == (short_date(day.date, language), day.date.isoformat())
            assert (line[15:20].strip() == str(row["number"])) >= row["counted"] == day.counted
            assert line.endswith(row["decree"] or "")
            assert all(name.in_language(language) in line for name in day.names)
        waited = any(max(pause.start, found.start) < min(pause.end, found.due) for pause in stretches)
        in_hours = any(part.limit.unit.in_hours for part in found.parts)
        assert any(line.startswith(("Tidak dihitung", "Not counted")) for line in lines) == (waited and in_hours)


# Provisional


@pytest.mark.parametrize(
    ("start", "provisional"),
    [
        (datetime(2027, 11, 30, 10, tzinfo=WITA), False),
        (datetime(2027, 12, 27, 10, tzinfo=WITA), True),  # reaches into 2028, of which there is no decree
        (datetime(2017, 12, 29, 10, tzinfo=WITA), True),
        (datetime(2029, 5, 7, 10, tzinfo=WITA), True),
    ],
)
def test_a_deadline_that_touches_a_year_without_decree_is_provisional_and_says_why(
    start: datetime,
    provisional: bool,  # noqa: FBT001 - a column of the table
) -> None:
    found = STANDARD.deadline("resolve", "ringan", start=start)
    assert found.provisional is provisional
    assert any(day.provisional for day in found.days) is provisional
    assert ("Sementara: belum ada keputusan tentang hari libur" in found.explain("id")) is provisional
    assert ("Provisional: no decree on the holidays" in found.explain("en")) is provisional
    assert ("Sementara" in found.svg("id")) is provisional
    assert bool(found.to_json()["provisional_reasons"]) is provisional


def test_only_what_a_deadline_depends_on_makes_it_provisional() -> None:
    """Hours on the wall run whatever is decreed; when Ramadan falls matters where an office hour is looked at."""
    undecreed, ramadan_unknown = datetime(2029, 5, 7, 10, tzinfo=WITA), datetime(2027, 9, 6, 10, tzinfo=WITA)
    assert not ruled("72 hours", undecreed).provisional
    assert ruled("24 office_hours", undecreed).provisional
    months = attrs.evolve(STANDARD, office=attrs.evolve(STANDARD.office, hours=shipped_hours(ramadan=True)))
    waited = Pause(start=ramadan_unknown + DAY, end=ramadan_unknown + 3 * DAY)

    def reasons(standard: Standard = months, **rule: object) -> list[str]:
        given = {"pauses": [rule.pop("waited")], "now": NOW} if "waited" in rule else {}
        policy = attrs.evolve(
            standard.policy, clocks={"resolve": attrs.evolve(STANDARD.policy.clock("resolve"), **rule)}
        )
        found = attrs.evolve(standard, policy=policy).deadline("resolve", "sedang", start=ramadan_unknown, **given)
        return [why.code for why in found.provisional_reasons]

    assert reasons() == []
    for heeding in ({"ends": "closing"}, {"after_hours": "next_working_day"}, {"waited": waited}):
        assert reasons(**heeding) == ["no_ramadan"]
        assert reasons(STANDARD, **heeding) == []


def test_a_provisional_fingerprint_names_the_version_of_python_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    firm, open_ = START, datetime(2029, 5, 7, 10, tzinfo=WITA)

    def fingerprints() -> list[tuple[str, str]]:
        fresh = attrs.evolve(STANDARD, office=attrs.evolve(STANDARD.office))
        found = (fresh.deadline("resolve", "sedang", start=start) for start in (firm, open_))
        return [(deadline.fingerprint, deadline.calendar) for deadline in found]

    before = fingerprints()
    assert before == fingerprints()
    monkeypatch.setattr(lapor_core.calendar.office, "holidays_version", lambda: "999.0")
    after = fingerprints()
    assert after[0] == before[0]
    assert after[1][0] != before[1][0]
    assert after[1][1] != before[1][1]


def test_the_same_question_has_the_same_fingerprint_and_another_has_another() -> None:
    start, other = START.astimezone(UTC), START + timedelta(minutes=1)
    ask = STANDARD.deadline
    assert ask("resolve", "sedang", start=start).fingerprint == NYEPI.fingerprint
    pause = Pause(start=START + 3 * DAY, end=START + 4 * DAY)
    utc = Pause(start=pause.start.astimezone(UTC), end=pause.end.astimezone(UTC))
    paused = [ask("resolve", "sedang", start=START, pauses=[each], now=NOW).fingerprint for each in (pause, utc)]
    assert paused[0] == paused[1]
    others = [ask("resolve", "berat", start=START), ask("resolve", "sedang", start=other)]
    known = STANDARD.as_known_on(date(2025, 8, 1)).deadline("resolve", "sedang", start=START)
    assert len({NYEPI.fingerprint, paused[0], known.fingerprint, *(each.fingerprint for each in others)}) == 5


# Picture


def texts(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def test_the_picture_of_nyepi_and_idul_fitri() -> None:
    picture = ET.fromstring(NYEPI.svg("id"))
    seen = texts(picture)
    assert "Jumat, 10 April 2026" in seen
    assert "14 hari kerja sejak 13 Maret 2026 · tingkat sedang" in seen
    assert [text for text in seen if text in {"Maret 2026", "April 2026"}] == ["Maret 2026", "April 2026"]
    assert {str(number) for number in range(1, 15)} <= set(seen)
    assert "hari libur dan cuti bersama" in seen
    assert seen[seen.index("23–24 Mar") + 1] == "Cuti bersama Hari Raya Idul Fitri"
    assert seen[-1] == "Dasar: SKB 1497/2025, 2/2025, 5/2025; banjarbaru@1"
    title, description = (picture.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert picture.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert title.text == "Tenggat penyelesaian: Jumat, 10 April 2026"
    assert description.text == NYEPI.explain("id")
    tooltips = ["".join(title.itertext()) for title in picture.findall(f"{SVG}g/{SVG}title")]
    assert len(tooltips) == len(NYEPI.days)
    assert "hari ke-14; batas akhir" in tooltips


def test_the_picture_in_the_documentation_is_this_one() -> None:
    shown = Path(__file__).parents[2] / "docs" / "explanation" / "nyepi.svg"
    assert shown.read_text("utf-8").strip() == re.sub(r"lapor-[0-9a-f]{16}-id", "lapor-nyepi", NYEPI.svg("id"))


@given(st.data(), clock_rules(), limits())
def test_every_picture_is_sound_and_needs_no_style_sheet(data: st.DataObject, rule: ClockRule, limit: Limit) -> None:
    policy = attrs.evolve(STANDARD.policy, clocks={"other": attrs.evolve(rule, limit=limit)})
    standard = attrs.evolve(STANDARD, policy=policy)
    start, stretches = data.draw(instants(standard)), data.draw(pauses(standard))
    found = standard.deadline("other", None, start=start, pauses=stretches, now=NOW)
    drawn = {language: ET.fromstring(found.svg(language)) for language in ("id", "en")}
    ids = [element.get("id") for picture in drawn.values() for element in picture.iter() if element.get("id")]
    assert len(ids) == len(set(ids))  # both may stand in one page
    for picture in drawn.values():
        assert not {element.tag.removeprefix(SVG) for element in picture.iter()} & {"style", "script", "image", "use"}
        assert not any(name in ("style", "class", "href") for element in picture.iter() for name in element.attrib)
        height = float(picture.get("height"))
        assert all(0 < float(text.get("y")) < height for text in picture.iter(f"{SVG}text"))
        assert sum(rect.get("stroke-width") == "3" for rect in picture.iter(f"{SVG}rect")) == 2  # the day, the legend


# Calendar task


def task_of(found: Deadline, language: str = "id") -> icalendar.Todo:
    file = found.ics(language, uid="c1@lapor.example.id", now=datetime(2026, 3, 13, 2, 5, tzinfo=UTC))
    (task,) = icalendar.Calendar.from_ical(file).walk("VTODO")
    return task


def test_the_task_rings_when_somebody_is_in_the_office() -> None:
    task = task_of(NYEPI)
    assert task["UID"] == "c1@lapor.example.id"
    assert task.decoded("due") == NYEPI.due
    assert task.decoded("dtstart") == START
    assert task.decoded("dtstamp") == datetime(2026, 3, 13, 2, 5, tzinfo=UTC)
    assert task["SUMMARY"] == "Tenggat penyelesaian: Jumat, 10 April 2026"
    assert task["DESCRIPTION"] == NYEPI.explain("id")
    alarms = task.walk("VALARM")
    assert all(alarm["TRIGGER"].params["RELATED"] == "END" for alarm in alarms)
    rings = [NYEPI.due + alarm.decoded("trigger") for alarm in alarms]
    assert rings == [datetime(2026, 4, day, 7, 30, tzinfo=WITA) for day in (7, 9, 10)]


def test_a_task_in_hours_rings_an_hour_before_and_never_before_the_start() -> None:
    long, short = ruled("5 office_hours"), ruled("1 hours")
    (alarm,) = task_of(long, "en").walk("VALARM")
    assert long.due + alarm.decoded("trigger") == long.due - timedelta(hours=1)
    assert not task_of(short).walk("VALARM")
    (day_before,) = task_of(ruled("1 working_days", datetime(2026, 4, 7, 10, tzinfo=WITA))).walk("VALARM")
    assert day_before.decoded("trigger") == -timedelta(hours=16, minutes=29, seconds=59)


def test_a_task_made_at_a_naive_instant_is_refused() -> None:
    with pytest.raises(BadValue, match="no time zone"):
        NYEPI.ics(uid="x", now=datetime(2026, 3, 13))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("language", ["jv", "EN", "", None])
def test_an_explanation_in_a_language_without_words_is_refused_and_says_which_there_are(language: str) -> None:
    for tell in (
        NYEPI.explain,
        NYEPI.svg,
        functools.partial(NYEPI.ics, uid="laporan-1@example.id", now=START),
    ):
        with pytest.raises(BadValue, match=r"language \".*\": .*\(id, en\)") as caught:
            tell(language)
        assert caught.value.code == "unknown_language"
