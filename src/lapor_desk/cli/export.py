"""``lapor export``: complaints with their records as JSON Lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.telling import all_written, tell_written

__all__ = ["app"]

app = App(name="export", help="Write complaints with their records as JSON Lines.")


@app.default
def export(
    file: Path,
    /,
    *,
    with_personal_data: Annotated[bool, Parameter(negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Write every complaint with its record, one per line.

    Exit status 1 when a complaint could not be read; each is told with the reason.

    Parameters
    ----------
    file
        The file to write, readable by its owner only; it must not be there yet.
    with_personal_data
        With names, contacts and texts in the open, and the keys another desk needs to take them in.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.auditing import count_complaints
    from lapor_desk.exporting import export_complaints
    from lapor_desk.writing import new_file

    with opened(configured(config, database=database)) as house, new_file(file) as out:
        going = export_complaints(house.store, out, house.clock(), with_personal_data=with_personal_data)
        count, unread = all_written(going, count_complaints(house.store))
    return tell_written(file, count, unread, how=f"{'with' if with_personal_data else 'without'} personal data")
