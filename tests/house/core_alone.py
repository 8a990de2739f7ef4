"""Run by ``nox -s core_alone`` with the built wheel, the base dependencies and nothing else; not a pytest module."""

import importlib.util
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lapor_core import Facts, Kind, load_standard

EXTRAS = ["cyclopts", "dbos", "hypothesis", "numpy", "pytest", "rich", "sqlalchemy", "starlette"]
STATUS_OF_A_MISSING_EXTRA = 2


def main() -> None:
    present = [name for name in EXTRAS if importlib.util.find_spec(name)]
    assert not present, f"not an environment with the base dependencies only: {present}"

    standard = load_standard("banjarbaru")
    facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=("dinas-contoh",))
    assessment = standard.assess(facts)
    assert assessment.tier.name == "sedang", assessment

    received = datetime(2026, 3, 13, 10, 0, tzinfo=ZoneInfo("Asia/Makassar"))
    deadline = standard.deadline("resolve", assessment, start=received)
    assert deadline.due.date().isoformat() == "2026-04-10", deadline

    script = Path(sys.executable).with_name("lapor.exe" if sys.platform == "win32" else "lapor")
    answer = subprocess.run([str(script), "deadline"], capture_output=True, text=True, check=False)
    assert answer.returncode == STATUS_OF_A_MISSING_EXTRA, answer
    assert 'pip install "lapor[' in answer.stdout + answer.stderr, answer
    assert "Traceback" not in answer.stderr, answer
    print(deadline.explain("id"))


main()
