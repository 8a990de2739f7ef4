"""The report as a page: the numbers of the command, for those who watch an office, and nobody's name in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from lapor_core import Action, Complaint, Facts, Reporter, Role, Visibility
from lapor_core.performance import Result
from lapor_core.policy import Keeper
from lapor_core.reports import Performance
from lapor_desk.cli import main
from lapor_desk.house import House
from lapor_desk.http.console import reports
from lapor_desk.officers import Officer
from lapor_desk.reporting import read_report
from lapor_desk.store.tables import events

Get = Callable[[str], Any]
LIGHT = Facts(supervisory=False, abuse_of_authority=False)
WHO = Reporter(name="MARKER-NAMA", email="marker-surat@example.id", mobile="+6280000009999")  # invented
YEAR = "?from=2026-01-01&until=2026-12-31"
DAY = timedelta(days=1)


@pytest.fixture
def answered(submit: Callable[..., str], act: Callable[..., Complaint], clock: Any, house: House) -> list[str]:
    """Four complaints: one answered, one late, one withdrawn, one with the other agency, asked without a name."""
    ids = []
    for agency in ("dinas-contoh", "dinas-contoh", "dinas-contoh", "dinas-teladan"):
        hidden = Visibility(anonymous=agency == "dinas-teladan")
        ids.append(submit(reporter=WHO, title="MARKER-JUDUL", narrative="MARKER-ISI", agency=agency, visibility=hidden))
        act(ids[-1], "pusat", Action.DISPOSE, agencies=(agency,), facts=LIGHT)
        act(ids[-1], "admin", Action.VERIFY)
        act(ids[-1], "admin", Action.FORWARD)
    clock.advance(DAY)
    act(ids[0], "penghubung", Action.RESPOND, text="MARKER-JAWABAN")
    act(ids[2], "loket", Action.WITHDRAW, text="MARKER-ALASAN")
    clock.advance(60 * DAY)
    house.desk.sweep(clock())
    act(ids[1], "penghubung", Action.RESPOND, text="MARKER-JAWABAN")
    return ids


def sheet_of(page: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.response.text)))


def test_the_page_and_its_file_count_what_the_command_counts(
    browser: Get, answered: list[str], house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = browser("pusat").get(f"/officers/report{YEAR}")
    assert page.status == 200
    for told in ("33,3% tepat waktu, dari 3", "dicabut 1", "Dinas Contoh", "Dinas Teladan", "2026-04"):
        assert told in page.text
    toml = tmp_path / "lapor.toml"
    toml.write_text(f'database = "sqlite:///{tmp_path}/lapor.db"\n', "utf-8")
    capsys.readouterr()
    assert main(["report", "--from", "2026-01-01", "--until", "2026-12-31", "--csv", "--config", str(toml)]) == 0
    file = browser("pusat").get(f"/officers/report.csv{YEAR}")
    assert file.response.text == capsys.readouterr().out
    assert file.response.headers["content-type"].startswith("text/csv")
    assert file.response.headers["content-disposition"] == 'attachment; filename="lapor-2026-01-01-2026-12-31.csv"'
    [own] = [row for row in sheet_of(file) if row["agency"] == "dinas-contoh"]
    assert [own[name] for name in ("promised", "in_time", "late", "withdrawn", "share_in_time")] == [*"3111", "0.5"]
    links = [link for link in page.links if "report.csv" in link]
    assert browser("pusat").get(str(page.response.url.join(links[0]))).response.text == file.response.text
    assert [given["scope"] for tag, given in page.tags if tag == "th"].count("row") == 3


def test_nobody_and_nothing_anybody_wrote_is_in_it(browser: Get, answered: list[str], house: House) -> None:
    hidden = [house.desk.complaint(each) for each in answered]
    for login in ("pusat", "inspektorat", "auditor", "atasan"):
        for path in ("report", "report.csv"):
            page = browser(login).get(f"/officers/{path}{YEAR}")
            assert page.status == 200
            secrets = ["marker", *answered, *(one.code for one in hidden), *(one.reporter_ref for one in hidden)]
            assert not [secret for secret in secrets if secret.lower() in page.html.lower()]
            assert "anonim" not in page.html.lower()


def test_it_is_not_for_those_who_do_the_work(browser: Get) -> None:
    for login in ("admin", "penghubung", "loket", "tetangga"):
        officer = browser(login)
        for path in ("report", "report.csv"):
            assert officer.get(f"/officers/{path}").status == 403
        assert not [link for link in officer.get("/officers/").links if link.endswith("report")]
    assert [link for link in browser("pusat").get("/officers/").links if link.endswith("report")]


def test_a_stranger_is_led_to_the_door(stranger: Any) -> None:
    assert "/officers/login" in stranger.get("/officers/report").response.url.path


def test_of_an_agency_one_sees_its_own_whatever_one_asks(
    answered: list[str], house: House, browser: Get, token: Callable[[Officer], str]
) -> None:
    client = browser("pusat").client
    for role in (Role.SUPERIOR, Role.INSPECTORATE, Role.AUDITOR):
        own = house.officers.add(f"pengawas-{role}", "rahasia-contoh", role, agency="dinas-teladan")
        client.cookies.set("lapor_officer", token(own))
        for asked in ("", "&agency=dinas-contoh", "&agency=all", "&agency="):
            text = client.get(f"/officers/report.csv{YEAR}{asked}").text
            assert {row["agency"] for row in csv.DictReader(io.StringIO(text))} == {"dinas-teladan"}
            assert "Dinas Contoh" not in client.get(f"/officers/report{YEAR}{asked}").text


def test_the_house_may_choose_an_agency_and_the_office_itself(browser: Get, answered: list[str]) -> None:
    looking = browser("pusat")
    for asked, found in (("dinas-teladan", {"dinas-teladan"}), ("", set())):
        sheet = sheet_of(looking.get(f"/officers/report.csv{YEAR}&agency={asked}"))
        assert {row["agency"] for row in sheet} == found
    assert "Tidak ada yang jatuh tempo" in looking.get(f"/officers/report{YEAR}&agency=").text
    assert "Nothing was due" in looking.get("/officers/report?from=2020-01-01&until=2020-01-31&lang=en").text


def test_a_period_that_cannot_be_says_so_and_what_was_typed_stays(browser: Get) -> None:
    looking = browser("pusat")
    for first, last, told, kept in (
        ("kemarin", "2026-01-31", "Tanggal tidak benar", ["2026-01-01", "2026-01-31"]),
        ("2026-02-01", "2026-01-31", "berakhir sebelum dimulai", ["2026-02-01", "2026-01-31"]),
    ):
        asked = f"?from={first}&until={last}&agency=dinas-teladan"
        page = looking.get(f"/officers/report{asked}")
        assert (page.status, told in page.text) == (422, True)
        fields = page.form("report").fields
        assert [*fields["from"], *fields["until"]] == kept
        assert fields["agency"] == ["dinas-teladan"]
        assert looking.get(f"/officers/report.csv{asked}").status == 422
    for until in ("9999-12-31", "0001-01-01"):
        assert looking.get(f"/officers/report?from=0001-01-01&until={until}").status == 200


def test_what_takes_long_says_so_first(browser: Get, answered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_MANY", len(answered) - 1)
    looking = browser("pusat")
    page = looking.get(f"/officers/report{YEAR}&agency=dinas-teladan")
    assert f"{len(answered)} laporan harus dibaca" in page.text
    assert "Dinas Teladan" not in page.text.split("harus dibaca")[1]
    [on] = [link for link in page.links if "sure=1" in link]
    counted = looking.get(str(page.response.url.join(on)))
    assert "2026-04" in counted.text
    assert "Dinas Contoh" not in counted.text.split("2026-04")[1]


def test_one_report_is_read_at_a_time(browser: Get, answered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looking, seen = browser("pusat"), []

    def meanwhile(*args: Any, **asked: Any) -> Any:
        if not seen:
            seen.append(None)
            seen[0] = looking.get(f"/officers/report{YEAR}")
        return read_report(*args, **asked)

    monkeypatch.setattr(reports, "read_report", meanwhile)
    assert browser("auditor").get(f"/officers/report{YEAR}").status == 200
    assert (seen[0].status, "sedang dihitung" in seen[0].text) == (503, True)
    assert looking.get(f"/officers/report{YEAR}").status == 200


def test_what_cannot_be_read_is_told_on_the_page_and_in_the_name_of_the_file(
    browser: Get, answered: list[str], house: House
) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.complaint_id == answered[0]).values(public='{"ghost":1}'))
    assert "tidak terhitung di sini: 1" in browser("pusat").get(f"/officers/report{YEAR}").text
    file = browser("pusat").get(f"/officers/report.csv{YEAR}")
    assert "-incomplete.csv" in file.response.headers["content-disposition"]


@given(counts=st.dictionaries(st.sampled_from(Result), st.integers(0, 500)))
def test_the_pieces_of_a_bar_are_all_that_was_promised(counts: dict[Result, int]) -> None:
    promises = Performance(agency=None, tier=None, clock="resolve", month=None, kept_by=Keeper.OFFICE, results=counts)
    parts = reports._bar(promises)
    assert sum(part.count for part in parts) == promises.promised
    for part, following in pairwise(parts):
        assert part.start + part.length == pytest.approx(following.start, abs=0.01)
    assert not parts or parts[-1].start + parts[-1].length == pytest.approx(100, abs=0.01)
