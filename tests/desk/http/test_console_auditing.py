"""An auditor at the desk: the record of any complaint, and whether its chain holds; no matter, no person, no act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from lapor_core import Action, Complaint, Facts, Ground, Reporter, Role
from lapor_desk.house import House
from lapor_desk.store.tables import events

Get = Callable[[str], Any]
LIGHT = Facts(supervisory=False, abuse_of_authority=False)
WHO = Reporter(name="MARKER-NAMA", email="marker-surat@example.id", mobile="+6280000009999")  # invented


@pytest.fixture
def complaint_id(submit: Callable[..., str], act: Callable[..., Complaint], house: House) -> str:
    complaint_id = submit(reporter=WHO, title="MARKER-JUDUL", narrative="MARKER-KRONOLOGI", place="MARKER-TEMPAT")
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    act(complaint_id, "admin", Action.VERIFY)
    act(complaint_id, "admin", Action.FORWARD)
    act(complaint_id, "penghubung", Action.ASK, text="MARKER-TANYA")
    house.desk.reply(house.desk.complaint(complaint_id).code, "MARKER-JAWAB")
    act(complaint_id, "penghubung", Action.RESPOND, text="MARKER-TANGGAPAN")
    return complaint_id


def record_of(complaint_id: str) -> str:
    return f"/officers/records/{complaint_id}"


def test_an_auditor_reads_what_happened_and_nothing_anybody_wrote(
    browser: Get, complaint_id: str, house: House, people: Any
) -> None:
    looking = browser("admin")
    looking.send(looking.get(f"/officers/complaints/{complaint_id}"), "/identity", reason="MARKER-ALASAN")
    auditor = browser("auditor")
    listed = auditor.get("/officers/")
    page = auditor.get(record_of(complaint_id))
    code = house.desk.complaint(complaint_id).code
    person = house.desk.complaint(complaint_id).reporter_ref
    for html in (listed.html, page.html):
        assert not [
            secret for secret in ("MARKER", WHO.email, WHO.mobile, code, person) if secret.lower() in html.lower()
        ]
    assert [link for link in listed.links if link.endswith(f"records/{complaint_id}")]
    assert page.status == 200
    for told in ("Laporan diterima", "Admin instansi melihat identitas pelapor", "tier: sedang", "shown: contact"):
        assert told in page.text
    assert people["penghubung"].id in page.text
    with house.store.reading() as tx:
        assert tx.verify_chain(complaint_id).head in page.text
    assert "Rantai utuh" in page.text
    assert "<td>Tanggapan: …</td>" in page.html


def test_a_code_leads_to_the_record(browser: Get, complaint_id: str, house: House) -> None:
    auditor = browser("auditor")
    found = auditor.send(auditor.get("/officers/"), "find", code=house.desk.complaint(complaint_id).code)
    assert found.response.url.path == record_of(complaint_id)


def test_a_record_that_was_changed_says_where(browser: Get, complaint_id: str, house: House) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.sequence == 2).values(actor="lain"))
    page = browser("auditor").get(record_of(complaint_id))
    assert "Rantai putus pada peristiwa 2" in page.text
    with house.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.sequence == 3).values(type="entah"))
    assert "tidak dapat dibaca" in browser("auditor").get(record_of(complaint_id)).text


def test_the_record_of_an_erased_reporter_is_still_there(
    browser: Get, complaint_id: str, act: Callable[..., Complaint]
) -> None:
    act(complaint_id, "pusat", Action.ERASE, ground=Ground.REQUESTED)
    page = browser("auditor").get(record_of(complaint_id))
    assert "Rantai utuh" in page.text
    assert "Laporan diterima" in page.text


@pytest.mark.parametrize("path", ["", "/clocks/0", "/clocks/0.svg", "/files/" + "0" * 64, "/identity"])
def test_the_pages_of_a_complaint_are_not_for_auditors(browser: Get, complaint_id: str, path: str) -> None:
    page = browser("auditor").get(f"/officers/complaints/{complaint_id}{path}")
    assert page.status == 403
    assert "MARKER" not in page.html


@pytest.mark.parametrize("action", Action)
def test_an_auditor_can_do_nothing(browser: Get, complaint_id: str, house: House, action: Action) -> None:
    auditor = browser("auditor")
    before = house.desk.events(complaint_id)
    data = {"csrf": auditor.get("/officers/").form("logout").fields["csrf"], "version": "1", "text": "x"}
    sent = auditor.client.post(f"/officers/complaints/{complaint_id}/act/{action}", data=data)
    assert sent.status_code == (404 if action is Action.ERASE else 403)
    assert "MARKER" not in sent.text
    assert house.desk.events(complaint_id) == before


def test_an_auditor_of_one_agency_reads_its_records_alone(
    complaint_id: str, submit: Callable[..., str], house: House, browser: Get, token: Callable[..., str]
) -> None:
    own = house.officers.add("audit-dinas", "rahasia-contoh", Role.AUDITOR, agency="dinas-contoh")
    client = browser("auditor").client
    client.cookies.set("lapor_officer", token(own))
    assert client.get(record_of(complaint_id)).status_code == 200
    assert client.get(record_of(submit())).status_code == 404


@pytest.mark.parametrize("login", ["pusat", "penghubung", "inspektorat"])
def test_records_are_for_auditors(browser: Get, complaint_id: str, login: str) -> None:
    assert browser(login).get(record_of(complaint_id)).status == 403


@pytest.mark.parametrize("complaint", ["0000", "%00", "%ed%a0%80"])
def test_what_does_not_exist_is_not_found(browser: Get, complaint: str) -> None:
    assert browser("auditor").get(record_of(complaint)).status == 404


def test_no_counter_is_offered_to_an_auditor_and_none_lets_one_in(browser: Get) -> None:
    offered, own = (browser(login).get("/officers/password") for login in ("pusat", "auditor"))
    [counter] = set(offered.links) - set(own.links)
    assert browser("pusat").get(str(offered.response.url.join(counter))).status == 200
    assert browser("auditor").get(str(offered.response.url.join(counter))).status == 403
