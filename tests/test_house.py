"""The rules of the house that linters cannot know: who imports whom, who reads the time, how long
a file may be."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("hal", "drivers", "store", "agent", "hardware_sim", "tools")
MAY_IMPORT = {
    "hal": {"drivers.exchange"},
    "drivers": set(),
    "store": set(),
    "agent": {"hal", "drivers", "store"},
    "hardware_sim": {"drivers.registers", "drivers.exchange", "drivers.wire"},
    "tools": {"hal", "drivers", "store", "agent", "hardware_sim"},
}
# What people and proofs use, and a gateway with 1 GB does not carry.
NOT_IN_THE_AGENT = ("typer", "rich", "textual", "pymodbus", "amqtt", "pint", "jsonschema", "hypothesis")
TIME = re.compile(r"\btime\.(time|time_ns|monotonic|sleep|perf_counter)\(|\bdatetime\.(now|utcnow|today)\(")
LINES_MAX = 400
FUNCTION_LINES_MAX = 60


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def ours(path):
    return [str(path.relative_to(ROOT))]


def imported(path):
    """The modules a file names, also those named only for type checkers."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_follow_the_table(package):
    allowed = MAY_IMPORT[package] | {package}
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(package)
        for module in imported(path)
        if module.split(".")[0] in PACKAGES
        and not any(module == name or module.startswith(name + ".") for name in allowed)
    ]
    assert wrong == []


def test_the_table_would_notice():
    assert list(imported(ROOT / "hal" / "line.py")), "the walk finds no imports at all"
    assert "drivers.exchange" in list(imported(ROOT / "hal" / "line_core.py"))


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_but_the_clock_reads_the_time(path):
    if path.relative_to(ROOT).parts == ("hal", "clock.py"):
        assert TIME.search(path.read_text()), "the rule no longer finds what it forbids"
        return
    found = [line.strip() for line in path.read_text().splitlines() if TIME.search(line)]
    assert found == [], "use the injected Clock, or the loop's own time"


@pytest.mark.parametrize(
    "path", sources(*PACKAGES, "bench", "tests"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_file_is_one_idea(path):
    assert len(path.read_text().splitlines()) <= (LINES_MAX if "tests" not in path.parts else 500)


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < FUNCTION_LINES_MAX, f"{node.name} is too long"


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_queue_without_a_bound(path):
    assert not re.search(r"\bQueue\(\)|\bdeque\(\)(?!  # bounded by)", path.read_text()), "name the bound"


def test_the_agent_imports_none_of_the_heavy_libraries():
    code = "import agent.__main__, sys; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "agent" in loaded
    assert loaded.isdisjoint(NOT_IN_THE_AGENT), loaded.intersection(NOT_IN_THE_AGENT)


def test_every_folder_of_code_is_installed():
    """A package that setuptools does not know is missing on the box, and in no test here."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in sources(*PACKAGES)}
    assert folders - {""} <= set(listed)


def test_every_file_of_data_is_installed():
    """As above: a data file that setuptools does not know of."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    installed = {
        path
        for package, globs in data.items()
        for glob in globs
        for path in ROOT.glob(f"{package.replace('.', '/')}/{glob}")
    }
    kept = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert kept - installed == set()
