"""A desk in memory, for tests of a channel without a database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from lapor_core.codes import RANDOM_BYTES, normalise_code, tracking_code
from lapor_core.complaint import Proof, Rating, Reporter
from lapor_core.errors import BadValue, Incomplete, NotFound, Refused
from lapor_core.external_ids import checked_external_ids
from lapor_core.lifecycle import AFTER_RATING, Action, Role, State, next_state
from lapor_core.pins import PIN_RANDOM_BYTES, make_pin, normalise_pin
from lapor_core.plugins.contracts import (
    CODES_HOLD,
    Addresses,
    Channel,
    Delivered,
    Download,
    Failed,
    Principal,
    Receipt,
    Tracking,
    TrackingEntry,
    TrackingFile,
    Verdict,
)
from lapor_core.policy.loading import shipped_policy
from lapor_core.policy.model import Policy, Requirement
from lapor_core.requirements import missing
from lapor_core.submission import Submission, Upload
from lapor_core.testing.fakes import FrozenClock
from lapor_core.texts import word

__all__ = ["MemoryDesk"]

_TRIES = 5
_LARGEST = 64 * 1024
_LONGEST_KEY = 255
_UNKNOWN = "application/octet-stream"


@attrs.define(kw_only=True)
class _Case:
    submission: Submission
    received_at: datetime
    state: State = State.SUBMITTED
    lacking: tuple[str, ...] = ()
    entries: list[TrackingEntry] = attrs.field(factory=list)
    answered_with: dict[str, Download] = attrs.field(factory=dict)
    pin: str = attrs.field(default="", repr=False)


@attrs.define(kw_only=True)
class _Challenge:
    reporter: Reporter
    codes: Mapping[Proof, str]
    until: datetime
    tries: int = 0


class MemoryDesk:
    """A :class:`~lapor_core.plugins.Desk` in memory, with which a channel is tested without a database.

    It takes submissions in once per ``(channel, source_id)`` and holds them to the policy's requirements. Everything it
    would send by e-mail or SMS can be read: :attr:`codes` has the one-time codes of each challenge. It keeps PINs as they
    are; a desk with a database keeps their hashes only.

    Args:
        policy: The service standard; the shipped one, with a row for channels it does not list, when not given.
        clock: What :meth:`now` asks.
        addresses: Where its pages are said to be found.
        channel: The channel it is the desk of: it then refuses submissions of others, and proofs that are not declared.

    Attributes:
        submissions: What was taken in, by tracking code.
        codes: The one-time codes of each challenge, by its id.
        uploads: The files that came with replies, by tracking code.
        kept: The channel's own storage.
        deliveries: What is known of each message that :meth:`sent` made known, by its key.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        clock: FrozenClock | None = None,
        channel: Channel | None = None,
        *,
        addresses: Addresses | None = None,
    ) -> None:
        self.addresses = addresses or Addresses()
        self._channel = channel
        self._policy = policy or _with_row_for_others(shipped_policy("banjarbaru"))
        self.clock = clock or FrozenClock()
        self.codes: dict[str, Mapping[Proof, str]] = {}
        self.uploads: dict[str, list[Upload]] = {}
        self.kept: dict[str, bytes] = {}
        self.deliveries: dict[str, Verdict] = {}
        self._cases: dict[str, _Case] = {}
        self._known: dict[tuple[str, str], Receipt] = {}
        self._challenges: dict[str, _Challenge] = {}
        self._sessions: dict[str, Principal] = {}
        self._pins_drawn = 0
        self._lock = threading.RLock()

    @property
    def policy(self) -> Policy:
        """The service standard in force."""
        return self._policy

    @property
    def submissions(self) -> Mapping[str, Submission]:
        """What was taken in, by tracking code, in the order in which it came."""
        return {code: case.submission for code, case in self._cases.items()}

    def now(self) -> datetime:
        return self._local(self.clock())

    def submit(self, submission: Submission, *, partial: bool = False) -> Receipt:
        self._check_channel(submission)
        if max(submission.received_at, submission.entered_at or submission.received_at) > self.clock():
            raise BadValue("received after now", code="from_the_future", field="received_at")
        checked_external_ids(submission.external_ids)
        lacking = missing(submission, self._policy)
        if lacking and not (partial and submission.proofs >= self._policy.requirement(submission.channel).proofs):
            raise Incomplete(lacking)
        with self._lock:
            identity = (submission.channel, submission.source_id)
            if identity in self._known:
                return attrs.evolve(self._known[identity], repeated=True, pin="")
            self._known[identity] = self._take_in(submission, tuple(piece.code for piece in lacking))
            return self._known[identity]

    def _check_channel(self, submission: Submission) -> None:
        if self._channel is None:
            return
        key = self._channel.key
        if key not in (submission.channel, submission.entry_channel):
            raise Refused(f"channel {key} handed in a submission of another", code="other_channel", channel=key)
        if submission.proofs - self._channel.proofs:
            raise Refused(f"channel {key} claims proofs it has not declared", code="undeclared_proof", channel=key)

    def _take_in(self, submission: Submission, lacking: tuple[str, ...]) -> Receipt:
        code = tracking_code((len(self._cases) + 1).to_bytes(RANDOM_BYTES, "big"))
        received_at = self._local(submission.received_at)
        state = State.INCOMPLETE if lacking else State.SUBMITTED
        pin = self._new_pin() if submission.visibility.hides else ""
        case = _Case(submission=submission, received_at=received_at, state=state, lacking=lacking, pin=pin)
        self._cases[code] = case
        return Receipt(code=code, received_at=received_at, lacking=lacking, needs_pin=bool(pin), pin=pin)

    def track(self, code: str, language: str = "id", *, pin: str = "") -> Tracking:
        case = self._case(code)
        locked = bool(case.pin) and not pin.strip()
        if not locked:
            self._open(code, pin)
        return Tracking(
            code=normalise_code(code),
            state=case.state,
            status=word("state", case.state, language),
            received_at=case.received_at,
            entries=() if locked else tuple(case.entries),
            lacking=case.lacking if case.state is State.INCOMPLETE and not locked else (),
            external_ids={} if locked else checked_external_ids(case.submission.external_ids),
            locked=locked,
        )

    def download(self, code: str, file: str, *, pin: str = "") -> Download:
        found = self._open(code, pin).answered_with.get(file)
        if found is None:
            raise NotFound("no answer to this report came with this file", code="unknown_file", field="file")
        return found

    def reply(self, code: str, text: str, uploads: tuple[Upload, ...] = (), *, pin: str = "") -> None:
        self._open(code, pin)
        self._check(code, Action.REPLY)
        if not text.strip():
            raise BadValue("a reply needs a text", code="text_needed", action=Action.REPLY)
        self._act(code, Action.REPLY, text)
        self.uploads.setdefault(normalise_code(code), []).extend(uploads)

    def complete(self, code: str, submission: Submission, *, pin: str = "") -> None:
        self._open(code, pin)
        self._check(code, Action.COMPLETE)
        before = self._case(code).submission
        lacked = {piece.code for piece in missing(before, self._policy)}
        brought = attrs.evolve(submission, channel=before.channel, kind=submission.kind or before.kind)
        lacking = [piece for piece in missing(brought, self._policy) if piece.code in lacked]
        if lacking:
            raise Incomplete(lacking)
        self._act(code, Action.COMPLETE, "")

    def rate(self, code: str, rating: Rating, text: str = "", *, pin: str = "") -> None:
        self._open(code, pin)
        self._check(code, Action.RATE)
        after = AFTER_RATING[rating.outcome]
        if after is not Action.CLOSE and not text.strip():
            raise BadValue("say why", code="text_needed", action=Action.RATE)
        self._act(code, Action.RATE, text)
        if next_state(self._case(code).state, after) is not None:
            self._act(code, after, text)

    def attach(self, code: str, uploads: tuple[Upload, ...], text: str = "", *, pin: str = "") -> None:
        self._open(code, pin)
        self._check(code, Action.ATTACH)
        if not uploads:
            raise BadValue("add at least one file", code="files_needed", field="uploads")
        self._act(code, Action.ATTACH, text)
        self.uploads.setdefault(normalise_code(code), []).extend(uploads)

    def withdraw(self, code: str, reason: str = "", *, pin: str = "") -> None:
        self._open(code, pin)
        self._act(code, Action.WITHDRAW, reason)

    def request_erasure(self, code: str, reason: str = "", *, pin: str = "") -> None:
        self._open(code, pin)
        self._act(code, Action.REQUEST_ERASURE, reason)

    def renew_pin(self, code: str, principal: Principal) -> Receipt:
        case = self._case(code)
        if principal.role is not Role.REPORTER or principal.reporter != case.submission.reporter:
            raise Refused("only the account that reported it may renew its PIN", code="not_the_reporter")
        if not case.pin:
            raise Refused("this report opens with its code alone", code="no_pin")
        case.pin = self._new_pin()
        return Receipt(
            code=normalise_code(code), received_at=case.received_at, repeated=True, needs_pin=True, pin=case.pin
        )

    def report_delivery(self, key: str, verdict: Verdict) -> None:
        if key not in self.deliveries:
            raise NotFound("no message of this channel's notifier has this key", code="unknown_message")
        known = self.deliveries[key]
        if isinstance(verdict, Delivered) or (isinstance(verdict, Failed) and isinstance(known, Delivered)):
            self.deliveries[key] = verdict

    def challenge(self, reporter: Reporter) -> str:
        with self._lock:
            number = len(self._challenges) + 1
            codes = dict(_codes(reporter, number))
            if not codes:
                raise BadValue("a challenge needs an e-mail address or a mobile number", code="no_contact")
            challenge = f"challenge-{number}"
            until = self.clock() + CODES_HOLD
            self._challenges[challenge] = _Challenge(reporter=reporter, codes=codes, until=until)
            self.codes[challenge] = codes
            return challenge

    def confirm(self, challenge: str, codes: Mapping[Proof, str]) -> str:
        with self._lock:
            asked = self._challenges.get(challenge)
            if asked is None or self.clock() > asked.until:
                raise Refused("the codes of this challenge are no longer valid; ask for new ones", code="expired_code")
            if asked.tries >= _TRIES:
                raise Refused(f"more than {_TRIES} tries; ask for new codes", code="too_many_tries")
            asked.tries += 1
            if any(codes.get(proof) != code for proof, code in asked.codes.items()):
                raise Refused("a code is wrong", code="wrong_code")
            del self._challenges[challenge]
            return self.sign_in(asked.reporter, frozenset(asked.codes))

    def principal(self, token: str) -> Principal | None:
        return self._sessions.get(token)

    def sign_out(self, token: str) -> None:
        self._sessions.pop(token, None)

    def recall(self, key: str) -> bytes | None:
        _check_key(key)
        return self.kept.get(key)

    def keep(self, key: str, value: bytes) -> None:
        _check_key(key)
        if len(value) > _LARGEST:
            message = f"at most {_LARGEST} bytes can be kept under one key, not {len(value)}"
            raise BadValue(message, code="too_large")
        self.kept[key] = value

    # What a test does in the place of the officers and of the account pages.

    def sign_in(
        self, reporter: Reporter, proofs: Iterable[Proof] = (), *, name: str = "", role: Role = Role.REPORTER
    ) -> str:
        """Return a session token of a reporter, or of an officer in ``role``, without any code; ``name`` is the opaque id."""
        number = len(self._sessions) + 1
        token = f"session-{number}"
        principal = Principal(id=name or f"{role}-{number}", role=role, proofs=frozenset(proofs), reporter=reporter)
        self._sessions[token] = principal
        return token

    def sent(self, key: str) -> None:
        """Make known that the notifier of the channel's own key has handed the message ``key`` to its next hop."""
        self.deliveries[key] = Delivered()

    def move(self, code: str, state: State, text: str = "", files: Iterable[Upload] = ()) -> None:
        """Put a complaint into ``state``, as officers would in several steps; ``text`` becomes a line of its tracking.

        ``files`` stand there too, as those of an answer do; a desk with a database finds out what they are.
        """
        case = self._case(code)
        case.state = state
        sent = [_download(file, place) for place, file in enumerate(files, len(case.answered_with) + 1)]
        case.answered_with |= {one.file.id: one for one in sent}
        listed = tuple(one.file for one in sent)
        case.entries.append(TrackingEntry(at=self.now(), text=text or word("state", state), files=listed))

    def _new_pin(self) -> str:
        self._pins_drawn += 1
        return make_pin(self._pins_drawn.to_bytes(PIN_RANDOM_BYTES, "big"))

    def _open(self, code: str, pin: str) -> _Case:
        """Return the case of ``code`` for whoever holds the PIN that it needs."""
        case = self._case(code)
        if not case.pin:
            return case
        if not pin.strip():
            raise Refused("this report opens with its code and its PIN", code="pin_needed", field="pin")
        if normalise_pin(pin) != case.pin:
            raise Refused("this is not the PIN of this report", code="wrong_pin", field="pin")
        return case

    def _act(self, code: str, action: Action, text: str) -> None:
        with self._lock:
            self.move(code, self._check(code, action), text)

    def _check(self, code: str, action: Action) -> State:
        state = next_state(self._case(code).state, action)
        if state is None:
            raise Refused(f"{action} is not possible now", code="not_possible", action=action)
        return state

    def _case(self, code: str) -> _Case:
        plain = normalise_code(code)
        if plain not in self._cases:
            raise NotFound("no complaint has this code", code="unknown_code")
        return self._cases[plain]

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self._policy.time_zone))


def _download(upload: Upload, place: int) -> Download:
    about = TrackingFile(
        id=f"file-{place}",
        name=upload.name or f"lampiran-{place}",
        media_type=_UNKNOWN,
        size=len(upload.content),
    )
    return Download(file=about, content=upload.content)


def _check_key(key: str) -> None:
    if not 0 < len(key) <= _LONGEST_KEY:
        raise BadValue(f"a key has between 1 and {_LONGEST_KEY} characters", code="bad_key")


def _codes(reporter: Reporter, number: int) -> Iterator[tuple[Proof, str]]:
    if reporter.email:
        yield Proof.VERIFIED_EMAIL, f"1{number:05d}"
    if reporter.mobile:
        yield Proof.VERIFIED_MOBILE, f"2{number:05d}"


def _with_row_for_others(policy: Policy) -> Policy:
    return attrs.evolve(policy, channels={"other": Requirement(), **policy.channels})
