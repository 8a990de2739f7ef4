"""The embedding examples, each run in its own folder as a reader would run it."""

import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: object, expected: int = 0) -> str:
    command = [sys.executable, "-W", "error", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == expected, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_a_fastapi_app_has_the_desk_in_it(examples: Path) -> None:
    assert "3 passed" in run(examples / "in_fastapi", "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_a_django_project_keeps_its_people_and_its_database(examples: Path) -> None:
    assert "Ran 4 tests" in run(examples / "in_django", "manage.py", "test")


def test_a_batch_lists_what_is_due_and_cron_writes_when_something_is_late(examples: Path) -> None:
    folder = examples / "batch"
    shown = run(folder, "overdue.py", "complaints.csv", "--now", "2026-04-09T07:00+08:00")
    readme = (folder / "README.md").read_text("utf-8")
    assert [line in readme for line in shown.splitlines()] == [True, True]
    late = run(folder, "overdue.py", "complaints.csv", "--now", "2026-04-14T07:00+08:00", expected=1)
    assert [line.split()[-1] for line in late.splitlines()] == ["late", "late"]


def test_the_core_alone_answers_cell_by_cell(examples: Path, tmp_path: Path) -> None:
    shown = run(tmp_path, examples / "notebook" / "rules.py").splitlines()
    assert shown[0].startswith("sedang - ")
    assert "Fri 10 Apr   14   last day" in "\n".join(shown)
    assert shown[-2:] == [
        "14 working days after 4 August 2025: 2025-08-25 - and before the decree: 2025-08-22",
        "berat",
    ]


def test_each_example_is_listed_and_says_what_it_shows(examples: Path) -> None:
    folders = {folder.name for folder in examples.iterdir() if folder.is_dir()}
    listed = (examples / "README.md").read_text("utf-8")
    assert {name for name in folders if f"]({name})" not in listed} == set()
    assert all((examples / name / "README.md").is_file() for name in folders)
