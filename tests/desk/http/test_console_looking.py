"""Who reported, at the desk: shown once to an admin who says why, and told in the history and to the reporter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from lapor_core import Action, Complaint, Facts, Proof, Purpose, Reporter, Visibility
from lapor_core.events import IdentitySeen
from lapor_desk.house import House

Get = Callable[[str], Any]
LIGHT = Facts(supervisory=False, abuse_of_authority=False)
WHO = Reporter(
    name="MARKER-NAMA",
    email="marker-surat@example.id",
    mobile="+6280000009999",  # invented
    identity_number="9999000011112222",  # invented
    addresses={"telegram": "MARKER-TELEGRAM"},
)
SECRETS = (WHO.name, WHO.email, WHO.mobile, WHO.identity_number, "MARKER-TELEGRAM")
WHY = "MARKER-ALASAN menelepon pelapor"


@pytest.fixture
def complaint_id(submit: Callable[..., str], act: Callable[..., Complaint], upload: Callable[..., Any]) -> str:
    complaint_id = submit(
        channel="walk_in",
        reporter=WHO,
        proofs=frozenset({Proof.IDENTITY_COPY}),
        visibility=Visibility(anonymous=True),
        uploads=(upload("MARKER-KTP.jpg", Purpose.IDENTITY),),
    )
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    return complaint_id


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def looked(house: House, complaint_id: str) -> list[str]:
    events = house.desk.events(complaint_id)
    return [event.actor.id for event in events if isinstance(event.fact, IdentitySeen)]


@pytest.mark.parametrize("login", ["pusat", "admin", "loket"])
def test_who_says_why_is_shown_the_reporter_once(browser: Get, complaint_id: str, house: House, login: str) -> None:
    officer = browser(login)
    before = officer.get(page_of(complaint_id))
    assert not [secret for secret in SECRETS if secret in before.html]
    shown = officer.send(before, "/identity", reason=WHY)
    assert shown.status == 200
    assert [secret for secret in SECRETS if secret in shown.text] == list(SECRETS)
    assert "no-store" in shown.response.headers["cache-control"]
    assert not [secret for secret in (*SECRETS, "MARKER") if secret in str(shown.response.url)]
    for again in (officer.get(page_of(complaint_id)), officer.get(f"{page_of(complaint_id)}/identity")):
        assert again.status == 200
        assert again.response.url.path == page_of(complaint_id)
        assert not [secret for secret in SECRETS if secret in again.html]
    assert len(looked(house, complaint_id)) == 1


def test_a_form_that_is_sent_again_is_another_look(browser: Get, complaint_id: str, house: House) -> None:
    officer = browser("admin")
    page = officer.get(page_of(complaint_id))
    for _ in range(2):
        assert WHO.mobile in officer.send(page, "/identity", reason=WHY).text
    assert len(looked(house, complaint_id)) == 2


def test_without_a_reason_nothing_is_shown_and_the_form_says_so(browser: Get, complaint_id: str, house: House) -> None:
    officer = browser("admin")
    [file] = house.desk.complaint(complaint_id).attachments
    for ending in ("/identity", f"/identity/{file.digest}"):
        told = officer.send(officer.get(page_of(complaint_id)), ending, reason="  ")
        assert told.status == 422
        assert "Tuliskan alasannya dahulu." in told.text
        assert not [secret for secret in SECRETS if secret in told.html]
    assert looked(house, complaint_id) == []


def test_a_copy_is_handed_out_to_be_kept_and_each_time_written_down(
    browser: Get, complaint_id: str, house: House, photo: bytes
) -> None:
    officer = browser("pusat")
    page = officer.get(page_of(complaint_id))
    [file] = house.desk.complaint(complaint_id).attachments
    assert "MARKER-KTP" not in page.html
    form = page.form(f"/identity/{file.digest}")
    sent = officer.client.post(
        page.response.url.join(form.action),
        data=form.filled(reason=WHY),
        headers={"origin": "https://lapor.example.id"},
    )
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "image/jpeg"
    assert sent.headers["content-disposition"].startswith("attachment; ")
    assert "MARKER" not in sent.headers["content-disposition"]
    assert "no-store" in sent.headers["cache-control"]
    assert sent.content
    assert len(looked(house, complaint_id)) == 1
    assert officer.get(f"{page_of(complaint_id)}/identity/{file.digest}").response.url.path == page_of(complaint_id)
    assert len(looked(house, complaint_id)) == 1


@pytest.mark.parametrize(
    ("login", "status"),
    [("penghubung", 403), ("atasan", 403), ("inspektorat", 403), ("auditor", 403), ("tetangga", 404)],
)
def test_nobody_else_is_offered_it_or_can_ask_for_it(
    browser: Get, complaint_id: str, house: House, login: str, status: int
) -> None:
    officer = browser(login)
    assert "/identity" not in officer.get(page_of(complaint_id)).html
    data = {"csrf": officer.get("/officers/").form("logout").fields["csrf"], "reason": WHY}
    [file] = house.desk.complaint(complaint_id).attachments
    asked = officer.client.post(f"{page_of(complaint_id)}/identity", data=data)
    assert asked.status_code == status
    copy = officer.client.post(f"{page_of(complaint_id)}/identity/{file.digest}", data=data)
    assert copy.status_code in (403, 404)
    assert not [secret for secret in SECRETS if secret in asked.text + copy.text]
    assert looked(house, complaint_id) == []


def test_the_history_says_who_looked_and_why_to_admins_alone(browser: Get, complaint_id: str) -> None:
    officer = browser("admin")
    officer.send(officer.get(page_of(complaint_id)), "/identity", reason=WHY)
    for login, reads in (("pusat", True), ("penghubung", False), ("inspektorat", False)):
        page = browser(login).get(page_of(complaint_id))
        assert "Admin instansi melihat identitas pelapor: alamat, nomor kontak, dan NIK" in page.text
        assert "Petugas admin" in page.text
        assert (WHY in page.text) == reads


def test_whoever_is_writing_is_not_disturbed_by_a_look(browser: Get, complaint_id: str, house: House) -> None:
    writing = browser("admin")
    page = writing.get(page_of(complaint_id))
    other = browser("pusat")
    other.send(other.get(page_of(complaint_id)), "/identity", reason=WHY)
    assert writing.send(page, "act/verify").status == 200
    assert house.desk.complaint(complaint_id).state == "verified"


def test_who_reports_without_being_known_by_name_is_a_name_less(
    browser: Get, submit: Callable[..., str], upload: Callable[..., Any]
) -> None:
    files = (upload("MARKER-NAMA.jpg"),)
    named = browser("pusat").get(page_of(submit(reporter=WHO, uploads=files)))
    assert named.text.count("MARKER-NAMA") >= 2
    hidden = attrs.evolve(Visibility(), anonymous=True)
    assert "MARKER" not in browser("pusat").get(page_of(submit(reporter=WHO, visibility=hidden, uploads=files))).html
