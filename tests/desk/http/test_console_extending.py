"""An officer gives a deadline more time, as the standard of Malinau has it: ten working days, and seven more once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lapor_core import Action, Agency
from lapor_core.testing import FrozenClock
from lapor_desk.config import Config
from lapor_desk.house import House
from lapor_desk.store.tables import notices

WITA = ZoneInfo("Asia/Makassar")
REASON = "Memerlukan pemeriksaan lapangan."
Get = Callable[[str], Any]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"), Agency(key="dinas-teladan", name="Dinas Teladan"))
    return Config(database=f"sqlite:///{tmp_path}/lapor.db", policy="malinau", agencies=agencies)


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def offers(page: Any) -> bool:
    return any(form.action.endswith("/act/extend") for form in page.forms)


def test_the_superior_extends_once_and_everybody_reads_the_new_day_and_why(
    browser: Get, forwarded: Callable[..., str], house: House
) -> None:
    complaint_id = forwarded()
    superior = browser("atasan")
    page = superior.get(page_of(complaint_id))
    assert "Tenggat tanggapan: paling lama 7 hari kerja" in page.text
    assert "Senin, 6 April 2026" in page.text
    done = superior.send(page, "act/extend", amount="7", text=REASON)
    assert "Perpanjang batas jawaban: sudah dilakukan." in done.text
    assert "Rabu, 15 April 2026" in done.text
    assert f"Batas jawaban diperpanjang sampai Rabu, 15 April 2026. Alasan: {REASON}" in done.text
    assert not offers(done)  # once
    explained = browser("penghubung").get(f"{page_of(complaint_id)}/clocks/0").text
    assert "Rabu, 15 April 2026 (10 hari kerja, ditambah 7 hari kerja" in explained
    assert "batas semula, diperpanjang 7 hari kerja" in explained

    tracked = house.desk.track(house.desk.complaint(complaint_id).code)
    assert str(tracked.due_date) == "2026-04-15"
    assert tracked.entries[-1].text.endswith(f"Rabu, 15 April 2026. Alasan: {REASON}")
    in_english = house.desk.track(tracked.code, "en").entries[-1].text
    assert in_english == f"Time for the answer extended to Wednesday, 15 April 2026. Reason: {REASON}"
    with house.store.reading() as tx:
        queued = tx.connection.execute(select(notices.c.template, notices.c.role)).all()
    assert ("extended", "reporter") in [tuple(row) for row in queued]


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"amount": "8", "text": REASON}, "amount", "lebih lama daripada yang diizinkan"),
        ({"amount": "0", "text": REASON}, "amount", "bilangan bulat"),
        ({"amount": "tujuh", "text": REASON}, "amount", "bilangan bulat"),
        ({"amount": "7", "text": " "}, "text", "Isi"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    browser: Get, forwarded: Callable[..., str], said: dict[str, str], field: str, told: str
) -> None:
    officer = browser("admin")
    complaint_id = forwarded()
    before = officer.get(page_of(complaint_id))
    refused = officer.send(before, "act/extend", **said)
    assert refused.status == 422
    assert told in refused.text
    assert refused.form("act/extend").fields["amount"] == [said["amount"]]
    marked = [given for tag, given in refused.tags if tag in ("input", "textarea") and "aria-invalid" in given]
    assert [given.get("name") for given in marked] == [field]


def test_nobody_extends_who_must_answer_nor_after_the_day_has_passed(
    browser: Get, forwarded: Callable[..., str], clock: FrozenClock
) -> None:
    complaint_id = forwarded()
    assert not offers(browser("penghubung").get(page_of(complaint_id)))
    clock.advance(datetime(2026, 4, 6, 23, 50, tzinfo=WITA) - clock())
    centre = browser("pusat")
    page = centre.get(page_of(complaint_id))
    assert offers(page)
    clock.advance(timedelta(minutes=10))
    assert not offers(centre.get(page_of(complaint_id)))
    late = centre.send(page, "act/extend", amount="7", text=REASON)
    assert late.status == 422
    assert "sebelum tenggat berakhir" in late.text
    assert REASON in late.text  # what was written is not lost


def test_it_stands_in_the_record_and_survives_a_restart(
    browser: Get, forwarded: Callable[..., str], house: House, act: Callable[..., Any], clock: FrozenClock
) -> None:
    complaint_id = forwarded()
    superior = browser("atasan")
    superior.send(superior.get(page_of(complaint_id)), "act/extend", amount="5", text=REASON)
    clock.advance(timedelta(days=30))  # 12 April: after the first day, before the new one
    after = act(complaint_id, "penghubung", Action.RESPOND, text="Sudah diperbaiki.")
    assert [(one.limit, one.granted_at.tzinfo is not None) for one in after.clocks[0].extensions] == [
        ("5 working_days", True)
    ]
    stopped = [event.fact for event in house.desk.events(complaint_id) if event.type == "clock_stopped"]
    assert [fact.met for fact in stopped] == [True]
