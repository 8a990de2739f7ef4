"""A counter that hands submissions in until it is killed: ``python feeder.py CONFIG FIRST COUNT``.

It says ``stored N`` when submission ``N`` is stored; handed in again by its successor, it must stay the same complaint.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lapor_core import Proof, Reporter, Submission
from lapor_desk.config import load_config
from lapor_desk.house import open_house


def main(config: str, first: str, count: str) -> None:
    with open_house(load_config(Path(config), {})) as house:
        for number in range(int(first), int(count)):
            house.desk.submit(
                Submission(
                    channel="sms",
                    source_id=str(number),
                    received_at=house.clock(),
                    reporter=Reporter(mobile=f"+62800{number:07}"),  # invented
                    proofs=frozenset({Proof.SENDER_NUMBER}),
                    narrative=f"Lampu jalan contoh {number} mati",
                )
            )
            print(f"stored {number}", flush=True)


main(*sys.argv[1:])
