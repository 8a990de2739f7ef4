"""The command line ``lapor``: one module per command, imported when that command runs.

A command ``x`` is the module ``lapor_desk.cli.x`` with a :class:`cyclopts.App` called ``app``. Exit status 0 is an
answer; 2 is bad input, with one message on standard error: a command raises a :class:`~lapor_core.errors.LaporError`
and leaves the rest to :func:`main`. A command may return an exit status of its own.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from lapor_core.errors import LaporError, did_you_mean

if TYPE_CHECKING:
    from cyclopts import App, CycloptsError

__all__ = ["COMMANDS", "Command", "main"]


@attrs.frozen(kw_only=True)
class Command:
    """A command that is imported when it runs.

    Attributes:
        extra: What ``pip install "lapor[...]"`` must bring for it.
        module: The module's name, where it is not the command's own.
    """

    help: str
    extra: str = "cli"
    module: str = ""


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "demo": Command(
            help="Play four citizens' messages through the whole service, on this machine, in seconds.", extra="demo"
        ),
        "serve": Command(help="Run the desk: web form, app, SMS, counter and officers' console.", extra="desk"),
        "work": Command(help="Deliver notices and take what has come due, without HTTP.", extra="desk"),
        "officers": Command(help="Add, list and disable officers, and change their passwords.", extra="desk"),
        "doctor": Command(help="Whether the desk is well, and what mends what is not.", extra="desk"),
        "notices": Command(help="Show notices that are stuck or failed, and queue them again.", extra="desk"),
        "recalculate": Command(help="Move open deadlines after a new decree or a corrected policy.", extra="desk"),
        "report": Command(help="What was promised and what was kept, by agency, tier, clock and month.", extra="desk"),
        "audit": Command(help="Verify the record, take checkpoints of it, and export it.", extra="desk"),
        "backup": Command(help="Back up database and attachments while the desk runs.", extra="desk"),
        "keys": Command(help="Change the master key.", extra="desk"),
        "export": Command(help="Write complaints with their records as JSON Lines.", extra="desk"),
        "import": Command(help="Take complaints of another desk in.", extra="desk", module="import_"),
        "import-csv": Command(
            help="Take complaints of the national service in, row by row.", extra="desk", module="import_csv"
        ),
        "export-csv": Command(
            help="Write complaints as CSV with the national service's columns.", extra="desk", module="export_csv"
        ),
        "plugins": Command(help="Show the channels and notifiers found, and why one is off."),
        "deadline": Command(help="When an answer is due, and why, day by day."),
        "workdays": Command(help="Add and count working days."),
        "calendar": Command(help="Show, compare and check the ledger of holiday decrees."),
        "classify": Command(help="Which tier a complaint falls into, and by which sentence."),
        "lifecycle": Command(help="Show the life of a complaint: its states, and who may do what in each."),
        "policy": Command(help="Show, check, compare and try out service standards."),
    }
)
"""Every command by its name; ``lapor --help`` lists them in this order."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 for an answer, 2 for bad input."""
    _survive_narrow_consoles()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] not in {*COMMANDS, "--help", "-h", "--version"}:
        # Asked here: the parser would import every command to say the same.
        return _refuse(f'"{arguments[0]}": not a command of lapor; {did_you_mean(arguments[0], COMMANDS)}')
    try:
        return _run(arguments)
    except BrokenPipeError:
        _forget_output()
        return 0
    except KeyboardInterrupt:
        return 130


def _run(arguments: list[str]) -> int:
    try:
        app = _application()
    except ModuleNotFoundError as error:
        return _refuse(_remedy("lapor", error.name, "cli"))
    from cyclopts import CycloptsError

    try:
        result = app(arguments)
    except CycloptsError as error:
        return _refuse(_sentence(error))
    except LaporError as error:
        return _refuse(str(error))
    except ImportError as error:
        return _refuse(_missing_extra(arguments, error))
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def _application() -> App:
    from cyclopts import App

    app = App(
        name="lapor",
        help="Citizens' complaints under Indonesia's LAPOR! service.",
        version=f"lapor {_version()}",
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
    )
    for place, (name, command) in enumerate(COMMANDS.items()):
        app.command(f"lapor_desk.cli.{command.module or name}:app", name=name, help=command.help, sort_key=place)
    return app


def _version() -> str:
    with contextlib.suppress(PackageNotFoundError):
        return version("lapor")
    return "(not installed)"


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def _sentence(error: CycloptsError) -> str:
    """Return the parser's sentence with the argument it is about, which it leaves out for values refused by us."""
    argument = getattr(error, "argument", None)
    sentence = str(error)
    return f"{argument.name}: {sentence}" if argument is not None and argument.name not in sentence else sentence


def _missing_extra(arguments: Sequence[str], error: ImportError) -> str:
    """Return the line that mends a missing dependency; an import that fails inside our own code is no such thing."""
    missing = next((cause for cause in _causes(error) if isinstance(cause, ModuleNotFoundError)), None)
    if missing is None or (missing.name or "lapor").partition(".")[0].startswith("lapor"):
        raise error
    name = next((argument for argument in arguments if argument in COMMANDS), "")
    return _remedy(f"lapor {name}".rstrip(), missing.name, COMMANDS[name].extra if name else "cli")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _remedy(what: str, module: str | None, extra: str) -> str:
    return f'{what} needs {module}, which is not installed: pip install "lapor[{extra}]"'


def _survive_narrow_consoles() -> None:
    """Let a console that cannot show a character (cp1252 on an office's laptop) show a question mark instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """Whoever read our output has gone; nothing may complain about it while Python shuts down."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
