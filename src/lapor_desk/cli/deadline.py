"""``lapor deadline``: when an answer is due, and why, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.clocks import Deadline
from lapor_core.standard import Standard
from lapor_desk.cli.dates import Language, read_instant
from lapor_desk.cli.standards import chosen_standard
from lapor_desk.cli.values import print_json, write_file

__all__ = ["app"]

app = App(name="deadline", help="When an answer is due, and why, day by day.")


@app.default
def deadline(
    *,
    policy: str = "banjarbaru",
    tier: str,
    received: str,
    clock: str | None = None,
    as_known_on: str | None = None,
    lang: Language = "id",
    json: Annotated[bool, Parameter(negative=())] = False,
    svg: Path | None = None,
    ics: Path | None = None,
) -> None:
    """Show a deadline. A clock that starts when another ends is shown as late as it may be: after the other one's own due time.

    Parameters
    ----------
    policy
        A shipped policy, or the path of a policy file.
    tier
        The tier, as the policy names it.
    received
        When the clock's first event happened, such as receipt, with its zone: 2026-03-13T10:00+08:00.
    clock
        The clock, as the policy names it; without it "resolve", or the only one there is.
    as_known_on
        Judge by the decrees issued up to this day.
    lang
        The language of the explanation: id or en.
    json
        Print JSON instead of text.
    svg
        Write a picture of the months to this file.
    ics
        Write an iCalendar task to this file.
    """
    standard = chosen_standard(policy, as_known_on)
    name = _usual(standard) if clock is None else clock
    chain = tuple(_chain(standard, name, tier, read_instant(received, "received")))
    found = chain[-1]
    if svg is not None:
        write_file(svg, found.svg(lang).encode())
    if ics is not None:
        write_file(ics, found.ics(lang, uid=f"{found.fingerprint}@lapor", now=datetime.now(UTC)))
    if json:
        print_json(found.to_json())
    elif svg is None and ics is None:
        print("\n\n".join(link.explain(lang) for link in chain))


def _usual(standard: Standard) -> str:
    clocks = standard.policy.clocks
    return next(iter(clocks)) if len(clocks) == 1 else "resolve"


def _chain(standard: Standard, clock: str, tier: str, start: datetime) -> Iterator[Deadline]:
    for name in standard.policy.chain(clock):
        link = standard.deadline(name, tier, start=start)
        yield link
        start = link.due
