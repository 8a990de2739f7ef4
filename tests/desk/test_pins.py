"""PINs at a desk with a database: kept nowhere, asked for before anything is told, not to be guessed, renewed by one account."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Facts,
    Ground,
    Kind,
    Proof,
    Reporter,
    Role,
    State,
    Submission,
    Visibility,
    load_standard,
)
from lapor_core.errors import LaporError
from lapor_core.events import PinRenewed, Received
from lapor_core.pins import make_pin
from lapor_core.plugins.contracts import Principal
from lapor_core.records import to_record
from lapor_core.testing import FrozenClock, RecordingNotifier
from lapor_desk import pins as pins_of_the_desk
from lapor_desk.accounts import Accounts, read_challenge
from lapor_desk.composing import Composing
from lapor_desk.desk import Desk
from lapor_desk.engine import Courier, Engine, by_medium
from lapor_desk.store import Store

STANDARD = load_standard("banjarbaru", agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),))
WARGA = Reporter(name="Warga Contoh", email="warga@example.id", mobile="+6280000000001")  # invented
BOTH = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
SECRET = Visibility(secret=True)
WRONG = make_pin(bytes(5))


def account(store: Store, clock: FrozenClock, reporter: Reporter = WARGA) -> Principal:
    """Return the principal of somebody who has just proved both contacts."""
    accounts = Accounts(store, clock=clock)
    challenge = accounts.challenge(reporter)
    with store.reading() as tx:
        asked = read_challenge(tx, challenge)
    assert asked is not None
    principal = accounts.principal(accounts.confirm(challenge, asked.codes))
    assert principal is not None
    return principal


def hidden(desk: Desk, **changes: object) -> Submission:
    said = {
        "channel": "web",
        "source_id": "1",
        "received_at": desk.now(),
        "reporter": WARGA,
        "proofs": BOTH,
        "kind": Kind.COMPLAINT,
        "narrative": "Lampu jalan contoh mati",
        "visibility": SECRET,
    }
    return Submission(**said | changes)  # type: ignore[arg-type]  # what is said differs in type


def code_of(ask: object) -> str:
    try:
        ask()  # type: ignore[operator]  # it is a lambda
    except LaporError as error:
        return error.code
    return ""


def everything(store: Store) -> str:
    """Return every value of every table, and every event with its seal opened."""
    with store.reading() as tx:
        values = [
            repr(row._asdict())
            for table in inspect(tx.connection).get_table_names()
            for row in tx.connection.execute(text(f"SELECT * FROM {table}"))
        ]
        records = [to_record(event) for listed in tx.listed() for event in tx.events(listed.id)]
    return "\n".join([*values, *(repr((record.public, record.personal)) for record in records)])


def test_a_pin_stands_in_no_table_no_log_and_no_notice(
    desk: Desk, store: Store, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    who = account(store, clock)
    first = desk.submit(hidden(desk))
    with store.reading() as tx:
        (listed,) = tx.listed()
    facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
    disposed = Act(action=Action.DISPOSE, actor=Actor(role=Role.CENTRAL_ADMIN), agencies=("dinas-contoh",), facts=facts)
    desk.act(listed.id, disposed)
    desk.act(listed.id, Act(action=Action.REJECT, actor=Actor(role=Role.CENTRAL_ADMIN), text="Alasan"))
    second = desk.renew_pin(first.code, who)
    assert code_of(lambda: desk.track(first.code, pin=first.pin)) == "wrong_pin"
    desk.track(first.code, pin=second.pin)
    post = RecordingNotifier(key="email")
    compose = Composing(desk=desk, clock=clock)
    Engine(store=store, compose=compose, courier=Courier(by_medium([post]))).run_once(clock())
    assert {"received", "rejected", "pin_renewed"} <= {message.template for message in post.sent}
    said = everything(store) + caplog.text + repr([(each.subject, each.text, each.values) for each in post.sent])
    assert first.code in said
    for pin in (first.pin, second.pin):
        assert pin not in said
        assert pin.replace("-", "") not in said


def test_what_is_kept_of_a_pin_is_sealed(desk: Desk, store: Store) -> None:
    desk.submit(hidden(desk))
    with store.reading() as tx:
        (listed,) = tx.listed()
        (received, *_) = tx.events(listed.id)
        rows = [
            repr(row._asdict())
            for table in inspect(tx.connection).get_table_names()
            for row in tx.connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert isinstance(received.fact, Received)
    assert received.fact.pin_hash.startswith("$scrypt$")
    assert received.fact.pin_hash not in repr(received)
    assert not any("$scrypt$" in row for row in rows)
    erased = Act(action=Action.ERASE, actor=Actor(role=Role.CENTRAL_ADMIN), ground=Ground.REQUESTED, text="Diminta")
    desk.act(listed.id, Act(action=Action.ARCHIVE, actor=Actor(role=Role.CENTRAL_ADMIN), text="Selesai"))
    desk.erase(listed.id, erased)
    assert desk.complaint(listed.id).pin_hash == ""
    assert (desk.track(listed.code).state, desk.track(listed.code).locked) == (State.ERASED, False)


def test_equal_pins_of_two_reports_are_kept_as_two_hashes(store: Store, clock: FrozenClock) -> None:
    salts = iter(range(100))
    desk = Desk(store, STANDARD, clock=clock, random=lambda size: bytes([next(salts) if size != 5 else 7] * size))
    first, second = (desk.submit(hidden(desk, source_id=number)) for number in "12")
    assert first.pin == second.pin
    with store.reading() as tx:
        kept = [tx.load(listed.id).pin_hash for listed in tx.listed()]
    assert len(set(kept)) == 2


def test_wrong_pins_shut_nobody_out(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever holds the code could keep the reporter from their own report otherwise; and a slip is told as one."""
    receipt = desk.submit(hidden(desk))
    for _ in range(12):
        assert code_of(lambda: desk.track(receipt.code, pin=WRONG)) == "wrong_pin"
        assert code_of(lambda: desk.withdraw(receipt.code, pin=WRONG)) == "wrong_pin"
    assert code_of(lambda: desk.track(receipt.code, pin=receipt.pin[:-1])) == "bad_pin"
    assert not desk.track(receipt.code, pin=receipt.pin).locked
    with desk.store.reading() as tx:
        (listed,) = tx.listed()
    assert caplog.text.count(f"complaint {listed.id}: a wrong PIN was tried") == 24
    assert receipt.code not in caplog.text
    assert WRONG not in caplog.text


