"""What one act costs on a desk with many complaints, beside a desk with few, on SQLite and on PostgreSQL.

Both desks hold invented complaints of the same sort over the same year, of which the same number is open and the rest was put away.
Each act is done in turn on the one and on the other, so that what else the machine does falls on both, and the median of the
ratios counts. Bound: among 20,000 at most 1.5 times what it costs among 1,000 to track a complaint by its code, to read it and find those about the same,
and to erase a person. An export must cost no more for each complaint than twice what it costs among few. Told besides,
without a bound: the list of what is open, which says how many there are in each state, and so counts them.
"""

import argparse
import io
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from statistics import median
from time import perf_counter

from bench_suggesting import BATCH, MORNING, STANDARD, begun
from servers import on_both

from lapor_core import Act, Action, Actor, Ground, Role
from lapor_core.decisions import Begun, decide
from lapor_core.evolution import replay_on
from lapor_core.privacy import Reader
from lapor_core.testing import FrozenClock
from lapor_desk.desk import Desk
from lapor_desk.exporting import export_complaints
from lapor_desk.http.console.finding import Order, Wish, find
from lapor_desk.recording import record_new
from lapor_desk.store import Files, MasterKey, Store, Vault, open_store
from lapor_desk.suggesting import sketch_new, suggestions

OPEN = 500
LATER = MORNING + timedelta(days=1)
ADMIN = Actor(role=Role.CENTRAL_ADMIN, id="contoh")
ARCHIVE = Act(action=Action.ARCHIVE, actor=ADMIN, text="selesai di tempat lain")
ERASE = Act(action=Action.ERASE, actor=ADMIN, ground=Ground.REQUESTED)


def put_away(new: Begun) -> Begun:
    done = decide(new.complaint, ARCHIVE, STANDARD, MORNING)
    return Begun(events=(*new.events, *done), complaint=replay_on(new.complaint, done))


def fill(store: Store, count: int) -> list[str]:
    """Take complaints in, all but some of them long done; return the codes of those that are done."""
    chance = Random(1)  # noqa: S311 - it shall be the same each time
    codes: list[str] = []
    for begins in range(0, count, BATCH):
        persons = [Vault.new_person() for _ in range(min(BATCH, count - begins))]
        new = [begun(begins + place, chance, person) for place, person in enumerate(persons)]
        new = [each if begins + place < OPEN else put_away(each) for place, each in enumerate(new)]
        codes += [each.complaint.code for place, each in enumerate(new) if begins + place >= OPEN]
        with store.transaction() as tx:
            tx.add_people(persons)
            record_new(tx, new, STANDARD, MORNING)
    while sketch_new(store, MORNING):
        pass
    return codes


class House:
    """A desk and what is done on it, one complaint after the other."""

    def __init__(self, url: str, count: int) -> None:
        self.store = open_store(url, master=MasterKey(bytes(32)), files=Files.memory())
        self.desk = Desk(self.store, STANDARD, clock=FrozenClock(LATER))
        self.count = count
        self._codes = iter(fill(self.store, count))

    def _next(self) -> str:
        with self.store.reading() as tx:
            found = tx.find(next(self._codes))
        assert found is not None
        return found

    def ready(self, act: str) -> Callable[[], object]:
        """Return what does ``act`` on a complaint on which nothing was done yet."""
        if act == "track":
            code = next(self._codes)
            return lambda: self.desk.track(code)
        if act == "list":
            return self._list
        complaint_id = self._next()
        return {
            "read": lambda: self._read(complaint_id),
            "erase": lambda: self.desk.erase(complaint_id, ERASE),
        }[act]

    def _read(self, complaint_id: str) -> None:
        with self.store.reading() as tx:
            suggestions(tx, tx.load(complaint_id), Reader.ADMIN)

    def _list(self) -> None:
        with self.store.reading() as tx:
            found = find(tx, Wish(state="open", order=Order.URGENT), None, LATER)
            assert all(tx.load_all(found.ids))

    def export(self) -> float:
        """Return the seconds that an export takes for each complaint."""
        return timed(lambda: list(export_complaints(self.store, io.StringIO(), LATER))) / self.count


def timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


BOUNDS: Mapping[str, float | None] = {"track": 1.5, "read": 1.5, "erase": 1.5, "list": None}


def holds(name: str, few: list[float], many: list[float], bound: float | None) -> bool:
    """Print a ratio beside its bound, and return whether it holds."""
    ratio = median(much / little for little, much in zip(few, many, strict=True))
    told = f"(bound <= {bound})" if bound else "(no bound)"
    print(
        f"{name:<44} {ratio:5.2f}  {told:<15} {median(few) * 1e3:.1f} ms among few, {median(many) * 1e3:.1f} among many"
    )
    return bound is None or ratio <= bound


def compared(kind: str, database: Callable[[str], str], counts: tuple[int, int], times: int) -> bool:
    few, many = (House(database(name), count) for name, count in zip(("few", "many"), counts, strict=True))
    verdicts = []
    for act, bound in BOUNDS.items():
        pairs = [(timed(few.ready(act)), timed(many.ready(act))) for _ in range(times + 1)][
            1:
        ]  # the first one warms up
        verdicts.append(holds(f"{kind}: {act}", *map(list, zip(*pairs, strict=True)), bound))
    exports = [(few.export(), many.export()) for _ in range(2)]
    verdicts.append(holds(f"{kind}: export, each complaint", *map(list, zip(*exports, strict=True)), 2.0))
    for house in (few, many):
        house.store.close()
    return all(verdicts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few cases, and no verdict: only show that it works")
    small = parser.parse_args().small
    counts, times = ((520, 600), 3) if small else ((1_000, 20_000), 60)
    verdicts = on_both(lambda kind, database: compared(kind, database, counts, times))
    return 0 if small or all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
