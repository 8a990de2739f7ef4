"""``lapor export-csv``: complaints as CSV with the columns of the national service's export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.telling import all_written, tell_written

__all__ = ["app"]

app = App(name="export-csv", help="Write complaints as CSV with the national service's columns.")


@app.default
def export_csv(
    file: Path,
    /,
    *,
    with_texts: Annotated[bool, Parameter(negative=())] = False,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Write a row of every complaint, with its ids in the national service where it has any.

    Exit status 1 when a complaint could not be read; each is told with the reason.

    Parameters
    ----------
    file
        The file to write, readable by its owner only; it must not be there yet.
    with_texts
        With titles, texts and places in the open.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.auditing import count_complaints
    from lapor_desk.national_export import write_rows
    from lapor_desk.writing import new_file

    with opened(configured(config, database=database)) as house, new_file(file) as out:
        going = write_rows(house.store, out, house.standard, with_texts=with_texts)
        count, unread = all_written(going, count_complaints(house.store))
    return tell_written(file, count, unread, how=f"{'with' if with_texts else 'without'} texts")
