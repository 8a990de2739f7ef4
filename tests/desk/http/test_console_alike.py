"""What may be about the same is shown on the page of a complaint, leads to the form to merge it, and can be turned down."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from lapor_core import Action, Complaint, Reporter, Role
from lapor_core.complaint import Visibility
from lapor_core.lifecycle import State
from lapor_desk.house import House

Get = Callable[[str], Any]
Submit = Callable[..., str]
TITLE = "Mungkin tentang hal yang sama"


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def other_reporter(number: int) -> dict[str, Any]:
    reporter = Reporter(
        name="Warga Lain", email=f"lain{number}@example.id", mobile=f"+62800000001{number:02}"
    )  # invented
    return {"reporter": reporter}


def swept(house: House) -> None:
    house.desk.sweep(house.clock())


def test_a_suggestion_says_why_and_leads_to_the_form_with_its_code(browser: Get, submit: Submit, house: House) -> None:
    one, other = submit(), submit(title="MARKER-KEMBAR", **other_reporter(1))
    swept(house)
    officer = browser("pusat")
    page = officer.get(page_of(one))
    assert TITLE in page.text
    assert "MARKER-KEMBAR" in page.text
    assert re.search(r"kata-kata serupa: 0,\d\d; hari kejadian sama", page.text)
    (link,) = [link for link in page.links if "main=" in link]
    code = house.desk.complaint(other).code
    assert code not in link
    assert page.form("act/merge").fields["main"] == [""]
    page = officer.get(str(page.response.url.join(link)))
    assert page.form("act/merge").fields["main"] == [code]
    assert [given.get("id") for tag, given in page.tags if tag == "details" and "open" in given] == ["act-merge"]
    page = officer.send(page, "act/merge")
    assert house.desk.complaint(one).merged_into == other
    assert TITLE not in page.text


def test_what_is_turned_down_is_not_suggested_again(browser: Get, submit: Submit, house: House) -> None:
    one, other = submit(), submit(**other_reporter(1))
    swept(house)
    officer = browser("pusat")
    page = officer.send(officer.get(page_of(one)), "/apart")
    assert (page.status, "tidak akan disarankan lagi" in page.text) == (200, True)
    for complaint_id in (one, other):
        assert TITLE not in officer.get(page_of(complaint_id)).text
    assert house.desk.complaint(one).state is State.SUBMITTED


def test_into_a_secret_or_answered_one_no_link_leads(
    browser: Get, submit: Submit, act: Callable[..., Complaint], house: House
) -> None:
    one = submit()
    submit(visibility=Visibility(secret=True), **other_reporter(1))
    act(submit(**other_reporter(2)), "pusat", Action.REJECT, text="Ganda")
    swept(house)
    page = browser("pusat").get(page_of(one))
    assert len([form for form in page.forms if form.action.endswith("/apart")]) == 2
    assert [link for link in page.links if "main=" in link] == []


@pytest.mark.parametrize("login", ["penghubung", "inspektorat", "loket"])
def test_who_may_not_merge_is_shown_none_and_cannot_turn_one_down(
    browser: Get, forwarded: Submit, house: House, login: str
) -> None:
    one, other = forwarded(), forwarded(**other_reporter(1))
    swept(house)
    officer = browser(login)
    page = officer.get(page_of(one))
    assert TITLE not in page.text
    page.forms[0].action = f"{page_of(one)}/apart"  # a form of theirs, bent
    assert officer.send(page, "/apart", other=other).status == 403
    assert TITLE in browser("pusat").get(page_of(one)).text


def test_an_agency_s_admin_sees_its_own_and_learns_of_no_other(
    browser: Get, submit: Submit, forwarded: Submit, house: House, token: Callable[..., str]
) -> None:
    one, mine, foreign = (
        forwarded(),
        forwarded(title="MARKER-SENDIRI", **other_reporter(1)),
        submit(title="MARKER-ASING"),
    )
    swept(house)
    admin = house.officers.add(
        "admin-dinas", "rahasia-contoh", Role.AGENCY_ADMIN, agency="dinas-contoh", name="Petugas"
    )
    officer = browser("pusat")
    officer.client.cookies.set("lapor_officer", token(admin))
    page = officer.get(page_of(one))
    assert "MARKER-SENDIRI" in page.text
    assert "MARKER-ASING" not in page.text
    page = officer.get(f"{page_of(one)}?main={foreign}")
    assert page.form("act/merge").fields["main"] == [""]
    assert officer.send(page, "/apart", other=foreign).status == 404
    assert officer.send(page, "/apart", other=mine).status == 200


@pytest.mark.parametrize("main", ["", "nowhere", "../../x", "%00", "a" * 200])
def test_a_link_to_nothing_shows_the_page_as_it_is(browser: Get, submit: Submit, main: str) -> None:
    page = browser("pusat").get(f"{page_of(submit())}?main={main}")
    assert (page.status, page.form("act/merge").fields["main"]) == (200, [""])


def test_the_same_reporter_is_told_to_who_may_know(browser: Get, submit: Submit, house: House) -> None:
    one = submit()
    submit(title="Hal lain", narrative="Sampah menumpuk di selokan.")
    swept(house)
    assert "pelapor yang sama" in browser("pusat").get(page_of(one)).text
