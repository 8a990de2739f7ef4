"""``lapor doctor``: whether the desk is well, and what mends what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
from cyclopts import App, Parameter

from lapor_core.errors import LaporError
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.values import print_json

if TYPE_CHECKING:
    from lapor_desk.checkup import Finding
    from lapor_desk.config import Config

__all__ = ["app"]

app = App(name="doctor", help="Whether the desk is well, and what mends what is not.")

_REMEDIES = {
    "unknown_policies": "name these policies, or their files, under former_policies in lapor.toml",
    "master_key_exposed": "chmod 600 on that file",
    "missing_master_key": "put the key's file back from where it is kept apart from the database",
    "wrong_master_key": "set key_file in lapor.toml to the key this database was made with",
    "newer_database": "pip install --upgrade lapor",
    "store_down": "start the database server, or check the path and the permissions of the file",
}


@app.default
def doctor(
    *,
    json: Annotated[bool, Parameter(negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Examine everything a desk stands on. Exit status 0 when it is well, 1 with findings, each with its remedy.

    Parameters
    ----------
    json
        Print JSON.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    examined = list(_examined(configured(config, database=database)))
    findings = [finding for _, found in examined for finding in found]
    serious = [finding for finding in findings if finding.serious]
    if json:
        print_json({"well": not serious, "findings": [attrs.asdict(finding) for finding in findings]})
    else:
        for name, found in examined:
            _show(name, found)
        print("the desk is well" if not serious else f"findings: {len(serious)}")
    return 1 if serious else 0


def _examined(config: Config) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    from lapor_desk.checkup import Finding, examine

    try:
        with opened(config) as house:
            yield "database", ()
            yield from examine(house, house.clock())
    except LaporError as error:
        remedy = _REMEDIES.get(error.code, "mend that first; the other checks need an open desk")
        yield "database", (Finding(check="database", problem=str(error), remedy=remedy),)


def _show(name: str, found: tuple[Finding, ...]) -> None:
    if not found:
        print(f"ok       {name}")
    for finding in found:
        print(f"{'FINDING' if finding.serious else 'note':<8} {name}: {finding.problem}")
        print(f"         -> {finding.remedy}")
