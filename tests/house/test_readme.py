"""The README's promises: two commands, one line each, in two languages and for two kinds of shell."""

import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.id.md"]
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme: str) -> list[tuple[str, str]]:
    text = (HOUSE / readme).read_text(encoding="utf-8")
    return [(match["language"], match["body"]) for match in BLOCK.finditer(text)]


def commands(readme: str, language: str) -> list[str]:
    return [body.rstrip("\n") for kind, body in blocks(readme) if kind == language]


@pytest.mark.parametrize("readme", READMES)
def test_it_opens_with_two_commands_and_the_library(readme: str) -> None:
    assert [language for language, _ in blocks(readme)][:5] == ["sh", "sh", "powershell", "powershell", "python"]
    first_command = (HOUSE / readme).read_text(encoding="utf-8").splitlines().index("```sh")
    assert first_command < 8


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("shell", ["sh", "powershell"])
def test_each_command_is_one_line_that_sets_itself_up(readme: str, shell: str) -> None:
    demo, tests = commands(readme, shell)
    for command in (demo, tests):
        assert "\n" not in command
        assert " -m venv .venv" in command
        assert '-e ".[all]"' in command
    assert demo.endswith("lapor demo")
    assert " -m pytest " in tests


@pytest.mark.parametrize("readme", READMES)
def test_powershell_5_understands_its_twins(readme: str) -> None:
    for unix, windows in zip(commands(readme, "sh"), commands(readme, "powershell"), strict=True):
        assert "&&" not in windows
        translated = unix.replace("python3 -m venv", "py -3 -m venv").replace(" && ", "; ")
        assert translated.replace(".venv/bin/", ".venv\\Scripts\\") == windows


def test_both_languages_show_the_same_code() -> None:
    def without_comments(readme: str) -> list[str]:
        return [re.sub(r"  # (?!-> ).*", "", body) for _, body in blocks(readme)]

    english, indonesian = map(without_comments, READMES)
    assert english == indonesian


def test_embedding_takes_ten_lines() -> None:
    [snippet] = commands("README.md", "python")
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 10


@pytest.mark.parametrize("readme", READMES)
def test_its_links_lead_somewhere(readme: str) -> None:
    text = (HOUSE / readme).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert targets
    assert [target for target in targets if not (HOUSE / target).exists()] == []


@pytest.mark.skipif(not (HOUSE / ".ci" / "run").exists(), reason="an installation without .ci")
def test_ci_takes_the_commands_out_of_the_readme() -> None:
    text = (HOUSE / ".ci" / "run").read_text(encoding="utf-8")
    [extract] = re.findall(r"^    (sed -n .*) README\.md \|", text, re.MULTILINE)
    lines = subprocess.run(
        ["bash", "-c", f"{extract} README.md"], cwd=HOUSE, capture_output=True, encoding="utf-8", check=True
    ).stdout.splitlines()
    assert lines == commands("README.md", "sh")
