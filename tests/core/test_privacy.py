"""Who sees what: anonim hides who, rahasia hides what, and nobody sees part of a number."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core import Attachment, Complaint, Facts, Purpose, Reporter, Role, State, Visibility
from lapor_core.privacy import Reader, reader_of, view

WHO = Reporter(
    name="PENANDA-NAMA",
    email="penanda@example.id",
    mobile="+6280000000001",  # invented
    identity_number="0000000000000001",  # invented
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
def test_numbers_and_addresses_are_for_the_admin_and_the_reporter_only(reader: Reader, visibility: Visibility) -> None:
    text = seen(reader, visibility)
    for marker in (WHO.mobile, WHO.email, WHO.identity_number, "PENANDA-BERKAS", "b" * 64):
        assert (marker in text) == (reader in (Reader.ADMIN, Reader.REPORTER))


@given(st.sampled_from(Reader), visibilities)
def test_anonymous_hides_who_from_the_agency_and_nobody_else_learns_it_anyway(
    reader: Reader, visibility: Visibility
) -> None:
    knows = reader in (Reader.ADMIN, Reader.REPORTER) or (reader is Reader.AGENCY and not visibility.anonymous)
    assert (WHO.name in seen(reader, visibility)) == knows


@given(st.sampled_from(Reader), visibilities)
def test_secret_hides_the_matter_from_the_public_alone(reader: Reader, visibility: Visibility) -> None:
    text = seen(reader, visibility)
    for marker in MATTER:
        assert (marker in text) == (reader is not Reader.PUBLIC or not visibility.secret)


@pytest.mark.parametrize("role", Role)
def test_every_role_is_some_reader(role: Role) -> None:
    assert isinstance(reader_of(role), Reader)


def test_a_view_shows_nothing_personal_in_its_repr() -> None:
    shown = repr(view(COMPLAINT, Reader.ADMIN))
    assert "PENANDA" not in shown
    assert WHO.mobile not in shown
