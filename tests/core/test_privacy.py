"""Who sees what: anonim hides who, rahasia hides what, and nobody sees part of a number."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapor_core import Action, Actor, Attachment, Complaint, Event, Facts, Purpose, Reporter, Role, State, Visibility
from lapor_core.complaint import Shown
from lapor_core.errors import BadValue, Refused
from lapor_core.events import IdentitySeen
from lapor_core.evolution import replay_on
from lapor_core.identity import look
from lapor_core.notices import notices_for
from lapor_core.privacy import Reader, may_see_identity, reader_of, trail, view
from lapor_core.records import from_record, to_record, without_personal
from lapor_core.testing import Life, example_submission, lives

WHO = Reporter(
    name="PENANDA-NAMA",
    email="penanda@example.id",
    mobile="+6280000000001",  # invented
    identity_number="0000000000000001",  # invented
    addresses={"telegram": "PENANDA-ALAMAT"},
)
COMPLAINT = Complaint(
    id="c1",
    code="0000-0000-000",
    version=1,
    state=State.SUBMITTED,
    policy="banjarbaru@1",
    channel="web",
    received_at=datetime(2026, 3, 13, tzinfo=UTC),
    reached_at=datetime(2026, 3, 13, tzinfo=UTC),
    facts=Facts(),
    visibility=Visibility(),
    reporter_ref="p1",
    reporter=WHO,
    title="PENANDA-JUDUL",
    narrative="PENANDA-NARASI",
    place="PENANDA-TEMPAT",
    answers=("PENANDA-JAWABAN",),
    attachments=(
        Attachment(digest="a" * 64, name="PENANDA-BERKAS.png", media_type="image/png", size=1),
        Attachment(digest="b" * 64, media_type="image/png", size=1, purpose=Purpose.IDENTITY),
    ),
)
MATTER = ("PENANDA-JUDUL", "PENANDA-NARASI", "PENANDA-TEMPAT", "PENANDA-JAWABAN")
visibilities = st.builds(Visibility, anonymous=st.booleans(), secret=st.booleans())


def seen(reader: Reader, visibility: Visibility) -> str:
    return str(attrs.asdict(view(attrs.evolve(COMPLAINT, visibility=visibility), reader)))


@given(st.sampled_from(Reader), visibilities)
def test_numbers_addresses_and_copies_of_documents_are_in_no_view_but_the_reporter_s(
    reader: Reader, visibility: Visibility
) -> None:
    text = seen(reader, visibility)
    for marker in (WHO.mobile, WHO.email, WHO.identity_number, "PENANDA-ALAMAT", "b" * 64):
        assert (marker in text) == (reader is Reader.REPORTER)


@given(st.sampled_from(Reader), visibilities)
def test_a_name_is_for_those_who_handle_the_report_unless_it_is_anonymous(
    reader: Reader, visibility: Visibility
) -> None:
    handling = reader in (Reader.ADMIN, Reader.AGENCY) and not visibility.anonymous
    assert (WHO.name in seen(reader, visibility)) == (reader is Reader.REPORTER or handling)
    by_file = reader is Reader.ADMIN and not visibility.anonymous  # the names people give to files often are their own
    assert ("PENANDA-BERKAS" in seen(reader, visibility)) == (reader is Reader.REPORTER or by_file)


@given(st.sampled_from(Reader), visibilities)
def test_secret_hides_the_matter_from_the_public_alone_and_an_auditor_never_reads_it(
    reader: Reader, visibility: Visibility
) -> None:
    text = seen(reader, visibility)
    hidden = reader is Reader.AUDITOR or (reader is Reader.PUBLIC and visibility.secret)
    for marker in MATTER:
        assert (marker in text) != hidden
    assert view(attrs.evolve(COMPLAINT, visibility=visibility), reader).hidden == hidden


@pytest.mark.parametrize("role", Role)
def test_every_role_is_some_reader(role: Role) -> None:
    assert isinstance(reader_of(role), Reader)


def test_a_view_shows_nothing_personal_in_its_repr() -> None:
    shown = repr(view(COMPLAINT, Reader.ADMIN))
    assert "PENANDA" not in shown
    assert WHO.mobile not in shown


def test_an_auditor_is_told_only_what_is_named_in_no_text_code_or_person() -> None:
    life = Life(submission=example_submission(reporter=WHO, narrative="PENANDA-NARASI"))
    life.act(Action.DISPOSE)
    life.append([look_at(life.complaint, Role.CENTRAL_ADMIN, "PENANDA-ALASAN")])
    life.act(Action.RETURN, Role.AGENCY_ADMIN, text="PENANDA-JAWABAN")
    told = trail(life.events)
    assert [trace.type for trace in told] == [event.type for event in life.events]
    text = str([attrs.asdict(trace) for trace in told])
    for marker in ("PENANDA", WHO.mobile, life.complaint.code, life.complaint.reporter_ref):
        assert marker not in text
    by_type = {trace.type: trace for trace in told}
    assert by_type["received"].actor == ""
    assert by_type["identity_seen"].told == {"shown": "contact"}
    assert (by_type["identity_seen"].role, by_type["identity_seen"].actor) == (Role.CENTRAL_ADMIN, "petugas")
    assert by_type["disposed"].told == {"agencies": list(life.complaint.agencies)}
    assert by_type["classified"].told["tier"] == life.complaint.tier


@settings(max_examples=20)
@given(lives(most=4))
def test_a_trail_has_an_entry_for_every_event_and_opens_nothing_for_it(life: Life) -> None:
    sealed = [from_record(without_personal(to_record(event))) for event in life.events]
    assert trail(sealed) == trail(life.events)


# Looking at who reported


def look_at(complaint: Complaint, role: Role, reason: str, shown: Shown = Shown.CONTACT) -> Event:
    actor = Actor(role=role, id="petugas")
    return look(complaint, shown, actor=actor, reason=reason, office="banjarbaru", now=LOOKED)


LOOKED = datetime(2026, 6, 1, tzinfo=UTC)


@settings(max_examples=40)
@given(lives(most=1), st.sampled_from(Role), st.sampled_from(Shown), st.sampled_from(["", " \n", "menelepon pelapor"]))
def test_a_look_is_an_event_that_changes_nothing_or_is_refused(
    life: Life, role: Role, shown: Shown, reason: str
) -> None:
    complaint, may = life.complaint, may_see_identity(reader_of(role))
    because = {
        "not_permitted": not may,
        "erased": complaint.state is State.ERASED,
        "reason_needed": not reason.strip(),
    }
    if any(because.values()):
        with pytest.raises((BadValue, Refused)) as caught:
            look_at(complaint, role, reason, shown)
        assert caught.value.code == next(code for code, holds in because.items() if holds)
        return
    event = look_at(complaint, role, reason, shown)
    assert event.fact == IdentitySeen(shown=shown, reason="menelepon pelapor")
    assert replay_on(complaint, [event]) == attrs.evolve(complaint, version=complaint.version + 1)
    assert from_record(to_record(event)) == event
    assert "menelepon" not in str(to_record(event).public) + repr(event)
    assert notices_for([event], complaint) == ()


@pytest.mark.parametrize("role", Role)
def test_admins_may_look_and_nobody_else(role: Role) -> None:
    admins = {Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.COUNTER_OFFICER}
    assert may_see_identity(reader_of(role)) == (role in admins)


def test_a_naive_instant_is_refused() -> None:
    actor = Actor(role=Role.CENTRAL_ADMIN, id="petugas")
    with pytest.raises(BadValue, match="has no time zone"):
        look(COMPLAINT, Shown.PAPER, actor=actor, reason="x", office="x", now=datetime(2026, 6, 1))  # noqa: DTZ001
