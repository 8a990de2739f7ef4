"""The outbox: one whole file for one key, readable by its owner only, and nothing lost when the disk says no."""

import email
import email.policy
import errno
import os
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_channels.notifiers.outbox import Outbox, lapor_register_notifiers
from lapor_channels.notifiers.settings import OutboxSettings
from lapor_core.plugins import Configurable, Delivered, Failed, Message, Notifier, PluginHost, TryLater
from lapor_core.testing import FrozenClock, check_notifier
from lapor_core.testing.strategies import messages

NOW = FrozenClock()()

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox().configure(OutboxSettings(folder=str(tmp_path)))


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_the_plug_in_brings_a_last_resort_for_e_mail_and_sms() -> None:
    (outbox,) = lapor_register_notifiers()
    assert isinstance(outbox, Notifier)
    assert isinstance(outbox, Configurable)
    assert (outbox.key, outbox.media, outbox.last_resort) == ("outbox", {"email", "sms"}, True)


def test_it_keeps_the_contract_of_a_notifier(tmp_path: Path) -> None:
    check_notifier(lambda: Outbox().configure(OutboxSettings(folder=str(tmp_path))))
    assert {path.suffix for path in files(tmp_path)} == {".eml", ".txt"}


def test_it_keeps_the_contract_before_it_is_configured() -> None:
    check_notifier(Outbox)


def test_an_e_mail_becomes_a_draft_that_a_mail_program_opens(
    outbox: Outbox, tmp_path: Path, make_message: Callable[..., Message], now: datetime
) -> None:
    verdict = outbox.send(make_message(), now)
    [path] = files(tmp_path)
    assert verdict == Delivered(provider_id=path.name)
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (letter["To"], letter["Subject"]) == ("warga7@example.org", "Laporan Anda dijawab")
    assert (letter["X-Unsent"], letter["From"]) == ("1", None)
    assert letter.get_content().replace("\r\n", "\n").strip() == make_message().text


def test_an_e_mail_can_have_a_sender(tmp_path: Path, make_message: Callable[..., Message], now: datetime) -> None:
    Outbox().configure(OutboxSettings(folder=str(tmp_path), from_address="lapor@example.id")).send(make_message(), now)
    letter = email.message_from_bytes(files(tmp_path)[0].read_bytes())
    assert letter["From"] == "lapor@example.id"
    assert letter["Message-ID"].endswith("@example.id>")


def test_an_sms_becomes_a_text(outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime) -> None:
    sms = make_message(
        medium="sms", address="+628100000007", subject="", text="Laporan dijawab – terima kasih."
    )  # invented
    assert isinstance(outbox.send(sms, now), Delivered)
    [path] = files(tmp_path)
    assert path.suffix == ".txt"
    assert path.read_bytes().decode() == "To: +628100000007\n\nLaporan dijawab – terima kasih.\n"


@pytest.mark.parametrize(
    ("medium", "address"),
    [
        ("email", "bukan alamat"),
        ("email", "warga7@example.org\nBcc: semua@example.org"),
        ("sms", "warga7@example.org"),
        ("sms", "0810 0000 007"),  # invented
        ("sms", "+628100000007\nTo: +628100000008"),  # invented
        ("sms", "+٦٢٨١٠"),  # digits, but of another script
        ("sms", ""),
    ],
)
def test_an_address_that_is_none_fails_and_leaves_nothing(
    outbox: Outbox, tmp_path: Path, make_message: Any, medium: str, address: str
) -> None:
    said = outbox.send(make_message(medium=medium, address=address), NOW)
    assert isinstance(said, Failed)
    assert files(tmp_path) == []


def test_the_same_key_is_one_file_that_is_left_as_it_is(
    outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime
) -> None:
    first = outbox.send(make_message(), now)
    [path] = files(tmp_path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert outbox.send(make_message(text="lain"), now) == first
    assert files(tmp_path) == [path]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_the_two_media_of_one_key_are_two_files(
    outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime
) -> None:
    outbox.send(make_message(key="k"), now)
    outbox.send(make_message(key="k", medium="sms", address="+628100000007"), now)  # invented
    assert [path.suffix for path in files(tmp_path)] == [".eml", ".txt"]


@given(sent=st.lists(messages(), max_size=6), keys=st.lists(st.text(max_size=60), min_size=6, max_size=6))
def test_there_are_as_many_files_as_keys_whatever_the_keys_are(
    tmp_path_factory: pytest.TempPathFactory, sent: list[Message], keys: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("outbox")
    outbox = Outbox().configure(OutboxSettings(folder=str(folder)))
    sent = [attrs.evolve(message, key=key) for message, key in zip(sent, keys, strict=False)]
    for message in [*sent, *sent]:
        assert isinstance(outbox.send(message, NOW), Delivered)
    assert len(files(folder)) == len({(message.key, message.medium) for message in sent})
    assert all(path.stem.isalnum() for path in files(folder))


def test_many_at_once_with_one_key_leave_one_whole_file(
    outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime
) -> None:
    said: list[Any] = []
    begin = threading.Barrier(8)

    def work() -> None:
        begin.wait()
        said.append(outbox.send(make_message(), now))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [path] = files(tmp_path)
    assert said == [Delivered(provider_id=path.name)] * 8
    assert path.read_bytes().endswith(b"Dinas Contoh\r\n")


@posix
def test_only_its_owner_can_read_a_file(outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime) -> None:
    before = os.umask(0)
    try:
        outbox.send(make_message(), now)
    finally:
        os.umask(before)
    [path] = files(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, make_message: Any, now: datetime) -> None:
    folder = tmp_path / "tidak" / "ada"
    said = Outbox().configure(OutboxSettings(folder=str(folder))).send(make_message(), now)
    assert said == TryLater(why="the outbox cannot be written: No such file or directory")
    assert not folder.exists()


def test_a_file_in_the_place_of_the_folder_is_tried_again(tmp_path: Path, make_message: Any, now: datetime) -> None:
    (tmp_path / "keluar").write_text("", encoding="utf-8")
    said = Outbox().configure(OutboxSettings(folder=str(tmp_path / "keluar"))).send(make_message(), now)
    assert isinstance(said, TryLater)


@pytest.mark.parametrize("where", ["os.fsync", "os.fdopen", "pathlib.Path.replace"])
def test_a_full_disk_leaves_nothing_and_the_next_attempt_writes_all(
    outbox: Outbox, tmp_path: Path, make_message: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(where, full)
        said = outbox.send(make_message(), NOW)
    assert said == TryLater(why="the outbox cannot be written: No space left on device")
    assert files(tmp_path) == []
    assert isinstance(outbox.send(make_message(), NOW), Delivered)


def test_a_name_that_is_a_link_to_elsewhere_is_not_followed(
    outbox: Outbox, tmp_path: Path, make_message: Any, now: datetime
) -> None:
    outbox.send(make_message(), now)
    [path] = files(tmp_path)
    path.unlink()
    path.symlink_to(tmp_path / "di-luar")
    assert isinstance(outbox.send(make_message(), now), Delivered)
    assert files(tmp_path) == [path]
    assert not path.is_symlink()


def reason(**settings: object) -> str:
    point = EntryPoint("outbox", "lapor_channels.notifiers.outbox", "lapor")
    [status] = PluginHost([point], settings={"outbox": settings}).report()
    return status.reason


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    assert reason(folder=str(tmp_path)) == ""
    assert "plugins.outbox.folder: is required and missing" in reason()
    assert 'folder = "keluar": must be a whole path' in reason(folder="keluar")
    assert "from_address: must be an e-mail address" in reason(folder=str(tmp_path), from_address="bukan")
