"""What it costs to take a complaint in, and to sweep: on SQLite and on PostgreSQL, beside bare inserts of the same rows.

Intake is a whole submission: judged, with its deadlines and its notice, stored in one transaction that waits for the disk.
Bare is SQLAlchemy Core inserting the very rows that came of it, with the same commits. Both go in turn, portion by portion,
so that what else the machine does falls on both, and the median of the portions' ratios counts; told beside it is where half
of them lie. Bounds: intake at least 0.5 of bare, batches of the import at least 0.4, and a
sweep among 1,000,000 open complaints at most 1.5 times one among 10,000 with the same number due.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import median, quantiles
from time import perf_counter
from zoneinfo import ZoneInfo

import attrs
from servers import fresh_folder, postgres
from sqlalchemy import Table, insert, select

from lapor_core import Kind, Proof, Reporter, Submission, load_standard
from lapor_core.testing import FrozenClock
from lapor_desk.desk import Desk
from lapor_desk.national_csv import NationalRow
from lapor_desk.nationals import take_rows
from lapor_desk.store import Database, Files, MasterKey, Store, database_url, open_store, upgrade
from lapor_desk.store.tables import accounts, complaints, events, external_ids, intake, notices, people

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
STANDARD = load_standard("banjarbaru")
TABLES = (people, accounts, intake, events, complaints, external_ids, notices)
PORTION = 50
Rows = dict[Table, list[dict[str, object]]]


def submission(number: int) -> Submission:
    return Submission(
        channel="sms",
        source_id=str(number),
        received_at=MORNING,
        reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        kind=Kind.ASPIRATION,  # which the standard can judge as soon as it comes in
        narrative="Usul: lampu jalan contoh di depan balai kota contoh, agar jalan terang pada malam hari. " * 4,
    )


def national_row(number: int) -> NationalRow:
    return NationalRow(
        line=number,
        national_id=str(number),
        tracking_id=str(number),
        status="open",
        category="Topik Lainnya",
        agency=None,
        narrative=submission(number).narrative,
        received_at=MORNING,
        disposed_at=None,
        closed_at=None,
    )


def new_store(url: str) -> Store:
    return open_store(url, master=MasterKey(bytes(32)), files=Files.memory())


class Copier:
    """Remembers what is in the tables, and returns the rows that came since, in the order in which they can be inserted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, set[tuple[object, ...]]] = {table.name: set() for table in TABLES}
        self.news()

    def news(self) -> Rows:
        found: Rows = {}
        with self._store.reading() as tx:
            for table in TABLES:
                known, keys = self._known[table.name], [column.name for column in table.primary_key]
                rows = [row._asdict() for row in tx.connection.execute(select(table))]
                found[table] = [row for row in rows if tuple(row[key] for key in keys) not in known]
                known.update(tuple(row[key] for key in keys) for row in found[table])
        return found


def by_transaction(rows: Rows, count: int) -> list[Rows]:
    """Deal the rows of a portion out to as many transactions, each with all that belongs to its persons."""
    place = {row["id"]: at % count for at, row in enumerate(rows[people])}
    place |= {row["id"]: place[row["person_id"]] for row in rows[complaints]}
    dealt: list[Rows] = [{table: [] for table in TABLES} for _ in range(count)]
    for table, some in rows.items():
        for at, row in enumerate(some):
            owner = row["id"] if table is people else row.get("person_id", row.get("complaint_id"))
            dealt[place.get(owner, at % count)][table].append(row)
    return dealt


def bare(database: Database, transactions: list[Rows]) -> None:
    for rows in transactions:
        with database.writing() as connection:
            for table, some in rows.items():
                if some:
                    connection.execute(insert(table), some)


def timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


Act = Callable[[Store, range], Callable[[], object]]
"""Makes ready what is brought, and returns the call that takes it in."""


def beside(url: str, bare_url: str, portions: int, act: Act, commits: int) -> tuple[list[float], list[float]]:
    """Return seconds of each portion by us, and by bare inserts of the same rows with as many commits."""
    store, database = new_store(url), Database(database_url(bare_url))
    upgrade(database)
    copier, ours, theirs = Copier(store), list[float](), list[float]()
    with store.reading() as tx, database.writing() as connection:
        connection.execute(insert(people), [row._asdict() for row in tx.connection.execute(select(people))])
    for portion in range(portions + 1):
        took = timed(act(store, range(portion * PORTION, (portion + 1) * PORTION)))
        transactions = by_transaction(copier.news(), commits)
        bare_took = timed(lambda transactions=transactions: bare(database, transactions))
        if portion:  # the first one warms up
            ours.append(took)
            theirs.append(bare_took)
    store.close()
    database.close()
    return ours, theirs


