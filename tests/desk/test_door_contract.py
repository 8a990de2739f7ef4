"""The desk with a database keeps the same contract as the desk in memory, which authors test with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import attrs

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Proof, Reporter, Role, Upload
from lapor_core.testing import DeskTrial, FrozenClock, RecordingNotifier, check_desk
from lapor_desk.accounts import read_challenge
from lapor_desk.composing import Composing
from lapor_desk.config import Config
from lapor_desk.engine import Courier, Engine, by_medium
from lapor_desk.house import open_house


@attrs.frozen(kw_only=True)
class Sms:
    key: str = "sms"
    proofs: frozenset[Proof] = frozenset({Proof.SENDER_NUMBER})


def trial(folder: Path, opened: ExitStack) -> DeskTrial:
    clock = FrozenClock()
    agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
    house = opened.enter_context(
        open_house(Config(database=f"sqlite:///{folder}/lapor.db", agencies=agencies), clock=clock)
    )
    desk, post = house.door(Sms()), RecordingNotifier(key="sms")

    def codes(challenge: str) -> Mapping[Proof, str]:
        with house.store.reading() as tx:
            asked = read_challenge(tx, challenge)
        assert asked is not None
        return asked.codes

    def lead(code: str, last: Action, files: tuple[Upload, ...] = ()) -> None:
        with house.store.reading() as tx:
            complaint = tx.find(code)
        assert complaint is not None
        known = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
        for action, role in (
            (Action.DISPOSE, Role.CENTRAL_ADMIN),
            (Action.VERIFY, Role.AGENCY_ADMIN),
            (Action.FORWARD, Role.AGENCY_ADMIN),
            (last, Role.LIAISON_OFFICER),
        ):
            act = Act(action=action, actor=Actor(role=role), text="Di mana?", agencies=("dinas-contoh",), facts=known)
            house.desk.act(complaint, act, uploads=files if action is last else ())

    def sent() -> str:
        house.accounts.challenge(Reporter(mobile="+628100000001"))
        engine = Engine(
            store=house.store, compose=Composing(desk=house.desk, clock=clock), courier=Courier(by_medium([post]))
        )
        engine.run_once(clock())
        return post.sent[-1].key

    def state_of(key: str) -> str:
        with house.store.reading() as tx:
            return tx.notice(key).status

    return DeskTrial(
        desk=desk,
        channel=Sms(),
        clock=clock,
        codes=codes,
        ask=lambda code: lead(code, Action.ASK),
        answer=lambda code, files: lead(code, Action.RESPOND, files),
        sent=sent,
        state_of=state_of,
    )


def test_the_desk_with_a_database_keeps_the_contract(tmp_path: Path) -> None:
    numbers = itertools.count()

    def make() -> DeskTrial:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return trial(folder, opened)

    with ExitStack() as opened:
        check_desk(make)
