"""Requirements that people decide, advice on language, and readiness for the Ombudsman with its letter."""

from __future__ import annotations

import string
import tomllib
from datetime import date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Facts, Kind, Proof, Reporter, Role, State
from lapor_core.complaint import Rating, Visibility
from lapor_core.errors import BadValue
from lapor_core.letters import Letter, condition_text, ombudsman_letter
from lapor_core.lifecycle import Outcome
from lapor_core.ombudsman import Declaration, Need, Readiness, Status, readiness
from lapor_core.policy import KindRequirement, Politeness, Requirement
from lapor_core.policy.loading import shipped_policy
from lapor_core.politeness import advise, coarse_words
from lapor_core.requirements import missing
from lapor_core.testing import Life, example_standard, example_submission, lives

POLICY = shipped_policy("banjarbaru")
STANDARD = example_standard()
WITA = ZoneInfo("Asia/Makassar")
HARMLESS = st.text(alphabet="bcdfgh jklm npqrst.,!?0123456789", max_size=60)


# Requirements


def test_a_kind_of_report_may_have_to_bring_something_else() -> None:
    own = {
        Kind.APPRECIATION: KindRequirement(proofs=frozenset()),
        Kind.COMPLAINT: KindRequirement(content=("narrative", "place")),
    }
    row = Requirement(proofs=frozenset({Proof.SENDER_NUMBER}), kinds=own)
    policy = attrs.evolve(POLICY, channels={**POLICY.channels, "sms": row})
    pieces = {
        kind: [piece.code for piece in missing(example_submission(kind=kind, proofs=frozenset()), policy)]
        for kind in (Kind.APPRECIATION, Kind.COMPLAINT, Kind.ASPIRATION, None)
    }
    assert pieces == {
        Kind.APPRECIATION: [],
        Kind.COMPLAINT: ["missing_sender_number", "missing_place"],
        Kind.ASPIRATION: ["missing_sender_number"],
        None: ["missing_sender_number"],
    }


def test_the_reasons_for_not_taking_a_report_up_are_data_and_each_says_for_which_act() -> None:
    assert set(POLICY.refusals_for(Action.ARCHIVE)) == {"not_relevant", "too_general", "duplicate"}
    assert set(POLICY.refusals_for(Action.REJECT)) == {"not_relevant", "too_general"}
    assert POLICY.refusals_for(Action.CLOSE) == {}
    assert POLICY.refusals["not_relevant"].text in POLICY.procedure


@pytest.mark.parametrize("action", [Action.REJECT, Action.ARCHIVE])
def test_a_report_is_not_taken_up_without_a_recorded_reason(action: Action) -> None:
    life = Life()
    with pytest.raises(BadValue) as caught:
        life.act(action, Role.CENTRAL_ADMIN, text=" ")
    assert caught.value.code == "text_needed"


# Language


@given(text=HARMLESS)
def test_a_harmless_text_is_not_advised_on(text: str) -> None:
    assert advise(text, POLICY) == ()


@given(
    before=HARMLESS,
    word=st.sampled_from(coarse_words()),
    after=HARMLESS,
    times=st.integers(1, 4),
    case=st.sampled_from(["upper", "lower", "title"]),
)
def test_a_coarse_word_is_pointed_out_where_it_stands(
    before: str, word: str, after: str, times: int, case: str
) -> None:
    written = word[0] + word[1] * times + word[2:]
    written = getattr(written, case)()
    text = f"{before} {written} {after}"
    found = [advice for advice in advise(text, POLICY) if advice.word == word]
    assert [text[advice.start : advice.end] for advice in found] == [written]
    assert found[0].text == "dengan bahasa yang santun"


@pytest.mark.parametrize(
    "text",
    [
        "Anjing liar dan babi masuk ke halaman sekolah, warga takut.",
        "Ada orang gila di pasar; petugas belum datang.",
        "Jalan Tololu rusak berat.",  # no word of the list, though one stands in it
        "",
    ],
)
def test_what_reports_speak_of_as_it_is_is_not_coarse(text: str) -> None:
    assert advise(text, POLICY) == ()


def test_a_policy_adds_words_and_allows_words_and_one_that_says_nothing_advises_nothing() -> None:
    manners = Politeness(text="santun", words=("norak",), allowed=("Tolol",))
    policy = attrs.evolve(POLICY, politeness=manners)
    assert [advice.word for advice in advise("Tolol, norak, goblok", policy)] == ["norak", "goblok"]
    assert advise("goblok", shipped_policy("magetan")) == ()