def intake_of(store: Store, numbers: range) -> Callable[[], object]:
    desk = Desk(store, STANDARD, clock=FrozenClock(MORNING))
    brought = [submission(number) for number in numbers]

    def take_in() -> None:
        for each in brought:
            assert desk.submit(each).due_date is not None

    return take_in


def import_of(store: Store, numbers: range) -> Callable[[], object]:
    rows = [national_row(number) for number in numbers]

    def take_in() -> None:
        assert all(each.outcome == "new" for each in take_rows(store, rows, STANDARD, MORNING))

    return take_in


def fill(store: Store, count: int) -> None:
    """Put open complaints into the register whose next step is far away, and which have no words to be compared by."""
    with store.transaction() as tx:
        (template,) = tx.connection.execute(select(complaints).limit(1))
        row = template._asdict() | {"next_step_at": MORNING + timedelta(days=9_999), "sketched_at": MORNING}
        for begins in range(0, count, 10_000):
            numbers = range(begins, min(begins + 10_000, count))
            tx.connection.execute(
                insert(complaints), [row | {"id": f"{number:032}", "code": f"{number:09}"} for number in numbers]
            )


def sweeps(url: str, few: int, many: int, due: int) -> tuple[float, float]:
    """Return seconds of sweeping among few and among many open complaints, with the same number due, day after day."""
    stores = [new_store(url.replace("X", "few")), new_store(url.replace("X", "many"))]
    for store, count in zip(stores, (few, many), strict=True):
        intake_of(store, range(due))()
        fill(store, count)
    desks = [Desk(store, STANDARD, clock=FrozenClock(MORNING)) for store in stores]
    took, moved = [0.0, 0.0], [0, 0]
    for day in range(1, 60):
        now = MORNING + timedelta(days=day)
        for place, desk in enumerate(desks):
            began = perf_counter()
            moved[place] += desk.sweep(now)
            took[place] += perf_counter() - began
    assert moved[0] == moved[1] > 0
    for store in stores:
        store.close()
    return took[0], took[1]


@attrs.frozen
class Line:
    name: str
    ratio: float
    bound: float
    at_least: bool
    detail: str

    @property
    def holds(self) -> bool:
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound


def intake_lines(kind: str, database: Callable[[str], str], portions: int) -> Iterator[Line]:
    took = beside(database("intake"), database("bare"), portions, intake_of, PORTION)
    yield compared(f"{kind}: intake / bare inserts", *took, bound=0.5)
    took = beside(database("import"), database("bare_import"), portions, import_of, 1)
    yield compared(f"{kind}: import in batches / bare inserts", *took, bound=0.4)


def compared(name: str, ours: list[float], theirs: list[float], bound: float) -> Line:
    lower, ratio, upper = quantiles([bare_took / took for took, bare_took in zip(ours, theirs, strict=True)], n=4)
    speed = f"{PORTION / median(ours):,.0f} a second; bare {PORTION / median(theirs):,.0f}"
    return Line(name, ratio, bound, at_least=True, detail=f"half of them {lower:.2f}-{upper:.2f}; {speed}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few cases, and no verdict: only show that it works")
    small = parser.parse_args().small
    portions, few, many, due = (2, 100, 1_000, 5) if small else (40, 10_000, 1_000_000, 100)
    with fresh_folder() as folder:
        lines = list(intake_lines("SQLite", lambda what: f"sqlite:///{folder}/{what}.db", portions))
        with postgres(folder) as create:
            lines += intake_lines("PostgreSQL", create, portions)
        one, other = sweeps(f"sqlite:///{folder}/X.db", few, many, due)
    detail = f"{other * 1e3 / 59:,.1f} ms a day among {many:,}; {one * 1e3 / 59:,.1f} ms among {few:,}"
    lines.append(Line("SQLite: sweep among many / among few", other / one, 1.5, at_least=False, detail=detail))
    for line in lines:
        verdict = "" if small else "  holds" if line.holds else "  DOES NOT HOLD"
        sign = ">=" if line.at_least else "<="
        print(f"{line.name:<44} {line.ratio:5.2f}  (bound {sign} {line.bound}){verdict}   {line.detail}")
    return 0 if small or all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
