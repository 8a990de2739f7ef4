"""The laws of a channel that reads messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta

from hypothesis import given

from lapor_core.errors import LaporError
from lapor_core.plugins.contracts import Reads
from lapor_core.submission import Submission
from lapor_core.testing.fakes import FrozenClock
from lapor_core.testing.hostile import NASTY, PLANTED, assert_nothing_personal, hostile_bytes, search
from lapor_core.testing.strategies import texts

__all__ = ["check_reading"]

Make = Callable[[], Reads]
Write = Callable[[str], bytes]

NOW = FrozenClock()()
LATER = NOW + timedelta(minutes=7)


def check_reading(make: Make, samples: tuple[bytes, ...], write: Write | None) -> None:
    """Check what a channel makes of messages.

    Raises:
        AssertionError: naming the channel, and what it did.
    """
    for sample in samples:
        _check_sample(make(), sample)
    written = () if write is None else tuple(write(planted) for planted in PLANTED)
    _check_hostile(make, (*samples, *written))
    if write is not None:
        _check_unicode(make, write)


def _check_sample(channel: Reads, sample: bytes) -> None:
    read = _outcome(channel, sample)
    problem = f"{_name(channel)}: a sample was refused with the code {read!r}"
    assert isinstance(read, Submission), f"{problem}: {_said(channel, sample)}"


def _check_hostile(make: Make, samples: tuple[bytes, ...]) -> None:
    channel = make()

    def no_message_does_harm(message: bytes) -> None:
        first = _outcome(channel, message)
        _check_pure(channel, message, first)
        _check_pure(make(), message, first)
        if isinstance(first, Submission):
            _check_retry(channel, message, first)
            _check_submission(channel, first)

    for message in (*samples, *NASTY):
        no_message_does_harm(message)
    search()(given(message=hostile_bytes(samples))(no_message_does_harm))()


def _check_unicode(make: Make, write: Write) -> None:
    channel = make()

    @search()
    @given(text=texts())
    def every_script_survives(text: str) -> None:
        read = _outcome(channel, write(text))
        assert isinstance(read, Submission), f"{_name(channel)}: refused a written message with the code {read!r}"
        heard = _plain(f"{read.title} {read.narrative}")
        assert _plain(text) in heard, f"{_name(channel)}: the text did not survive"

    every_script_survives()


def _outcome(channel: Reads, message: bytes, now: object = NOW) -> Submission | str:
    """Return the submission, or the code of the error that came out."""
    try:
        read = channel.read(message, now)  # type: ignore[arg-type]  # always one of the two instants above
    except LaporError as error:
        assert_nothing_personal(error, _name(channel))
        return error.code
    except Exception as error:
        problem = f"{_name(channel)}: read() raised {type(error).__name__}; only a LaporError may come out"
        raise AssertionError(problem) from error
    assert isinstance(read, Submission), f"{_name(channel)}: read() returned {type(read).__name__}, not a Submission"
    return read


def _said(channel: Reads, sample: bytes) -> str:
    """Return the sentence with which a sample is refused: the author's own message holds nothing of a citizen's."""
    try:
        channel.read(sample, NOW)
    except LaporError as error:
        return str(error)
    return "and read when it came once more"


def _check_pure(channel: Reads, message: bytes, first: Submission | str) -> None:
    same = _outcome(channel, message) == first
    assert same, f"{_name(channel)}: the same message at the same time was read in two ways"


def _check_retry(channel: Reads, message: bytes, first: Submission) -> None:
    """A gateway that hands a message over again some minutes later hands over the same message."""
    again = _outcome(channel, message, LATER)
    assert isinstance(again, Submission), f"{_name(channel)}: refused a message that it had read before"
    same = again.source_id == first.source_id
    assert same, f"{_name(channel)}: source_id changes with the time; a message that comes twice becomes two complaints"


def _check_submission(channel: Reads, read: Submission) -> None:
    key, name = channel.key, _name(channel)
    assert key in {read.channel, read.entry_channel}, f"{name}: its submission names the channel {read.channel!r}"
    assert read.received_at.utcoffset() is not None, f"{name}: received_at has no time zone"
    assert read.entered_at is None or read.entered_at.utcoffset() is not None, f"{name}: entered_at has no time zone"
    beyond = sorted(read.proofs - channel.proofs)
    assert not beyond, f"{name}: its submission brings the proof {beyond[0]!r}, which is not among its proofs"
    missing = read.narrative is None or not isinstance(read.narrative, str)
    assert not missing, f"{name}: the narrative must be text"


def _name(channel: Reads) -> str:
    return f"channel '{channel.key}'"


def _plain(text: str) -> str:
    """Return a text as it is compared: composed, and with any white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())
