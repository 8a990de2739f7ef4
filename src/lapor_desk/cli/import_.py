"""``lapor import``: complaints of another desk, with their records."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.taking import tell
from lapor_desk.lines import lines_of

__all__ = ["app"]

app = App(name="import", help="Take complaints of another desk in.")


@app.default
def import_(file: Path, /, *, config: Path | None = None, database: str | None = None) -> int:
    """Take complaints in that lapor export --with-personal-data wrote; those that are here already are left alone.

    Exit status 1 when a line was refused; each is told with the reason.

    Parameters
    ----------
    file
        The file.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.exchange import import_complaints

    with lines_of(file) as lines, opened(configured(config, database=database)) as house:
        taken = import_complaints(house.store, lines, house.desk.standard_of, house.clock())
        return tell(file, taken, bad="refused", called="refused")
