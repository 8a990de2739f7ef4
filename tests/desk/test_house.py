"""The house opens on a configuration, refuses what cannot be served, and sends what is queued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from PIL import Image
from sqlalchemy import select

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Proof, Reporter, Role, Submission, Upload
from lapor_core.complaint import Ground
from lapor_core.errors import BadType, BadValue, NotFound, Refused
from lapor_core.testing import FrozenClock, RecordingNotifier
from lapor_desk.accounts import read_challenge
from lapor_desk.composing import Composing
from lapor_desk.config import Config, load_config
from lapor_desk.engine import Courier, Engine, by_medium
from lapor_desk.house import House, open_house
from lapor_desk.places import S3Place
from lapor_desk.store import StoreDown
from lapor_desk.store.tables import attachments, complaints, events, notices, people
from lapor_desk.store.vault import HOUSE

WITA = ZoneInfo("Asia/Makassar")
WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001")  # invented
BOTH = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})


@attrs.frozen(kw_only=True)
class Door:
    key: str = "web"
    proofs: frozenset[Proof] = BOTH


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 13, 10, tzinfo=WITA))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
    return Config(database=f"sqlite:///{tmp_path}/lapor.db", agencies=agencies)


@pytest.fixture
def house(config: Config, clock: FrozenClock) -> Iterator[House]:
    with open_house(config, clock=clock) as house:
        yield house


@pytest.fixture
def sent() -> RecordingNotifier:
    return RecordingNotifier()


@pytest.fixture
def engine(house: House, sent: RecordingNotifier, clock: FrozenClock) -> Engine:
    return Engine(
        store=house.store, compose=Composing(desk=house.desk, clock=clock), courier=Courier(by_medium([sent]))
    )


def submission(**changes: object) -> Submission:
    fields = {
        "channel": "web",
        "source_id": "1",
        "received_at": datetime(2026, 3, 13, 10, tzinfo=WITA),
        "reporter": WARGA,
        "proofs": BOTH,
        "kind": Kind.COMPLAINT,
        "narrative": "Lampu jalan contoh mati",
    }
    return Submission(**{**fields, **changes})  # type: ignore[arg-type]  # fields of one test differ in type


def test_while_the_bucket_is_away_a_report_with_a_file_is_refused_whole_and_taken_in_later(
    config: Config, clock: FrozenClock, bucket: S3Place
) -> None:
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    report = submission(uploads=(Upload(name="foto.png", content=picture.getvalue()),))
    with open_house(attrs.evolve(config, files=attrs.evolve(bucket, bucket="contoh-lain")), clock=clock) as house:
        with pytest.raises(StoreDown):
            house.desk.submit(report)
        with house.store.reading() as tx:
            for table in (complaints, events, people, attachments, notices):
                rows = tx.connection.execute(select(table)).all()
                assert [row for row in rows if row[0] != HOUSE] == []
    with open_house(attrs.evolve(config, files=bucket), clock=clock) as house:
        complaint = house.desk.complaint(id_of(house, house.desk.submit(report).code))
        (file,) = complaint.attachments
        assert house.store.read_file(complaint.reporter_ref, file.digest).startswith(b"\x89PNG")


def id_of(house: House, code: str) -> str:
    with house.store.reading() as tx:
        found = tx.find(code)
    assert found is not None
    return found


def test_a_code_and_then_an_answer_reach_the_citizen(
    house: House, engine: Engine, sent: RecordingNotifier, clock: FrozenClock
) -> None:
    challenge = house.accounts.challenge(WARGA)
    assert engine.run_once(clock()) == 2
    codes = {
        Proof.VERIFIED_EMAIL if message.medium == "email" else Proof.VERIFIED_MOBILE: message.values["one_time_code"]
        for message in sent.sent
    }
    principal = house.accounts.principal(house.accounts.confirm(challenge, codes))
    assert principal is not None
    code = house.desk.submit(submission(reporter=principal.reporter, proofs=principal.proofs)).code
    house.officers.add("lo", "rahasia-contoh", Role.LIAISON_OFFICER, agency="dinas-contoh", email="lo@example.id")
    for act in (
        Act(
            action=Action.DISPOSE,
            actor=Actor(role=Role.CENTRAL_ADMIN),
            agencies=("dinas-contoh",),
            facts=Facts(supervisory=False, abuse_of_authority=False),
        ),
        Act(action=Action.VERIFY, actor=Actor(role=Role.AGENCY_ADMIN)),
        Act(action=Action.FORWARD, actor=Actor(role=Role.AGENCY_ADMIN)),
        Act(action=Action.RESPOND, actor=Actor(role=Role.LIAISON_OFFICER), text="Sudah diperbaiki"),
    ):
        house.desk.act(id_of(house, code), act)
    engine.run_once(clock())
    told = {(message.template, message.address) for message in sent.sent[2:]}
    assert told == {
        ("received", "warga@example.id"),
        ("forwarded", "warga@example.id"),
        ("answered", "warga@example.id"),
        ("to_answer", "lo@example.id"),
    }
    (answer,) = (message for message in sent.sent if message.template == "answered")
    assert "Sudah diperbaiki" in answer.text
    assert engine.run_once(clock()) == 0


def test_a_code_that_was_used_or_is_too_old_is_not_sent_any_more(
    house: House, engine: Engine, sent: RecordingNotifier, clock: FrozenClock
) -> None:
    challenge = house.accounts.challenge(WARGA)
    with house.store.reading() as tx:
        asked = read_challenge(tx, challenge)
    assert asked is not None
    house.accounts.confirm(challenge, asked.codes)
    house.accounts.challenge(WARGA)
    clock.advance(timedelta(minutes=11))
    engine.run_once(clock())
    assert sent.sent == []


def test_an_erased_person_and_a_disabled_officer_are_told_nothing(
    house: House, engine: Engine, sent: RecordingNotifier, clock: FrozenClock
) -> None:
    house.officers.add("admin", "rahasia-contoh", Role.AGENCY_ADMIN, email="admin@example.id")
    complaint = id_of(house, house.desk.submit(submission()).code)
    dispose = Act(action=Action.DISPOSE, actor=Actor(role=Role.CENTRAL_ADMIN), agencies=("dinas-contoh",))
    house.desk.act(complaint, dispose)
    house.officers.disable("admin")
    admin = Actor(role=Role.CENTRAL_ADMIN)
    house.desk.act(complaint, Act(action=Action.ERASE, actor=admin, ground=Ground.REQUESTED))
    engine.run_once(clock())
    assert sent.sent == []


def test_a_channel_brings_only_its_own_submissions_and_proofs(house: House) -> None:
    door = house.door(Door())
    assert door.policy is house.standard.policy
    with pytest.raises(Refused) as caught:
        door.submit(submission(channel="sms"))
    assert caught.value.code == "other_channel"
    with pytest.raises(Refused) as caught:
        door.submit(submission(proofs=BOTH | {Proof.IDENTITY_COPY}))
    assert caught.value.code == "undeclared_proof"
    code = door.submit(submission()).code
    assert door.track(code).code == code


def test_what_a_channel_brings_from_another_system_is_found_under_its_id(house: House) -> None:
    code = house.door(Door()).submit(submission(external_ids={"desa_contoh": "#D-7/2026"})).code
    with house.store.reading() as tx:
        assert tx.known_as("D-7/2026") == (tx.find(code),)


def test_what_a_channel_gives_of_another_type_is_refused_by_name_and_changes_nothing(house: House) -> None:
    door: Any = house.door(Door())
    code = door.submit(submission()).code
    before = door.track(code)
    for ask in (
        lambda: door.submit(None),
        lambda: door.complete(code, {}),
        lambda: door.track(None),
        lambda: door.attach(code, None),
        lambda: door.attach(code, (b"x",)),
        lambda: door.withdraw(code, 7),
        lambda: door.renew_pin(code, "warga"),
        lambda: door.challenge("+628100000001"),
        lambda: door.principal(None),
        lambda: door.keep("a", "text"),
        lambda: door.keep(None, b"x"),
        lambda: door.recall(None),
    ):
        with pytest.raises(BadType, match=r" must be an? ") as caught:
            ask()
        assert caught.value.code == "wrong_type"
    assert door.track(code) == before


def test_each_channel_has_a_storage_of_its_own(house: House) -> None:
    web, sms = house.door(Door()), house.door(Door(key="sms"))
    web.keep("a", b"1")
    assert (web.recall("a"), sms.recall("a")) == (b"1", None)


def test_complaints_of_a_policy_that_is_not_loaded_are_not_left_alone(
    house: House, config: Config, tmp_path: Path
) -> None:
    house.desk.submit(submission())
    renewed = tmp_path / "baru.toml"
    shipped = Path(str(__import__("lapor_core.policy", fromlist=["x"]).__path__[0]), "data", "banjarbaru.toml")
    renewed.write_text(shipped.read_text("utf-8").replace('version = "1"', 'version = "2"'), "utf-8")
    changed = attrs.evolve(config, policy=str(renewed))
    with pytest.raises(BadValue, match=r"banjarbaru@1.*former_policies"):
        open_house(changed)
    with open_house(attrs.evolve(changed, former_policies=("banjarbaru",))) as both:
        assert both.standard.policy.version == "2"


def test_what_nobody_has_is_named(tmp_path: Path, config: Config) -> None:
    with pytest.raises(NotFound, match="neither a shipped policy nor a policy file"):
        open_house(attrs.evolve(config, policy="banjarbarru"))
    file = tmp_path / "lapor.toml"
    file.write_text("[plugins.merpati]\nx = 1\n[plugins.web]\nmax_file = 1\n", "utf-8")
    with open_house(attrs.evolve(load_config(file, {}), database=config.database)) as house:
        reasons = {status.key: status.reason for status in house.plugins.report() if not status.enabled}
    assert "lapor.toml:1" in reasons["merpati"]
    assert "lapor.toml:4" in reasons["web"]


def test_an_office_of_its_own_week_serves_its_agencies(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "lapor.toml"
    file.write_text(
        'agencies = [{ key = "a", name = "Dinas A", office = "enam" }]\n'
        'offices = [{ key = "enam", name = "Kecamatan Contoh", week = 6 }]\n',
        "utf-8",
    )
    with open_house(attrs.evolve(load_config(file, {}), database=config.database)) as house:
        assert house.standard.offices["enam"].week == frozenset(range(6))


def test_no_folder_stands_in_for_a_mail_server_that_is_wrongly_set(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "lapor.toml"
    for written, serves in (("", True), ('[plugins.email]\nhots = "mail.example.id"\n', False)):
        file.write_text(written, "utf-8")
        with open_house(attrs.evolve(load_config(file, {}), database=config.database)) as house:
            assert (house.engine.courier.choose("email") is not None) == serves


def test_what_is_sent_says_where_to_track_and_to_sign_in_once_the_office_has_said_it(
    config: Config, clock: FrozenClock, sent: RecordingNotifier
) -> None:
    public = attrs.evolve(config, public_url="https://lapor.example.id/kota/")
    with open_house(public, clock=clock) as house:
        assert house.addresses == house.door(Door()).addresses
        assert house.addresses.track == "https://lapor.example.id/kota/track"
        house.officers.add("admin", "rahasia-contoh", Role.AGENCY_ADMIN, email="admin@example.id")
        code = house.desk.submit(submission()).code
        with house.store.reading() as tx:
            complaint_id = str(tx.find(code))
        known = Facts(supervisory=False, abuse_of_authority=False)
        centre = Actor(role=Role.CENTRAL_ADMIN)
        house.desk.act(complaint_id, Act(action=Action.DISPOSE, actor=centre, agencies=("dinas-contoh",), facts=known))
        engine = Engine(store=house.store, compose=house.engine.compose, courier=Courier(by_medium([sent])))
        engine.run_once(clock())
    ends = {message.template: message.text.rpartition("\n\n")[2] for message in sent.sent}
    assert ends["received"] == "Lacak dan balas laporan Anda di: https://lapor.example.id/kota/track"
    assert ends["to_verify"] == "Buka meja layanan di: https://lapor.example.id/kota/officers/"


def arrived(house: House, number: int) -> str:
    receipt = house.desk.submit(submission(source_id=f"n{number}", received_at=house.clock()))
    with house.store.reading() as tx:
        return str(tx.find(receipt.code))


def test_who_disposes_is_told_of_new_reports_once_an_hour_and_of_none_that_is_settled(
    house: House, engine: Engine, sent: RecordingNotifier, clock: FrozenClock
) -> None:
    house.officers.add("pusat", "rahasia-contoh", Role.CENTRAL_ADMIN, email="pusat@example.id")
    house.officers.add("diam", "rahasia-contoh", Role.CENTRAL_ADMIN, email="diam@example.id")
    house.officers.set_notices("diam", wanted=False)

    def told() -> list[str]:
        engine.run_once(clock())
        letters = [message for message in sent.sent if message.template == "to_dispose"]
        sent.sent.clear()
        assert {letter.address for letter in letters} <= {"pusat@example.id"}
        return [letter.subject for letter in letters]

    first, second, third = (arrived(house, number) for number in range(3))
    clock.advance(timedelta(hours=1))
    assert told() == []  # what was begun within the hour may be on its way into the database
    clock.advance(timedelta(minutes=1))
    assert told() == ["Menunggu disposisi: 3 laporan"]
    assert told() == []
    fourth = arrived(house, 4)
    for complaint_id in (first, second, third, fourth):
        act = Act(
            action=Action.DISPOSE,
            actor=Actor(role=Role.CENTRAL_ADMIN),
            agencies=("dinas-contoh",),
            facts=Facts(supervisory=False, abuse_of_authority=False),
        )
        house.desk.act(complaint_id, act)
    clock.advance(timedelta(hours=1))
    assert told() == []  # nothing waits any more
    arrived(house, 5)
    house.officers.set_notices("pusat", wanted=False)
    house.officers.set_notices("diam", wanted=True)
    clock.advance(timedelta(hours=1))
    assert told() == []  # who wants none gets none, and who is asked too late is told of what comes next
    house.officers.set_notices("diam", wanted=False)
    house.officers.set_notices("pusat", wanted=True)
    arrived(house, 6)
    clock.advance(timedelta(hours=1))
    assert told() == ["Menunggu disposisi: 2 laporan"]


@pytest.mark.parametrize("there", [False, True])
def test_a_house_that_cannot_be_opened_leaves_no_outbox_behind(
    config: Config,
    tmp_path: Path,
    there: bool,  # noqa: FBT001 - a column of the table
) -> None:
    outbox = tmp_path / "lapor-outbox"
    if there:
        outbox.mkdir()
    with pytest.raises(NotFound):
        open_house(attrs.evolve(config, policy="banjarbru"))
    assert outbox.exists() is there
    with open_house(config):
        assert outbox.is_dir()
