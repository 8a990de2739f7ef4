"""``lapor officers``: no password on a command line, and one message for what cannot be."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.lifecycle import Role
from lapor_desk.cli import main
from lapor_desk.config import Config
from lapor_desk.house import open_house

PASSWORD = "rahasia-contoh"


@pytest.fixture
def lapor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return what runs ``lapor officers`` in the test's folder, and gives what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAPOR_CONFIG", raising=False)
    (tmp_path / "lapor.toml").write_text(
        '[[agencies]]\nkey = "dinas-contoh"\nname = "Dinas Contoh"\n', encoding="utf-8"
    )

    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")):
        """A desk that is there already: of a new one, the first command says that it begins."""

    def run(*arguments: str, typed: str = "", status: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert main(["officers", *arguments]) == status, capsys.readouterr().err
        told = capsys.readouterr()
        return told.err if status else told.out

    return run


def sign_in(tmp_path: Path, login: str, password: str) -> bool:
    from lapor_core.errors import Refused

    with open_house(Config(database=f"sqlite:///{tmp_path}/lapor.db")) as house:
        try:
            return bool(house.officers.sign_in(login, password))
        except Refused:
            return False


def test_who_is_added_can_sign_in_while_not_disabled(lapor: Callable[..., str], tmp_path: Path) -> None:
    add = ("add", "pusat", "--role", "central_admin", "--name", "Petugas Contoh", "--password-stdin")
    assert lapor(*add, typed=f"{PASSWORD}\n") == "pusat is central_admin\n"
    assert sign_in(tmp_path, "pusat", PASSWORD)
    assert "Petugas Contoh" in lapor("list")
    lapor("disable", "pusat")
    assert not sign_in(tmp_path, "pusat", PASSWORD)
    assert "disabled" in lapor("list")
    assert lapor("enable", "pusat") == "pusat can sign in again\n"
    assert sign_in(tmp_path, "pusat", PASSWORD)
    assert "disabled" not in lapor("list")
    assert "no officer has this login" in lapor("enable", "entah", status=2)


def test_an_auditor_is_added_with_or_without_an_agency(lapor: Callable[..., str]) -> None:
    add = ("--role", "auditor", "--password-stdin")
    assert lapor("add", "auditor", *add, typed=PASSWORD) == "auditor is auditor\n"
    assert lapor("add", "satu", "--agency", "dinas-contoh", *add, typed=PASSWORD) == "satu is auditor of dinas-contoh\n"


def test_a_password_can_be_changed(lapor: Callable[..., str], tmp_path: Path) -> None:
    lapor("add", "pusat", "--role", "central_admin", "--password-stdin", typed=PASSWORD)
    lapor("password", "pusat", "--password-stdin", typed="rahasia-baru-contoh\r\n")
    assert sign_in(tmp_path, "pusat", "rahasia-baru-contoh")
    assert not sign_in(tmp_path, "pusat", PASSWORD)


def test_a_password_is_what_somebody_can_type(lapor: Callable[..., str], tmp_path: Path) -> None:
    add = ("--role", "central_admin", "--password-stdin")
    lapor("add", "pusat", *add, typed=f"\ufeff{PASSWORD}\r\n")
    assert sign_in(tmp_path, "pusat", PASSWORD)
    assert "not in UTF-8" in lapor("add", "lain", *add, typed="rahasia-\udcff-contoh\n", status=2)


def test_officers_are_listed_as_data_without_what_is_secret(lapor: Callable[..., str]) -> None:
    said = ("--agency", "dinas-contoh", "--email", "lo@example.id", "--mobile", "+6280000000002")  # invented
    lapor("add", "lo", "--role", "liaison_officer", *said, "--password-stdin", typed=PASSWORD)
    [listed] = json.loads(lapor("list", "--json"))
    assert listed == {
        "login": "lo",
        "role": "liaison_officer",
        "agency": "dinas-contoh",
        "name": "",
        "email": "lo@example.id",
        "mobile": "+6280000000002",
        "notices": True,
        "disabled": False,
    }


def test_an_officer_can_have_no_notices(lapor: Callable[..., str]) -> None:
    lapor("add", "pusat", "--role", "central_admin", "--password-stdin", typed=PASSWORD)
    assert lapor("notices", "pusat", "off") == "pusat is sent no notices\n"
    assert "no notices" in lapor("list")
    assert lapor("notices", "pusat", "on") == "pusat is sent notices\n"
    assert "no notices" not in lapor("list")
    assert "no officer has this login" in lapor("notices", "entah", "off", status=2)


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add", "pusat", "--role", "central_admn"), PASSWORD, 'did you mean "central_admin"?'),
        (("add", "pusat", "--role", "reporter"), PASSWORD, "not an officer's role"),
        (("add", "pusat", "--role", "system"), PASSWORD, "not an officer's role"),
        (("add", "PUSAT", "--role", "central_admin"), PASSWORD, "lower-case"),
        (("add", "pusat", "--role", "central_admin"), "pendek", "at least 10"),
        (("add", "pusat", "--role", "central_admin"), "", "at least 10"),
        (("add", "lo", "--role", "liaison_officer"), PASSWORD, "belongs to an agency"),
        (("add", "lo", "--role", "liaison_officer", "--agency", "dinas-conto"), PASSWORD, "not an agency"),
        (("password", "entah"), PASSWORD, "no officer has this login"),
        (("password", "entah"), "x", "at least 10"),
    ],
)
def test_what_cannot_be_is_one_message(
    lapor: Callable[..., str], arguments: tuple[str, ...], typed: str, told: str
) -> None:
    message = lapor(*arguments, "--password-stdin", typed=typed, status=2)
    assert told in message
    assert len(message.splitlines()) == 1
    assert not typed or typed not in message


def test_a_login_is_taken_once(lapor: Callable[..., str]) -> None:
    lapor("add", "pusat", "--role", "central_admin", "--password-stdin", typed=PASSWORD)
    message = lapor("add", "pusat", "--role", "inspectorate", "--password-stdin", typed=PASSWORD, status=2)
    assert "taken" in message


def test_nobody_can_be_disabled_who_is_not_there(lapor: Callable[..., str]) -> None:
    assert "no officer has this login" in lapor("disable", "entah", status=2)


def test_a_password_is_no_argument(lapor: Callable[..., str]) -> None:
    lapor("add", "pusat", "--role", "central_admin", "--password", PASSWORD, status=2)
    lapor("add", "pusat", PASSWORD, "--role", "central_admin", status=2)
    assert lapor("list") == ""


def test_without_a_terminal_the_way_is_shown(lapor: Callable[..., str]) -> None:
    assert "--password-stdin" in lapor("add", "pusat", "--role", "central_admin", status=2)


def test_a_password_is_typed_twice(lapor: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([PASSWORD, PASSWORD, PASSWORD, "rahasia-lain-lagi"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    monkeypatch.setattr(io, "StringIO", Terminal)
    lapor("add", "pusat", "--role", "central_admin")
    assert sign_in(tmp_path, "pusat", PASSWORD)
    assert "differ" in lapor("password", "pusat", status=2)
    assert sign_in(tmp_path, "pusat", PASSWORD)


def test_the_database_can_be_named(lapor: Callable[..., str], tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/lain.db"
    said = ("--database", database, "--password-stdin")
    lapor("add", "pusat", "--role", "central_admin", *said, typed=PASSWORD)
    assert lapor("list") == ""
    with open_house(Config(database=database)) as house:
        assert [officer.role for officer in house.officers.listed()] == [Role.CENTRAL_ADMIN]
