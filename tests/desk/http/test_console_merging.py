"""Officers merge and part complaints at the console, by the code of the main one, and see what hangs together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lapor_core import Action, Complaint
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Visibility
from lapor_core.lifecycle import State
from lapor_desk.house import House

Get = Callable[[str], Any]


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def test_merged_complaints_are_linked_both_ways(browser: Get, submit: Callable[..., str], house: House) -> None:
    follower, main = submit(title="Lampu yang sama"), submit(title="Lampu utama")
    officer = browser("pusat")
    code = house.desk.complaint(main).code
    page = officer.send(officer.get(page_of(follower)), "act/merge", main=code.lower().replace("-", " "))
    assert page.status == 200
    assert house.desk.complaint(follower).merged_into == main
    assert "Digabungkan ke laporan ini" in page.text
    assert any(link.endswith(f"complaints/{main}") for link in page.links)
    page = officer.get(page_of(main))
    assert "Menunggu jawaban laporan ini: 1 laporan" in page.text
    assert any(link.endswith(f"complaints/{follower}") for link in page.links)
    assert "Lampu yang sama" in page.text
    parted = officer.send(officer.get(page_of(follower)), "act/unmerge")
    assert house.desk.complaint(follower).state is State.SUBMITTED
    assert "Digabungkan ke laporan ini" not in parted.text


def test_an_agency_s_officer_is_linked_to_what_is_theirs_and_told_of_the_rest(
    browser: Get, submit: Callable[..., str], forwarded: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    main, follower = forwarded(), submit(title="MARKER-IKUT")
    act(follower, "pusat", Action.MERGE, main=house.desk.complaint(main))
    page = browser("penghubung").get(page_of(main))
    assert "1 laporan instansi lain" in page.text
    assert house.desk.complaint(follower).code not in page.text
    assert "MARKER-IKUT" not in page.text


@pytest.fixture
def codes(submit: Callable[..., str], act: Callable[..., Complaint], house: House) -> Callable[[str], str]:
    """Return what gives the code of a complaint that cannot be the main one."""

    def code_of(complaint_id: str) -> str:
        return house.desk.complaint(complaint_id).code

    def codes(kind: str) -> str:
        if kind == "unknown":
            return tracking_code(bytes(RANDOM_BYTES))
        if kind == "over":
            return act(submit(), "pusat", Action.REJECT, text="Ganda").code
        if kind == "secret":
            return code_of(submit(visibility=Visibility(secret=True)))
        if kind == "merged":
            return act(submit(), "pusat", Action.MERGE, main=house.desk.complaint(submit())).code
        return kind

    return codes


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("", 422, "Pilih laporan lain untuk digabungkan."),
        ("own", 422, "Pilih laporan lain untuk digabungkan."),
        ("AAAA", 422, "salah ketik"),
        ("unknown", 404, "Kode laporan tidak ditemukan."),
        ("over", 409, "Laporan itu sudah selesai"),
        ("secret", 409, "Laporan itu rahasia"),
        ("merged", 409, "Laporan itu sudah selesai"),
    ],
)
def test_a_main_complaint_that_cannot_be_one_is_told_at_its_field(  # noqa: PLR0917 - pytest gives fixtures by name
    browser: Get,
    house: House,
    submit: Callable[..., str],
    codes: Callable[[str], str],
    code: str,
    status: int,
    said: str,
) -> None:
    complaint_id = submit()
    own = house.desk.complaint(complaint_id).code
    typed = own if code == "own" else codes(code)
    officer = browser("pusat")
    page = officer.send(officer.get(page_of(complaint_id)), "act/merge", main=typed, text="Sebab contoh")
    assert page.status == status
    assert said in page.text
    assert page.form("act/merge").fields["main"] == [typed]
    assert page.form("act/merge").fields["text"] == ["Sebab contoh"]
    assert page.html.count("field wrong") == 1
    assert typed not in str(page.response.url) or not typed
    assert house.desk.complaint(complaint_id).state is State.SUBMITTED
