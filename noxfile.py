"""Every chore of the house by name; ``nox --list`` shows them, ``nox -s lint`` runs one.

Each session makes its own environment with nothing but pip. Where one is at hand that has everything already (as in
``.ci/run``), ``nox --force-venv-backend none`` uses that one; sessions that need an environment of a known
content make it themselves either way.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nox

HOUSE = Path(__file__).parent
MEMORY = HOUSE / "benchmarks" / "bench_memory.py"
WINDOWS = os.name == "nt"
DEADLINE = ("deadline", "--tier", "sedang", "--received", "2026-03-13T10:00+08:00")

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = [
    "lint",
    "typing",
    "tests",
    "core_alone",
    "package",
    "walls",
    "docs",
    "examples",
    "benchmarks",
    "command_line",
    "demo",
]


def interpreters() -> list[str]:
    """Return the interpreters from 3.11 up that this machine has, those of pyenv included."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    versions = [path.name for minor in range(11, 20) for path in sorted(pyenv.glob(f"3.{minor}.*"))]
    if versions:
        os.environ["PYENV_VERSION"] = ":".join(versions)  # or its shims are found and do not run
    here = f"3.{sys.version_info.minor}"
    return [name for name in (f"3.{minor}" for minor in range(11, 20)) if name == here or _runs(f"python{name}")]


def _runs(python: str) -> bool:
    if shutil.which(python) is None:
        return False
    return subprocess.run([python, "-c", "import venv, ssl, sqlite3"], capture_output=True, check=False).returncode == 0


def install(session: nox.Session, *groups: str, lapor: bool = True) -> None:
    """Install the named dependency groups, and lapor itself in place, unless the session borrows an environment."""
    if session.venv_backend == "none":
        return
    named = [part for group in groups for part in ("--group", group)]
    session.install("--upgrade", "pip>=25.1")  # the first that knows groups
    session.install(*(["--editable", ".[all]"] if lapor else []), *named)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules and format, and the walls between the packages."""
    install(session, "lint", lapor=False)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-logo", env={"PYTHONPATH": "src", "PYTHONUTF8": "1"})


@nox.session
def typing(session: nox.Session) -> None:
    """Strict types over the sources and over a user's program."""
    install(session, "typing", "test")
    session.run("mypy")


@nox.session(python=interpreters())
def tests(session: nox.Session) -> None:
    """The tests on every interpreter from 3.11 up that this machine has."""
    install(session, "test")
    session.run("python", "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session(venv_backend="none")
def core_alone(session: nox.Session) -> None:
    """The built wheel with the base dependencies only: a deadline and a classification."""
    python = fresh_environment(session, wheel(session))
    with tempfile.TemporaryDirectory() as empty:
        script = shutil.copy(HOUSE / "tests" / "house" / "core_alone.py", empty)
        session.run(python, "-I", str(script), external=True)


@nox.session
def package(session: nox.Session) -> None:
    """Source distribution and wheel hold exactly what they should; the wheel is built from the former."""
    install(session, "chores", "test")
    dist = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist), str(HOUSE))
    session.run("python", "-m", "pytest", "-q", "tests/house/test_packaging.py", env={"LAPOR_DIST": str(dist)})


@nox.session
def walls(session: nox.Session) -> None:
    """What remains stands: in a copy, first the desk goes, then the channels too, and the tests of the rest pass."""
    install(session, "test")
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "house")
        shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "_build", "lapor-demo*"))
        python = cut_environment(session, Path(temporary), copy / "src")
        # What stands without both stands without one, so the core's tests run once, when it is alone.
        for gone, remaining in [("lapor_desk", ["channels"]), ("lapor_channels", ["core"])]:
            shutil.rmtree(copy / "src" / gone)
            session.log(f"without {gone}: tests of {' and '.join(remaining)}")
            folders = [f"tests/{name}" for name in remaining]  # one that is missing is a failure, not a pass
            with session.chdir(copy):
                session.run(
                    python,
                    "-m",
                    "pytest",
                    "-q",
                    "-n",
                    "auto",
                    "--dist",
                    "loadfile",
                    "-p",
                    "no:cacheprovider",
                    *folders,
                    env={"HYPOTHESIS_PROFILE": "brief"},
                    external=True,
                )


