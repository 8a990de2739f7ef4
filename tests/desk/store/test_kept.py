"""What channels keep for themselves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from lapor_core.errors import BadValue, Refused
from lapor_desk.store import Store
from lapor_desk.store.kept import LARGEST_VALUE, LONGEST_KEY
from lapor_desk.store.tables import plugin_storage

OPEN_ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # one database serves all examples
KEY = "+6280000000001/7"  # invented


@given(key=st.text(st.characters(exclude_categories=()), min_size=1), first=st.binary(), second=st.binary())
@OPEN_ONCE
def test_what_was_kept_last_is_recalled(store: Store, key: str, first: bytes, second: bytes) -> None:
    for value in (first, second):
        with store.transaction() as tx:
            tx.keep("sms", key, value)
        with store.reading() as tx:
            assert tx.recall("sms", key) == value


def test_each_channel_has_its_own(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep("sms", KEY, b"one")
        tx.keep("web", KEY, b"two")
        assert tx.recall("sms", KEY) == b"one"
        assert tx.recall("app", KEY) is None


def test_neither_key_nor_value_lies_open(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep("sms", KEY, b"rahasia-contoh")
        rows = tx.connection.execute(select(plugin_storage)).all()
    assert "62800" not in repr(rows)
    assert "rahasia-contoh" not in repr(rows)


def test_a_value_moved_to_another_key_does_not_open(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep("sms", "a", b"one")
        tx.keep("sms", "b", b"two")
        one = tx._kept_as("sms", "a")
        tx.connection.execute(
            text("UPDATE lapor_plugin_storage SET value = (SELECT value FROM lapor_plugin_storage WHERE key = :a)"),
            {"a": one},
        )
        assert tx.recall("sms", "a") == b"one"
        with pytest.raises(Refused, match="does not open"):
            tx.recall("sms", "b")


@pytest.mark.parametrize("key", ["", "k" * (LONGEST_KEY + 1)])
def test_a_key_has_a_length(store: Store, key: str) -> None:
    with store.transaction() as tx:
        for use in (lambda: tx.keep("sms", key, b""), lambda: tx.recall("sms", key)):
            with pytest.raises(BadValue) as caught:
                use()
            assert caught.value.code == "bad_key"


def test_a_value_may_be_of_64_kib_and_no_more(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep("sms", KEY, bytes(LARGEST_VALUE))
        with pytest.raises(BadValue) as caught:
            tx.keep("sms", KEY, bytes(LARGEST_VALUE + 1))
        assert tx.recall("sms", KEY) == bytes(LARGEST_VALUE)
    assert caught.value.code == "too_large"
