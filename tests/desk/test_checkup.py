"""The doctor finds each ailment, names its remedy, and calls a well desk well."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from sqlalchemy import select, text, update

from lapor_core import Act, Action, Actor, Agency, Attachment, Facts, Kind, Proof, Reporter, Role, Submission
from lapor_core.plugins import Medium
from lapor_core.testing import FrozenClock, RecordingNotifier
from lapor_desk.checkup import Finding, examine
from lapor_desk.cli import main
from lapor_desk.cli.doctor import REMEDIES_OF_REASONS
from lapor_desk.config import Config
from lapor_desk.engine import Courier
from lapor_desk.house import House, open_house
from lapor_desk.pacing import Pace, Rate
from lapor_desk.places import S3Place
from lapor_desk.store import Database, PreparedFile, Status, StoreDown, form_of, rotation, trouble
from lapor_desk.store.migrating import VERSION_TABLE
from lapor_desk.store.tables import complaints, events, notices

NOW = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def config(url: str, tmp_path: Path) -> Config:
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
    return Config(
        database=url,
        key_file=tmp_path / "lapor.key",
        files=tmp_path / "files",
        outbox=tmp_path / "outbox",
        agencies=agencies,
        block_plugins=("email",),
    )


@pytest.fixture
def house(config: Config, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A desk with an officer for every role the ladder reminds, and one complaint that is being worked at."""
    monkeypatch.setattr("lapor_desk.checkup._SKEW", timedelta(days=99_999))  # the clock of the test stands
    monkeypatch.setattr("lapor_desk.officers._hashed", lambda _: "no password")  # a real one takes its time
    with open_house(config, clock=clock) as house:
        for role in (Role.CENTRAL_ADMIN, Role.AGENCY_ADMIN, Role.INSPECTORATE, Role.LIAISON_OFFICER, Role.SUPERIOR):
            agency = "dinas-contoh" if role in (Role.LIAISON_OFFICER, Role.SUPERIOR) else None
            house.officers.add(f"{role}", "rahasia-contoh", role, agency=agency, email=f"{role}@example.id")
        forwarded(house)
        house.engine.run_once(NOW)
        yield house


def forwarded(house: House) -> None:
    receipt = house.desk.submit(
        Submission(
            channel="sms",
            source_id="1",
            received_at=NOW,
            reporter=Reporter(mobile="+6280000000001"),  # invented
            proofs=frozenset({Proof.SENDER_NUMBER}),
            narrative="Lampu jalan contoh mati",
        )
    )
    with house.store.reading() as tx:
        complaint_id = tx.find(receipt.code) or ""
    facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
    centre, admin = Actor(role=Role.CENTRAL_ADMIN, id="pusat"), Actor(role=Role.AGENCY_ADMIN, id="admin")
    house.desk.act(complaint_id, Act(action=Action.DISPOSE, actor=centre, agencies=("dinas-contoh",), facts=facts))
    house.desk.act(complaint_id, Act(action=Action.VERIFY, actor=admin))
    house.desk.act(complaint_id, Act(action=Action.FORWARD, actor=admin))


def found(house: House, check: str, now: datetime = NOW) -> list[Finding]:
    findings = dict(examine(house, now))[check]
    assert all(finding.remedy and finding.check == check for finding in findings)
    return list(findings)


def settle_all(house: House, status: Status, **values: object) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(update(notices).values(status=status.value, **values))


def test_a_well_desk_is_well(house: House) -> None:
    assert [finding for _, findings in examine(house, NOW) for finding in findings if finding.serious] == []


def test_steps_that_nobody_takes_and_complaints_that_cannot_be_judged_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NOW + timedelta(days=45)
    (untaken,) = found(house, "steps", late)
    assert untaken.problem == "a step of 1 complaint has been due for more than 10 minutes, and nobody takes it"

    def broken(*_: object) -> None:
        raise KeyError("rahasia-contoh")

    monkeypatch.setattr("lapor_desk.sweeping.missed", broken)
    assert house.desk.sweep(late) == 0
    (unjudged,) = found(house, "steps", late)
    with house.store.reading() as tx:
        (complaint_id,) = tx.due_for_step(late + timedelta(hours=1))
    assert (
        unjudged.problem
        == f"no step is taken of complaint {complaint_id}, for it cannot be judged what is due: KeyError"
    )
    monkeypatch.undo()
    house.desk.sweep(late + timedelta(hours=1))
    assert found(house, "steps", late + timedelta(hours=1)) == []


def test_a_role_that_the_ladder_reminds_and_nobody_holds_is_named(house: House) -> None:
    house.officers.disable("liaison_officer")
    house.officers.disable("inspectorate")
    remedies = [finding.remedy for finding in found(house, "officers")]
    assert remedies == [
        "lapor officers add LOGIN --role inspectorate",
        "lapor officers add LOGIN --role liaison_officer --agency dinas-contoh",
    ]


