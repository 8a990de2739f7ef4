"""Officers erase a person on a page that says what will be lost, and that nobody else sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lapor_core import Act, Actor, Complaint, Role, State, Visibility
from lapor_core.complaint import Ground
from lapor_core.errors import Refused
from lapor_core.events import Erased, IdentitySeen
from lapor_core.lifecycle import Action
from lapor_desk.auditing import chains
from lapor_desk.house import House
from lapor_desk.http.console.cases import BEYOND_A_FORM

Get = Callable[[str], Any]


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def test_the_page_says_how_many_reports_the_person_has_and_erases_them_together(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    ids = [submit(title="MARKER-SATU"), submit(title="MARKER-DUA")]
    one, other = (house.desk.complaint(complaint_id) for complaint_id in ids)
    assert one.reporter_ref == other.reporter_ref
    officer = browser("pusat")
    assert any(link.endswith(f"complaints/{one.id}/erase") for link in officer.get(page_of(one.id)).links)
    page = officer.get(page_of(one.id) + "/erase")
    assert "tidak dapat dibatalkan" in page.text
    assert "Laporan orang ini: 2" in page.text
    assert "Belum selesai: 2." in page.text
    unsure = officer.send(page, "erase", ground="requested")
    assert unsure.status == 422
    assert "yakin" in unsure.text
    groundless = officer.send(page, "erase", sure="1")
    assert groundless.status == 422
    assert "Pilih alasan penghapusan data." in groundless.text
    assert house.desk.complaint(one.id).title == "MARKER-SATU"
    done = officer.send(page, "erase", sure="1", ground="requested")
    assert done.status == 200
    assert "Hapus data pribadi: sudah dilakukan." in done.text
    assert "MARKER" not in done.html
    for each in (one, other):
        assert house.desk.complaint(each.id).state is State.ERASED
        assert Erased(ground=Ground.REQUESTED) in [event.fact for event in house.desk.events(each.id)]
    assert officer.get(page_of(one.id) + "/erase").status == 404
    assert all(chain.holds for chain in chains(house.store))


def test_which_reports_these_are_is_shown_to_who_says_why_and_recorded_where_they_looked(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    one, other = submit(), submit(visibility=Visibility(secret=True))
    code = house.desk.complaint(other).code
    officer = browser("pusat")
    page = officer.get(page_of(one) + "/erase")
    untold = officer.send(page, "/erase/reports", reason=" ")
    assert untold.status == 422
    for hidden in (page, untold):
        assert not [telling for telling in (code, other) if telling in hidden.html]
    assert [looked(house, each) for each in (one, other)] == [[], []]
    shown = officer.send(page, "/erase/reports", reason="MARKER-ALASAN")
    assert shown.status == 200
    assert code in shown.text
    assert [looked(house, each) for each in (one, other)] == [["reports"], []]
    assert "no-store" in shown.response.headers["cache-control"]
    again = officer.get(page_of(one) + "/erase/reports")
    assert again.response.url.path == page_of(one) + "/erase"
    assert code not in again.html
    told = "Admin pusat melihat identitas pelapor: laporan mana saja yang berasal darinya"
    assert [told in officer.get(page_of(each)).text for each in (one, other)] == [True, False]
    assert officer.send(shown, "erase", sure="1", ground="requested").status == 200  # a look changes nothing
    assert house.desk.complaint(other).state is State.ERASED


def test_of_a_single_report_nothing_more_can_be_shown(browser: Get, submit: Callable[..., str]) -> None:
    page = browser("pusat").get(page_of(submit()) + "/erase")
    assert not any(form.action.endswith("/erase/reports") for form in page.forms)


def looked(house: House, complaint_id: str) -> list[str]:
    facts = (event.fact for event in house.desk.events(complaint_id))
    return [fact.shown for fact in facts if isinstance(fact, IdentitySeen)]


def test_what_stands_in_the_way_is_told_by_number_and_reason(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    over, running = submit(), submit()
    house.desk.withdraw(house.desk.complaint(over).code)
    officer = browser("pusat")
    page = officer.get(page_of(over) + "/erase")
    refused = officer.send(page, "erase", sure="1", ground="purpose_ended")
    assert refused.status == 409
    assert "Laporan belum selesai; dengan alasan ini datanya belum boleh dihapus. Jumlah laporan: 1." in refused.text
    assert house.desk.complaint(running).code not in refused.html
    later = submit()
    outdated = officer.send(page, "erase", sure="1", ground="requested")
    assert outdated.status == 409
    assert "Jumlah laporan orang ini sudah berubah." in outdated.text
    assert "Laporan orang ini: 3" in outdated.text
    assert house.desk.complaint(later).code not in outdated.html
    assert [house.desk.complaint(each).state for each in (over, running, later)] == [
        State.WITHDRAWN,
        State.SUBMITTED,
        State.SUBMITTED,
    ]
    assert officer.send(outdated, "erase", sure="1", ground="requested").status == 200


@pytest.mark.parametrize("login", ["admin", "penghubung", "inspektorat", "loket"])
def test_to_who_may_not_erase_there_is_no_such_page(
    browser: Get, forwarded: Callable[..., str], house: House, login: str
) -> None:
    complaint_id = forwarded()
    token = browser("pusat").get(page_of(complaint_id) + "/erase").form("erase")
    officer = browser(login)
    page = officer.get(page_of(complaint_id))
    assert "/erase" not in page.html
    assert officer.get(page_of(complaint_id) + "/erase").status == 404
    page.forms.append(token)
    assert officer.send(page, "erase", sure="1", ground="requested").status in (403, 404)
    assert house.desk.complaint(complaint_id).state is State.IN_PROGRESS


def test_nobody_of_one_agency_erases_or_learns_what_the_person_told_others(
    browser: Get, forwarded: Callable[..., str], submit: Callable[..., str], house: House, token: Callable[..., str]
) -> None:
    mine, theirs = forwarded(), submit()
    bound = house.officers.add("pusat-dinas", "rahasia-contoh", Role.CENTRAL_ADMIN, agency="dinas-contoh")
    asked = browser("pusat").get(page_of(mine) + "/erase").form("erase")
    officer = browser("pusat")
    officer.client.cookies.set("lapor_officer", token(bound))
    page = officer.get(page_of(mine))
    assert "/erase" not in page.html
    assert officer.get(page_of(mine) + "/erase").status == 404
    asked.fields["csrf"] = page.forms[0].fields["csrf"]
    page.forms.append(asked)
    refused = officer.send(page, "erase", sure="1", ground="requested")
    assert (refused.status, house.desk.complaint(theirs).code in refused.html) == (404, False)
    act = Act(action=Action.ERASE, actor=Actor(role=bound.role, id=bound.id), ground=Ground.REQUESTED)
    with pytest.raises(Refused, match="nobody of one agency"):
        house.desk.act(mine, act, agency=bound.agency)
    assert house.desk.complaint(theirs).state is State.SUBMITTED


def test_no_form_of_one_complaint_erases(browser: Get, submit: Callable[..., str]) -> None:
    assert Action.ERASE in BEYOND_A_FORM
    page = browser("pusat").get(page_of(submit()))
    assert not any(form.action.endswith("act/erase") for form in page.forms)
