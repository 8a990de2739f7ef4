"""The commands about time, with good input and with every kind of bad one: 0 and an answer, or 2 and one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import icalendar
import pytest

from lapor_core.calendar import indonesia
from lapor_desk.cli import main

Run = Callable[..., str]

RECEIVED = "2026-03-13T10:00+08:00"
DEADLINE = ("deadline", "--policy", "banjarbaru", "--tier", "sedang", "--received", RECEIVED)

DECREES = """\
[[decrees]]
number = "SE Contoh 1/2026"
issued = 2026-02-01
scope = "kalimantan-selatan/banjarbaru"

[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "regional"
name = { id = "Hari contoh", en = "Example day" }
"""

CLOCKS = """
[clocks.verify]
title = { id = "Tenggat verifikasi", en = "Verification deadline" }
limit = "3 working_days"
stops = ["verified", "rejected", "archived", "withdrawn"]

[clocks.coordinate]
title = { id = "Tenggat tindak lanjut", en = "Follow-up deadline" }
starts = "verify"
limit = "5 working_days"
"""


@pytest.fixture
def lapor(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line and return what it printed; an answer leaves nothing on standard error."""

    def run(*argv: str) -> str:
        assert main(list(argv)) == 0, capsys.readouterr().err
        seen = capsys.readouterr()
        assert seen.err == ""
        return seen.out

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line with bad input and return its message; nothing is answered."""

    def run(*argv: str) -> str:
        assert main(list(argv)) == 2
        seen = capsys.readouterr()
        assert seen.out == ""
        assert seen.err.strip()
        assert "Traceback" not in seen.err
        return seen.err

    return run


# Deadline


def test_a_deadline_as_text_and_as_data(lapor: Run) -> None:
    assert lapor(*DEADLINE).startswith("Tenggat penyelesaian: Jumat, 10 April 2026 (14 hari kerja, tingkat sedang)\n")
    assert lapor(*DEADLINE, "--lang", "en").startswith("Resolution deadline: Friday, 10 April 2026")
    data = json.loads(lapor(*DEADLINE, "--json"))
    assert {"due", "due_date", "provisional", "tier", "limit", "calendar", "days"} <= set(data)
    assert datetime.fromisoformat(data["due"]).utcoffset() == timedelta(hours=8)
    assert (data["due_date"], data["provisional"]) == ("2026-04-10", False)
    assert set(data["days"][0]) == {"date", "counted", "number", "extension", "reason", "name", "decree"}


def test_a_deadline_as_it_was_known(lapor: Run) -> None:
    """On 1 August 2025 nobody knew that 18 August would be free."""
    august = [*DEADLINE[:-1], "2025-08-04T10:00+08:00", "--json"]
    before = json.loads(lapor(*august, "--as-known-on", "2025-08-01"))
    after = json.loads(lapor(*august))
    assert (before["due_date"], after["due_date"]) == ("2025-08-22", "2025-08-25")
    assert before["calendar"] != after["calendar"]


def test_the_zone_of_receipt_does_not_matter_but_its_instant_does(lapor: Run) -> None:
    """23.30 in Jakarta is the next day in Banjarbaru."""
    late = [*DEADLINE[:-1], "2026-03-12T23:30+07:00", "--json"]
    assert json.loads(lapor(*late))["due_date"] == "2026-04-10"
    assert json.loads(lapor(*DEADLINE[:-1], "2026-03-13T02:00Z", "--json"))["start"] == "2026-03-13T10:00:00+08:00"


def test_the_picture_and_the_task_are_written_to_files(lapor: Run, tmp_path: Path) -> None:
    svg, ics = tmp_path / "tenggat.svg", tmp_path / "tenggat.ics"
    assert lapor(*DEADLINE, "--svg", str(svg), "--ics", str(ics)) == ""
    assert ET.fromstring(svg.read_text("utf-8")).tag.endswith("svg")
    (task,) = icalendar.Calendar.from_ical(ics.read_bytes()).walk("VTODO")
    assert task.decoded("due").isoformat() == "2026-04-10T23:59:59+08:00"


def test_a_clock_that_follows_another_is_shown_after_it(lapor: Run, tmp_path: Path) -> None:
    shipped = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
    file = tmp_path / "contoh.toml"
    file.write_text(shipped + CLOCKS, "utf-8")
    argv = ("deadline", "--policy", str(file), "--tier", "sedang", "--received", RECEIVED, "--clock", "coordinate")
    headings = [line for line in lapor(*argv).splitlines() if line.startswith("Tenggat")]
    assert headings == [
        "Tenggat verifikasi: Rabu, 25 Maret 2026 (3 hari kerja, tingkat sedang)",
        "Tenggat tindak lanjut: Rabu, 1 April 2026 (5 hari kerja, tingkat sedang)",
    ]
    data = json.loads(lapor(*argv, "--json"))
    assert (data["clock"], data["start"]) == ("coordinate", "2026-03-25T23:59:59+08:00")


def test_the_only_clock_of_a_policy_needs_no_name(lapor: Run, tmp_path: Path) -> None:
    shipped = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
    file = tmp_path / "contoh.toml"
    file.write_text(
        shipped.replace("clocks.resolve", "clocks.handle")
        .replace("resolve = ", "handle = ")
        .replace('"resolve"', '"handle"'),
        "utf-8",
    )
    argv = ("deadline", "--policy", str(file), "--tier", "sedang", "--received", RECEIVED, "--json")
    assert json.loads(lapor(*argv))["clock"] == "handle"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--received", "2026-03-13T10:00"), "has no time zone"),
        (("--received", "2026-03-13"), "has no time zone"),
        (("--received", "kemarin"), "not an instant"),
        (("--received", "1773367200"), "not an instant"),
        (("--received", "0001-01-01T00:00+08:00"), "outside every calendar"),
        (("--received", "9999-12-31T23:59+00:00"), "outside every calendar"),
        (("--received", "2051-01-01T00:00Z"), "reaches from"),
        (("--received", "2050-12-20T10:00Z"), "lie outside the calendar"),
        (("--tier", "parah"), "not a tier"),
        (("--policy", "banjarbau"), 'did you mean "banjarbaru"'),
        (("--clock", "solve"), 'did you mean "resolve"'),
        (("--as-known-on", "kemarin"), "not a date"),
        (("--svg", "no/such/folder/a.svg"), "cannot be written"),
        (("--lang", "jv"), "Choose from"),
    ],
)
def test_a_deadline_that_cannot_be_answered(refused: Run, given: tuple[str, str], told: str) -> None:
    options = dict(zip(DEADLINE[1::2], DEADLINE[2::2], strict=True)) | {given[0]: given[1]}
    message = refused("deadline", *(part for option in options.items() for part in option))
    assert told in message
    assert len(message.splitlines()) == 1


# Working days


def test_working_days_are_added_counted_and_explained(lapor: Run) -> None:
    assert lapor("workdays", "add", "2026-03-13", "14") == "2026-04-10\n"
    assert lapor("workdays", "add", "2026-04-10", "-14") == "2026-03-13\n"
    assert lapor("workdays", "count", "2026-03-13", "2026-04-10") == "14\n"
    assert lapor("workdays", "count", "2026-04-10", "2026-03-13") == "-14\n"
    data = json.loads(lapor("workdays", "add", "2026-03-13", "14", "--json"))
    assert set(data) == {"date", "days"}
    assert sum(day["counted"] for day in data["days"]) == 14
    assert json.loads(lapor("workdays", "count", "2026-03-13", "2026-04-10", "--json")) == {"count": 14}
    lines = lapor("workdays", "explain", "2026-03-16", "2026-03-19", "--lang", "en").splitlines()
    assert [line.split()[3] for line in lines] == ["1", "-", "-"]


@pytest.mark.parametrize(
    ("options", "day"),
    [
        ((), "2026-03-25"),
        (("--week", "6"), "2026-03-17"),
        (("--collective-leave", "working"), "2026-03-18"),
        (("--as-known-on", "2018-01-01"), "2026-03-25"),  # python-holidays, provisionally
    ],
)
def test_three_working_days_after_13_march_2026(lapor: Run, options: tuple[str, ...], day: str) -> None:
    assert lapor("workdays", "add", "2026-03-13", "3", *options) == f"{day}\n"


def test_a_region_votes_again_on_a_saturday(lapor: Run) -> None:
    vote = ("workdays", "add", "2025-04-17", "1", "--week", "6")
    assert lapor(*vote) == "2025-04-19\n"
    assert lapor(*vote, "--region", "banjarbaru", "--zone", "Asia/Makassar") == "2025-04-21\n"


@pytest.mark.parametrize(("zero", "day"), [("stay", "14"), ("next", "16"), ("previous", "13")])
def test_zero_working_days_follow_their_rule(lapor: Run, zero: str, day: str) -> None:
    assert lapor("workdays", "add", "2026-03-14", "0", "--zero", zero) == f"2026-03-{day}\n"


@pytest.mark.parametrize(
    "n", ["1.5", "1e3", "1_000", "", "true", "nan", "0x10", "١٤", "1,5", "99999999999999999999", "999999", "-999999"]
)
def test_what_is_no_number_of_working_days_within_reach_is_refused(refused: Run, n: str) -> None:
    assert len(refused("workdays", "add", "2026-03-13", n).splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--week", "8"), "5 or 6"),
        (("--week", "0"), "5 or 6"),
        (("--week", "5.0"), "not a whole number"),
        (("--collective-leave", "maybe"), "off, asn, working"),
        (("--region", "banjarbau"), 'did you mean "banjarbaru"'),
        (("--region", "../etc"), "not a path of slugs"),
        (("--zone", "WITA"), "Asia/Makassar"),
        (("--zone", "x" * 5000), "Asia/Makassar"),
        (("--as-known-on", "2025-13-01"), "not a date"),
        (("--zero", "up"), "Choose from"),
        (("--jsn",), "Did you mean --json"),
        (("extra",), "extra"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(refused: Run, options: tuple[str, ...], told: str) -> None:
    message = refused("workdays", "add", "2026-03-13", "3", *options)
    assert told in message
    assert len(message.splitlines()) == 1
    assert len(message) < 2000


@pytest.mark.parametrize(
    "day", ["2026-3-13", "2026-02-30", "", "today", "2026-03-13T10:00", "9999-12-31", "0001-01-01"]
)
def test_what_is_no_day_within_reach_is_refused(refused: Run, day: str) -> None:
    for argv in (("add", day, "3"), ("count", "2026-03-13", day), ("explain", day, "2026-03-13")):
        assert len(refused("workdays", *argv).splitlines()) == 1


# Ledger


@pytest.mark.parametrize("year", range(2018, 2028))
@pytest.mark.parametrize("region", [None, "aceh", "kalimantan-selatan/banjarbaru"])
def test_a_year_is_shown_in_its_net_state(lapor: Run, year: int, region: str | None) -> None:
    rows = json.loads(lapor("calendar", "show", str(year), "--json", *(("--region", region) if region else ())))
    net = indonesia().net(year, region)
    assert [(row["date"], row["effect"], row["name"], row["decree"]) for row in rows] == [
        (day.date.isoformat(), day.effect, day.name.id, day.decree) for day in net
    ]
    assert all(row["decree"] for row in rows)
    if region is None:
        assert all(set(row) == {"date", "effect", "kind", "name", "decree", "issued"} for row in rows)


def test_a_year_without_a_decree_is_shown_provisionally(lapor: Run) -> None:
    rows = json.loads(lapor("calendar", "show", "2030", "--json"))
    assert all("2030" in row["provisional"] and row["decree"].startswith("python-holidays") for row in rows)
    assert "Sementara: belum ada keputusan tentang hari libur 2030" in lapor("calendar", "show", "2030")
    assert "provisional" in json.loads(lapor("calendar", "show", "2026", "--as-known-on", "2025-01-01", "--json"))[0]


@pytest.mark.parametrize("year", ["2002", "2051", "0", "-1", "99999999999", "2026.0", "abc"])
def test_a_year_beyond_the_calendar_is_refused(refused: Run, year: str) -> None:
    assert len(refused("calendar", "show", year).splitlines()) == 1


def test_the_difference_between_two_days_of_knowledge(lapor: Run, refused: Run) -> None:
    line = lapor("calendar", "diff", "--known-on", "2025-08-01", "2025-08-08")
    assert "2025-08-18" in line
    assert "SKB 933/2025, 1/2025, 3/2025" in line
    (change,) = json.loads(lapor("calendar", "diff", "--known-on", "2025-08-01", "2025-08-08", "--json"))
    assert (change["before"], change["after"]["effect"]) == (None, "off")
    assert "earlier day first" in refused("calendar", "diff", "--known-on", "2025-08-08", "2025-08-01")
    assert refused("calendar", "diff", "--known-on", "2025-08-01")


@pytest.mark.parametrize("how", ["lf", "crlf", "cr", "bom", "bom and crlf"])
def test_a_decree_file_from_any_editor_is_read(lapor: Run, tmp_path: Path, how: str) -> None:
    ends = {"crlf": "\r\n", "cr": "\r"}.get(how.rpartition(" ")[2], "\n")
    file = tmp_path / "contoh.toml"
    file.write_bytes(DECREES.replace("\n", ends).encode("utf-8-sig" if "bom" in how else "utf-8"))
    assert lapor("calendar", "check", str(file)) == "contoh.toml: 1 decree, no fault\n"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"off"', '"of"', 'contoh.toml:8  decrees[0].days[0].effect: "of"'),
        ("2026-04-20", "2026-13-20", "not valid TOML"),
        ("2026-04-20", "2062-04-20", "contoh.toml:7  decrees[0].days[0].date"),
        ("2026-02-01", "2027-02-01", "was over when"),
        ("2026-02-01", "20260201", "contoh.toml:3  decrees[0].issued"),
        ('"off"', '"withdrawn"', "to withdraw"),
        ("kalimantan-selatan/banjarbaru", "banjarbaru", "must be written with its province"),
        ("[[decrees]]", "[decrees]", "holds no [[decrees]]"),
        ("number", "numbr", 'did you mean "number"'),
        ("Hari contoh", "", "needs a name"),
    ],
)
def test_a_faulty_decree_file_is_told_with_line_and_reason(
    refused: Run, tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    file = tmp_path / "contoh.toml"
    file.write_text(DECREES.replace(right, wrong, 1), "utf-8")
    assert told in refused("calendar", "check", str(file))


@pytest.mark.parametrize(
    "content", [b"", b"\0\0", b"\xff\xfe[\0", b"a = " + b"[" * 9999, b"x = " + b"9" * 9999, DECREES.encode("utf-16")]
)
def test_what_is_no_decree_file_is_refused(refused: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "contoh.toml"
    file.write_bytes(content)
    assert "contoh.toml" in refused("calendar", "check", str(file))


def test_a_file_that_is_not_there_and_one_that_is_a_folder(refused: Run, tmp_path: Path) -> None:
    assert "cannot be read" in refused("calendar", "check", str(tmp_path / "absent.toml"))
    assert "cannot be read" in refused("calendar", "check", str(tmp_path))
