"""Nothing personal lies open, in any column or file, and of an erased person nothing can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from PIL import Image
from sqlalchemy import inspect, select, text

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Facts,
    Ground,
    Kind,
    Proof,
    Purpose,
    Reporter,
    Role,
    Submission,
    Upload,
    load_standard,
)
from lapor_desk.accounts import Accounts, read_challenge
from lapor_desk.desk import Desk
from lapor_desk.officers import Officers
from lapor_desk.people import read_account
from lapor_desk.store import Store
from lapor_desk.store.tables import accounts, challenges, events, people
from lapor_desk.suggesting import sketch_new

NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
MARK = "rahasia-contoh"
STANDARD = load_standard("banjarbaru", agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),))
REPORTER = Reporter(
    name=f"Warga {MARK}",
    email=f"{MARK}@example.org",
    mobile="+6280000000001",  # invented
    identity_number="0000000000000017",  # invented
)
ERASE = Act(action=Action.ERASE, actor=Actor(role=Role.CENTRAL_ADMIN, id="petugas-1"), ground=Ground.REQUESTED)
SECRETS = (MARK, "62800000000", "00000000000017", "2471-8", "90817263")
"""Each stands somewhere in what is handed in below."""


def photo() -> bytes:
    picture, buffer = Image.new("RGB", (8, 8), "red"), BytesIO()
    exif = picture.getexif()
    exif[0x010E] = f"Foto {MARK}"
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def document() -> bytes:
    return b"%PDF-1.7\n% " + MARK.encode() + b"\n%%EOF\n"


def submission(**changes: object) -> Submission:
    said = {
        "channel": "web",
        "source_id": f"+6280000000001/{MARK}",
        "received_at": NOW,
        "reporter": REPORTER,
        "proofs": frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}),
        "kind": Kind.COMPLAINT,
        "title": f"Judul {MARK}",
        "narrative": f"Uraian {MARK} di rumah nomor 2471-8",
        "event_date": date(2026, 3, 12),
        "place": f"Jalan {MARK}",
        "uploads": (
            Upload(name=f"{MARK}.jpg", content=photo()),
            Upload(name=f"{MARK}.pdf", content=document(), purpose=Purpose.IDENTITY),
        ),
    }
    return Submission(**said | changes)  # type: ignore[arg-type]  # what is said differs in type


@pytest.fixture
def desk(store: Store) -> Desk:
    """A house in which everything personal that it takes has been said once."""
    officers = Officers(store, clock=lambda: NOW, agencies=frozenset(STANDARD.agencies))
    for login, role, agency in (
        ("pusat", Role.CENTRAL_ADMIN, None),
        ("penghubung", Role.LIAISON_OFFICER, "dinas-contoh"),
    ):
        known = {"name": f"Petugas {MARK}", "email": f"{MARK}@example.id", "mobile": "+6280000000002"}  # invented
        officers.add(login, MARK, role, agency=agency, **known)
    Accounts(store, clock=lambda: NOW).challenge(REPORTER)
    desk = Desk(store, STANDARD, clock=lambda: NOW)
    desk.submit(submission())
    with store.reading() as tx:
        (listed,) = tx.listed()
    admin = Actor(role=Role.CENTRAL_ADMIN, id="petugas-1")
    facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
    disposed = Act(
        action=Action.DISPOSE, actor=admin, agencies=("dinas-contoh",), facts=facts, text=f"Disposisi {MARK}"
    )
    desk.act(listed.id, attrs.evolve(disposed, external_ids={"sp4n_tracking": "90817263"}))
    desk.note_external_ids(listed.id, {"sp4n_id": f"{MARK}-90817263"}, admin)
    desk.act(listed.id, Act(action=Action.RETURN, actor=Actor(role=Role.AGENCY_ADMIN), text=f"Alasan {MARK}"))
    sketch_new(store, NOW)
    with store.transaction() as tx:
        tx.keep("sms", f"+6280000000001/{MARK}", MARK.encode())
    return desk


def columns(store: Store) -> Iterator[tuple[str, object]]:
    """Yield every value of every table with its place."""
    with store.reading() as tx:
        for table in inspect(tx.connection).get_table_names():
            for row in tx.connection.execute(text(f"SELECT * FROM {table}")):
                for name, value in row._asdict().items():
                    yield f"{table}.{name}", value


def everything_told(store: Store) -> Iterator[str]:
    """Yield whatever of a reporter can still be opened with every key that there is: events, accounts, codes."""
    with store.reading() as tx:
        yield from (repr([attrs.asdict(event) for event in tx.events(each.id)]) for each in tx.listed(limit=None))
        for row in tx.connection.execute(select(accounts)):
            yield repr(attrs.asdict(read_account(tx, row.id)))  # type: ignore[arg-type]  # there is one under its own id
        for row in tx.connection.execute(select(challenges)):
            yield repr(attrs.asdict(read_challenge(tx, row.id)))  # type: ignore[arg-type]  # as above


def lies_open(secret: str, content: bytes) -> bool:
    return any(secret.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def test_what_is_searched_for_has_been_said(desk: Desk, store: Store) -> None:
    """Else the search would find nothing for want of anything."""
    with store.reading() as tx:
        (listed,) = tx.listed()
        complaint = tx.load(listed.id)
        told = repr(
            [
                (event.type, event.fact, getattr(event.fact, "text", getattr(event.fact, "reason", "")))
                for event in tx.events(listed.id)
            ]
        )
    assert complaint.reporter == REPORTER
    assert MARK in complaint.title + complaint.narrative
    assert f"Alasan {MARK}" in told
    assert complaint.external_ids == {"sp4n_tracking": "90817263", "sp4n_id": f"{MARK}-90817263"}
    assert sum(MARK in each for each in everything_told(store)) == 3


def test_nothing_personal_lies_open_in_any_column(desk: Desk, store: Store) -> None:
    found = [
        f"{secret} in {place}"
        for place, value in columns(store)
        for secret in SECRETS
        if lies_open(secret, value if isinstance(value, bytes) else str(value).encode("utf-8", "replace"))
    ]
    assert found == []


def test_nothing_personal_lies_open_in_any_file(desk: Desk, store: Store, tmp_path: Path) -> None:
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len([path for path in paths if "files" in path.parts]) == 2
    found = [f"{secret} in {path}" for path in paths for secret in SECRETS if lies_open(secret, path.read_bytes())]
    assert found == []
    assert not any(secret in str(path.relative_to(tmp_path)) for path in paths for secret in SECRETS)


def test_of_an_erased_person_the_key_is_nowhere_any_more(desk: Desk, store: Store, tmp_path: Path) -> None:
    with store.reading() as tx:
        (listed,) = tx.listed()
        wrapped = tx.connection.execute(
            select(people.c.wrapped_key).where(people.c.id == listed.person_id)
        ).scalar_one()
        sealed = tx.connection.execute(select(events.c.sealed).where(events.c.sealed.is_not(None))).scalars().first()
    if store.database.is_sqlite:
        assert any(wrapped in path.read_bytes() for path in tmp_path.glob("lapor.db*"))
    desk.act(listed.id, ERASE)
    assert not any(wrapped in path.read_bytes() for path in tmp_path.glob("lapor.db*"))
    values = [value for _, value in columns(store)]
    assert wrapped not in values
    assert sealed in values  # what the chain covers stays as it was
    told = [*everything_told(store), repr(desk.track(listed.code)), repr(desk.complaint(listed.id))]
    assert [secret for secret in SECRETS for each in told if secret in each] == []
    assert list((tmp_path / "files").rglob("*.*")) + list((tmp_path / "files").glob("*/*")) == []


def test_an_erased_person_is_found_by_no_contact(desk: Desk, store: Store) -> None:
    with store.reading() as tx:
        (listed,) = tx.listed()
    desk.act(listed.id, ERASE)
    desk.submit(submission(source_id="another"))
    with store.reading() as tx:
        assert {row.person_id == listed.person_id for row in tx.listed()} == {True, False}
