"""Officers find complaints, see what their role may see, and do what the table allows: no more, and no less."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any

import attrs
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from lapor_core import Act, Action, Actor, Complaint, Facts, Kind, Reporter, Role, Submission
from lapor_core.clock_facts import deadline_of
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Attachment, Ground, Proof, Purpose, Visibility
from lapor_core.decisions import receive
from lapor_core.lifecycle import TABLE, State, allowed, next_state
from lapor_core.policy import Policy
from lapor_core.policy.manners import Refusal
from lapor_core.policy.wording import Text
from lapor_core.testing import FrozenClock
from lapor_core.texts import word
from lapor_desk.house import House
from lapor_desk.http.console import acting, papers
from lapor_desk.http.console.cases import BEYOND_A_FORM, open_case
from lapor_desk.http.console.turns import FORTH, turn_of
from lapor_desk.officers import Officer
from lapor_desk.recording import record_new
from lapor_desk.standards import Standards
from lapor_desk.store import Vault
from lapor_desk.store.tables import officers

Get = Callable[[str], Any]
LIGHT = Facts(supervisory=False, abuse_of_authority=False)
OF_ROLE = {
    Role.CENTRAL_ADMIN: "pusat",
    Role.AGENCY_ADMIN: "admin",
    Role.LIAISON_OFFICER: "penghubung",
    Role.SUPERIOR: "atasan",
    Role.INSPECTORATE: "inspektorat",
    Role.COUNTER_OFFICER: "loket",
}


def page_of(complaint_id: str) -> str:
    return f"/officers/complaints/{complaint_id}"


def subjects(page: Any) -> list[str]:
    return [unescape(text) for text in re.findall(r'class="subject"[^>]*>([^<]*)</a>', page.html)]


# The list


def test_an_empty_house_says_so(browser: Get) -> None:
    assert "Tidak ada laporan yang cocok." in browser("pusat").get("/officers/").text


def test_the_newest_stands_first_or_the_most_urgent(
    browser: Get, submit: Callable[..., str], forwarded: Callable[..., str], clock: FrozenClock
) -> None:
    forwarded(title="Sedang")
    clock.advance(timedelta(days=1))
    submit(title="Informasi", kind=Kind.INFORMATION_REQUEST)  # settled sooner than the one before
    clock.advance(timedelta(days=1))
    submit(title="Belum digolongkan")
    officer = browser("pusat")
    assert subjects(officer.get("/officers/")) == ["Belum digolongkan", "Informasi", "Sedang"]
    assert subjects(officer.get("/officers/?order=urgent")) == ["Informasi", "Sedang", "Belum digolongkan"]


def test_what_waits_for_an_officer_is_one_link_away(
    browser: Get, submit: Callable[..., str], forwarded: Callable[..., str], act: Callable[..., Complaint]
) -> None:
    submit(title="Masuk")
    forwarded(title="Diteruskan")
    act(forwarded(title="Dijawab"), "penghubung", Action.RESPOND, text="Sudah.")
    for login, waits in (("pusat", ["Masuk"]), ("admin", []), ("penghubung", ["Diteruskan"])):
        officer = browser(login)
        assert f"Menunggu Anda <b>{len(waits)}</b>" in officer.get("/officers/").html
        assert subjects(officer.get("/officers/?state=mine&order=urgent")) == waits
    assert "Menunggu Anda" not in browser("loket").get("/officers/").html


def test_it_is_the_turn_of_whom_the_policy_lets_lead_on(house: House) -> None:
    policy = house.standard.policy

    def turn(role: Role, agency: str | None = None, by: Policy = policy) -> set[str]:
        return {str(state) for state in turn_of(Officer(id="1", login="a", role=role, agency=agency), by)}

    assert turn(Role.CENTRAL_ADMIN) == {"submitted", "returned"}
    assert turn(Role.AGENCY_ADMIN) == {"disposed", "verified"}
    assert turn(Role.LIAISON_OFFICER, "dinas-contoh") == {"in_progress", "escalated", "answered_back"}
    assert turn(Role.INSPECTORATE) == {"appealed"}
    assert turn(Role.AUDITOR) == set()
    disposing = attrs.evolve(policy, permissions={Action.DISPOSE: frozenset({Role.AGENCY_ADMIN})})
    assert turn(Role.AGENCY_ADMIN, by=disposing) == {"submitted", "returned", "disposed", "verified"}
    assert turn(Role.CENTRAL_ADMIN, by=disposing) == set()


def test_the_way_back_from_a_complaint_leads_to_the_list_as_it_was(browser: Get, forwarded: Callable[..., str]) -> None:
    complaint_id = forwarded()
    officer = browser("pusat")
    assert '<a href="../?">Kembali ke daftar' in officer.get(page_of(complaint_id)).html
    officer.get("/officers/?state=in_progress&tier=sedang&page=2&lang=id")
    back = '<a href="../?state=in_progress&amp;tier=sedang&amp;page=2">Kembali ke daftar'
    assert back in officer.get(page_of(complaint_id)).html
    officer.client.cookies.delete("lapor_list")
    officer.client.cookies.set("lapor_list", "?state=<b>&page=x")
    assert '<a href="../?">Kembali ke daftar' in officer.get(page_of(complaint_id)).html


def test_what_leads_on_stands_first_and_nobody_is_led_to_a_counter_that_refuses_them(
    browser: Get, forwarded: Callable[..., str]
) -> None:
    complaint_id = forwarded()
    page = browser("penghubung").get(page_of(complaint_id)).html
    assert re.findall(r'id="act-([a-z_]+)"', page)[0] == "respond"
    assert {login: "Loket</a>" in browser(login).get("/officers/").html for login in OF_ROLE.values()} == {
        "pusat": True,
        "admin": True,
        "penghubung": False,
        "atasan": False,
        "inspektorat": False,
        "loket": True,
    }


def test_what_nobody_disposed_in_the_time_of_any_tier_is_marked_late(
    browser: Get, submit: Callable[..., str], clock: FrozenClock
) -> None:
    forgotten = submit(title="Terlupa")
    assert "yang terberat pun" not in browser("pusat").get(page_of(forgotten)).text
    clock.advance(timedelta(days=60))
    assert "tingkat yang terberat pun, Selasa, 5 Mei 2026, sudah lewat" in browser("pusat").get(page_of(forgotten)).text
    submit(title="Baru")
    rows = browser("pusat").get("/officers/").html.split("<li")
    assert ["Lewat tenggat" in row for row in rows if "Terlupa" in row or "Baru" in row] == [False, True]


def test_what_waits_for_the_reporter_is_not_late_unless_it_was_so_before(
    browser: Get, forwarded: Callable[..., str], act: Callable[..., Complaint], clock: FrozenClock
) -> None:
    asked = {late: forwarded(title=title) for late, title in ((False, "Ditanya"), (True, "Terlambat"))}
    for complaint_id in asked.values():
        act(complaint_id, "penghubung", Action.ASK, text="Lampu yang mana?")
        clock.advance(timedelta(days=40))
    officer = browser("pusat")
    assert subjects(officer.get("/officers/?late=1")) == ["Terlambat"]
    rows = officer.get("/officers/?state=waiting").html.split("<li")
    for title, late in (("Ditanya", False), ("Terlambat", True)):  # they came at one instant, so either may stand first
        assert ["Lewat tenggat" in row for row in rows if title in row] == [late]
    for late, complaint_id in asked.items():
        assert ("Lewat tenggat" in officer.get(page_of(complaint_id)).html) is late


def test_filters_narrow_the_list_and_the_counts_follow(
    browser: Get,
    submit: Callable[..., str],
    forwarded: Callable[..., str],
    act: Callable[..., Complaint],
    clock: FrozenClock,
) -> None:
    forwarded(title="Lama")
    clock.advance(timedelta(days=40))
    forwarded(title="Baru")
    submit(title="Masuk")
    done = forwarded(title="Selesai")
    act(done, "penghubung", Action.RESPOND, text="Sudah.")
    officer = browser("pusat")
    assert subjects(officer.get("/officers/?state=in_progress")) == ["Baru", "Lama"]
    assert set(subjects(officer.get("/officers/?state=open"))) == {"Lama", "Baru", "Masuk"}
    assert subjects(officer.get("/officers/?late=1")) == ["Lama"]
    assert subjects(officer.get("/officers/?tier=sedang&state=open")) == ["Baru", "Lama"]
    assert subjects(officer.get("/officers/?tier=berat")) == []
    assert set(subjects(officer.get("/officers/?agency=dinas-contoh"))) == {"Lama", "Baru", "Selesai"}
    assert subjects(officer.get("/officers/?agency=dinas-teladan")) == []
    page = officer.get("/officers/?agency=dinas-contoh")
    assert "3 laporan" in page.text
    assert "1 lewat tenggat" in page.text
    assert re.search(r"Semua <b>3</b>", page.html)
    assert re.search(r"state=in_progress[^>]*>[^<]* <b>2</b>", page.html)


@pytest.mark.parametrize(
    "query",
    [
        "state=nowhere",
        "order=random",
        "page=0",
        "page=-1",
        "page=x",
        "page=9" * 30,
        "page=²",
        "late=2",
        "tier=%00",
        "%ff=%fe",
    ],
)
def test_an_old_or_strange_link_still_opens_the_list(browser: Get, submit: Callable[..., str], query: str) -> None:
    submit()
    assert browser("pusat").get(f"/officers/?{query}").status == 200


def test_many_complaints_are_paged_and_each_stands_on_one_page(browser: Get, submit: Callable[..., str]) -> None:
    titles = {f"Laporan {number}" for number in range(27)}
    for title in sorted(titles):
        submit(title=title)
    officer = browser("pusat")
    first = officer.get("/officers/?state=submitted")
    assert "Halaman 1 dari 2" in first.text
    following = [link for link in first.links if "page=2" in link]
    assert following == ["?state=submitted&page=2"]
    second = officer.get(f"/officers/{following[0]}")
    assert len(subjects(first)) == 25
    assert set(subjects(first)) | set(subjects(second)) == titles
    assert officer.get("/officers/?page=99").status == 200


def test_an_agency_s_officer_lists_its_own_complaints_only(
    browser: Get, submit: Callable[..., str], forwarded: Callable[..., str]
) -> None:
    forwarded(title="Milik dinas contoh")
    submit(title="Belum disposisi")
    assert subjects(browser("penghubung").get("/officers/")) == ["Milik dinas contoh"]
    assert subjects(browser("penghubung").get("/officers/?agency=dinas-teladan")) == []
    assert subjects(browser("tetangga").get("/officers/")) == []
    assert "Semua <b>0</b>" in browser("tetangga").get("/officers/").html


def test_an_erased_complaint_keeps_its_dates_and_says_nothing_of_the_matter(
    browser: Get, forwarded: Callable[..., str], house: House
) -> None:
    complaint_id = forwarded(title="MARKER", narrative="MARKER", place="MARKER")
    admin = Actor(role=Role.CENTRAL_ADMIN)
    erased = house.desk.act(complaint_id, Act(action=Action.ERASE, actor=admin, ground=Ground.REQUESTED))
    officer = browser("pusat")
    page, opened = officer.get("/officers/"), officer.get(page_of(complaint_id))
    for each in (page, opened):
        assert each.status == 200
        assert erased.code in each.text
        assert "Data pribadi sudah dihapus" in each.text
        assert "MARKER" not in each.html
    assert "Dinas Contoh" in opened.text
    assert "dalam tenggat" in opened.text
    assert "/act/" not in opened.html


def test_a_code_finds_its_complaint_without_standing_in_a_url(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    complaint_id = submit()
    code = house.desk.complaint(complaint_id).code
    officer = browser("pusat")
    found = officer.send(officer.get("/officers/"), "find", code=code.lower().replace("-", " "))
    assert found.response.url.path == page_of(complaint_id)
    assert all(code not in str(passed.url) for passed in [*found.response.history, found.response])
    wrong = officer.send(officer.get("/officers/"), "find", code="AAAA")
    assert wrong.status == 422
    assert "salah ketik" in wrong.text


def test_the_code_of_another_agency_s_complaint_is_unknown(
    browser: Get, forwarded: Callable[..., str], house: House
) -> None:
    code = house.desk.complaint(forwarded()).code
    neighbour = browser("tetangga")
    told = neighbour.send(neighbour.get("/officers/"), "find", code=code)
    assert told.status == 404
    assert "tidak ditemukan" in told.text


# One complaint


SECRETS = {
    "name": "MARKER-NAMA",
    "email": "marker-surat@example.id",
    "mobile": "+6280000009999",  # invented
    "identity_number": "9999000011112222",  # invented
}


def marked(submit: Callable[..., str], **wishes: Any) -> str:
    return submit(reporter=Reporter(**SECRETS), narrative="MARKER-KRONOLOGI", place="MARKER-TEMPAT", **wishes)


@pytest.mark.parametrize("login", ["pusat", "admin", "loket"])
def test_admins_see_at_most_a_name_before_they_ask(browser: Get, submit: Callable[..., str], login: str) -> None:
    named = browser(login).get(page_of(marked(submit)))
    assert {name for name, secret in SECRETS.items() if secret in named.html} == {"name"}
    page = browser(login).get(page_of(marked(submit, visibility=Visibility(anonymous=True, secret=True))))
    assert not any(secret in page.html for secret in SECRETS.values())
    assert "Anonim" in page.text
    assert "Rahasia" in page.text


@pytest.mark.parametrize(("login", "anonymous"), list(product(["penghubung", "atasan", "inspektorat"], [True, False])))
def test_the_reported_agency_sees_the_matter_and_at_most_a_name(  # noqa: PLR0917 - pytest gives fixtures by name
    browser: Get,
    submit: Callable[..., str],
    act: Callable[..., Complaint],
    upload: Callable[..., Any],
    login: str,
    anonymous: bool,  # noqa: FBT001 - a column of the table
) -> None:
    files = (upload("MARKER-KTP.jpg", Purpose.IDENTITY),)
    complaint_id = marked(submit, visibility=Visibility(anonymous=anonymous), uploads=files)
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    officer = browser(login)
    for path in (page_of(complaint_id), "/officers/", f"{page_of(complaint_id)}/clocks/0"):
        html = officer.get(path).html
        assert "MARKER-KTP" not in html
        told = {name for name, secret in SECRETS.items() if secret in html}
        assert told <= (set() if anonymous else {"name"})
    assert "MARKER-KRONOLOGI" in officer.get(page_of(complaint_id)).text


def test_another_agency_finds_nothing_at_all(browser: Get, forwarded: Callable[..., str], photo: bytes) -> None:
    complaint_id = forwarded(title="MARKER", narrative="MARKER")
    neighbour = browser("tetangga")
    for path in ("", "/clocks/0", "/clocks/0.svg", "/files/" + "0" * 64):
        page = neighbour.get(page_of(complaint_id) + path)
        assert page.status == 404
        assert "MARKER" not in page.html
    token = neighbour.get("/officers/").form("logout").fields["csrf"]
    sent = neighbour.client.post(
        f"{page_of(complaint_id)}/act/respond", data={"csrf": token, "version": "7", "text": "x"}
    )
    assert sent.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/officers/complaints/0000",
        "/officers/complaints/%00",
        "/officers/complaints/%ed%a0%80",
        "/officers/complaints/%2e%2e",
        "/officers/complaints/x/clocks/9",
    ],
)
def test_what_does_not_exist_is_not_found(browser: Get, path: str) -> None:
    assert browser("pusat").get(path).status == 404


def test_the_page_says_what_decided_and_what_is_still_open(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint]
) -> None:
    complaint_id = submit()
    page = browser("pusat").get(page_of(complaint_id))
    assert "Apakah berkadar pengawasan?" in page.text
    assert "Instansi menurut pelapor" in page.text
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    page = browser("pusat").get(page_of(complaint_id))
    assert "Tingkat sedang" in page.text
    assert "penyelesaian oleh satu instansi" in page.text
    assert "masih terbuka" not in page.text
    assert "Jumat, 10 April 2026" in page.text
    assert "Petugas pusat" in page.text


def test_whom_it_was_disposed_to_is_no_open_question(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint]
) -> None:
    complaint_id = submit()
    assert "Instansi mana yang harus menyelesaikan?" in browser("pusat").get(page_of(complaint_id)).text
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",))
    page = browser("pusat").get(page_of(complaint_id))
    assert "masih terbuka" in page.text
    assert "Instansi mana yang harus menyelesaikan?" not in page.text


def test_the_history_has_the_words_that_were_written(
    browser: Get, forwarded: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    complaint_id = forwarded()
    act(complaint_id, "penghubung", Action.ASK, text="Di sisi mana?")
    house.desk.reply(house.desk.complaint(complaint_id).code, "Sisi timur\ndekat pasar")
    act(complaint_id, "penghubung", Action.RESPOND, text="Sudah diperbaiki <b>hari ini</b>")
    page = browser("penghubung").get(page_of(complaint_id))
    for words in ("Di sisi mana?", "Sisi timur", "Sudah diperbaiki <b>hari ini</b>", "Berakhir dalam tenggat"):
        assert words in page.text
    assert "Hitungan waktu berhenti: berakhir dalam tenggat" in page.text
    assert "<b>hari ini</b>" not in page.html
    assert "Pejabat penghubung (Petugas penghubung)" in page.text


def test_a_clock_is_explained_day_by_day_and_drawn(browser: Get, forwarded: Callable[..., str], house: House) -> None:
    complaint_id = forwarded()
    officer = browser("pusat")
    page = officer.get(page_of(complaint_id))
    [link] = [link for link in page.links if "/clocks/" in link]
    explained = officer.get(str(page.response.url.join(link)))
    assert "Cuti bersama Hari Suci Nyepi" in explained.text
    assert "SKB 1497/2025" in explained.text
    [picture] = [given["src"] for tag, given in explained.tags if tag == "img"]
    drawn = officer.client.get(explained.response.url.join(picture))
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in drawn.headers["content-security-policy"]
    assert drawn.text.startswith("<svg")
    assert officer.get(f"{page_of(complaint_id)}/clocks/1").status == 404


def test_a_calendar_that_changed_since_the_promise_is_told(
    browser: Get, forwarded: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint_id = forwarded()

    def a_day_later(*known: Any) -> Any:
        found = deadline_of(*known)
        return attrs.evolve(found, due=found.due + timedelta(days=1))

    monkeypatch.setattr(papers, "deadline_of", a_day_later)
    assert "Kalender berubah sejak itu" in browser("pusat").get(f"{page_of(complaint_id)}/clocks/0").text


# Files


def test_files_are_handed_out_to_be_kept_and_never_shown(
    browser: Get, submit: Callable[..., str], upload: Callable[..., Any], house: House
) -> None:
    complaint_id = submit(uploads=(upload("foto; lampu ½.jpg"),))
    officer = browser("pusat")
    page = officer.get(page_of(complaint_id))
    [link] = [link for link in page.links if "/files/" in link]
    answer = officer.client.get(page.response.url.join(link))
    assert answer.status_code == 200
    assert answer.content[:3] == b"\xff\xd8\xff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert "filename*=UTF-8''foto%3B%20lampu%20%C2%BD.jpg" in disposition
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["cache-control"] == "no-store"


def test_no_name_of_a_file_writes_headers_of_its_own(forwarded: Callable[..., str], house: House) -> None:
    case = open_case(house.desk, forwarded(), house.officers.add("x1", "rahasia-contoh", Role.CENTRAL_ADMIN))
    file = Attachment(
        digest="0" * 64, name='a"; x="\r\nSet-Cookie: y=1\u202e/../é.jpg', media_type="image/jpeg", size=1
    )
    told = papers._disposition(file, attrs.evolve(case, answered_with=(file,)))
    assert told.isascii()
    assert told.isprintable()
    assert told.count('"') == 2
    assert told.endswith("filename*=UTF-8''%C3%A9.jpg")


def test_copies_of_identity_documents_are_no_files_of_the_page(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], upload: Callable[..., Any], house: House
) -> None:
    complaint_id = submit(
        channel="walk_in", proofs=frozenset({Proof.IDENTITY_COPY}), uploads=(upload("ktp.jpg", Purpose.IDENTITY),)
    )
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    [file] = house.desk.complaint(complaint_id).attachments
    path = f"{page_of(complaint_id)}/files/{file.digest}"
    logins = ("pusat", "admin", "loket", "penghubung", "atasan", "inspektorat")
    assert {browser(login).client.get(path).status_code for login in logins} == {404}


def test_the_history_shows_a_reply_s_files_to_the_agency_without_their_names(
    browser: Get, forwarded: Callable[..., str], act: Callable[..., Complaint], upload: Callable[..., Any], house: House
) -> None:
    complaint_id = forwarded()
    act(complaint_id, "penghubung", Action.ASK, text="Ada foto?")
    house.desk.reply(house.desk.complaint(complaint_id).code, "Ini fotonya", (upload("MARKER-NAMA.jpg"),))
    page = browser("penghubung").get(page_of(complaint_id))
    assert len([link for link in page.links if "/files/" in link]) == 2  # among the files, and where it came
    assert "MARKER" not in page.html
    assert "MARKER-NAMA.jpg" in browser("pusat").get(page_of(complaint_id)).html


def test_a_file_of_another_complaint_is_not_found_under_this_one(
    browser: Get, submit: Callable[..., str], upload: Callable[..., Any], house: House
) -> None:
    other = submit(uploads=(upload(),))
    mine = submit(source_id="2", reporter=Reporter(name="Lain", email="lain@example.id"))
    [file] = house.desk.complaint(other).attachments
    assert browser("pusat").client.get(f"{page_of(mine)}/files/{file.digest}").status_code == 404


def test_an_answer_goes_out_with_files_that_the_console_shows(
    browser: Get, forwarded: Callable[..., str], photo: bytes, house: House
) -> None:
    complaint_id = forwarded()
    officer = browser("penghubung")
    files = [("uploads", ("hasil.jpg", photo, "image/jpeg"))]
    page = officer.send(officer.get(page_of(complaint_id)), "act/respond", files=files, text="Sudah.")
    assert page.status == 200
    assert "Tanggapi: sudah dilakukan." in page.text
    [link] = {link for link in page.links if "/files/" in link}
    assert officer.client.get(page.response.url.join(link)).status_code == 200
    assert house.desk.complaint(complaint_id).state is State.RESPONDED


def test_a_file_that_is_not_what_it_says_is_told_and_the_text_stays(
    browser: Get, forwarded: Callable[..., str], house: House
) -> None:
    complaint_id = forwarded()
    officer = browser("penghubung")
    files = [("uploads", ("hasil.jpg", b"MZ no picture", "image/jpeg"))]
    page = officer.send(officer.get(page_of(complaint_id)), "act/respond", files=files, text="Sudah diperbaiki.")
    assert page.status == 422
    assert page.form("act/respond").fields["text"] == ["Sudah diperbaiki."]
    assert house.desk.complaint(complaint_id).state is State.IN_PROGRESS


# Acting


DISPOSE = ("pusat", Action.DISPOSE, {"agencies": ("dinas-contoh",), "facts": LIGHT})
VERIFY, FORWARD = ("admin", Action.VERIFY, {}), ("admin", Action.FORWARD, {})
SENT = (DISPOSE, VERIFY, FORWARD)
RESPOND = ("penghubung", Action.RESPOND, {"text": "x"})
WAYS: Mapping[State, Sequence[tuple[str, Action, dict[str, Any]]]] = {
    State.SUBMITTED: (),
    State.HELD: (("pusat", Action.HOLD, {"text": "x"}),),
    State.REJECTED: (("pusat", Action.REJECT, {"text": "x"}),),
    State.ARCHIVED: (("pusat", Action.ARCHIVE, {"text": "x"}),),
    State.WITHDRAWN: (("loket", Action.WITHDRAW, {}),),
    State.DISPOSED: (DISPOSE,),
    State.VERIFIED: (DISPOSE, VERIFY),
    State.IN_PROGRESS: SENT,
    State.RETURNED: (DISPOSE, ("penghubung", Action.RETURN, {"text": "x"})),
    State.WAITING: (*SENT, ("penghubung", Action.ASK, {"text": "x"})),
    State.ESCALATED: (*SENT, ("pusat", Action.ESCALATE, {})),
    State.RESPONDED: (*SENT, RESPOND),
    State.ANSWERED_BACK: (*SENT, RESPOND, ("loket", Action.REPLY, {"text": "x"})),
    State.APPEALED: (*SENT, RESPOND, ("loket", Action.APPEAL, {"text": "x"})),
    State.CLOSED: (*SENT, RESPOND, ("admin", Action.CLOSE, {})),
}
REACHED = [*WAYS, State.INCOMPLETE, State.MERGED]
"""The states an officer can find a complaint in; ERASED is not led to by a form."""


@pytest.fixture
def lead(submit: Callable[..., str], act: Callable[..., Complaint], house: House) -> Callable[[State], str]:
    """Return what makes a complaint that stands in a state."""

    def incomplete() -> str:
        with house.store.transaction() as tx:
            person = Vault.new_person()
            tx.add_person(person)
            brought = Submission(
                channel="web",
                source_id="1",
                received_at=house.clock(),
                reporter=Reporter(name="Warga Contoh", email="warga@example.id"),
                proofs=frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}),
                kind=Kind.COMPLAINT,
                narrative="",
            )
            complaint_id = secrets.token_hex(16)
            names = {"complaint": complaint_id, "code": tracking_code(secrets.token_bytes(RANDOM_BYTES))}
            begun = receive(brought, house.standard, house.desk.now(), reporter_ref=person.id, partial=True, **names)
            record_new(tx, [begun], house.standard, house.desk.now())
        return complaint_id

    def lead(state: State) -> str:
        complaint_id = incomplete() if state is State.INCOMPLETE else submit()
        for login, action, said in WAYS.get(state, ()):
            act(complaint_id, login, action, **said)
        if state is State.MERGED:
            main = submit()
            for login, action, said in (DISPOSE, VERIFY):
                act(main, login, action, **said)
            act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
            act(complaint_id, "pusat", Action.MERGE, main=house.desk.complaint(main))
        assert house.desk.complaint(complaint_id).state is state
        return complaint_id

    return lead


def offered(page: Any) -> list[str]:
    return [form.action.rpartition("/")[2] for form in page.forms if "/act/" in form.action]


@pytest.mark.parametrize("state", REACHED)
def test_each_action_of_the_table_is_there_for_its_roles_and_works(
    state: State, browser: Get, lead: Callable[[State], str], house: House, photo: bytes
) -> None:
    for role, login in OF_ROLE.items():
        complaint_id = lead(state)
        officer = browser(login)
        page = officer.get(page_of(complaint_id))
        if role in (Role.LIAISON_OFFICER, Role.SUPERIOR) and not house.desk.complaint(complaint_id).agencies:
            assert page.status == 404
            continue
        # Of one agency there are no parts, and this standard knows no extension.
        beyond = {*BEYOND_A_FORM, Action.RETURN_IN_PART, Action.RESPOND_IN_PART, Action.EXTEND}
        expected = [action for action, _ in allowed(state, role) if action not in beyond]
        assert offered(page) == sorted(expected, key=lambda action: action not in FORTH)
        for action in expected:
            main = house.desk.complaint(lead(State.SUBMITTED)).code if action is Action.MERGE else ""
            _takes(officer, lead(state), action, house, photo=photo, main=main)


SAID: Mapping[str, str] = {
    "text": "Teks contoh.",
    "narrative": "Lampu jalan contoh padam.",
    "fact-supervisory": "no",
    "fact-abuse_of_authority": "no",
    "stars": "4",
    "outcome": "settled",
}


def _takes(officer: Any, complaint_id: str, action: Action, house: House, **brought: Any) -> None:
    before = house.desk.complaint(complaint_id)
    page = officer.get(page_of(complaint_id))
    fields = page.form(f"act/{action}").fields
    said = {name.replace("-", "__"): value for name, value in SAID.items() if name in fields}
    said |= {"main": brought["main"]} if brought["main"] else {}
    said["agencies"] = "dinas-teladan" if action is Action.INVOLVE else "dinas-contoh"
    files = [("uploads", ("foto.jpg", brought["photo"], "image/jpeg"))] if action is Action.ATTACH else None
    done = officer.send(page, f"act/{action}", files=files, **said)
    assert done.status == 200, (action, re.findall(r'role="alert">(.*?)</div>', done.html, re.DOTALL))
    assert f"{word('action', action)}: sudah dilakukan." in done.text
    after = house.desk.complaint(complaint_id)
    led_on = {Action.RATE: State.CLOSED}  # a rating that settles the matter closes it
    assert after.state in (next_state(before.state, action), led_on.get(action))
    assert after.version > before.version
    assert {event.actor.id for event in house.desk.events(complaint_id)[before.version :]} != {""}


def test_the_table_is_walked_whole() -> None:
    """Every action that an officer may take by a form stands in some state, so the test above has taken each."""
    taken = {action for state in REACHED for role in OF_ROLE for action, _ in allowed(state, role)}
    assert taken | BEYOND_A_FORM == set(Action)
    assert set(REACHED) | {State.ERASED} == set(TABLE)


@pytest.mark.parametrize("action", sorted(BEYOND_A_FORM))
def test_what_touches_more_than_one_record_is_no_form(browser: Get, submit: Callable[..., str], action: Action) -> None:
    complaint_id = submit()
    officer = browser("pusat")
    page = officer.get(page_of(complaint_id))
    assert action not in offered(page)
    data = {"csrf": page.form("logout").fields["csrf"], "version": "1"}
    assert officer.client.post(f"{page_of(complaint_id)}/act/{action}", data=data).status_code == 404


def test_a_policy_that_permits_otherwise_is_followed(browser: Get, submit: Callable[..., str], house: House) -> None:
    policy = attrs.evolve(house.standard.policy, permissions={Action.HOLD: frozenset({Role.INSPECTORATE})})
    standard = attrs.evolve(house.standard, policy=policy)
    house.desk._standards = Standards(newest=standard)
    complaint_id = submit()
    assert "hold" not in offered(browser("pusat").get(page_of(complaint_id)))
    assert "hold" in offered(browser("inspektorat").get(page_of(complaint_id)))


def test_a_reason_of_the_policy_needs_no_words_of_one_s_own(
    browser: Get, submit: Callable[..., str], house: House
) -> None:
    reason = Refusal(title=Text(id="Bukan urusan pemerintah contoh", en="No matter of the government"))
    policy = attrs.evolve(house.standard.policy, refusals={"unrelated": reason})
    house.desk._standards = Standards(newest=attrs.evolve(house.standard, policy=policy))
    officer = browser("pusat")
    complaint_id = submit()
    page = officer.get(page_of(complaint_id))
    assert "Bukan urusan pemerintah contoh" in page.text
    assert officer.send(page, "act/reject", refusal="none-such").status in (404, 422)
    assert officer.send(officer.get(page_of(complaint_id)), "act/reject", refusal="unrelated").status == 200
    [fact] = [event.fact for event in house.desk.events(complaint_id) if event.type == "rejected"]
    assert fact.refusal == "unrelated"


def test_what_is_still_missing_of_an_incomplete_report_is_said_and_stays_asked_for(
    browser: Get, lead: Callable[[State], str]
) -> None:
    complaint_id = lead(State.INCOMPLETE)
    officer = browser("pusat")
    page = officer.get(page_of(complaint_id))
    assert "Uraikan kronologi kejadian." in page.text
    told = officer.send(page, "act/complete", title="Lampu padam", event_date="kemarin")
    assert told.status == 422
    assert told.form("act/complete").fields["title"] == ["Lampu padam"]
    told = officer.send(page, "act/complete", title="Lampu padam")
    assert told.status == 422
    assert 'class="field wrong"' in told.html


def test_an_action_that_this_page_does_not_know_yet_has_a_form(
    browser: Get, submit: Callable[..., str], monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    monkeypatch.setattr(acting, "_FIELDS", {})
    complaint_id = submit()
    officer = browser("pusat")
    page = officer.send(officer.get(page_of(complaint_id)), "act/hold", text="Menunggu surat.")
    assert page.status == 200
    assert house.desk.complaint(complaint_id).state is State.HELD


def test_of_two_officers_the_slower_one_is_told_and_keeps_the_text(
    browser: Get, forwarded: Callable[..., str], house: House
) -> None:
    complaint_id = forwarded()
    one, other = browser("penghubung"), browser("admin")
    seen_by_one, seen_by_other = one.get(page_of(complaint_id)), other.get(page_of(complaint_id))
    assert one.send(seen_by_one, "act/ask", text="Di mana?").status == 200
    told = other.send(seen_by_other, "act/return", text="Bukan urusan kami & titik.")
    assert told.status == 409
    assert "baru saja diubah petugas lain" in told.text
    assert "Bukan urusan kami & titik." in told.text
    assert house.desk.complaint(complaint_id).state is State.WAITING
    again = other.send(told, "act/respond", text="Sudah.")  # the page shows how it stands now, and is fit to act from
    assert again.status == 200


def test_two_tabs_cannot_answer_twice(browser: Get, forwarded: Callable[..., str], house: House) -> None:
    complaint_id = forwarded()
    officer = browser("penghubung")
    page = officer.get(page_of(complaint_id))
    assert officer.send(page, "act/respond", text="Satu.").status == 200
    assert officer.send(page, "act/respond", text="Dua.").status == 409
    assert house.desk.complaint(complaint_id).answers == ("Satu.",)


def test_what_is_missing_is_told_at_its_field(browser: Get, submit: Callable[..., str], house: House) -> None:
    complaint_id = submit(agency=None)
    officer = browser("pusat")
    page = officer.send(officer.get(page_of(complaint_id)), "act/reject", text="  \n ")
    assert page.status == 422
    assert page.html.count("field wrong") == 1
    page = officer.send(page, "act/dispose")
    assert page.status == 422
    assert "Pilih sedikitnya satu instansi." in page.text
    page = officer.send(page, "act/dispose", agencies="dinas-karangan")
    assert page.status in (404, 422)
    assert house.desk.complaint(complaint_id).state is State.SUBMITTED


def test_questions_that_are_open_are_marked_when_it_is_forwarded_too_early(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    complaint_id = submit()
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",))
    act(complaint_id, "admin", Action.VERIFY)
    officer = browser("admin")
    page = officer.send(officer.get(page_of(complaint_id)), "act/forward", fact__supervisory="no")
    assert page.status == 422
    wrong = [given["name"] for tag, given in page.tags if tag == "select" and "aria-invalid" in given]
    assert "fact-abuse_of_authority" in wrong
    assert page.form("act/forward").fields["fact-supervisory"] == ["no"]
    done = officer.send(page, "act/forward", fact__abuse_of_authority="yes")
    assert done.status == 200
    assert house.desk.complaint(complaint_id).tier == "berat"


def test_an_answer_that_is_none_is_refused(browser: Get, submit: Callable[..., str]) -> None:
    complaint_id = submit()
    officer = browser("pusat")
    page = officer.send(officer.get(page_of(complaint_id)), "act/classify", fact__supervisory="perhaps")
    assert page.status == 422
    assert "Pilih salah satu jawaban." in page.text


def test_of_several_agencies_the_one_that_answers_is_named(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], house: House
) -> None:
    complaint_id = submit()
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh", "dinas-teladan"))
    act(complaint_id, "admin", Action.VERIFY)
    act(complaint_id, "admin", Action.FORWARD)
    admin, neighbour = browser("admin"), browser("tetangga")
    page = admin.get(page_of(complaint_id))
    assert (
        page.html.count('name="agency"') == 3 * 3 + 2
    )  # each of two or all of them answers or returns; one returns its part
    assert 'name="agency"' not in neighbour.get(page_of(complaint_id)).html  # whose officer answers is plain
    assert neighbour.send(neighbour.get(page_of(complaint_id)), "act/respond", text="Bagian kami.").status == 200
    assert "Dinas Teladan (sudah menjawab)" in admin.get(page_of(complaint_id)).text
    done = admin.send(admin.get(page_of(complaint_id)), "act/respond", text="Sudah.", agency="dinas-contoh")
    assert done.status == 200
    answers = [event.fact for event in house.desk.events(complaint_id) if hasattr(event.fact, "agency")][1:]
    assert [answer.agency for answer in answers] == ["dinas-teladan", "dinas-contoh"]
    assert house.desk.complaint(complaint_id).state is State.RESPONDED


# Forms of somebody else's


@pytest.fixture
def post(browser: Get, submit: Callable[..., str], house: House) -> Callable[..., tuple[int, State]]:
    """Return what posts a rejection, changed, and gives the status and what became of the complaint."""

    def post(headers: Mapping[str, str] | None = None, **changes: Any) -> tuple[int, State]:
        complaint_id = submit()
        officer = browser("pusat")
        form = officer.get(page_of(complaint_id)).form("act/reject")
        data = {name: value for name, value in form.filled(text="x", **changes).items() if value != [None]}
        answer = officer.client.post(
            f"{page_of(complaint_id)}/act/reject", data=data, headers=headers, follow_redirects=False
        )
        return answer.status_code, house.desk.complaint(complaint_id).state

    return post


def test_a_form_of_ours_is_taken(post: Callable[..., tuple[int, State]]) -> None:
    assert post() == (303, State.REJECTED)
    assert post({"origin": "https://lapor.example.id"}) == (303, State.REJECTED)
    assert post({"sec-fetch-site": "same-origin"}) == (303, State.REJECTED)


@pytest.mark.parametrize("csrf", ["", "x", "0" * 64, "é", None])
def test_a_form_without_the_session_s_token_is_refused(
    post: Callable[..., tuple[int, State]], csrf: str | None
) -> None:
    assert post(csrf=[csrf]) == (403, State.SUBMITTED)


def test_another_session_s_token_is_no_good(
    post: Callable[..., tuple[int, State]], browser: Get, people: Mapping[str, Officer]
) -> None:
    others = browser("pusat").get("/officers/").form("logout").fields["csrf"]
    assert post(csrf=others) == (403, State.SUBMITTED)


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_from_another_site_is_refused(
    post: Callable[..., tuple[int, State]], headers: Mapping[str, str]
) -> None:
    assert post(headers) == (403, State.SUBMITTED)


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "9" * 40, None])
def test_without_the_version_that_was_seen_nothing_is_done(
    post: Callable[..., tuple[int, State]], version: str | None
) -> None:
    status, state = post(version=[version])
    assert status in (400, 409)
    assert state is State.SUBMITTED


def test_a_program_with_a_bearer_token_needs_no_form_token(
    app: Any, token: Callable[[Officer], str], people: Mapping[str, Officer], submit: Callable[..., str], house: House
) -> None:
    complaint_id = submit()
    headers = {"authorization": f"Bearer {token(people['pusat'])}"}
    data = {"version": str(house.desk.complaint(complaint_id).version), "text": "x"}
    client = TestClient(app, headers=headers, follow_redirects=False)
    assert client.post(f"{page_of(complaint_id)}/act/hold", data=data).status_code == 303


CSRF = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx\r\n--x--\r\n'


def test_another_kind_of_authorization_does_not_stand_for_the_form_token(
    post: Callable[..., tuple[int, State]],
) -> None:
    """A browser sends a proxy's Basic password by itself, from any page."""
    assert post({"authorization": "Basic eDp5"}, csrf="") == (403, State.SUBMITTED)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data; charset=klingon; boundary=x", CSRF, 403),
        ("multipart/form-data; charset=undefined; boundary=x", CSRF, 400),
        ("multipart/form-data", b"--x", 400),
        ("application/json", b"{}", 403),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000, 400),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(
    browser: Get, submit: Callable[..., str], content_type: str, body: bytes, status: int
) -> None:
    path = f"{page_of(submit())}/act/hold"
    answer = browser("pusat").client.post(path, content=body, headers={"content-type": content_type})
    assert answer.status_code == status


