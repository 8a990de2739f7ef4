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

__all__ = ["REMEDIES_OF_REASONS", "app"]

app = App(name="doctor", help="Whether the desk is well, and what mends what is not.")

_REMEDIES = {
    "unknown_policies": "name these policies, or their files, under former_policies in lapor.toml",
    "master_key_exposed": "chmod 600 on that file",
    "missing_master_key": "put the key's file back from where it is kept apart from the database",
    "wrong_master_key": "set key_file in lapor.toml to the key this database was made with",
    "bad_master_key": "put the key's file back from where it is kept apart from the database",
    "unreadable_key_file": "give that file to the user the desk runs as (chown), with mode 0600, or run this as that user",
    "unwritable_key_file": "give its folder to the user the desk runs as (chown), or run this as that user",
    "lost_database": "correct database in lapor.toml, or bring the file back from a back-up; to begin anew: lapor serve --new",
    "newer_database": "pip install --upgrade lapor",
    "older_database": "lapor backup FOLDER, which copies it as it is; then start lapor serve",
    "no_desk": "correct database in lapor.toml, bring the file back from a back-up, or begin a new desk: lapor serve",
    "bad_database_url": "correct database in lapor.toml",
    "store_busy": "find the program that holds the database open (fuser lapor.db), and end it",
    "store_down": "start the database server, or check the path and the permissions of the file",
}

REMEDIES_OF_REASONS = {
    "full": "make room on the disk of the database; nothing that was accepted is lost",
    "disk": "make room on the disk of the database, and look whether it fails (dmesg)",
    "spoiled": "stop the desk, keep the spoiled file aside, and restore the last back-up",
    "read_only": "give the file, those beside it (-wal, -shm) and the folder to the user the desk runs as (chown), or mount the disk for writing",
    "cannot_open": "correct the path in lapor.toml, or give file and folder to the user the desk runs as (chown)",
    "folder": "correct the path in lapor.toml, or give the folder to the user the desk runs as (chown)",
    "files": "correct files and [s3] in lapor.toml, mend the folder's rights, or wait until the service is back",
    "away": "start the database server, and check host, port, name, user and password under database in lapor.toml",
    "no_entry": "check user and password under database in lapor.toml, and the server's pg_hba.conf",
    "no_right": "on the server: GRANT CREATE, USAGE ON SCHEMA public TO that user, or make them the owner of the database",
    "no_schema": "make the schema on the server (CREATE SCHEMA ... AUTHORIZATION that user), or correct search_path under database",
    "no_tables": "stop the desk and restore the last back-up whole; what pg_restore refused, its log tells",
    "no_work": "run that statement on the server as its administrator",
    "no_database": "createdb on the server, or correct the name under database in lapor.toml",
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
    from lapor_desk.durable import SCHEMA

    try:
        with opened(config) as house:
            house.store.database.check_writable()
            house.store.database.check_schema(SCHEMA)
            yield "database", ()
            yield from examine(house, house.clock())
    except LaporError as error:
        yield "database", (Finding(check="database", problem=str(error), remedy=_remedy(error)),)


def _remedy(error: LaporError) -> str:
    usual = _REMEDIES.get(error.code, "mend that first; the other checks need an open desk")
    return REMEDIES_OF_REASONS.get(error.params.get("reason", ""), usual)


def _show(name: str, found: tuple[Finding, ...]) -> None:
    if not found:
        print(f"ok       {name}")
    for finding in found:
        print(f"{'FINDING' if finding.serious else 'note':<8} {name}: {finding.problem}")
        print(f"         -> {finding.remedy}")
