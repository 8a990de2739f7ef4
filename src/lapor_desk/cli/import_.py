"""``lapor import``: complaints of another desk, with their records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from lapor_desk.cli.houses import configured, opened, say
from lapor_desk.cli.telling import tell_taken
from lapor_desk.counting import counted
from lapor_desk.lines import lines_of

if TYPE_CHECKING:
    from lapor_desk.importing import Taken

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
    from lapor_desk.importing import import_complaints

    with lines_of(file) as lines, opened(configured(config, database=database), begin=say) as house:
        taken = import_complaints(house.store, lines, house.desk.standard_of, house.clock())
        strangers: Counter[str] = Counter()
        status = tell_taken(file, _counting(taken, strangers), bad="refused", called="refused")
    for agency, count in sorted(strangers.items()):
        complaints = counted(count, "complaint")
        print(f'"{agency}", which has {complaints}, is no agency of this desk; add it under [[agencies]] in lapor.toml')
    return status


def _counting(taken: Iterable[Taken], strangers: Counter[str]) -> Iterator[Taken]:
    for each in taken:
        strangers.update(each.unknown_agencies)
        yield each