@nox.session
def examples(session: nox.Session) -> None:
    """The examples: an outside plug-in's wheel beside ours, a plug-in begun, and every embedding."""
    install(session, "test")
    options = ("-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider")
    session.run("python", "-m", "pytest", *options, "tests/examples", env={"LAPOR_EXAMPLES": "1"})


@nox.session
def faults(session: nox.Session) -> None:
    """Processes killed for long, clocks that jump, servers that restart, on both databases; some minutes."""
    install(session, "test")
    script = ["python", "-m", "pytest", "-q", "tests/desk/test_faults.py"]
    session.run(*script, env={"LAPOR_FAULTS": "2000", "LAPOR_SEEDS": "5"})
    session.run("python", "-m", "pytest", "-q", "tests/desk/test_wrong_clocks.py", env={"LAPOR_SEEDS": "100"})
    killed = ("python", "-m", "pytest", "-q", "tests/desk/test_durable.py", "-k", "killed")
    session.run(*killed, env={"LAPOR_FAULTS": "25"})


@nox.session
def lives(session: nox.Session) -> None:
    """Complaints led through long random lives, with marks planted in them that nobody may see; some minutes."""
    install(session, "test")
    script = ("python", "-m", "pytest", "-q", "tests/core/test_lifecycle_machine.py")
    session.run(*script, env={"HYPOTHESIS_PROFILE": "deep"})


@nox.session
def docs(session: nox.Session) -> None:
    """The pages, built without a warning, and their snippets."""
    install(session, "docs", "test")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build/html")
    session.run("python", "-m", "pytest", "-q", "README.md", "README.id.md", "docs")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Side by side with the peers, in one run; ``nox -s benchmarks -- --small`` only shows that they work."""
    install(session, "test")
    for script in sorted((HOUSE / "benchmarks").glob("bench_*.py")):
        if script != MEMORY:
            session.run("python", str(script), *session.posargs)
    session.run("python", str(MEMORY), "--small")


@nox.session
def memory(session: nox.Session) -> None:
    """What the memory of a desk does up to 100,000 complaints; an hour or so, or ``nox -s memory -- --last 20000``."""
    install(session, "test")
    session.run("python", str(MEMORY), *session.posargs)


@nox.session(venv_backend="none")
def command_line(session: nox.Session) -> None:
    """A deadline from an empty folder, with the built wheel."""
    python = fresh_environment(session, f"{wheel(session)}[cli]")
    with tempfile.TemporaryDirectory() as empty, session.chdir(empty):
        session.run(str(Path(python).with_name("lapor.exe" if WINDOWS else "lapor")), *DEADLINE, external=True)


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """The main job from an empty folder, with the built wheel."""
    python = fresh_environment(session, f"{wheel(session)}[demo]")
    with tempfile.TemporaryDirectory() as empty, session.chdir(empty):
        session.run(str(Path(python).with_name("lapor.exe" if WINDOWS else "lapor")), "demo", external=True)


_wheels: list[Path] = []


def wheel(session: nox.Session) -> Path:
    """Build the wheel with nothing but pip, once per run of nox."""
    if not _wheels:
        dist = tempfile.mkdtemp()
        session.run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", dist, str(HOUSE), external=True)
        _wheels.extend(Path(dist).glob("*.whl"))
    return _wheels[0]


def fresh_environment(session: nox.Session, *requirements: Path | str) -> str:
    """Make an environment that holds these requirements and nothing else; return its interpreter."""
    folder = Path(session.create_tmp()).resolve() / "venv"
    session.run(sys.executable, "-m", "venv", "--clear", str(folder), external=True)
    python = _python_of(folder)
    session.run(python, "-m", "pip", "install", "-q", *map(str, requirements), external=True)
    return python


def cut_environment(session: nox.Session, temporary: Path, src: Path) -> str:
    """Make an environment with this session's packages but with ``src`` in place of the sources installed there."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = session.run("python", "-c", where, silent=True, external=True)
    folder = temporary / "venv"
    session.run("python", "-m", "venv", "--without-pip", str(folder), external=True)
    lib = "Lib" if WINDOWS else f"lib/python{_version_of(_python_of(folder))}"
    # A path file inside a folder that is named by a path file is not read, so the installed sources stay out.
    (folder / lib / "site-packages" / "cut.pth").write_text(f"{src}\n{str(packages).strip()}\n", encoding="utf-8")
    return _python_of(folder)


def _python_of(folder: Path) -> str:
    return str(folder / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def _version_of(python: str) -> str:
    answer = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\d+\.\d+", answer)[0]