def test_a_body_beyond_all_bounds_is_refused_at_once(browser: Get, submit: Callable[..., str]) -> None:
    path = f"{page_of(submit())}/act/hold"
    headers = {"content-length": str(10**9), "content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    answer = browser("pusat").client.post(path, content=b"x", headers=headers)
    assert answer.status_code == 413
    assert "Berkas terlalu besar" in answer.text


def test_who_passes_a_complaint_on_to_others_is_led_back_to_the_list(
    browser: Get, submit: Callable[..., str], act: Callable[..., Complaint], house: House, people: Mapping[str, Officer]
) -> None:
    complaint_id = submit()
    act(complaint_id, "pusat", Action.DISPOSE, agencies=("dinas-contoh",), facts=LIGHT)
    act(complaint_id, "admin", Action.VERIFY)
    with house.store.transaction() as tx:
        mine = update(officers).where(officers.c.id == people["admin"].id)
        tx.connection.execute(mine.values(agency="dinas-contoh"))
    officer = browser("admin")
    page = officer.send(officer.get(page_of(complaint_id)), "act/forward", agencies="dinas-teladan")
    assert (page.status, page.response.url.path) == (200, "/officers/")


@pytest.mark.parametrize("action", ["no-such-action", "DISPOSE", "%00"])
def test_an_action_that_does_not_exist_is_not_found(browser: Get, submit: Callable[..., str], action: str) -> None:
    officer = browser("pusat")
    data = {"csrf": officer.get("/officers/").form("logout").fields["csrf"], "version": "1"}
    assert officer.client.post(f"{page_of(submit())}/act/{action}", data=data).status_code == 404


def test_what_is_not_for_the_role_is_refused(browser: Get, forwarded: Callable[..., str], house: House) -> None:
    complaint_id = forwarded()
    officer = browser("penghubung")
    page = officer.get(page_of(complaint_id))
    data = {"csrf": page.form("logout").fields["csrf"], "version": str(house.desk.complaint(complaint_id).version)}
    answer = officer.client.post(f"{page_of(complaint_id)}/act/escalate", data=data)
    assert answer.status_code == 403
    assert "bukan wewenang Anda" in answer.text


# Words and structure


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_are_whole_for_those_who_listen_to_them(
    browser: Get, forwarded: Callable[..., str], submit: Callable[..., str], stranger: Any, language: str
) -> None:
    complaint_id = forwarded()
    paths = [
        "/officers/",
        page_of(complaint_id),
        page_of(submit()),
        f"{page_of(complaint_id)}/clocks/0",
        "/officers/nothing",
    ]
    for login in ("pusat", "penghubung"):
        for path in paths:
            _is_whole(browser(login).get(f"{path}?lang={language}"), language)
    for path in ("/officers/", f"/officers/records/{complaint_id}"):
        _is_whole(browser("auditor").get(f"{path}?lang={language}"), language)
    _is_whole(stranger.get(f"/officers/login?lang={language}"), language)


def _is_whole(page: Any, language: str) -> None:
    tags = Counter(tag for tag, _ in page.tags)
    assert tags["h1"] == tags["main"] == tags["title"] == 1
    assert [given["lang"] for tag, given in page.tags if tag == "html"] == [language]
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids)), [name for name, count in Counter(ids).items() if count > 1]
    labelled = {given.get("for") for tag, given in page.tags if tag == "label"}
    for tag, given in page.tags:
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "checkbox", "radio"):
            assert given.get("id") in labelled, given
        for name in ("aria-describedby", "aria-labelledby"):
            assert set((given.get(name) or "").split()) <= set(ids)
        assert tag != "script"
        assert not any(name.startswith("on") or name == "style" for name in given)
        assert not (given.get("href") or "").startswith(("/", "http"))
    assert "{" not in page.text


