"""The runner of snippets (conftest.py at the root) lets a true page pass and a lying one fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]

TRUE = """
```python
days = 7
days * 2  # -> 14
```

Words between blocks; the names live on.

```python
print("hari", days)
```

```text
hari 7
```

{skip}

```python
a program that cannot run
```
"""

LIES = {
    "value": "```python\n7 * 2  # -> 15\n```\n",
    "output": '```python\nprint("tujuh")\n```\n\n```text\ndelapan\n```\n',
    "error": "```python\nhari\n```\n",
    "syntax": "```python\ndef\n```\n",
}


def outcome(folder: Path, page: str) -> str:
    shutil.copy(HOUSE / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", page],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return re.sub(r" in \d.*", "", answer.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("page", "skip"),
    [("README.md", '<!-- skip: next "shows a fault" -->'), ("docs/how-to/page.md", '% skip: next "shows a fault"')],
)
def test_a_true_page_passes(tmp_path: Path, page: str, skip: str) -> None:
    (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / page).write_text(TRUE.format(skip=skip), encoding="utf-8")
    assert outcome(tmp_path, page) == "3 passed, 1 skipped"


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lying_page_fails(tmp_path: Path, lie: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(LIES[lie], encoding="utf-8")
    assert outcome(tmp_path, "docs/page.md") == "1 failed"
