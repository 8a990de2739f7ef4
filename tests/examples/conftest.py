"""The examples, each run as a reader would run it.

They build wheels and make environments, so they run where they are asked for: ``nox -s examples``, or with
``LAPOR_EXAMPLES=1``.
"""

import os
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]

collect_ignore_glob = [] if os.environ.get("LAPOR_EXAMPLES") else ["test_*.py"]


@pytest.fixture(scope="session")
def examples() -> Path:
    return HOUSE / "examples"
