"""``lapor recalculate``: which open deadlines a new decree or a corrected policy moves, and moving them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from lapor_core.recalculation import CONFIRMED, POLICY
from lapor_core.texts import long_date
from lapor_desk.cli.houses import configured, opened
from lapor_desk.cli.progress import watched
from lapor_desk.cli.values import print_json_list
from lapor_desk.counting import counted

if TYPE_CHECKING:
    from lapor_core.recalculation import DayChange, Move
    from lapor_desk.recalculating import Recalculated

__all__ = ["app"]

app = App(name="recalculate", help="Move open deadlines after a new decree or a corrected policy.")

Flag = Annotated[bool, Parameter(negative=())]


@app.default
def recalculate(
    *,
    dry_run: Flag = False,
    into_past: Flag = False,
    json: Flag = False,
    config: Path | None = None,
    database: str | None = None,
) -> int:
    """Work every open deadline out anew by the decrees and policies that are loaded, and move those that are others now.

    The old instant stays in the record. The reporter and the liaison officers are told. It can be stopped and run again, and
    each complaint is told as it is done. Exit status 1 when a complaint could not be judged.

    Parameters
    ----------
    dry_run
        Only say what would move, from when to when, and by which decree.
    into_past
        Also move a deadline that is still open to a day that has gone by; it keeps its day otherwise, and is told.
    json
        Print JSON.
    config
        The configuration file.
    database
        The database, in place of the configuration's.
    """
    from lapor_desk.recalculating import Recalculation

    tally = _Tally()
    with opened(configured(config, database=database)) as house:
        work = Recalculation(store=house.store, standard_of=house.desk.standard_of)
        now = house.clock()
        results = work.look(now, into_past=into_past) if dry_run else work.run(now, into_past=into_past)
        found = (each for each in watched(results, "recalculating", work.count()) if tally.has(each))
        try:
            if json:
                print_json_list(_as_data(each) for each in found)
            else:
                for each in found:
                    print(*_lines(each), sep="\n")
        finally:
            if not dry_run:
                house.desk.queued()
            if not json:
                print(tally.sum(dry_run=dry_run))
    return 1 if tally.problems else 0


class _Tally:
    """What was found so far, in numbers: a register may be larger than what fits into memory."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.kept = 0
        self.problems = 0

    def has(self, each: Recalculated) -> bool:
        """Add what became of a complaint, and return whether there is anything to say of it."""
        self.reasons.update(_reason(move).replace("_", " ") for move in each.moves)
        self.kept += len(each.kept)
        self.problems += bool(each.problem)
        return bool(each.moves or each.kept or each.problem)

    def sum(self, *, dry_run: bool) -> str:
        clocks = ", ".join(f"{count} by {reason}" for reason, count in sorted(self.reasons.items())) or "nothing"
        kept = f"; {self.kept} kept, over already by what is known now (--into-past moves them)" if self.kept else ""
        judged = f"; {counted(self.problems, 'complaint')} could not be judged" if self.problems else ""
        return f"{'would move' if dry_run else 'moved'}: {clocks}{kept}{judged}"


def _as_data(each: Recalculated) -> dict[str, Any]:
    return {
        "complaint": each.complaint_id,
        "code": each.complaint.code if each.complaint else None,
        "problem": each.problem or None,
        "moves": [_move_data(move) for move in each.moves],
        "kept": [_move_data(move) for move in each.kept],
    }


def _move_data(move: Move) -> dict[str, Any]:
    return {
        "clock": move.clock.name,
        "reason": _reason(move),
        "from": move.clock.due.isoformat(),
        "to": move.deadline.due.isoformat(),
        "provisional": move.deadline.provisional,
        "days": [
            {"date": day.date.isoformat(), "counts": day.counts, "name": _names(day), "decrees": list(day.decrees)}
            for day in move.days
        ],
    }


def _lines(each: Recalculated) -> Iterator[str]:
    if each.complaint is None:
        yield f"{each.complaint_id}  cannot be judged: {each.problem}: {each.reason}"
        return
    for move in each.moves:
        yield f"{each.complaint.code}  {move.clock.name}  {_way(move)}"
        yield from _day_lines(move)
    for move in each.kept:
        yield f"{each.complaint.code}  {move.clock.name}  kept: {_way(move)}, which is over already"
        yield from _day_lines(move)


def _day_lines(move: Move) -> Iterator[str]:
    for day in move.days:
        effect = "counts now" if day.counts else "no longer counts"
        yield f"    {long_date(day.date):<28} {effect}: {_names(day) or 'by decree'}  ({'; '.join(day.decrees)})"


def _reason(move: Move) -> str:
    """Return the reason for programs; what cannot be told apart has one name for both."""
    return "policy_or_removed_decree" if move.reason == POLICY else move.reason


_BECAUSE = {POLICY: "the policy, the office's week or hours, or a decree that was taken out"}
"""What cannot be told apart: of a decree that is loaded no more, nothing is known."""


def _way(move: Move) -> str:
    if move.reason == CONFIRMED:
        return f"{long_date(move.clock.due_date)} is {'provisional' if move.deadline.provisional else 'decreed'} now"
    return f"{long_date(move.clock.due_date)} -> {long_date(move.deadline.due_date)}  ({_BECAUSE.get(move.reason, move.reason)})"


def _names(day: DayChange) -> str:
    return "; ".join(name.id for name in day.names)
