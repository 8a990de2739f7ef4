"""``lapor audit``: verify the record, take a checkpoint of it, and hand it to another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.cli.values import print_json

if TYPE_CHECKING:
    from lapor_desk.house import House
    from lapor_desk.store import Chain

__all__ = ["app"]

app = App(name="audit", help="Verify the record, take checkpoints of it, and export it.")

Flag = Annotated[bool, Parameter(negative=())]


@app.command
def verify(
    *,
    complaint: str | None = None,
    checkpoint: Path | None = None,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Check that nothing in the record was changed, moved or cut off. Exit status 1 when something was.

    Parameters
    ----------
    complaint
        Only the complaint with this tracking code.
    checkpoint
        Check against this checkpoint too: a document taken before.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    with opened(configured(config, database=database)) as house:
        broken = _verify_one(house, complaint) if complaint else _verify_all(house)
        deviating = _compare(house, checkpoint) if checkpoint else 0
    return 1 if broken or deviating else 0


@app.command
def checkpoint(*, config: Path | None = None, database: str | None = None) -> None:
    """Write the heads of all chains down, with a digest to publish or to have time-stamped.

    Parameters
    ----------
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.checkpoints import take_checkpoint

    with opened(configured(config, database=database)) as house:
        path, taken = take_checkpoint(house.store, house.checkpoints, house.clock())
    print(taken.as_json(), end="")
    print(path)


@app.command
def export(file: Path, /, *, config: Path | None = None, database: str | None = None) -> None:
    """Export the record as JSON Lines that another program can verify; personal data stays sealed in it.

    Parameters
    ----------
    file
        The file to write; it must not be there yet.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.auditing import export_log
    from lapor_desk.writing import new_file

    with opened(configured(config, database=database)) as house, new_file(file) as out:
        count = export_log(house.store, out, house.clock())
    print(f"{file}: {count} events")


def _verify_one(house: House, code: str) -> int:
    from lapor_core.codes import normalise_code
    from lapor_core.errors import NotFound

    with house.store.reading() as tx:
        found = tx.find(normalise_code(code))
        if found is None:
            raise NotFound("no complaint has this code", code="unknown_code")
        chain = tx.verify_chain(found)
    if chain.holds:
        print_json({"complaint": chain.complaint, "events": chain.length, "head": chain.head})
    return _tell([chain])


def _verify_all(house: House) -> int:
    from lapor_desk.auditing import chains, count_complaints

    broken, number, links = [], 0, 0
    for chain in watched(chains(house.store), "verifying", count_complaints(house.store)):
        number, links = number + 1, links + chain.length
        if not chain.holds:
            broken.append(chain)
    if not broken:
        print(f"{number} chains hold, {links} events")
    return _tell(broken)


def _tell(checked: list[Chain]) -> int:
    broken = [chain for chain in checked if not chain.holds]
    for chain in broken:
        print(f"broken: complaint {chain.complaint}, link {chain.broken_at}: {chain.problem}")
    return len(broken)


def _compare(house: House, document: Path) -> int:
    from lapor_desk.checkpoints import check_checkpoint

    deviations = list(check_checkpoint(house.store, document))
    for each in deviations:
        print(f"broken: complaint {each.complaint}: event {each.sequence} is not the one that the checkpoint saw")
    if not deviations:
        print(f"everything is as {document.name} saw it")
    return len(deviations)
