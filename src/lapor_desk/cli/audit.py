"""``lapor audit``: verify the record, take a checkpoint of it, say who looked at reporters, and hand it to another program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from lapor_desk.cli.dates import read_date
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.cli.values import print_json

if TYPE_CHECKING:
    from datetime import datetime

    from lapor_core.complaint import Actor
    from lapor_desk.auditing import Looked
    from lapor_desk.house import House
    from lapor_desk.store import Chain

__all__ = ["app"]

app = App(name="audit", help="Verify the record, take checkpoints of it, say who looked at reporters, and export it.")

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


@app.command
def looks(
    *,
    since: str | None = None,
    until: str | None = None,
    json: Flag = False,
    config: Path | None = None,
    database: str | None = None,
) -> None:
    """List who was shown the identity of a reporter, when and of which complaint, with a count for each officer.

    Why, stands in the complaint's history at the desk: it is sealed with the reporter's data.

    Parameters
    ----------
    since
        The first day, as 2026-03-13; thirty days before the last one when not given.
    until
        The last day; today when not given.
    json
        Print JSON.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk import auditing

    with opened(configured(config, database=database)) as house:
        period = _period(house, since, until)
        found = list(auditing.looks(house.store, *period))
        logins = {officer.id: officer.login for officer in house.officers.listed()}
    if json:
        print_json(_as_data(found, logins))
        return
    local = house.standard.office.local
    for each in found:
        who = logins.get(each.actor.id, each.actor.id)
        print(f"{local(each.at):%Y-%m-%d %H:%M}  {who:<24} {each.actor.role:<16} {each.shown:<8} {each.complaint}")
    for actor, count in _counted(found):
        print(f"{logins.get(actor.id, actor.id)} ({actor.role}): {count}")
    print(f"looks: {len(found)}")


def _period(house: House, since: str | None, until: str | None) -> tuple[datetime, datetime]:
    """Return the first instant of the first day, and of the day after the last one, in the office's zone."""
    from lapor_core.reports import check_period

    office = house.standard.office
    last = read_date(until) if until else office.local_date(house.clock())
    first = read_date(since) if since else last - timedelta(days=30)
    check_period(first, last)
    return office.start_of_day(first), office.start_of_day(last + timedelta(days=1))


def _counted(found: list[Looked]) -> list[tuple[Actor, int]]:
    counts = Counter(each.actor for each in found)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0].id, one[0].role))


def _as_data(found: list[Looked], logins: Mapping[str, str]) -> dict[str, Any]:
    return {
        "looks": [
            {
                "at": each.at.isoformat(),
                "complaint": each.complaint,
                "event": each.sequence,
                "officer": each.actor.id,
                "login": logins.get(each.actor.id),
                "role": each.actor.role,
                "shown": each.shown,
            }
            for each in found
        ],
        "officers": [
            {"officer": actor.id, "login": logins.get(actor.id), "role": actor.role, "looks": count}
            for actor, count in _counted(found)
        ],
    }


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
