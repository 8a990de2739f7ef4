"""``lapor plugins``: which plug-ins were found, and why one is off; ``lapor plugins new`` begins one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.errors import BadValue, LaporError
from lapor_core.plugins import PluginHost, PluginStatus
from lapor_core.plugins.scaffold import distribution
from lapor_core.structure import to_json
from lapor_desk.cli.values import print_json
from lapor_desk.config import Config, find_config, load_config, read_policy
from lapor_desk.opening import open_channels
from lapor_desk.plugging import is_unset, plugin_host, state_of

__all__ = ["app"]

app = App(name="plugins", help="Show the plug-ins found, and why one is off; begin a new one.")


@app.default
def plugins(*, config: Path | None = None, json: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Show every plug-in of the installed distributions.

    Parameters
    ----------
    config
        The configuration file; without it LAPOR_CONFIG, then lapor.toml in this folder.
    json
        Print JSON.
    """
    found = find_config(config, os.environ, Path.cwd())
    read = load_config(found, os.environ)
    with redirect_stdout(sys.stderr):  # what a plug-in prints when it is imported is no part of the report
        report = _report(read)
    if json:
        print_json([{name: value for name, value in to_json(each).items() if name != "code"} for each in report])
        return
    for line in _table(report, read):
        print(line)


@app.command
def new(kind: str, name: str, *, folder: Path | None = None) -> None:
    """Begin a plug-in: a distribution of its own, with source, tests and a README.

    Parameters
    ----------
    kind
        channel or notifier.
    name
        The plug-in's key, such as kiosk.
    folder
        Where to put it; a new folder lapor-NAME here without it.
    """
    files = distribution(kind, name)
    if name in PluginHost().keys:
        raise BadValue(f'"{name}": a plug-in of this key is installed already; choose another one', code="taken_key")
    place = folder or Path(f"lapor-{name.replace('_', '-')}")
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BadValue(f"{place}: is there already, and not an empty folder", code="folder_taken")
    for path, text in files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(file)
    print(f'\nTry it:  cd {place} && pip install -e . "lapor[testing]" && python -m pytest')


def _report(config: Config) -> tuple[PluginStatus, ...]:
    """Which channels stay closed is seen as far as the service standard can be read; what is wrong with that, others say."""
    host = plugin_host(config)
    with suppress(LaporError):
        open_channels(host, read_policy(config, further=host.policies()))
    return host.report()


def _table(report: Iterable[PluginStatus], config: Config) -> Iterable[str]:
    lines = [(_cells(status, config), status) for status in report]
    head = ("plug-in", "brings", "from", "state")
    widths = [max(len(cells[column]) for cells in (head, *(cells for cells, _ in lines))) for column in range(3)]
    yield _line(head, widths)
    for cells, status in lines:
        yield _line(cells, widths)
        yield from (f"    {text}" for text in _why(status, config))


def _cells(status: PluginStatus, config: Config) -> tuple[str, ...]:
    provider = f"{status.distribution} {status.version}".strip()
    state = "not set up" if is_unset(config, status) else state_of(status)
    return status.key, status.kind, provider, state


def _line(cells: Sequence[str], widths: Iterable[int]) -> str:
    return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), cells[-1]])


def _why(status: PluginStatus, config: Config) -> Iterable[str]:
    """What nobody has set up is no fault: there is nothing to correct, and a section to write where it is wanted."""
    if status.reason:
        yield status.reason
    if is_unset(config, status):
        yield f"-> write [plugins.{status.key}] in lapor.toml, if it is wanted"
    elif status.remedy and status.remedy not in status.reason:
        yield f"-> {status.remedy}"