def test_that_nobody_can_dispose_or_verify_and_that_no_agency_is_there_is_found(
    house: House, config: Config, clock: FrozenClock
) -> None:
    assert found(house, "agencies") == found(house, "admins") == []
    house.officers.disable("agency_admin")
    (finding,) = found(house, "admins")
    assert finding.remedy == "lapor officers add LOGIN --role agency_admin"
    house.officers.disable("central_admin")
    assert [finding.remedy for finding in found(house, "admins")] == [
        "lapor officers add LOGIN --role central_admin",
        "lapor officers add LOGIN --role agency_admin",
    ]
    with open_house(attrs.evolve(config, agencies=()), clock=clock) as without:
        assert "no agency is configured" in found(without, "agencies")[0].problem


def test_a_medium_that_only_the_outbox_serves_is_mentioned(house: House) -> None:
    mentioned = found(house, "media")
    assert [(finding.remedy, finding.serious) for finding in mentioned] == [
        ("[plugins.email] in lapor.toml", False),
        ("[plugins.sms] in lapor.toml", False),
    ]
    phones = RecordingNotifier(key="phones", media=frozenset(Medium))
    served = attrs.evolve(house, engine=attrs.evolve(house.engine, courier=Courier(dict.fromkeys(Medium, phones))))
    assert found(served, "media") == []


def test_stuck_and_failed_notices_are_told_with_their_reason_and_how_to_send_them_again(house: House) -> None:
    settle_all(house, Status.STUCK, last_error="outbox: raised OSError", settled_at=NOW)
    (finding,) = found(house, "notices")
    assert "stuck" in finding.problem
    assert "outbox: raised OSError" in finding.problem
    assert "lapor notices" in finding.remedy
    settle_all(house, Status.FAILED, settled_at=NOW - timedelta(days=6))
    assert "failed" in found(house, "notices")[0].problem
    assert found(house, "notices", NOW + timedelta(days=2)) == []


def test_a_medium_that_nobody_serves_and_notices_that_nobody_delivers_are_found(house: House) -> None:
    settle_all(house, Status.QUEUED, lease_until=None, settled_at=None)
    mute = attrs.evolve(house, engine=attrs.evolve(house.engine, courier=Courier({})))
    assert {finding.problem.partition(" medium ")[2] for finding in found(mute, "media")} == {
        "email, which no notifier serves",
        "sms, which no notifier serves",
    }
    assert found(house, "waiting") == []
    assert "for 60 minutes" in found(house, "waiting", NOW + timedelta(hours=1))[0].problem


@pytest.mark.parametrize(("today", "serious"), [(date(2027, 5, 1), False), (date(2027, 11, 1), True)])
def test_a_year_without_a_decree_is_named_and_is_serious_when_it_is_near(
    house: House,
    today: date,
    serious: bool,  # noqa: FBT001 - a column of the table
) -> None:
    now = datetime(today.year, today.month, today.day, 10, tzinfo=NOW.tzinfo)
    (finding,) = (finding for finding in found(house, "calendar", now) if "2028" in finding.problem)
    assert finding.serious is serious


def test_a_full_disk_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(total=1 << 40, used=0, free=5 << 20))
    assert "has 5 MiB left" in found(house, "space")[0].problem


def test_a_place_of_files_that_is_away_or_another_one_is_found(house: House, tmp_path: Path) -> None:
    with house.store.transaction() as tx:
        (complaint_id,) = tx.connection.execute(select(complaints.c.id)).scalars()
    person_id = house.desk.complaint(complaint_id).reporter_ref
    file = PreparedFile(
        attachment=Attachment(digest="0" * 64, name="foto.jpg", media_type="image/jpeg", size=1), content=b"x"
    )
    with house.store.transaction() as tx:
        tx.attach(person_id, [file])
    (finding,) = found(house, "files")
    assert finding.problem == f"1 of 1 attachments that were looked for are missing at {tmp_path / 'files'}"
    shutil.rmtree(tmp_path / "files")
    (finding,) = found(house, "files")
    assert "attachments cannot be kept at" in finding.problem


def test_a_bucket_that_is_away_is_found(config: Config, clock: FrozenClock, bucket: S3Place) -> None:
    with open_house(attrs.evolve(config, files=bucket), clock=clock) as house:
        assert found(house, "files") == []
    with open_house(attrs.evolve(config, files=attrs.evolve(bucket, bucket="contoh-lain")), clock=clock) as house:
        (finding,) = found(house, "files")
    assert "s3://contoh-lain/lapor/files" in finding.problem
    assert finding.remedy.startswith("mend")


