"""The number of a report in another system: told at the disposition or later, corrected, searched for, and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lapor_core import Action, Complaint
from lapor_core.external_ids import NOTING
from lapor_desk.house import House
from lapor_desk.officers import Officer

Get = Callable[[str], Any]


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def note(officer: Any, complaint_id: str, number: str, system: str = "sp4n_tracking") -> Any:
    return officer.send(officer.get(page_of(complaint_id)), "/ids", system=system, external_id=number)


def ids_of(house: House, complaint_id: str) -> dict[str, str]:
    return dict(house.desk.complaint(complaint_id).external_ids)


def test_an_officer_notes_a_number_corrects_it_and_takes_it_back(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    complaint_id, officer = submit(), browser("admin")
    done = note(officer, complaint_id, " #9165816 ")
    assert "Nomor di sistem lain: sudah dicatat." in done.text
    assert "Di sistem lain: Nomor laporan SP4N-LAPOR! 9165816" in done.text
    note(officer, complaint_id, "77", "sp4n_id")
    note(officer, complaint_id, "9165817")
    assert ids_of(house, complaint_id) == {"sp4n_tracking": "9165817", "sp4n_id": "77"}
    tracked = house.desk.track(house.desk.complaint(complaint_id).code, "en")
    assert tracked.external_ids == {"sp4n_tracking": "9165817", "sp4n_id": "77"}
    assert tracked.entries[-1].text == "In another system: SP4N-LAPOR! report number 9165817"
    assert "SP4N-LAPOR! tidak ada lagi" in note(officer, complaint_id, "").text
    assert ids_of(house, complaint_id) == {"sp4n_id": "77"}
    before = len(house.desk.events(complaint_id))
    note(officer, complaint_id, "77", "sp4n_id")
    assert len(house.desk.events(complaint_id)) == before  # nothing new is nothing to write down


def test_the_disposition_tells_the_number(browser: Get, submit: Callable[..., str], house: House) -> None:
    told, untold, officer = submit(), submit(), browser("pusat")
    for complaint_id, number in ((told, "9165816"), (untold, "")):
        page = officer.get(page_of(complaint_id))
        officer.send(page, "act/dispose", agencies=["dinas-contoh"], system="sp4n_tracking", external_id=number)
    assert (ids_of(house, told), ids_of(house, untold)) == ({"sp4n_tracking": "9165816"}, {})
    assert house.desk.complaint(untold).agencies == ("dinas-contoh",)
    third = submit()
    wrong = officer.send(
        officer.get(page_of(third)), "act/dispose", agencies=["dinas-contoh"], system="sp4n_tracking", external_id="9 1"
    )
    assert wrong.status == 422
    assert wrong.form("act/dispose").fields["external_id"] == ["9 1"]
    assert house.desk.complaint(third).agencies == ()


def test_what_cannot_be_a_number_is_said_beside_what_was_typed(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    complaint_id, officer = submit(), browser("admin")
    for number, system in (("9 1", "sp4n_tracking"), ("a" * 65, "sp4n_id"), ("1", "SP4N")):
        wrong = note(officer, complaint_id, number, system)
        assert wrong.status == 422
        assert wrong.form("/ids").fields["external_id"] == [number]
    assert ids_of(house, complaint_id) == {}


def test_whoever_has_not_seen_what_was_done_meanwhile_notes_nothing(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    complaint_id, officer = submit(), browser("admin")
    page = officer.get(page_of(complaint_id))
    note(officer, complaint_id, "1")
    late = officer.send(page, "/ids", system="sp4n_tracking", external_id="2")
    assert late.status == 409
    assert ids_of(house, complaint_id) == {"sp4n_tracking": "1"}


def test_the_form_is_there_for_those_who_exchange_reports_and_no_way_round_it_for_others(
    browser: Get, forwarded: Callable[..., str], house: House, people: Mapping[str, Officer]
) -> None:
    complaint_id = forwarded()
    for login, known in people.items():
        officer = browser(login)
        page = officer.get(page_of(complaint_id))
        assert any(form.action.endswith("/ids") for form in page.forms) == (known.role in NOTING), login
        if known.role not in NOTING:
            version = str(house.desk.complaint(complaint_id).version)
            csrf = officer.get("/officers/").form("logout").fields["csrf"]
            data = {"csrf": csrf, "version": version, "system": "sp4n_tracking", "external_id": "1"}
            assert officer.client.post(f"{page_of(complaint_id)}/ids", data=data).status_code in (403, 404), login
    assert ids_of(house, complaint_id) == {}


def test_a_number_finds_its_complaints_without_standing_in_a_url(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    one, other, officer = submit(), submit(title="Jalan rusak"), browser("pusat")
    note(officer, one, "9165816")
    found = officer.send(officer.get("/officers/"), "find", code="#9165816")
    assert found.response.url.path == page_of(one)
    assert all("9165816" not in str(passed.url) for passed in [*found.response.history, found.response])
    note(officer, other, "9165816", "sp4n_id")
    both = officer.send(officer.get("/officers/"), "find", code="9165816")
    assert both.status == 200
    assert {f"complaints/{each}" in both.html for each in (one, other)} == {True}
    act(one, "pusat", Action.DISPOSE, agencies=("dinas-contoh",))
    agency = browser("penghubung")
    assert agency.send(agency.get("/officers/"), "find", code="9165816").response.url.path == page_of(one)
    neighbour = browser("tetangga")
    for number in ("9165816", "424242", "#424242"):
        nothing = neighbour.send(neighbour.get("/officers/"), "find", code=number)
        assert nothing.status == 404
        assert "Tidak ada laporan dengan nomor ini." in nothing.text
