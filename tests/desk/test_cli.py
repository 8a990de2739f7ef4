"""The command line itself: status, messages, consoles, and what is not installed."""

import importlib
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from cyclopts import App

from lapor_core.errors import BadValue
from lapor_desk.cli import COMMANDS, main
from lapor_desk.cli.values import WholeNumber, print_json, read_text, whole_number

Put = Callable[[Callable[..., object]], None]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch):
    """Put a module with these functions in the place of ``lapor policy``."""

    def put(default: Callable[..., object]) -> None:
        module = types.ModuleType("lapor_desk.cli.policy")
        module.app = App(name="policy")
        module.app.default(default)
        monkeypatch.setitem(sys.modules, "lapor_desk.cli.policy", module)

    return put


def python(code: str, **environment: str):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_help_lists_every_command_and_imports_none():
    code = (
        "import sys; from lapor_desk.cli import main, COMMANDS; status = main(['--help']); "
        "loaded = [m for m in sys.modules if m.startswith('lapor_desk.cli.')]; "
        "print('LOADED', loaded); sys.exit(status)"
    )
    result = python(code)
    shown = result.stdout.decode("utf-8")
    assert result.returncode == 0
    assert "LOADED []" in shown
    assert all(name in shown for name in COMMANDS)


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("lapor ")


@pytest.mark.parametrize("argv", [["serv"], ["--unknown"], ["policy", "--unknown"]])
def test_what_is_not_known_is_one_message_and_status_2(
    argv: list[str], capsys: pytest.CaptureFixture[str], command: Put
):
    command(lambda: None)
    assert main(argv) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert len(seen.err.splitlines()) == 1


def test_a_slip_in_a_commands_name_is_recognised(capsys: pytest.CaptureFixture[str]):
    assert main(["deadlin"]) == 2
    assert 'did you mean "deadline"?' in capsys.readouterr().err


def test_an_error_of_ours_is_its_sentence(capsys: pytest.CaptureFixture[str], command: Put):
    def fail() -> None:
        raise BadValue("tiers[2].limit: not a limit", code="x")

    command(fail)
    assert main(["policy"]) == 2
    assert capsys.readouterr().err == "tiers[2].limit: not a limit\n"


def test_an_answer_is_status_0_and_a_command_may_say_another(command: Put):
    command(lambda: None)
    assert main(["policy"]) == 0
    command(lambda: 3)
    assert main(["policy"]) == 3


@pytest.mark.parametrize("text", ["1.5", "1e3", "1_000", "", " 1", "١٤", "1" * 30, "NaN", "0x10"])
def test_a_number_that_is_not_whole_is_refused(text: str, capsys: pytest.CaptureFixture[str], command: Put):
    with pytest.raises(BadValue):
        whole_number(text)

    def show(days: WholeNumber) -> None:
        print(days)

    command(show)
    assert main(["policy", text]) == 2
    message = capsys.readouterr().err
    assert "DAYS" in message.upper()
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(("text", "number"), [("14", 14), ("-3", -3), ("+3", 3), ("007", 7)])
def test_whole_numbers_are_read(text: str, number: int, capsys: pytest.CaptureFixture[str], command: Put):
    def show(days: WholeNumber) -> None:
        print(days)

    command(show)
    assert main(["policy", text]) == 0
    assert capsys.readouterr().out == f"{number}\n"


def test_without_the_extra_the_line_that_mends_it_is_shown():
    code = "import sys; sys.modules['cyclopts'] = None; from lapor_desk.cli import main; sys.exit(main(['--help']))"
    result = python(code)
    assert result.returncode == 2
    assert b'pip install "lapor[cli]"' in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_command_names_the_extra_it_needs(capsys: pytest.CaptureFixture[str], command: Put):
    def needs() -> None:
        raise ModuleNotFoundError("No module named 'sqlalchemy'", name="sqlalchemy")

    command(needs)
    assert main(["policy"]) == 2
    assert capsys.readouterr().err == (
        'lapor policy needs sqlalchemy, which is not installed: pip install "lapor[cli]"\n'
    )


def test_a_fault_of_our_own_is_not_hidden(command: Put):
    def broken() -> None:
        raise ModuleNotFoundError("No module named 'lapor_core.nothing'", name="lapor_core.nothing")

    command(broken)
    with pytest.raises(ModuleNotFoundError):
        main(["policy"])


def test_a_cp1252_console_shows_what_it_can():
    code = (
        "import sys, types; from cyclopts import App; m = types.ModuleType('m'); m.app = App(name='policy'); "
        "m.app.default(lambda: print('tenggat \\u2192 Jumat \\u4e00')); sys.modules['lapor_desk.cli.policy'] = m; "
        "from lapor_desk.cli import main; s = main(['policy']) or main(['--help']); sys.exit(s)"
    )
    result = python(code, PYTHONIOENCODING="cp1252")
    assert result.returncode == 0, result.stderr
    assert b"tenggat ? Jumat ?" in result.stdout


def test_json_loses_nothing_on_a_narrow_console():
    code = "from lapor_desk.cli.values import print_json; print_json({'nama': 'Nyepi \\u2192'})"
    narrow = python(code, PYTHONIOENCODING="cp1252").stdout
    wide = python(code, PYTHONIOENCODING="utf-8").stdout
    assert json.loads(narrow.decode("cp1252")) == json.loads(wide.decode("utf-8")) == {"nama": "Nyepi →"}


def test_a_reader_that_went_away_is_no_error():
    code = (
        "import sys, types; from cyclopts import App; m = types.ModuleType('m'); m.app = App(name='policy'); "
        "m.app.default(lambda: [print('x' * 1000) for _ in range(5000)]); sys.modules['lapor_desk.cli.policy'] = m; "
        "from lapor_desk.cli import main; sys.exit(main(['policy']))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert complaint == b""


def test_a_file_that_cannot_be_read_is_said_by_name(tmp_path: Path):
    (tmp_path / "latin.toml").write_bytes(b"a = '\xe9'")
    for name in ["absent.toml", "latin.toml"]:
        with pytest.raises(BadValue, match=re.escape(name)):
            read_text(tmp_path / name)


def test_print_json_is_indented(capsys: pytest.CaptureFixture[str]):
    print_json({"a": 1})
    assert capsys.readouterr().out == '{\n  "a": 1\n}\n'


@pytest.mark.parametrize("command", ["import", "import-csv"])
def test_a_file_that_is_missing_is_called_missing(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{tmp_path}/lapor.db"
    assert main([command, str(tmp_path / "absent"), "--database", database]) == 2
    assert "No such file" in capsys.readouterr().err
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    assert main([command, str(tmp_path / "bytes"), "--database", database]) == 2
    assert "save it as UTF-8" in capsys.readouterr().err


def leaves(app: App) -> list[App]:
    """Return the commands of an app that do something themselves."""
    below = [app[name] for name in app if not name.startswith("-")]
    return [leaf for each in below for leaf in leaves(each)] + ([app] if app.default_command is not None else [])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_in_its_own_words_what_it_does(name: str):
    app = importlib.import_module(f"lapor_desk.cli.{COMMANDS[name].module or name}").app
    for leaf in leaves(app):
        told = [
            argument.parameter.help
            for argument in leaf.assemble_argument_collection(parse_docstring=True)
            if argument.show
        ]
        assert all(told), (name, leaf.name, told)
        assert len(set(told)) == len(told), (name, leaf.name, told)