def test_a_change_of_the_master_key_that_is_not_finished_is_found(house: House) -> None:
    rotation.prepare(house.store)
    (finding,) = found(house, "keys")
    assert finding.remedy == "lapor keys rotate"
    rotation.begin(house.store)
    list(rotation.wrap_anew(house.store))
    rotation.finish(house.store)
    assert found(house, "keys") == []


def test_persons_whose_master_key_is_not_in_the_file_are_found(house: House, config: Config) -> None:
    """As after restoring a back-up from the middle of a change of keys with the newer key alone."""
    keys = house.store.vault.keys
    former = keys.newest
    rotation.prepare(house.store)
    rotation.begin(house.store)
    keys.write(keys.newest)
    with open_house(config, clock=house.clock) as restored:
        (finding,) = found(restored, "keys")
        assert finding.serious
        assert former.fingerprint in finding.problem
        assert f"lapor.key.{former.fingerprint}" in finding.remedy
        restored.store.vault.keys.write(keys.newest, former)
        assert "has begun and is not finished" in found(restored, "keys")[0].problem


def test_a_broken_record_is_found(house: House) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(update(events).where(events.c.sequence == 1).values(office="lain"))
    (finding,) = found(house, "chains")
    assert finding.remedy == "lapor audit verify"


def test_clocks_that_are_apart_are_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapor_desk.checkup._SKEW", timedelta(seconds=5))
    if house.store.database.is_sqlite:
        assert found(house, "clock") == []
        return
    assert "seconds apart" in found(house, "clock")[0].problem
    assert found(attrs.evolve(house, clock=lambda: datetime.now(UTC)), "clock", datetime.now(UTC)) == []


