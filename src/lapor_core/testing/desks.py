"""Whether a host's desk keeps its contract: the same laws for the desk in memory and for the one with a database."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta

import attrs

from lapor_core.complaint import Proof, Rating, Reporter, Visibility
from lapor_core.errors import LaporError
from lapor_core.lifecycle import Outcome, Role, State
from lapor_core.pins import PIN_RANDOM_BYTES, make_pin, normalise_pin
from lapor_core.plugins.contracts import Channel, Delivered, Desk, Failed, Principal, TryLater
from lapor_core.submission import Submission, Upload
from lapor_core.testing.fakes import FrozenClock

__all__ = ["DeskTrial", "check_desk"]

_PHOTO = Upload(
    name="foto.png",
    content=base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
)
_MANY_TRIES = 12
_WARGA = Reporter(name="Warga Contoh", email="warga@example.org", mobile="+628100000001")


@attrs.frozen(kw_only=True)
class DeskTrial:
    """A fresh desk and what its channel cannot do: the part of officers, of citizens' post boxes, and of time.

    Attributes:
        desk: The desk of ``channel``.
        channel: The channel; it declares at least one proof and not all of them.
        clock: What the desk reads the time from.
        codes: Returns the one-time codes that a challenge has sent.
        ask: Lets officers ask the reporter of the complaint with this code something, so that it waits for a reply.
        answer: Lets the agency answer the complaint with this code, and send these files with the answer.
        sent: Lets the notifier of the channel's key send a message, and returns the message's key.
        state_of: Returns ``delivered`` or ``failed``: what the desk knows of a message.
    """

    desk: Desk
    channel: Channel
    clock: FrozenClock
    codes: Callable[[str], Mapping[Proof, str]]
    ask: Callable[[str], None]
    answer: Callable[[str, tuple[Upload, ...]], None]
    sent: Callable[[], str]
    state_of: Callable[[str], str]


def check_desk(make: Callable[[], DeskTrial]) -> None:
    """Check that a desk keeps the contract of :class:`lapor_core.plugins.Desk`.

    Args:
        make: Makes a trial with a fresh desk, once for each law.

    Raises:
        AssertionError: naming what the desk did.
    """
    for law in _LAWS:
        law(make())


def _now_is_local(trial: DeskTrial) -> None:
    now = trial.desk.now()
    assert now == trial.clock(), "now() is not what the clock says"
    assert str(now.tzinfo) == trial.desk.policy.time_zone, "now() is not in the office's zone"


def _submits_once(trial: DeskTrial) -> None:
    first = trial.desk.submit(_submission(trial))
    assert not first.repeated, "the first receipt says that it was handed in before"
    assert first.received_at == trial.clock(), "the receipt has another time than the submission"
    again = trial.desk.submit(attrs.evolve(_submission(trial), narrative="Kata lain"))
    assert again == attrs.evolve(first, repeated=True), "the same submission again has another receipt"
    other = trial.desk.submit(_submission(trial, source_id="2"))
    assert other.code != first.code, "another submission has the same code"


def _refuses_to_submit(trial: DeskTrial) -> None:
    stranger = next(proof for proof in Proof if proof not in trial.channel.proofs)
    for change, code in (
        ({"channel": "other_than_its_own"}, "other_channel"),
        ({"proofs": trial.channel.proofs | {stranger}}, "undeclared_proof"),
        ({"proofs": frozenset()}, "incomplete"),
        ({"narrative": "  "}, "incomplete"),
        ({"received_at": trial.clock() + timedelta(seconds=1)}, "from_the_future"),
        ({"external_ids": {"desa_contoh": "nomor tidak ada"}}, "bad_external_id"),
        ({"external_ids": {"Desa Contoh": "7"}}, "bad_external_system"),
    ):
        _refused(code, lambda change=change: trial.desk.submit(_submission(trial, **change)))  # type: ignore[misc]  # its default has no type


def _tracks(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial)).code
    tracking = trial.desk.track(code.lower().replace("-", " "))
    assert (tracking.code, tracking.state) == (code, State.SUBMITTED), "track() does not see through slips of typing"
    assert tracking.status != trial.desk.track(code, "en").status, "track() speaks one language only"
    assert tracking.received_at.utcoffset() == trial.desk.now().utcoffset(), "track() is not in the office's zone"
    mistyped = code[:-1] + ("7" if code[-1] != "7" else "8")
    for ask in (trial.desk.track, trial.desk.withdraw, lambda code: trial.desk.reply(code, "Ya")):
        _refused("bad_code", lambda ask=ask: ask(mistyped))  # type: ignore[misc]  # a lambda's default has no type
        _refused("unknown_code", lambda ask=ask: ask("0000-0000-000"))  # type: ignore[misc]  # its default has no type


def _knows_the_ids_of_other_systems(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial, external_ids={"desa_contoh": " #D-7/2026 ", "kota_contoh": ""})).code
    known = dict(trial.desk.track(code).external_ids)
    assert known == {"desa_contoh": "D-7/2026"}, "track() does not tell under which ids other systems know it"


def _replies(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial)).code
    _refused("not_possible", lambda: trial.desk.reply(code, "Sudah menyala"))
    trial.ask(code)
    assert trial.desk.track(code).state == State.WAITING, "the complaint does not wait for the reporter"
    _refused("text_needed", lambda: trial.desk.reply(code, " "))
    before = len(trial.desk.track(code).entries)
    trial.desk.reply(code, "Di depan pasar")
    tracking = trial.desk.track(code)
    assert tracking.state == State.IN_PROGRESS, "a reply does not end the waiting"
    assert len(tracking.entries) > before, "a reply leaves no line in the tracking"


def _withdraws(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial)).code
    trial.desk.withdraw(code, "Sudah selesai")
    assert trial.desk.track(code).state == State.WITHDRAWN, "a complaint that was taken back is still open"
    _refused("not_possible", lambda: trial.desk.withdraw(code))


def _takes_requests_for_erasure(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial)).code
    trial.desk.request_erasure(code, "Tidak diperlukan lagi")
    assert trial.desk.track(code).state == State.SUBMITTED, "a request for erasure changes where a complaint stands"


def _completes(trial: DeskTrial) -> None:
    receipt = trial.desk.submit(_submission(trial, narrative=""), partial=True)
    assert receipt.lacking == ("missing_narrative",), "a receipt does not say what is missing"
    assert trial.desk.track(receipt.code).state == State.INCOMPLETE, "what lacks something is not incomplete"
    assert trial.desk.track(receipt.code).lacking == receipt.lacking, "track() does not say what is missing"
    _refused("incomplete", lambda: trial.desk.complete(receipt.code, _submission(trial, narrative=" ")))
    trial.desk.complete(receipt.code, _submission(trial))
    assert trial.desk.track(receipt.code).lacking == (), "track() says that something is missing still"
    assert trial.desk.track(receipt.code).state == State.SUBMITTED, "a complaint that was completed is still incomplete"
    _refused("not_possible", lambda: trial.desk.complete(receipt.code, _submission(trial)))
    _refused(
        "incomplete", lambda: trial.desk.submit(_submission(trial, source_id="2", proofs=frozenset()), partial=True)
    )


def _rates(trial: DeskTrial) -> None:
    for number, (outcome, text, state) in enumerate(
        (
            (Outcome.SETTLED, "", State.CLOSED),
            (Outcome.UNSETTLED, "Masih mati", State.IN_PROGRESS),
            (Outcome.DISPUTED, "Tidak benar", State.APPEALED),
        )
    ):
        code = trial.desk.submit(_submission(trial, source_id=str(number))).code
        rating = Rating(stars=3, outcome=outcome)
        _refused("not_possible", lambda code=code, rating=rating: trial.desk.rate(code, rating, "Ya"))  # type: ignore[misc]  # its default has no type
        trial.answer(code, ())
        if text:
            _refused("text_needed", lambda code=code, rating=rating: trial.desk.rate(code, rating))  # type: ignore[misc]  # its default has no type
        trial.desk.rate(code, rating, text)
        assert trial.desk.track(code).state == state, f"rated as {outcome}, it is {trial.desk.track(code).state}"


def _hands_out_files(trial: DeskTrial) -> None:
    code, other = (trial.desk.submit(_submission(trial, source_id=number)).code for number in "12")
    trial.desk.attach(code, (_PHOTO,))
    trial.answer(code, (_PHOTO,))
    files = [file for entry in trial.desk.track(code).entries for file in entry.files]
    assert len(files) == 1, "the tracking lists other files than those of the answer"
    assert (files[0].name, files[0].size > 0) == (_PHOTO.name, True), (
        "a file of an answer has lost its name or its size"
    )
    handed_out = trial.desk.download(code.lower(), files[0].id)
    assert handed_out.file == files[0], "a file is another one than the tracking lists"
    assert len(handed_out.content) == files[0].size, "a file is not handed out whole"
    _refused("unknown_file", lambda: trial.desk.download(code, "no-such-file"))
    _refused("unknown_file", lambda: trial.desk.download(other, files[0].id))
    _refused("unknown_code", lambda: trial.desk.download("0000-0000-000", files[0].id))


def _draws_a_pin_where_who_or_what_is_hidden(trial: DeskTrial) -> None:
    for number, (anonymous, secret) in enumerate(((False, False), (True, False), (False, True), (True, True))):
        wish = Visibility(anonymous=anonymous, secret=secret)
        said = _submission(trial, source_id=str(number), visibility=wish)
        receipt = trial.desk.submit(said)
        assert receipt.needs_pin == bool(receipt.pin) == (anonymous or secret), f"{wish} has another receipt"
        assert receipt.pin not in repr(receipt) or not receipt.pin, "a receipt shows its PIN in a repr"
        again = trial.desk.submit(said)
        assert again == attrs.evolve(receipt, repeated=True, pin=""), "the receipt of a repeat has a PIN"
        assert trial.desk.track(receipt.code).locked == receipt.needs_pin, f"{wish} is locked where it must not be"
    plain = trial.desk.submit(_submission(trial, source_id="0")).code
    assert not trial.desk.track(plain, pin="not a PIN").locked, "a PIN is looked at where none is needed"


def _opens_with_the_pin_alone(trial: DeskTrial) -> None:
    receipt = trial.desk.submit(_submission(trial, visibility=Visibility(anonymous=True)))
    code, pin = receipt.code, receipt.pin
    trial.answer(code, (_PHOTO,))
    locked, opened = trial.desk.track(code), trial.desk.track(code, pin=f" {pin.lower().replace('-', ' ')}")
    assert (locked.state, locked.status) == (opened.state, opened.status), "the status is not told without the PIN"
    assert (locked.entries, locked.contacts, locked.letter) == ((), (), ""), (
        "more than the status is told without the PIN"
    )
    assert (opened.locked, bool(opened.entries)) == (False, True), "the right PIN does not open the report"
    (file,) = (file for entry in opened.entries for file in entry.files)
    other = make_pin(bytes(PIN_RANDOM_BYTES))
    other = other if normalise_pin(pin) != other else make_pin(b"\1" * PIN_RANDOM_BYTES)
    rating = Rating(stars=3, outcome=Outcome.SETTLED)
    asked: tuple[Callable[[str], object], ...] = (
        lambda pin: trial.desk.download(code, file.id, pin=pin),
        lambda pin: trial.desk.attach(code, (_PHOTO,), pin=pin),
        lambda pin: trial.desk.reply(code, "Ya", pin=pin),
        lambda pin: trial.desk.rate(code, rating, pin=pin),
        lambda pin: trial.desk.withdraw(code, pin=pin),
        lambda pin: trial.desk.request_erasure(code, pin=pin),
        lambda pin: trial.desk.complete(code, _submission(trial), pin=pin),
    )
    for ask in asked:
        for wrong, refusal in (("", "pin_needed"), (pin[:-1], "bad_pin"), (other, "wrong_pin")):
            _refused(refusal, lambda ask=ask, wrong=wrong: ask(wrong))  # type: ignore[misc]  # its default has no type
    assert len(trial.desk.track(code, pin=pin).entries) == len(opened.entries), "something was done without the PIN"
    assert trial.desk.download(code, file.id, pin=pin).file == file, "the right PIN does not hand out a file"


def _lets_nobody_shut_a_reporter_out(trial: DeskTrial) -> None:
    receipt, other = (
        trial.desk.submit(_submission(trial, source_id=number, visibility=Visibility(secret=True))) for number in "12"
    )
    told = {_answer_to(lambda: trial.desk.track(receipt.code, pin=other.pin)) for _ in range(_MANY_TRIES)}
    assert told == {"wrong_pin"}, f"wrong PINs are answered with {sorted(map(str, told))}"
    assert not trial.desk.track(receipt.code, pin=receipt.pin).locked, "the right PIN is refused after wrong ones"


def _renews_a_pin_for_its_reporter(trial: DeskTrial) -> None:
    challenge = trial.desk.challenge(_WARGA)
    principal = trial.desk.principal(trial.desk.confirm(challenge, trial.codes(challenge)))
    assert principal is not None, "the token of a confirmed challenge is nobody's"
    hidden = _submission(trial, reporter=principal.reporter, visibility=Visibility(anonymous=True))
    receipt, plain = trial.desk.submit(hidden), trial.desk.submit(_submission(trial, source_id="2")).code
    officer = Principal(id=principal.id, role=Role.CENTRAL_ADMIN)
    nobody = Principal(id="nobody", role=Role.REPORTER, reporter=Reporter(mobile="+628100000002"))
    for stranger in (officer, nobody):
        _refused("not_the_reporter", lambda who=stranger: trial.desk.renew_pin(receipt.code, who))  # type: ignore[misc]  # its default has no type
    _refused("no_pin", lambda: trial.desk.renew_pin(plain, principal))
    _refused("unknown_code", lambda: trial.desk.renew_pin("0000-0000-000", principal))
    renewed = trial.desk.renew_pin(receipt.code, principal)
    assert (renewed.code, renewed.needs_pin) == (receipt.code, True), "the receipt of a new PIN is of another report"
    assert renewed.pin != receipt.pin, "the new PIN is the old one"
    _refused("wrong_pin", lambda: trial.desk.track(receipt.code, pin=receipt.pin))
    assert not trial.desk.track(receipt.code, pin=renewed.pin).locked, "the new PIN does not open the report"


def _attaches(trial: DeskTrial) -> None:
    code = trial.desk.submit(_submission(trial)).code
    _refused("files_needed", lambda: trial.desk.attach(code, ()))
    before = trial.desk.track(code)
    trial.desk.attach(code, (_PHOTO,), "Foto")
    after = trial.desk.track(code)
    assert after.state == before.state, "a file that was added changes the state"
    assert len(after.entries) > len(before.entries), "a file that was added leaves no line in the tracking"
    trial.desk.withdraw(code)
    _refused("not_possible", lambda: trial.desk.attach(code, (_PHOTO,)))


def _confirms(trial: DeskTrial) -> None:
    _refused("no_contact", lambda: trial.desk.challenge(Reporter(name="Warga Contoh")))
    challenge = trial.desk.challenge(_WARGA)
    codes = trial.codes(challenge)
    assert set(codes) == {Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE}, "a challenge sends one code to each contact"
    _refused("wrong_code", lambda: trial.desk.confirm(challenge, {}))
    _refused("expired_code", lambda: trial.desk.confirm("no-such-challenge", codes))
    token = trial.desk.confirm(challenge, codes)
    principal = trial.desk.principal(token)
    assert principal is not None, "the token of a confirmed challenge is nobody's"
    assert principal.proofs >= set(codes), "an account does not carry what was proved"
    assert principal.reporter.email == _WARGA.email, "an account does not carry its contacts"
    assert trial.desk.principal("no-such-token") is None, "a token of nobody is somebody's"
    _refused("expired_code", lambda: trial.desk.confirm(challenge, codes))
    for _ in range(2):
        trial.desk.sign_out(token)
    assert trial.desk.principal(token) is None, "a session that was ended is somebody's still"


def _lets_codes_expire(trial: DeskTrial) -> None:
    tried, old = trial.desk.challenge(_WARGA), trial.desk.challenge(_WARGA)
    for _ in range(5):
        _refused("wrong_code", lambda: trial.desk.confirm(tried, {}))
    _refused("too_many_tries", lambda: trial.desk.confirm(tried, trial.codes(tried)))
    codes = trial.codes(old)
    trial.clock.advance(timedelta(minutes=11))
    _refused("expired_code", lambda: trial.desk.confirm(old, codes))


def _hears_of_deliveries(trial: DeskTrial) -> None:
    _refused("unknown_message", lambda: trial.desk.report_delivery("no-such-message", Delivered()))
    key = trial.sent()
    for verdict, state in (
        (TryLater(why="busy"), "delivered"),
        (Failed(why="gone"), "failed"),
        (Failed(why="gone"), "failed"),
        (TryLater(why="busy"), "failed"),
        (Delivered(provider_id="7"), "delivered"),
    ):
        trial.desk.report_delivery(key, verdict)
        assert trial.state_of(key) == state, f"after {type(verdict).__name__} a message is {trial.state_of(key)}"


def _keeps(trial: DeskTrial) -> None:
    assert trial.desk.recall("offset") is None, "a fresh storage is not empty"
    for value in (b"7", b"", bytes(64 * 1024)):
        trial.desk.keep("offset", value)
        assert trial.desk.recall("offset") == value, "the storage gives back something else"
    _refused("too_large", lambda: trial.desk.keep("offset", bytes(64 * 1024 + 1)))
    for key in ("", "k" * 256):
        _refused("bad_key", lambda key=key: trial.desk.keep(key, b""))  # type: ignore[misc]  # a lambda's default has no type


_LAWS: tuple[Callable[[DeskTrial], None], ...] = (
    _now_is_local,
    _submits_once,
    _refuses_to_submit,
    _tracks,
    _knows_the_ids_of_other_systems,
    _replies,
    _withdraws,
    _takes_requests_for_erasure,
    _completes,
    _rates,
    _hands_out_files,
    _draws_a_pin_where_who_or_what_is_hidden,
    _opens_with_the_pin_alone,
    _lets_nobody_shut_a_reporter_out,
    _renews_a_pin_for_its_reporter,
    _attaches,
    _confirms,
    _lets_codes_expire,
    _hears_of_deliveries,
    _keeps,
)


def _submission(trial: DeskTrial, **changes: object) -> Submission:
    said: dict[str, object] = {
        "channel": trial.channel.key,
        "source_id": "1",
        "received_at": trial.clock(),
        "reporter": _WARGA,
        "proofs": trial.channel.proofs,
        "narrative": "Lampu jalan contoh mati",
    }
    return Submission(**{**said, **changes})  # type: ignore[arg-type]  # what is said differs in type


def _refused(code: str, ask: Callable[[], object]) -> None:
    given = _answer_to(ask)
    assert not isinstance(given, type), f"answered {given.__name__} where it must refuse with {code}"
    assert given == code, f"refused with {given} where {code} is due"


def _answer_to(ask: Callable[[], object]) -> str | type:
    """Return the code of the refusal, or the type of what was answered."""
    try:
        return type(ask())
    except LaporError as refusal:
        return refusal.code