def test_a_note_on_the_wording_is_told_as_what_it_is(browser: Get, submit: Callable[..., str]) -> None:
    page = browser("pusat").get(page_of(submit(narrative="Petugasnya goblok.")))
    assert "Catatan tentang bahasa laporan, untuk dipertimbangkan petugas" in page.text
    assert "goblok" in page.text
    assert "plug-in" not in page.text


def test_a_file_is_told_by_its_kind_as_people_call_it(
    browser: Get, submit: Callable[..., str], upload: Callable[..., Any]
) -> None:
    page = browser("pusat").get(page_of(submit(uploads=(upload("foto lampu.jpg"),))))
    assert "bukti, JPG, 1 kB" in " ".join(page.text.split())
    assert "image/jpeg" not in page.text


def test_an_officer_turns_notices_off_and_on_for_themselves_alone(browser: Get, house: House) -> None:
    officer = browser("pusat")
    page = officer.get("/officers/notices")
    assert "Untuk Anda belum tercatat email" in page.text
    for button, wanted in (("off", False), ("on", True)):
        page = officer.send(officer.get("/officers/notices"), "notices", wanted=button)
        assert "Pilihan Anda tersimpan." in page.text
        told = {one.login: one.notices for one in house.officers.listed()}
        assert (told.pop("pusat"), set(told.values())) == (wanted, {True})


