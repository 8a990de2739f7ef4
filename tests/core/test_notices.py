"""Notices: who is told of what, in whole sentences of two languages, and nothing that the recipient may not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from itertools import product

import attrs
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Action, Actor, Event, Proof, Reporter, Role, State
from lapor_core.complaint import Attachment, Rating
from lapor_core.decisions import write_down
from lapor_core.events import PinRenewed, answer_files
from lapor_core.evolution import replay
from lapor_core.lifecycle import TABLE, Outcome
from lapor_core.notices import GATHERED, Notice, Recipient, Written, notices_for, write, write_code, write_waiting
from lapor_core.notices.rendering import SHORT, contact_line
from lapor_core.policy.model import Contact, RestartOnReturn
from lapor_core.testing import Life, example_standard, example_submission, lives
from lapor_core.texts import LANGUAGES, long_date

STANDARD = example_standard(extension="7 working_days")
FOLDER = resources.files("lapor_core.notices") / "templates"
TEMPLATES = {
    language: {file.name.removesuffix(".txt") for file in (FOLDER / language).iterdir()} for language in LANGUAGES
}
OF_THE_REPORTER = {
    "name": "Marka-Nama",
    "mobile": "+628100007731",  # invented: no operator has 810
    "email": "marka@example.org",
    "identity_number": "0000000000007731",  # invented: 00 is no province
}
NARRATIVE, TITLE, PLACE = "Marka-Kronologi", "Marka-Judul", "Marka-Tempat"
WRITTEN_BY_HAND = "Marka-Keterangan"
PIN_HASH = "$scrypt$marka-pin"
SECRETS = (PIN_HASH, *OF_THE_REPORTER.values(), NARRATIVE, TITLE, PLACE, "petugas-contoh", "orang-contoh")


MARKED = example_submission(reporter=Reporter(**OF_THE_REPORTER), narrative=NARRATIVE, title=TITLE, place=PLACE)
BOTH = ("dinas-contoh", "badan-contoh")


def marked(state: State = State.SUBMITTED) -> Life:
    """A complaint in which everything personal is marked."""
    return Life.at(state, STANDARD, MARKED)


def marked_with_two_agencies(state: State) -> Life:
    life = marked()
    life.act(Action.DISPOSE, agencies=BOTH)
    life.lead_to(state)
    return life


def told(life: Life) -> Iterator[tuple[Notice, Event, Written]]:
    """Every notice of a life in both languages, each as the complaint stood then."""
    for notice in notices_for(life.events, life.complaint):
        if notice.template in GATHERED:
            continue  # tells of nothing in particular: below
        event = life.events[notice.sequence - 1]
        then = replay(life.events[: notice.sequence])
        for language in LANGUAGES:
            yield notice, event, write(notice.template, event, then, life.standard, language)


def with_another_pin(life: Life) -> Life:
    reporter = Actor(role=Role.REPORTER, id="pelapor-contoh")
    fact = PinRenewed(pin_hash=PIN_HASH)
    life.append(write_down(life.complaint, [fact], life.standard, life.complaint.reached_at, actor=reporter))
    return life


def every_act(*, text: str) -> Iterator[Life]:
    """Every action of the table, taken once from each state in which it is possible, in part too, and the whole ladder."""
    for state, row in TABLE.items():
        for action in row:
            if (state, action) == (State.WAITING, Action.EXTEND):  # its clock stands still
                continue
            life = marked(state)
            life.act(action, text=text)
            yield life
    for state, action in ((State.VERIFIED, Action.RETURN), (State.IN_PROGRESS, Action.RESPOND)):
        life = marked_with_two_agencies(state)
        life.act(action, text=text)
        yield life
    for outcome in Outcome:
        life = marked(State.RESPONDED)
        life.act(Action.RATE, text=text, rating=Rating(stars=1, outcome=outcome))
        yield life
    anew = Life.at(State.DISPOSED, example_standard(restart_on_return=RestartOnReturn.NEW_AGENCY), MARKED)
    anew.act(Action.RETURN, text=text)
    anew.act(Action.DISPOSE, agencies=("kantor-contoh",))
    yield anew
    yield with_another_pin(marked(State.IN_PROGRESS))
    late = marked(State.IN_PROGRESS)
    late.climb(late.complaint.clocks[0].due.replace(day=13, hour=10))
    yield late


EVERY = list(every_act(text=WRITTEN_BY_HAND))


# The words


def test_both_languages_have_the_same_templates() -> None:
    assert TEMPLATES["id"] == TEMPLATES["en"]


def test_every_template_is_sent_to_somebody() -> None:
    sent = {notice.template for life in EVERY for notice, _, _ in told(life)}
    assert sent == TEMPLATES["id"] - {"one_time_code", "deadline_moved", *GATHERED}  # the latter: test_recalculation.py


def test_what_is_sent_is_whole_sentences() -> None:
    for life in EVERY:
        for notice, _, written in told(life):
            for text in (written.subject, written.text, written.short):
                assert text.strip() == text != ""
                assert life.complaint.code in text
                assert not re.search(r"None|\{|\}|\(\s*\)|  |, ,|\( *,|\n\n\n| [.,]", text), (notice.template, text)
            assert "\n" not in written.subject + written.short
            assert len(written.subject) <= 78  # a line of an e-mail's header


@given(text=st.text(min_size=1).filter(str.strip), state=st.sampled_from([State.IN_PROGRESS, State.SUBMITTED]))
def test_a_short_form_fits_into_two_text_messages_whatever_was_written(text: str, state: State) -> None:
    life = Life(STANDARD)
    life.lead_to(state)
    life.act(Action.RESPOND if state is State.IN_PROGRESS else Action.REJECT, text=text * 40)
    for _, _, written in told(life):
        assert len(written.short) <= SHORT
        assert "\n" not in written.short


def test_a_short_form_is_cut_between_words_and_says_so() -> None:
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    life.act(Action.RESPOND, text="Lampu sudah diganti. " * 30)
    *_, written = (written for notice, _, written in told(life) if notice.template == "answered")
    assert written.short.endswith(("Lampu...", "sudah...", "diganti...."))
    assert ("Lampu sudah diganti. " * 30).strip() in written.text


def test_a_name_that_nobody_gave_is_an_error_and_no_empty_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from lapor_core.notices import rendering

    broken = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string
    source = "{% block subject %}{{ ghost }}{% endblock %}{% block text %}{% endblock %}{% block short %}{% endblock %}"
    monkeypatch.setattr(rendering, "_template", lambda *_: (broken(source), frozenset()))
    life = Life(STANDARD)
    with pytest.raises(jinja2.UndefinedError, match="ghost"):
        write("received", life.events[0], life.complaint, STANDARD)


def test_a_language_we_do_not_speak_is_answered_in_indonesian() -> None:
    life = Life(STANDARD)
    other = write("received", life.events[0], life.complaint, STANDARD, "nl")
    assert other == write("received", life.events[0], life.complaint, STANDARD, "id")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_one_time_code_stands_in_the_short_form_too(language: str) -> None:
    written = write_code("123456", "Dinas Contoh", 10, language)
    assert "123456" in written.short
    assert "123456" in written.text
    assert "10" in written.short
    assert len(written.short) <= 160


def test_a_contact_is_told_in_one_line_without_what_it_lacks() -> None:
    contact = Contact(name="Ombudsman RI", telephone="137", email="pengaduan@example.id")
    assert contact_line(contact) == "Ombudsman RI: telepon 137, email pengaduan@example.id"
    assert contact_line(contact, "en") == "Ombudsman RI: telephone 137, email pengaduan@example.id"


def test_a_day_that_may_still_move_is_called_provisional() -> None:
    life = Life(STANDARD, example_submission(received_at=example_submission().received_at.replace(year=2027, month=12)))
    life.lead_to(State.IN_PROGRESS)
    assert life.complaint.clocks[0].provisional
    forwarded = [written.text for notice, _, written in told(life) if notice.template == "forwarded"]
    assert "sementara" in forwarded[0]
    assert "provisional" in forwarded[1]


def test_what_closed_by_itself_is_told_so() -> None:
    life = Life(STANDARD)
    life.lead_to(State.RESPONDED)
    by_hand, by_itself = Life(STANDARD), life
    by_hand.lead_to(State.RESPONDED)
    by_hand.act(Action.CLOSE, Role.CENTRAL_ADMIN)
    by_itself.act(Action.CLOSE, Role.SYSTEM)
    texts = [
        [written.text for notice, _, written in told(one) if notice.template == "closed"]
        for one in (by_hand, by_itself)
    ]
    assert ["otomatis" in text[0] for text in texts] == [False, True]
    assert ["automatically" in text[1] for text in texts] == [False, True]


# Who is told


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        (State.SUBMITTED, Action.DISPOSE, {("to_verify", Role.AGENCY_ADMIN, None)}),
        (State.SUBMITTED, Action.HOLD, {("held", Role.REPORTER, None)}),
        (State.SUBMITTED, Action.REJECT, {("rejected", Role.REPORTER, None)}),
        (State.SUBMITTED, Action.ARCHIVE, {("archived", Role.REPORTER, None)}),
        (State.SUBMITTED, Action.WITHDRAW, set()),
        (
            State.VERIFIED,
            Action.FORWARD,
            {("to_answer", Role.LIAISON_OFFICER, "dinas-contoh"), ("forwarded", Role.REPORTER, None)},
        ),
        (State.VERIFIED, Action.RETURN, {("returned", Role.CENTRAL_ADMIN, None)}),
        (State.IN_PROGRESS, Action.ASK, {("asked", Role.REPORTER, None)}),
        (State.IN_PROGRESS, Action.ESCALATE, {("escalated", Role.SUPERIOR, "dinas-contoh")}),
        (State.IN_PROGRESS, Action.REMIND, {("reminder", Role.LIAISON_OFFICER, "dinas-contoh")}),
        (State.IN_PROGRESS, Action.RESPOND, {("answered", Role.REPORTER, None)}),
        (State.IN_PROGRESS, Action.WITHDRAW, {("withdrawn", Role.LIAISON_OFFICER, "dinas-contoh")}),
        (State.WAITING, Action.REPLY, {("replied", Role.LIAISON_OFFICER, "dinas-contoh")}),
        (
            State.INCOMPLETE,
            Action.COMPLETE,
            {("received", Role.REPORTER, None), ("to_dispose", Role.CENTRAL_ADMIN, None)},
        ),
        (State.HELD, Action.REPLY, {("to_dispose", Role.CENTRAL_ADMIN, None)}),
        (State.HELD, Action.RESUME, set()),
        (State.IN_PROGRESS, Action.INVOLVE, {("to_answer", Role.LIAISON_OFFICER, "badan-contoh")}),
        (State.DISPOSED, Action.INVOLVE, set()),
        (
            State.IN_PROGRESS,
            Action.EXTEND,
            {("extended", Role.REPORTER, None), ("more_time", Role.LIAISON_OFFICER, "dinas-contoh")},
        ),
        (State.IN_PROGRESS, Action.ATTACH, {("attached", Role.LIAISON_OFFICER, "dinas-contoh")}),
        (State.IN_PROGRESS, Action.MERGE, {("merged", Role.REPORTER, None)}),
        (
            State.MERGED,
            Action.UNMERGE,
            {("unmerged", Role.REPORTER, None), ("to_dispose", Role.CENTRAL_ADMIN, None)},
        ),
        (State.APPEALED, Action.REVIEW, {("reviewed", Role.REPORTER, None)}),
        (
            State.RESPONDED,
            Action.APPEAL,
            {("appealed", Role.SUPERIOR, "dinas-contoh"), ("appealed", Role.INSPECTORATE, None)},
        ),
        (State.RESPONDED, Action.CLOSE, {("closed", Role.REPORTER, None)}),
        (State.CLOSED, Action.ERASE, set()),
        (State.CLOSED, Action.REOPEN, {("reopened", Role.LIAISON_OFFICER, "dinas-contoh")}),
    ],
)
def test_those_whose_turn_it_is_are_told(state: State, action: Action, expected: set[object]) -> None:
    life = Life.at(state, STANDARD)
    told_now = notices_for(life.act(action), life.complaint)
    assert {(one.template, one.recipient.role, one.recipient.agency) for one in told_now} == expected


@pytest.mark.parametrize(("language", "what_to_do"), [("id", "minta PIN baru"), ("en", "ask for another PIN")])
def test_the_reporter_alone_is_told_of_another_pin_when_and_what_to_do_about_it(language: str, what_to_do: str) -> None:
    life = with_another_pin(marked(State.IN_PROGRESS))
    event = life.events[-1]
    [notice] = notices_for([event], life.complaint)
    assert (notice.template, notice.recipient) == ("pin_renewed", Recipient(role=Role.REPORTER))
    written = write(notice.template, event, life.complaint, STANDARD, language)
    for text in (written.text, written.short):
        assert long_date(event.happened_at.date(), language) in text
        assert what_to_do in text


@given(life=lives(STANDARD))
def test_the_reporter_is_told_of_every_answer(life: Life) -> None:
    """The fourth step of the standard."""
    words = {"responded": "answered", "responded_in_part": "answered_in_part", "reviewed": "reviewed"}
    answers = {(event.sequence, words[event.type]) for event in life.events if event.type in words}
    assert {
        (notice.sequence, notice.template)
        for notice in notices_for(life.events, life.complaint)
        if notice.template in words.values() and notice.recipient.role is Role.REPORTER
    } == answers


@given(text=st.text(min_size=1, max_size=400).filter(str.strip), length=st.integers(26, 120))
def test_letter_and_text_message_end_with_the_address_and_without_one_name_none(text: str, length: int) -> None:
    address = "https://lapor.example.id/".ljust(length, "a")
    life = Life(STANDARD)
    life.lead_to(State.IN_PROGRESS)
    [event, *_] = life.act(Action.RESPOND, text=text)
    for language, words in (("id", "Lacak dan balas laporan Anda di: "), ("en", "Track your report and reply at: ")):
        plain = write("answered", event, life.complaint, STANDARD, language)
        told_where = write("answered", event, life.complaint, STANDARD, language, track=address)
        assert told_where.text == f"{plain.text}\n\n{words}{address}"
        assert told_where.short.endswith(f" {address}")
        assert len(told_where.short) <= SHORT
        assert "http" not in plain.text + plain.short or "http" in text


def test_an_officers_letter_names_the_desk() -> None:
    life = marked(State.DISPOSED)
    written = write(
        "to_verify", life.events[-1], life.complaint, STANDARD, console="https://lapor.example.id/officers/"
    )
    assert written.text.endswith("\n\nBuka meja layanan di: https://lapor.example.id/officers/")


def test_a_letter_names_the_files_of_an_answer() -> None:
    files = [
        Attachment(digest="0" * 64, name=name, media_type="application/pdf", size=1) for name in ("surat tugas.pdf", "")
    ]
    for state, action in ((State.IN_PROGRESS, Action.RESPOND), (State.APPEALED, Action.REVIEW)):
        life = marked(state)
        life.act(action, text="Sudah selesai.", attachments=tuple(files))
        indonesian, english = (written.text for _, event, written in told(life) if answer_files(event.fact))
        assert "Berkas pada tanggapan ini: surat tugas.pdf, berkas tanpa nama." in indonesian
        assert "Files with this answer: surat tugas.pdf, a file without a name." in english


def test_of_a_new_report_those_are_told_who_dispose_under_the_policy() -> None:
    life = marked()
    for roles in ({Role.CENTRAL_ADMIN}, {Role.AGENCY_ADMIN, Role.CENTRAL_ADMIN}, {Role.SYSTEM}):
        policy = attrs.evolve(STANDARD.policy, permissions={Action.DISPOSE: frozenset(roles)})
        told_now = notices_for(life.events, life.complaint, policy)
        waiting = [one.recipient.role for one in told_now if one.template == "to_dispose"]
        assert waiting == sorted(roles - {Role.SYSTEM})


def test_what_is_gathered_says_how_much_waits_and_nothing_of_any_report() -> None:
    for template in GATHERED:
        for language, count in (("id", "3 laporan menunggu"), ("en", "Reports that wait for disposition: 3.")):
            written = write_waiting(
                template, 3, "Kantor Contoh", language, console="https://lapor.example.id/officers/"
            )
            assert count in written.text
            assert "3" in written.subject + written.short
            assert written.text.endswith("https://lapor.example.id/officers/")
            assert set(written.values) <= {"waiting", "office"}


def test_only_those_who_still_owe_an_answer_are_reminded() -> None:
    life = marked_with_two_agencies(State.IN_PROGRESS)
    life.act(Action.RESPOND, agency="badan-contoh")
    told_now = notices_for(life.act(Action.REMIND), life.complaint)
    assert [one.recipient.agency for one in told_now] == ["dinas-contoh"]


def test_a_part_of_an_answer_says_whose_it_is_and_whose_is_still_to_come() -> None:
    life = marked_with_two_agencies(State.IN_PROGRESS)
    life.act(Action.RESPOND, agency="badan-contoh", text="Bagian kami selesai.")
    (indonesian, english) = (written for notice, _, written in told(life) if notice.template == "answered_in_part")
    assert "oleh Badan Contoh" in indonesian.text
    assert "Masih ditunggu: Dinas Contoh." in indonesian.text
    assert "Still to come: Dinas Contoh." in english.text
    assert "Bagian kami selesai." in english.short


def test_who_reported_by_sms_reads_how_to_reply_and_only_what_the_standard_says_of_the_time() -> None:
    for channel, pauses in product(("sms", "web"), (True, False)):
        clocks = STANDARD.policy.clocks
        resolve = attrs.evolve(clocks["resolve"], pauses=(State.WAITING,) if pauses else ())
        policy = attrs.evolve(STANDARD.policy, clocks={**clocks, "resolve": resolve})
        proofs = frozenset({Proof.SENDER_NUMBER} if channel == "sms" else {Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
        life = Life(attrs.evolve(STANDARD, policy=policy), attrs.evolve(MARKED, channel=channel, proofs=proofs))
        life.lead_to(State.IN_PROGRESS)
        life.act(Action.ASK, text="Di jalan mana?")
        life.act(Action.REPLY)
        life.act(Action.RESPOND)
        code = life.complaint.code
        written = {(one.template, how.short, how.text) for one, _, how in told(life)}
        asked = [(short, text) for template, short, text in written if template == "asked"]
        answered = [short for template, short, _ in written if template == "answered"]
        assert all((f"BALAS {code}" in short) == (channel == "sms") for short in (*answered, *(a for a, _ in asked)))
        assert sorted("hitungan waktu berhenti" in text for _, text in asked) == [False, pauses]


def test_what_is_missing_is_told_with_the_code() -> None:
    life = marked(State.INCOMPLETE)
    (indonesian, english) = (written for notice, _, written in told(life) if notice.template == "incomplete")
    assert "Uraikan kronologi kejadian." in indonesian.text
    assert "Tell what happened." in english.text
    assert life.complaint.code in indonesian.short
    assert [notice.template for notice in notices_for(life.events, life.complaint)] == ["incomplete"]


@given(life=lives(STANDARD))
def test_each_notice_has_a_key_of_its_own_that_is_always_the_same(life: Life) -> None:
    notices = notices_for(life.events, life.complaint)
    assert len({notice.key for notice in notices}) == len(notices)
    assert [notice.key for notice in notices_for(life.events, life.complaint)] == [notice.key for notice in notices]


# What nobody else may know


def test_officers_are_told_nothing_that_a_person_wrote_and_nothing_of_the_reporter() -> None:
    officers = [
        (notice, shown)
        for life in EVERY
        for notice, _, written in told(life)
        if notice.recipient.role is not Role.REPORTER
        for shown in (written.subject, written.text, written.short, str(written.values))
    ]
    assert officers
    for (notice, shown), secret in product(officers, (*SECRETS, WRITTEN_BY_HAND)):
        assert secret not in shown, notice.template


def test_the_reporter_is_told_no_contact_of_anybody_and_nothing_of_officers() -> None:
    """Even in a message to the reporter, what identifies somebody or was reported has no place: it may be misdirected."""
    for life in EVERY:
        for notice, _, written in told(life):
            if notice.recipient.role is Role.REPORTER:
                shown = written.subject + written.text + written.short + str(written.values)
                assert [secret for secret in SECRETS if secret in shown] == [], notice.template


def test_a_note_with_a_reminder_stays_at_the_desk() -> None:
    life = marked(State.IN_PROGRESS)
    life.act(Action.REMIND, Role.CENTRAL_ADMIN, text=WRITTEN_BY_HAND)
    assert all(WRITTEN_BY_HAND not in written.text for _, _, written in told(life))


def test_values_are_handed_on_only_as_far_as_the_template_uses_them() -> None:
    life = marked(State.WAITING)
    life.act(Action.REPLY, text=WRITTEN_BY_HAND)
    (replied, *_) = (written for notice, _, written in told(life) if notice.template == "replied")
    assert set(replied.values) == {"code", "at"}
    life.act(Action.RESPOND, text=WRITTEN_BY_HAND)
    (answered, *_) = (written for notice, _, written in told(life) if notice.template == "answered")
    assert set(answered.values) == {"code", "at", "text", "office", "by_sms"}


def test_words_and_values_do_not_show_in_a_repr() -> None:
    life = marked(State.IN_PROGRESS)
    life.act(Action.RESPOND, text=WRITTEN_BY_HAND)
    assert all(WRITTEN_BY_HAND not in repr(written) for _, _, written in told(life))


@given(life=lives(STANDARD))
def test_a_notice_holds_references_only(life: Life) -> None:
    for notice in notices_for(life.events, life.complaint):
        assert set(attrs.asdict(notice)) == {"complaint", "sequence", "template", "recipient"}
        assert "Lampu jalan" not in repr(notice) + notice.key


@given(life=lives(STANDARD))
def test_every_notice_of_every_life_can_be_written(life: Life) -> None:
    assert all(written.text for _, _, written in told(life))
