"""``lapor import``: complaints of another desk, with their records."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cyclopts import App

from lapor_core.errors import LaporError
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.filling import unreadable

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

    counted: Counter[str] = Counter()
    try:
        with file.open(encoding="utf-8") as lines, opened(configured(config, database=database)) as house:
            taken = import_complaints(house.store, lines, house.desk.standard_of, house.clock())
            for each in watched(taken, "importing"):
                counted[each.outcome] += 1
                if each.reason:
                    print(f"{file}:{each.line}  {each.reason}")
    except LaporError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error
    print(f"{counted['new']} taken in, {counted['known']} were here before, {counted['refused']} refused")
    return 1 if counted["refused"] else 0