def test_a_policy_that_is_not_loaded_is_found(house: House, config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with house.store.transaction() as tx:
        tx.connection.execute(update(complaints).values(policy="lama@1"))
    (finding,) = found(house, "policies")
    assert finding.problem == "1 complaint was received under lama@1, which is not loaded"
    if house.store.database.is_sqlite:
        (Path(config.database.removeprefix("sqlite:///")).with_name("lapor.key")).chmod(0o600)
        assert main(["doctor", "--database", config.database]) == 1
        assert "former_policies" in capsys.readouterr().out


def test_a_plug_in_that_was_set_up_and_is_off_is_serious(config: Config, clock: FrozenClock) -> None:
    off = attrs.evolve(config, block_plugins=(), plugins={"email": {}})
    with open_house(off, clock=clock) as house:
        assert [finding.serious for finding in found(house, "plug-ins")] == [True]
    with open_house(attrs.evolve(off, plugins={}), clock=clock) as house:
        assert [finding.serious for finding in found(house, "plug-ins")] == [False]


@pytest.mark.parametrize("name", ["allow_plugins", "block_plugins"])
def test_a_slip_in_a_list_of_plug_ins_is_told(config: Config, clock: FrozenClock, name: str) -> None:
    lists = {"allow_plugins": (), "block_plugins": (), name: ("emial",)}
    with open_house(attrs.evolve(config, **lists), clock=clock) as house:
        (slip,) = (finding for finding in found(house, "plug-ins") if finding.problem.startswith('"emial" is'))
    assert slip.serious == (name == "allow_plugins")
    assert slip.remedy == f"correct {name} in lapor.toml"
    assert 'did you mean "email"?' in slip.problem


def test_the_command_says_what_is_amiss_and_what_mends_it(
    config: Config, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    toml = tmp_path / "lapor.toml"
    toml.write_text(
        f'database = "{config.database}"\nkey_file = "lapor.key"\nfiles = "files"\noutbox = "outbox"\n', "utf-8"
    )
    with open_house(config):
        pass
    assert main(["doctor", "--config", str(toml), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["well"] is False
    assert {finding["check"] for finding in answer["findings"]} >= {"officers"}
    assert main(["doctor", "--config", str(toml)]) == 1
    shown = capsys.readouterr().out
    assert "ok       database" in shown
    assert "-> lapor officers add LOGIN --role agency_admin" in shown


def test_a_key_that_others_can_read_is_a_finding_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{tmp_path}/lapor.db"
    with open_house(Config(database=database)):
        pass
    (tmp_path / "lapor.key").chmod(0o644)
    assert main(["doctor", "--database", database]) == 1
    assert "-> chmod 600" in capsys.readouterr().out


MONTH = ["--from", "2026-03-01", "--until", "2026-03-31"]


@pytest.mark.parametrize(
    "command",
    [
        ["doctor"],
        ["backup", "copy"],
        ["keys", "rotate"],
        ["work", "--once"],
        ["report", *MONTH],
        ["recalculate"],
        ["notices", "list"],
        ["notices", "retry", "n1"],
        ["export", "desk.jsonl"],
        ["export-csv", "desk.csv"],
        ["audit", "verify"],
        ["audit", "checkpoint"],
        ["audit", "export", "record.jsonl"],
        ["audit", "looks"],
        ["officers", "list"],
        ["officers", "disable", "pusat"],
        ["officers", "notices", "pusat", "off"],
    ],
)
def test_what_works_on_a_desk_makes_none(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--database", "sqlite:///slip.db"]) in (1, 2)
    told = capsys.readouterr()
    assert "no desk lies there" in told.out + told.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["doctor"], ["work", "--once"], ["officers", "list"]])
def test_no_command_brings_an_earlier_form_up_to_date_by_the_way(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    with open_house(config) as house, house.store.transaction() as tx:
        tx.connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    toml = tmp_path / "lapor.toml"
    toml.write_text(f'database = "{config.database}"\nkey_file = "lapor.key"\nfiles = "files"\n', "utf-8")
    assert main([*command, "--config", str(toml)]) in (1, 2)
    told = capsys.readouterr()
    assert "the form 0001 of an earlier version" in told.out + told.err
    assert form_of(config.database) == "0001"


@pytest.mark.parametrize(("reason", "remedy"), [("read_only", "chown"), ("full", "make room"), ("spoiled", "back-up")])
def test_a_database_that_cannot_work_is_a_finding_with_the_remedy_of_its_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reason: str, remedy: str
) -> None:
    database = f"sqlite:///{tmp_path}/lapor.db"
    with open_house(Config(database=database)):
        pass

    def fails(_: Database) -> None:
        raise StoreDown("it cannot", code="store_down", reason=reason)

    monkeypatch.setattr(Database, "check_writable", fails)
    assert main(["doctor", "--database", database]) == 1
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("->"))
    assert remedy in line


def test_every_cause_has_a_remedy_of_its_own() -> None:
    assert trouble.MESSAGES.keys() <= REMEDIES_OF_REASONS.keys()


def test_notices_are_listed_and_queued_again(
    house: House, config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle_all(house, Status.STUCK, last_error="outbox: raised OSError", settled_at=NOW)
    toml = tmp_path / "lapor.toml"
    toml.write_text(
        f'database = "{config.database}"\nkey_file = "lapor.key"\nfiles = "files"\noutbox = "outbox"\n'
        '[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n',
        "utf-8",
    )
    assert main(["notices", "list", "stuck", "--json", "--config", str(toml)]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {each["why"] for each in listed} == {"outbox: raised OSError"}
    assert main(["notices", "retry", listed[0]["id"], "--config", str(toml)]) == 0
    assert main(["notices", "retry", listed[0]["id"], "--config", str(toml)]) == 2
    assert main(["notices", "retry", "--all-stuck", "--config", str(toml)]) == 0
    assert f"{len(listed) - 1} notices are queued again" in capsys.readouterr().out
    assert main(["notices", "list", "--config", str(toml)]) == 0
    assert capsys.readouterr().out == f"no notice is stuck; there are {len(listed)} queued\n"
    assert main(["notices", "list", "queued", "--limit", "1", "--config", str(toml)]) == 0
    assert capsys.readouterr().out.endswith("  0 tries  outbox: raised OSError; due\n")
    assert main(["notices", "list", "stuk", "--config", str(toml)]) == 2
    assert 'did you mean "stuck"?' in capsys.readouterr().err


def test_what_a_rate_holds_is_only_to_be_known(house: House) -> None:
    engine = house.engine
    rate = Rate(most=1, period=timedelta(minutes=1))
    slow = attrs.evolve(house, engine=attrs.evolve(engine, paces=dict.fromkeys(engine.courier.keys, Pace(rate=rate))))
    settle_all(house, Status.QUEUED, not_before=NOW)
    with house.store.reading() as tx:
        queued = tx.counts().notices[Status.QUEUED]
    assert slow.engine.run_once(NOW + timedelta(minutes=9)) == 1
    (found,) = dict(examine(slow, NOW + timedelta(minutes=10)))["waiting"]
    wait = "the oldest for 10 minutes: outbox sends 1/minute at most"
    assert (found.problem, found.serious) == (f"{queued - 1} notices wait, {wait}", False)
    assert all(one.serious for one in dict(examine(house, NOW + timedelta(minutes=10)))["waiting"])


def test_an_empty_queue_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = f"sqlite:///{tmp_path}/lapor.db"
    open_house(Config(database=database)).close()
    assert main(["notices", "list", "--database", database]) == 0
    assert capsys.readouterr().out == "no notice is stuck; there is no notice at all\n"