def test_the_counter_leads_back_to_the_console_and_out(browser: Get, house: House) -> None:
    officer = browser("loket")
    page = officer.get("/walk-in/track")
    [console] = [link for link in page.links if link.endswith("officers/")]
    assert officer.client.get(page.response.url.join(console)).status_code == 200
    form = page.form("logout")
    out = officer.client.post(page.response.url.join(form.action), data=form.filled())
    assert out.url.path == "/officers/login"
    assert officer.client.get("/walk-in/track", headers={"accept": "text/html"}).url.path == "/officers/login"


@pytest.mark.parametrize("at", ["console", "counter"])
def test_what_an_officer_wrote_comes_back_when_the_session_is_over(
    browser: Get, forwarded: Callable[..., str], house: House, at: str
) -> None:
    officer = browser("penghubung" if at == "console" else "loket")
    place = page_of(forwarded()) if at == "console" else "/walk-in/"
    page = officer.get(place)
    form = page.form("act/respond") if at == "console" else page.forms[-1]
    target = page.response.url.join(form.action)
    answer = "Lampu sudah <b>diganti</b>.\nTerima kasih atas laporannya."
    typed = form.filled(text=answer, narrative=answer, name="Budi")
    officer.client.cookies.clear()
    told = officer.client.post(target, data=typed, headers={"accept": "text/html"})
    assert told.status_code == 401
    assert "Sesi Anda sudah berakhir" in told.text
    assert "Lampu sudah &lt;b&gt;diganti&lt;/b&gt;." in told.text
    assert not [value for name in ("csrf", "form") for value in typed.get(name, ()) if value in told.text]
    [link] = re.findall(r'href="([^"]+)" target', told.text)
    assert told.url.join(link).path == "/officers/login"
    for headers in ({"sec-fetch-site": "cross-site"}, {"content-length": str(2**20 + 1)}):
        other = officer.client.post(target, data=typed, headers={"accept": "text/html"} | headers)
        assert (other.status_code, "diganti" in other.text) == (401, False)
    assert officer.client.post(target, data=typed).headers["content-type"] == "application/json"


def test_a_page_asks_for_many_complaints_what_it_asks_for_one(
    house: House,
    forwarded: Callable[..., str],
    browser: Callable[[str], Any],
    watched: Callable[..., Any],
) -> None:
    admin, asked, counts = browser("pusat"), watched(house.store), []
    for number in (1, 3):
        for _ in range(number):
            complaint_id = forwarded(reporter=Reporter(name="Warga Contoh", email=f"{secrets.token_hex(4)}@example.id"))
        asked.said.clear()
        assert admin.get("/officers/").status == 200
        counts.append(len(asked.statements))
    assert counts[0] == counts[1]
    asked.said.clear()
    assert admin.get(f"/officers/complaints/{complaint_id}").status == 200
    assert asked.scans() == []
