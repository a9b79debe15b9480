"""`fenceline check` as a process: exit statuses, what stands where, and the contract of --json."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tools.commands.common import folded

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FINE = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"

[[instrument]]
id = "dust"
line = "a"
driver = "boling-dust"
address = 1
settings = { unit = "mg/m3" }
"""
WARNING = FINE.replace("/dev/null", "/dev/none")
ERRORS = WARNING.replace('line = "a"', 'lime = "a"').replace("address = 1", "address = 300")
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["file", "line", "key", "severity", "message", "hint"],
        "properties": {
            "file": {"type": "string", "minLength": 1},
            "line": {"type": "integer", "minimum": 1},
            "key": {"type": "string"},
            "severity": {"enum": ["error", "warning"]},
            "message": {"type": "string", "minLength": 1},
            "hint": {"type": "string"},
        },
    },
}


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (FINE, [], 0),
        (FINE, ["--strict"], 0),
        (WARNING, [], 0),
        (WARNING, ["--strict"], 1),
        (ERRORS, [], 2),
        (ERRORS, ["--strict"], 2),
        ("[station", [], 2),
    ],
)
def test_exit_status(fenceline: Run, tmp_path: Path, text: str, options: list[str], status: int) -> None:
    (tmp_path / "station.toml").write_text(text)
    assert fenceline("check", "--config", "station.toml", *options).returncode == status
    assert fenceline("check", "-c", "station.toml", "--json", *options).returncode == status


def test_what_a_person_reads(fenceline: Run, tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(FINE)
    assert fenceline("check", "-c", "station.toml").stdout == "station.toml: fine\n"
    path.write_text(ERRORS)
    done = fenceline("check", "-c", "station.toml")
    assert done.stderr == ""
    assert done.stdout == (
        "station.toml:8: warning: [line] port: /dev/none does not exist now\n"
        "  hint: `ls -l /dev/serial/by-id` shows what is plugged in\n"
        "station.toml:10: [instrument] line: missing\n"
        '  hint: add for example line = "gas-purification"\n'
        "station.toml:12: [instrument] lime: unknown key\n"
        "  hint: did you mean line?\n"
        "station.toml:14: [instrument] address: 300 is no modbus address\n"
        "  hint: it is within 1..247\n"
        "3 errors, 1 warning\n"
    )


def test_json(fenceline: Run, tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(ERRORS)
    found = json.loads(fenceline("check", "--config", path, "--json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert found[2] == {
        "file": str(path),
        "line": 12,
        "key": "instrument.lime",
        "severity": "error",
        "message": "unknown key",
        "hint": "did you mean line?",
    }
    path.write_text(FINE)
    assert json.loads(fenceline("check", "--config", path, "--json").stdout) == []


def test_a_file_that_is_not_there(fenceline: Run, tmp_path: Path) -> None:
    done = fenceline("check", "--config", "none.toml")
    assert done.returncode == 2
    words = f"none.toml:1: there is no such file hint: looked in {tmp_path} 1 error"
    assert done.stdout.split() == words.split()


def test_help_names_the_commands_and_imports_none_of_what_they_need(fenceline: Run) -> None:
    assert {"check", "sim"} <= set(fenceline("--help").stdout.split())
    code = "import sys, tools.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    heavy = {"asyncio", "agent", "hardware_sim", "drivers", "hal", "pymodbus", "rich", "pydantic"}
    assert not heavy & set(done.stdout.split())


def test_lines_fit_a_phone_and_paths_stay_whole() -> None:
    path = "/dev/serial/by-id/usb-FTDI_USB-RS485_Cable_FT4X1234-if00-port0"
    where = "station.toml:13: warning: [line] port:"
    text = f"{where} {path} does not exist now\n    excerpt {'x' * 90}\n  hint: {'so ' * 30}end"
    lines = folded(text).splitlines()
    assert lines[:3] == [
        where,
        f"    {path} does not",
        "    exist now",
    ]
    assert lines[3] == f"    excerpt {'x' * 90}"
    assert all(len(line) <= 80 for line in lines[4:])
    assert " ".join("\n".join(lines).split()) == " ".join(text.split())
