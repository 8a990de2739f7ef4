"""What a command writes is whole or not there, and says why it could not be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from lapor_core.errors import BadValue
from lapor_desk.store import StoreDown
from lapor_desk.writing import new_file


def test_a_full_disk_is_told_by_the_name_of_the_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(BadValue, match=r"out\.jsonl: cannot be written: No space left on device"), new_file(path):
        raise full
    assert not path.exists()


def test_what_else_goes_wrong_meanwhile_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(StoreDown, match="it is away"), new_file(path):
        raise StoreDown("it is away", code="store_down")
    assert not path.exists()


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("kept", "utf-8")
    with pytest.raises(BadValue, match="is there already; name another file"), new_file(path):
        pytest.fail("it must not come here")
    assert path.read_text("utf-8") == "kept"