def test_few_pins_are_hashed_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = desk.submit(hidden(desk))
    at_once, most, lock, full = 0, 0, threading.Lock(), threading.Event()

    def verify(_: str, __: str) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        if at_once == 4:
            full.set()
        full.wait(timeout=30)
        with lock:
            at_once -= 1
        return False

    monkeypatch.setattr(pins_of_the_desk, "verify_pin", verify)
    with ThreadPoolExecutor(12) as pool:
        told = set(pool.map(lambda _: code_of(lambda: desk.track(receipt.code, pin=WRONG)), range(12)))
    assert (told, most) == ({"wrong_pin"}, 4)


def test_a_new_pin_is_an_event_that_tells_who_and_when_and_changes_nothing_else(
    desk: Desk, store: Store, clock: FrozenClock
) -> None:
    who, other = (
        account(store, clock),
        account(store, clock, Reporter(email="lain@example.id", mobile="+6280000000002")),
    )
    receipt = desk.submit(hidden(desk))
    with store.reading() as tx:
        (listed,) = tx.listed()
    before = desk.complaint(listed.id)
    assert code_of(lambda: desk.renew_pin(receipt.code, other)) == "not_the_reporter"
    officer = Principal(id=who.id, role=Role.AGENCY_ADMIN)
    assert code_of(lambda: desk.renew_pin(receipt.code, officer)) == "not_the_reporter"
    clock.advance(timedelta(hours=1))
    renewed = desk.renew_pin(receipt.code, who)
    *_, event = desk.events(listed.id)
    assert (type(event.fact), event.actor.role, event.happened_at) == (PinRenewed, Role.REPORTER, clock())
    after = desk.complaint(listed.id)
    assert (after.state, after.clocks, after.version) == (before.state, before.clocks, before.version + 1)
    assert "Pelapor meminta PIN baru" in [entry.text for entry in desk.track(receipt.code, pin=renewed.pin).entries]
    plain = desk.submit(hidden(desk, source_id="2", visibility=Visibility())).code
    assert code_of(lambda: desk.renew_pin(plain, who)) == "no_pin"


def test_the_reporter_is_told_at_once_that_the_pin_was_renewed_and_nobody_else_is(
    desk: Desk, store: Store, clock: FrozenClock
) -> None:
    signals: list[str] = []
    desk.queued = lambda: signals.append("queued")
    who = account(store, clock)
    receipt = desk.submit(hidden(desk))
    with store.reading() as tx:
        (listed,) = tx.listed()
        before = len(tx.notices_of(listed.id))
    signals.clear()
    desk.renew_pin(receipt.code, who)
    assert signals == ["queued"]
    with store.reading() as tx:
        told = tx.notices_of(listed.id)
    assert [(each.template, each.role) for each in told if each.template == "pin_renewed"] == [
        ("pin_renewed", "reporter")
    ]
    assert len(told) == before + 1
    post = RecordingNotifier(key="email")
    Engine(store=store, compose=Composing(desk=desk, clock=clock), courier=Courier(by_medium([post]))).run_once(clock())
    [message] = [each for each in post.sent if each.template == "pin_renewed"]
    assert message.address == WARGA.email
    assert "13 Maret 2026" in message.text


def test_of_a_report_without_an_account_nobody_gets_another_pin(desk: Desk, store: Store, clock: FrozenClock) -> None:
    who = account(store, clock)
    counter = hidden(desk, channel="walk_in", proofs=frozenset({Proof.IDENTITY_COPY}))
    assert code_of(lambda: desk.renew_pin(desk.submit(counter).code, who)) == "not_the_reporter"
