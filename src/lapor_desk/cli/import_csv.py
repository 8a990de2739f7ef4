"""``lapor import-csv``: complaints out of an export of the national service."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from cyclopts import App

from lapor_core.calendar.zones import as_zone
from lapor_desk.cli.houses import configured, opened, say
from lapor_desk.cli.telling import tell_taken
from lapor_desk.lines import lines_of

__all__ = ["app"]

app = App(name="import-csv", help="Take complaints of the national service in, row by row.")


@app.default
def import_csv(
    file: Path, /, *, zone: str = "Asia/Jakarta", config: Path | None = None, database: str | None = None
) -> int:
    """Take the rows of a CSV file in; those that are here already are left alone, and nobody is told of any.

    Exit status 1 when a row was bad; each is told with its line and the reason.

    Parameters
    ----------
    file
        The file, with the columns of the national service's export.
    zone
        Where dates and times without a zone were written down.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.national_csv import read_rows
    from lapor_desk.nationals import take_rows

    where = ZoneInfo(as_zone(zone))
    with lines_of(file) as lines, opened(configured(config, database=database), begin=say) as house:
        now = house.clock()
        rows = read_rows(lines, house.standard, now, where)
        return tell_taken(file, take_rows(house.store, rows, house.standard, now), bad="bad", called="bad rows")
