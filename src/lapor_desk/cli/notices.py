"""``lapor notices``: what has not gone out and why, and queueing it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.errors import BadValue, did_you_mean
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.values import WholeNumber, print_json
from lapor_desk.counting import counted

__all__ = ["app"]

app = App(name="notices", help="Show notices that have not gone out and why, and queue them again.")

Flag = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_(
    status: str = "stuck",
    /,
    *,
    limit: WholeNumber = 100,
    json: Flag = False,
    config: Path | None = None,
    database: str | None = None,
) -> None:
    """List notices, the oldest first, each with why it did not go out.

    Parameters
    ----------
    status
        stuck, failed, queued, delivered or cancelled. What is queued waits for its time, for quiet hours to end, or for its turn.
    limit
        How many at most.
    json
        Print JSON.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.store import Status
    from lapor_desk.waiting import reasons

    if status not in tuple(Status):
        raise BadValue(f'"{status}": not a status; {did_you_mean(status, Status)}', code="bad_status")
    with opened(configured(config, database=database)) as house:
        why = reasons(house.engine, house.clock())
        with house.store.reading() as tx:
            found = tx.notices_in(Status(status), limit)
            counts = {} if found else {name: count for name, count in tx.counts().notices.items() if count}
        listed = [(each, why(each)) for each in found]
    if json:
        fields = ("id", "complaint_id", "template", "role", "agency", "medium", "notifier", "attempts", "last_error")
        print_json(
            [
                {field: getattr(each, field) for field in fields}
                | {"created_at": each.created_at.isoformat(), "not_before": each.not_before.isoformat(), "why": reason}
                for each, reason in listed
            ]
        )
        return
    for each, reason in listed:
        to = f"{each.role}{f' of {each.agency}' if each.agency else ''}"
        print(f"{each.id}  {each.template:<16} {to:<24} {each.medium:<6} {each.attempts:>3} tries  {reason}".rstrip())
    if not listed:
        others = ", ".join(f"{count} {name}" for name, count in counts.items())
        print(f"no notice is {status}; there {'are ' + others if others else 'is no notice at all'}")


@app.command
def retry(
    notice: str | None = None, /, *, all_stuck: Flag = False, config: Path | None = None, database: str | None = None
) -> None:
    """Queue a stuck or failed notice again, as if it had not been tried.

    Parameters
    ----------
    notice
        Its id.
    all_stuck
        Every notice that is stuck.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.store import Status

    if (notice is None) is not all_stuck:
        raise BadValue("name one notice, or say --all-stuck", code="bad_notice")
    with opened(configured(config, database=database)) as house:
        now, count = house.clock(), 0
        with house.store.transaction() as tx:
            ids = [notice] if notice else [each.id for each in tx.notices_in(Status.STUCK, 10_000)]
            for each in ids:
                tx.notice(each)
                tx.retry_notice(each, now)
                count += 1
    print(f"{counted(count, 'notice is', 'notices are')} queued again")