def test_coarse_language_is_no_missing_piece() -> None:
    assert missing(example_submission(narrative="Goblok, lampu mati lagi."), POLICY) == ()


# The Ombudsman


def ready(life: Life, declared: Declaration | None = None, later: timedelta = timedelta()) -> Readiness:
    return readiness(life.complaint, life.standard, life.now + later, declared)


def status(found: Readiness, need: Need) -> tuple[Status, str]:
    condition = next(condition for condition in found.conditions if condition.need is need)
    return condition.status, condition.why


def test_a_fresh_complaint_is_not_ready_and_says_until_when_the_office_has_time() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    found = ready(life)
    assert status(found, Need.NOT_SERVED) == (Status.MISSING, "not_due_yet")
    condition = found.missing[0]
    assert condition.day == date(2026, 4, 10)
    assert "10 April 2026" in condition_text(condition)
    assert status(found, Need.COMPLAINED_BEFORE) == (Status.MET, "complained_on")


def test_a_complaint_past_its_deadline_meets_that_condition() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    assert status(ready(life, later=timedelta(days=60)), Need.NOT_SERVED) == (Status.MET, "overdue")


def test_a_clock_that_stands_still_is_overdue_only_if_it_was_so_before() -> None:
    """Whoever is asked and does not answer is not told that the office lets its promise go by; nor does the report say so."""
    for asked_after, expected in ((timedelta(days=9), "not_due_yet"), (timedelta(days=40), "overdue")):
        life = Life()
        life.lead_to(State.IN_PROGRESS)
        life.act(Action.ASK, after=asked_after)
        assert status(ready(life, later=timedelta(days=60)), Need.NOT_SERVED)[1] == expected
        letter = ombudsman_letter(life.complaint, life.standard, life.now + timedelta(days=60)).text
        assert ("terlewati" in letter) is (expected == "overdue")


def test_a_complaint_that_nobody_disposed_is_overdue_when_no_tier_has_more_time() -> None:
    life = Life()
    assert status(ready(life), Need.NOT_SERVED) == (Status.MISSING, "no_deadline_yet")
    assert status(ready(life, later=timedelta(days=60)), Need.NOT_SERVED) == (Status.MET, "overdue")
    letter = ombudsman_letter(life.complaint, life.standard, life.now + timedelta(days=60)).text
    assert "Tenggat penyelesaian: Selasa, 5 Mei 2026, terlewati; tingkat laporan belum ditetapkan" in letter


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (Declaration(), (Status.UNKNOWN, "answered")),
        (Declaration(unsatisfied=True), (Status.MET, "unsatisfied")),
        (Declaration(unsatisfied=False), (Status.MISSING, "satisfied")),
    ],
)
def test_whether_an_answer_is_a_solution_only_the_reporter_can_say(
    declared: Declaration, expected: tuple[Status, str]
) -> None:
    life = Life()
    life.lead_to(State.RESPONDED)
    assert status(ready(life, declared), Need.NOT_SERVED) == expected


@pytest.mark.parametrize("outcome", Outcome)
def test_a_rating_in_the_record_says_whether_the_answer_was_a_solution(outcome: Outcome) -> None:
    life = Life()
    life.lead_to(State.RESPONDED)
    rated = attrs.evolve(life.complaint, rating=Rating(stars=3, outcome=outcome))
    expected = (Status.MISSING, "satisfied") if outcome is Outcome.SETTLED else (Status.MET, "unsatisfied")
    assert status(readiness(rated, life.standard, life.now), Need.NOT_SERVED) == expected
    said = Declaration(unsatisfied=False)
    assert status(readiness(rated, life.standard, life.now, said), Need.NOT_SERVED)[0] is Status.MISSING


def test_being_dissatisfied_with_an_answer_that_is_not_due_yet_is_not_enough() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    assert status(ready(life, Declaration(unsatisfied=True)), Need.NOT_SERVED) == (Status.MISSING, "not_due_yet")


