"""Hypothesis strategies for the public types. Every person in them is invented, and cannot be taken for a real one.

Addresses stand under ``example.org``; mobile numbers begin with +62 810, which no operator has; identity numbers begin
with 00, the code of no province.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lapor_core.complaint import Facts, Kind, Proof, Purpose, Reporter, Visibility
from lapor_core.plugins.contracts import Medium, Message
from lapor_core.submission import Submission, Upload

__all__ = [
    "facts",
    "keys",
    "messages",
    "moments",
    "reporters",
    "submissions",
    "texts",
    "uploads",
    "visibilities",
]

_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_FILES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n", b"")


def keys() -> st.SearchStrategy[str]:
    """Return keys of channels, agencies and categories: lower-case letters, digits and ``_``."""
    return st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True)


def texts(*, min_size: int = 1, max_size: int = 200) -> st.SearchStrategy[str]:
    """Return what a citizen may write: any script, marks and emoji, but no control characters or half pairs."""
    letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
    return st.text(letters, min_size=min_size, max_size=max_size).filter(lambda text: len(text.strip()) >= min_size)


def moments(
    earliest: datetime = datetime(2018, 1, 2),  # noqa: DTZ001  # Hypothesis wants its bounds naive
    latest: datetime = datetime(2027, 12, 30),  # noqa: DTZ001  # likewise
) -> st.SearchStrategy[datetime]:
    """Return aware instants in the three zones of Indonesia; the bounds are naive and hold in each of them."""
    return st.datetimes(earliest, latest, timezones=st.sampled_from(_ZONES).map(ZoneInfo))


def reporters() -> st.SearchStrategy[Reporter]:
    """Return invented reporters, from one of whom nothing is known to one of whom everything is."""
    number = st.integers(0, 9_999)
    return number.flatmap(
        lambda n: st.builds(
            Reporter,
            name=st.sampled_from(["", f"Warga Contoh {n}", f"Wárgå «Contoh» {n}"]),
            email=st.sampled_from(["", f"warga{n}@example.org"]),
            mobile=st.sampled_from(["", f"+62810{n:07d}"]),
            identity_number=st.sampled_from(["", f"00{n:014d}"]),
            language=st.sampled_from(["id", "en"]),
        )
    )


def visibilities() -> st.SearchStrategy[Visibility]:
    """Return the four combinations of anonymous and secret."""
    return st.builds(Visibility, anonymous=st.booleans(), secret=st.booleans())


def uploads() -> st.SearchStrategy[Upload]:
    """Return files that begin like a picture, a document or nothing, under any name."""
    content = st.builds(bytes.__add__, st.sampled_from(_FILES), st.binary(max_size=64))
    return st.builds(Upload, name=texts(max_size=40), content=content, purpose=st.sampled_from(Purpose))


def facts() -> st.SearchStrategy[Facts]:
    """Return facts from wholly unknown to wholly known; ``extra`` is left to the policies that judge by it."""
    agencies = st.lists(keys(), min_size=1, max_size=4).map(tuple)
    return st.builds(
        Facts,
        kind=st.none() | st.sampled_from(Kind),
        supervisory=st.none() | st.booleans(),
        abuse_of_authority=st.none() | st.booleans(),
        agencies=st.none() | st.integers(1, 5) | agencies,
        category=st.none() | keys(),
        channel=st.none() | keys(),
        extra=st.just({}),
    )


def submissions(channel: str | None = None, proofs: frozenset[Proof] | None = None) -> st.SearchStrategy[Submission]:
    """Return submissions.

    Args:
        channel: The channel of all of them; any when None.
        proofs: The proofs all of them bring; any when None.
    """
    return st.builds(
        Submission,
        channel=keys() if channel is None else st.just(channel),
        entry_channel=st.none() if channel is not None else st.none() | keys(),
        source_id=texts(max_size=40),
        received_at=moments(),
        entered_at=st.none(),
        reporter=reporters(),
        proofs=st.frozensets(st.sampled_from(Proof)) if proofs is None else st.just(proofs),
        kind=st.none() | st.sampled_from(Kind),
        title=texts(min_size=0, max_size=60),
        narrative=texts(),
        event_date=st.none() | st.dates(date(2018, 1, 2), date(2027, 12, 30)),
        event_time=st.none() | st.times(),
        place=texts(min_size=0, max_size=60),
        agency=st.none() | keys(),
        category=st.none() | keys(),
        visibility=visibilities(),
        uploads=st.lists(uploads(), max_size=2).map(tuple),
        external_ids=st.dictionaries(
            keys(), st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,15}", fullmatch=True), max_size=2
        ),
    )


def messages(medium: str | None = None) -> st.SearchStrategy[Message]:
    """Return messages to invented people.

    Args:
        medium: ``email`` or ``sms``; either when None.
    """
    media = st.sampled_from(Medium) if medium is None else st.just(medium)
    return media.flatmap(_messages)


def _messages(medium: str) -> st.SearchStrategy[Message]:
    number = st.integers(0, 9_999)
    is_sms = medium == Medium.SMS
    return st.builds(
        Message,
        key=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
        medium=st.just(medium),
        address=number.map(lambda n: f"+62810{n:07d}" if is_sms else f"warga{n}@example.org"),
        subject=st.just("") if is_sms else texts(max_size=80),
        text=texts(),
        template=keys(),
        values=st.dictionaries(keys(), texts(max_size=40), max_size=3),
        language=st.sampled_from(["id", "en"]),
    )
