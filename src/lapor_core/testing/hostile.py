"""What comes in from outside when somebody is careless or means harm; invented personal data that must not leak."""

from __future__ import annotations

import json
import re
import traceback

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from lapor_core.testing.strategies import texts

__all__ = ["NASTY", "PLANTED", "assert_nothing_personal", "hostile_bytes", "search"]

PLANTED = (
    "Warga Rahasia",
    "warga.rahasia@example.org",
    "+62810000099",
    "0000000000009999",
    "kronologi yang hanya untuk petugas",
)
"""A name, an address, a number, an identity number and a narrative, all invented."""

NASTY = (
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    b"{",
    b"null",
    b"[]",
    b'{"name": {}}',
    b"[" * 5_000,
    b"9" * 5_000,
    b"a=%ff&a=%",
    b"--x\r\n\r\n",
    "\ud83d".encode("utf-8", "surrogatepass"),
    *map(str.encode, PLANTED),
)
"""What is sent each time, before the search begins."""

_FIELDS = ("name", "email", "mobile", "from", "text", "narrative", "id", "received_at", "kind", "files")
_RUN = re.compile(rb"[\w@+.-]{3,}")


def search() -> settings:
    """Return how the kit searches: as the profile in force says, but for one fault at a time and without a stop watch."""
    phases = [phase for phase in settings().phases if phase is not Phase.explain]
    rejects = [HealthCheck.filter_too_much]  # a medium may be unable to carry most texts
    return settings(deadline=None, phases=phases, report_multiple_bugs=False, suppress_health_check=rejects)


def hostile_bytes(samples: tuple[bytes, ...] = ()) -> st.SearchStrategy[bytes]:
    """Return bytes of no kind, text, JSON and forms that carry planted data, and mutilated samples."""
    kinds = [st.binary(max_size=300), texts().map(str.encode), _json(), _forms()]
    return st.one_of(*kinds, *map(_mutilated, samples))


def assert_nothing_personal(error: BaseException, who: str) -> None:
    """Raise when a log of ``error`` with its causes would show planted data."""
    logged = "".join(traceback.format_exception(error)) + repr(getattr(error, "params", ""))
    leaked = [planted for planted in PLANTED if planted in logged]
    assert not leaked, f"{who}: an error, or its cause, repeats what the message said: {leaked[0]!r}"


def _json() -> st.SearchStrategy[bytes]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts(max_size=20) | st.sampled_from(PLANTED)
    fields = st.sampled_from(_FIELDS)
    tree = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4))
    return tree.map(lambda value: json.dumps(value).encode())


def _forms() -> st.SearchStrategy[bytes]:
    values = st.sampled_from(PLANTED) | texts(max_size=20)
    pairs = st.tuples(st.sampled_from(_FIELDS), values).map("=".join)
    return st.lists(pairs, max_size=6).map("&".join).map(str.encode)


def _mutilated(sample: bytes) -> st.SearchStrategy[bytes]:
    """Return a sample cut short, with a piece doubled, with bytes put in, or with one of its words replaced."""
    place = st.integers(0, len(sample))
    cut = place.map(lambda at: sample[:at])
    doubled = st.tuples(place, place).map(lambda ends: sample[: max(ends)] + sample[min(ends) :])
    put_in = st.tuples(place, st.binary(max_size=8)).map(lambda put: sample[: put[0]] + put[1] + sample[put[0] :])
    words = [found.span() for found in _RUN.finditer(sample)]
    kinds = [cut, doubled, put_in]
    if words:
        planted = st.sampled_from(PLANTED).map(str.encode) | st.binary(max_size=8)
        span = st.sampled_from(words)
        kinds.append(st.tuples(span, planted).map(lambda to: sample[: to[0][0]] + to[1] + sample[to[0][1] :]))
    return st.one_of(kinds)