def test_a_complaint_that_was_reopened_is_owed_an_answer_again() -> None:
    life = Life()
    life.lead_to(State.CLOSED)
    life.act(Action.REOPEN)
    assert status(ready(life), Need.NOT_SERVED)[0] is Status.MISSING
    assert status(ready(life, later=timedelta(days=60)), Need.NOT_SERVED) == (Status.MET, "overdue")


def test_a_report_that_was_rejected_may_be_ready_and_one_that_was_withdrawn_was_not_complained_of() -> None:
    rejected, withdrawn = Life(), Life()
    rejected.act(Action.REJECT)
    withdrawn.act(Action.WITHDRAW)
    assert status(ready(rejected), Need.NOT_SERVED) == (Status.UNKNOWN, "not_taken_up")
    assert status(ready(withdrawn), Need.COMPLAINED_BEFORE) == (Status.MISSING, "withdrawn")


@pytest.mark.parametrize(
    ("event", "today", "expected"),
    [
        (None, date(2026, 3, 13), (Status.UNKNOWN, "no_event_date")),
        (date(2024, 3, 13), date(2026, 3, 13), (Status.MET, "until")),
        (date(2024, 3, 12), date(2026, 3, 13), (Status.MISSING, "too_old")),
        (date(2024, 2, 29), date(2026, 2, 28), (Status.MET, "until")),
        (date(2024, 2, 29), date(2026, 3, 1), (Status.MISSING, "too_old")),
        (date(2026, 3, 14), date(2026, 3, 13), (Status.UNKNOWN, "event_in_the_future")),
    ],
)
def test_the_event_is_at_most_two_years_old(event: date | None, today: date, expected: tuple[Status, str]) -> None:
    complaint = attrs.evolve(Life().complaint, event_date=event)
    now = datetime.combine(today, datetime.min.time(), WITA) + timedelta(hours=23)
    assert status(readiness(complaint, STANDARD, now), Need.RECENT) == expected


@pytest.mark.parametrize("value", [None, True, False])
def test_standing_is_what_the_reporter_says_and_never_guessed(value: bool | None) -> None:  # noqa: FBT001 - a column of the table
    found = ready(Life(), Declaration(resident=value, concerned=value))
    expected = {None: Status.UNKNOWN, True: Status.MET, False: Status.MISSING}[value]
    assert status(found, Need.RESIDENT)[0] is status(found, Need.CONCERNED)[0] is expected


DECLARED = st.builds(
    Declaration,
    resident=st.none() | st.booleans(),
    concerned=st.none() | st.booleans(),
    unsatisfied=st.none() | st.booleans(),
)


@given(life=lives(), declared=DECLARED, days=st.integers(0, 900))
def test_every_condition_is_answered_once_and_the_contacts_are_always_there(
    life: Life, declared: Declaration, days: int
) -> None:
    found = ready(life, declared, timedelta(days=days))
    assert [condition.need for condition in found.conditions] == list(Need)
    assert {*found.met, *found.missing, *found.unknown} == {*found.conditions}
    assert found.contacts == tuple(POLICY.contacts.values()) != ()
    for language in ("id", "en"):
        assert all("{" not in condition_text(condition, language) for condition in found.conditions)


@given(life=lives(), days=st.integers(0, 400))
def test_time_alone_never_makes_a_late_complaint_timely(life: Life, days: int) -> None:
    before, after = (
        status(ready(life, later=later), Need.NOT_SERVED)[1] for later in (timedelta(), timedelta(days=days))
    )
    assert after == "overdue" or before != "overdue"


def test_nothing_says_that_somebody_is_entitled() -> None:
    assert not any("eligib" in name or "entitled" in name for name in dir(Readiness))
    for language in ("id", "en"):
        text = (resources.files("lapor_core.letters") / "sentences" / f"{language}.toml").read_text("utf-8")
        told = str({key: value for key, value in tomllib.loads(text).items() if key != "letter"})
        assert "eligible" not in told
        assert "memenuhi syarat" not in told


def test_both_languages_have_the_same_sentences_with_the_same_values() -> None:
    folder = resources.files("lapor_core.letters") / "sentences"
    first, second = (tomllib.loads((folder / f"{language}.toml").read_text("utf-8")) for language in ("id", "en"))
    fields = string.Formatter()
    assert {group: list(texts) for group, texts in first.items()} == {
        group: list(texts) for group, texts in second.items()
    }
    for group, texts in first.items():
        for key, text in texts.items():
            assert {part[1] for part in fields.parse(text)} == {part[1] for part in fields.parse(second[group][key])}
    assert set(first["need"]) == set(Need)
    assert set(first["status"]) == set(Status)


