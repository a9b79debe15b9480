"""What goes into a board's bundle, and what the table says of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from drivers import catalogue
from tools import board_bundle
from tools.board_bundle import GATEWAY_ONLY, for_a_board, imported, modules_of

ROOT = Path(__file__).parents[2]


def names_under(folder):
    found = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / folder).rglob("*.py"))
    return {".".join(path.parts).removesuffix(".__init__") for path in found}


def test_every_driver_goes_onto_a_board_but_the_gateways_own():
    assert names_under("drivers") - modules_of().keys() == set(GATEWAY_ONLY)


def test_every_profile_is_a_module_of_plain_dicts():
    """That they make the same drivers, tests/test_micropython.py shows."""
    modules = modules_of()
    for name in catalogue.names():
        if catalogue.describe(name).kind == "profile":
            made: dict[str, object] = {}
            exec(modules[board_bundle.profile_module(name)], made)
            assert made["PROFILE"] == for_a_board(catalogue.load_profile(name))


def test_a_board_gets_no_prose():
    profile = {
        "profile": {"name": "p", "notes": "long", "sources": ["a page"]},
        "setting": [{"name": "divisor", "help": "compare with the display"}],
        "channel": [{"name": "b"}, {"name": "a"}],
    }
    assert for_a_board(profile) == {
        "profile": {"name": "p"},
        "setting": [{"name": "divisor"}],
        "channel": [{"name": "b"}, {"name": "a"}],
    }


def test_a_program_gets_what_it_imports_and_no_more():
    program = "from drivers.wire.modbus_slave import RtuSlave\nimport machine\n"
    given = modules_of(program).keys()
    assert {"drivers", "drivers.wire", "drivers.exchange", "drivers.wire.modbus_rtu", "typing"} <= given
    assert not {"drivers.registers", "drivers.sample", "drivers.wire.ak", "hal.line_core"} & given
    assert "drivers.profiles.boling_dust" in modules_of("from drivers.profiles import boling_dust")
    assert list(modules_of("import hal.stopwatch")) == ["hal", "hal.stopwatch", "typing"]


def test_what_is_named_for_type_checkers_is_no_import():
    source = (
        "import a\nif TYPE_CHECKING:\n    import b\n    from c import d\nelse:\n    import e\n"
        "def f():\n    from g import h\n"
    )
    assert sorted(imported(source)) == ["a", "e", "g", "g.h"]


def test_a_module_that_cannot_be_compiled_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(
        board_bundle, "modules_of", lambda program: {"drivers.bad": "match x:\n    case 1:\n"}
    )
    with pytest.raises(RuntimeError, match=r'"drivers/bad.py", line 1\nSyntaxError'):
        board_bundle.build(tmp_path / "out")


def test_the_table_adds_up(tmp_path):
    program = tmp_path / "head.py"
    program.write_text("import hal.stopwatch\n")
    done = subprocess.run(
        [sys.executable, "-m", "tools.board_bundle", "--program", program, "--out", tmp_path / "out"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    head, *rows, total, where = [line.split() for line in done.stdout.splitlines()]
    assert head == ["module", "source", "B", ".mpy", "B"]
    assert total == ["total", str(sum(int(row[1]) for row in rows)), str(sum(int(row[2]) for row in rows))]
    for name, source, mpy in rows:
        parts = [*name.split("."), "__init__"] if name == "hal" else name.split(".")
        assert (tmp_path / "out").joinpath(*parts).with_suffix(".mpy").stat().st_size == int(mpy)
        if name != "typing":
            assert ROOT.joinpath(*parts).with_suffix(".py").stat().st_size == int(source)
    assert (tmp_path / "out" / "main.py").read_text() == "import hal.stopwatch\n"
    assert where == ["in", str(tmp_path / "out")]


def test_the_page_tells_the_heads_size(tmp_path):
    """Within a fifth: modules grow a little all the time."""
    modules = board_bundle.build(tmp_path, ROOT / "examples" / "detector_head" / "main.py")
    page = (ROOT / "docs" / "micropython.md").read_text()
    told = re.search(r"is (\d+) modules, (\d+) kB of source, (\d+) kB of \.mpy", page)
    true = (
        len(modules),
        sum(module.source_bytes for module in modules) / 1000,
        sum(module.mpy_bytes for module in modules) / 1000,
    )
    assert [float(number) for number in told.groups()] == pytest.approx(true, rel=0.2)


def test_a_program_that_is_not_there(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tools.board_bundle", "--program", "none.py", "--out", tmp_path / "out"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No such file" in done.stderr
