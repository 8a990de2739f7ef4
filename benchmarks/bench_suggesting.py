"""What it costs to look for complaints about the same: among few and among many, on SQLite and on PostgreSQL.

Both databases of a kind hold invented complaints of the same sort, over the same year; those that are looked at are the same
too, and are looked at in turn, so that what else the machine does falls on both. The median of the ratios counts. Bound: among
20,000 at most 1.5 times what it costs among 1,000. Told besides: what one look costs, and what it costs to sketch a complaint.
"""

import argparse
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from servers import on_both

from lapor_core import Complaint, Kind, Reporter, Submission, load_standard
from lapor_core.codes import RANDOM_BYTES, tracking_code
from lapor_core.complaint import Proof
from lapor_core.decisions import Begun, receive
from lapor_core.privacy import Reader
from lapor_desk.recording import record_new
from lapor_desk.store import Files, MasterKey, Person, Store, Vault, open_store
from lapor_desk.suggesting import sketch_new, suggestions

MORNING = datetime(2026, 3, 13, 10, tzinfo=ZoneInfo("Asia/Makassar"))
STANDARD = load_standard("banjarbaru")
BATCH = 500
BOUND = 1.5

# Invented: a kind of trouble has its words, of which each report uses some, and happens at one of many places.
TROUBLES = (
    "lampu jalan padam gelap malam rawan kecelakaan penerangan tiang diganti",
    "jalan berlubang rusak aspal hujan tergenang pengendara jatuh ditambal parah",
    "sampah menumpuk bau lalat diangkut petugas kebersihan truk seminggu busuk",
    "selokan tersumbat banjir hujan rumah air masuk got dikeruk mampet",
    "air keruh mati mengalir tagihan meteran pipa bocor tangki pelanggan",
    "parkir liar karcis tarif petugas motor pungutan trotoar macet ditertibkan",
    "antrean loket pelayanan lambat berkas petugas menunggu jam nomor calo",
    "pohon tumbang dahan kabel jalan tertutup dipangkas angin roboh bahaya",
)
FILLING = (
    "mohon",
    "segera",
    "ditindak",
    "warga",
    "sudah",
    "lama",
    "resah",
    "kami",
    "berharap",
    "tanggapan",
    "terima kasih",
)


def narrative(chance: random.Random) -> str:
    words = chance.choice(TROUBLES).split()
    place = f"jalan contoh{chance.randrange(400)} kampung misal{chance.randrange(60)}"
    said = [*chance.sample(words, 6), *place.split(), *chance.sample(FILLING, 4), f"kata{chance.randrange(3_000)}"]
    chance.shuffle(said)
    return " ".join(said)


def begun(number: int, chance: random.Random, person: Person) -> Begun:
    submission = Submission(
        channel="sms",
        source_id=str(number),
        received_at=MORNING - timedelta(minutes=chance.randrange(365 * 24 * 60)),
        reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
        proofs=frozenset({Proof.SENDER_NUMBER}),
        kind=Kind.COMPLAINT,
        narrative=narrative(chance),
    )
    ids = {"complaint": person.id, "code": tracking_code(number.to_bytes(RANDOM_BYTES)), "reporter_ref": person.id}
    return receive(submission, STANDARD, MORNING, **ids)


def fill(store: Store, count: int) -> float:
    """Take complaints in and sketch them; return the seconds that sketching one took."""
    chance = random.Random(1)  # noqa: S311 - it shall be the same each time
    for begins in range(0, count, BATCH):
        persons = [Vault.new_person() for _ in range(min(BATCH, count - begins))]
        new = [begun(begins + place, chance, person) for place, person in enumerate(persons)]
        with store.transaction() as tx:
            tx.add_people(persons)
            record_new(tx, new, STANDARD, MORNING, tell=False)
    began = perf_counter()
    while sketch_new(store, MORNING):
        pass
    return (perf_counter() - began) / count


def look(store: Store, complaint: Complaint) -> float:
    began = perf_counter()
    with store.reading() as tx:
        suggestions(tx, complaint, Reader.ADMIN)
    return perf_counter() - began


def ratio_of(kind: str, database: Callable[[str], str], counts: tuple[int, int], looks: int) -> float:
    """Print what a look costs, and return by how much more among many than among few."""
    stores = [open_store(database(name), master=MasterKey(bytes(32)), files=Files.memory()) for name in ("few", "many")]
    sketching = [fill(store, count) for store, count in zip(stores, counts, strict=True)]
    chance = random.Random(2)  # noqa: S311 - likewise
    asked = [begun(number, chance, Vault.new_person()).complaint for number in range(looks)]
    for store in stores:
        look(store, asked[0])  # the first one warms up
    took = [[look(store, each) for store in stores] for each in asked]
    ratio = median(many / few for few, many in took)
    for store in stores:
        store.close()
    told = [
        f"{median(column) * 1e3:.1f} ms among {count:,}"
        for column, count in zip(zip(*took, strict=True), counts, strict=True)
    ]
    print(
        f"{kind + ': a look among many / among few':<44} {ratio:5.2f}  (bound <= {BOUND})   {', '.join(told)}; "
        f"sketching {sketching[1] * 1e3:.1f} ms each"
    )
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few cases, and no verdict: only show that it works")
    small = parser.parse_args().small
    counts, looks = ((50, 200), 3) if small else ((1_000, 20_000), 60)
    ratios = on_both(lambda kind, database: ratio_of(kind, database, counts, looks))
    return 0 if small or all(ratio <= BOUND for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