def test_now_needs_its_zone() -> None:
    with pytest.raises(BadValue) as caught:
        readiness(Life().complaint, STANDARD, datetime(2026, 3, 13))  # noqa: DTZ001 - naive on purpose
    assert caught.value.code == "naive_datetime"


# The letter


def letter(life: Life, **fields: object) -> Letter:
    return ombudsman_letter(life.complaint, life.standard, life.now, **fields)  # type: ignore[arg-type]


def test_the_letter_holds_what_the_record_knows_and_leaves_lines_for_the_rest() -> None:
    reporter = Reporter(name="Warga Contoh", mobile="+628000000001", email="warga@example.org")  # invented
    life = Life(
        submission=example_submission(
            reporter=reporter, title="Lampu mati", place="Jalan Contoh", event_date=date(2026, 3, 9)
        )
    )
    life.lead_to(State.RESPONDED)
    life.now += timedelta(days=40)
    found = letter(life, request="Lampu diperbaiki.")
    for part in (
        *("Warga Contoh", "+628000000001", "warga@example.org", "Lampu mati", "Jalan Contoh", "Senin, 9 Maret 2026"),
        *("Lampu jalan contoh mati sejak Senin.", "Dinas Contoh", "Keterangan contoh.", "Lampu diperbaiki."),
        *("Jumat, 13 Maret 2026, pukul 10.00 WITA", "Tenggat penyelesaian (tingkat sedang): Jumat, 10 April 2026"),
        *("Ombudsman RI: telepon 137", "pengaduan@ombudsman.go.id", life.complaint.code, "Sudah ditanggapi"),
        *("Tempat, tanggal lahir : ....", "Pekerjaan             : ...."),
    ):
        assert part in found.text, part
    assert found.subject == f"Laporan tentang penanganan pengaduan {life.complaint.code}"
    assert "\n\n\n\n\n" not in found.text


def test_a_letter_says_that_a_promise_was_missed_and_that_no_answer_came() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    life.now += timedelta(days=60)
    text = letter(life).text
    assert "Jumat, 10 April 2026, terlewati, belum selesai" in text
    assert "Belum ada tanggapan." in text
    assert "Laporan melewati batas waktu atau tidak diselesaikan dengan baik: terpenuhi" in text


def test_a_deadline_that_was_replaced_by_a_new_tier_is_not_called_kept() -> None:
    life = Life()
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.CLASSIFY, Role.AGENCY_ADMIN, facts=Facts(supervisory=True))
    text = letter(life).text
    assert "(tingkat sedang): Jumat, 10 April 2026, diganti setelah tingkat laporan ditetapkan lagi" in text
    assert "(tingkat berat): Selasa, 5 Mei 2026, masih berjalan" in text


@pytest.mark.parametrize("visibility", [Visibility(anonymous=True), Visibility(secret=True), Visibility()])
def test_who_wished_to_stay_unknown_asks_the_ombudsman_for_the_same(visibility: Visibility) -> None:
    life = Life(submission=example_submission(visibility=visibility))
    asked = "identitas saya dirahasiakan" in letter(life).text
    assert asked == (visibility.anonymous or visibility.secret)


def test_an_identity_number_is_never_in_the_letter_and_nothing_of_it_in_a_repr() -> None:
    reporter = Reporter(name="Warga Contoh", identity_number="6372000000000001")  # invented
    found = letter(Life(submission=example_submission(reporter=reporter)))
    assert "6372000000000001" not in found.text
    assert "Warga" not in repr(found)


@given(life=lives(), days=st.integers(0, 900))
def test_a_letter_can_be_written_at_any_time_and_has_no_empty_place(life: Life, days: int) -> None:
    found = ombudsman_letter(life.complaint, life.standard, life.now + timedelta(days=days))
    assert life.complaint.code in found.text
    assert "None" not in found.text.replace(life.complaint.narrative, "")
    assert "1. Terlapor" in found.text


def test_what_a_citizen_writes_is_text_and_no_template() -> None:
    life = Life(submission=example_submission(narrative="{{ 7 * 7 }} {% for x in y %}"))
    assert "{{ 7 * 7 }} {% for x in y %}" in letter(life).text
