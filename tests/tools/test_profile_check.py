"""`fenceline profile check` as a process: exit status, file, line and hint."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.config.drivers import examine_profile
from drivers.catalogue import PROFILES

WRONG = """\
[profile]
name = "rig"
protocol = "modbus"

[[channel]]
name = "a"
table = "holding"
register = 0
type = "uint32"
order = "ABDC"
unit = "ppm"
scal = 2
"""


def test_a_sound_profile_is_fine(fenceline: Any) -> None:
    done = fenceline("profile", "check", PROFILES / "boling-dust.toml")
    assert (done.returncode, done.stdout) == (0, f"{PROFILES / 'boling-dust.toml'}: fine\n")


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_is_fine(path: Path) -> None:
    assert examine_profile(path)[1] == []


def test_every_fault_has_its_line(fenceline: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(WRONG)
    done = fenceline("profile", "check", "mine.toml")
    assert done.returncode == 1
    assert done.stdout == (
        "mine.toml:10: [channel] order: 'ABDC' is none of ABCD, CDAB, BADC, DCBA\n"
        "mine.toml:12: [channel] scal: unknown key\n  hint: did you mean scale?\n"
        "2 errors\n"
    )
    said = json.loads(fenceline("profile", "check", "mine.toml", "--json").stdout)
    assert [(row["line"], row["key"]) for row in said] == [(10, "channel.order"), (12, "channel.scal")]


TYPES = """\
[profile]
name = "rig"
protocol = "modbus"

[[channel]]
name = "a"
table = "holding"
register = 0
type = "string"
unit = "ppm"
every = 0

[[channel]]
name = "b"
table = "holding"
register = 1
type = "uint16"
mask = 0x1FFF
sign = 0x1000
unit = "ppm"

[[identity]]
name = "clock"
table = "holding"
register = 9
type = "bcd_time"
layout = ["YYYY", "MMDD", "hhmn"]

[[command]]
name = "span"
table = "holding"
register = 48
values = [
    3,
    { type = "float16" },
]
"""


def test_faults_of_types_and_lists_have_their_lines(fenceline: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(TYPES)
    done = fenceline("profile", "check", "mine.toml", "--json")
    assert done.returncode == 1
    numbers = "int16, uint16, int32, uint32, float32, int64, uint64, float64, bcd16, bcd32, bcd64"
    assert [(row["line"], row["key"], row["message"]) for row in json.loads(done.stdout)] == [
        (5, "channel.length", "missing"),
        (9, "channel.type", "a text is no measured value"),
        (11, "channel.every", "0 is not within 1..1000"),
        (19, "channel.sign", "it lies within `mask`"),
        (27, "identity.layout", "'hhmn' is no part of a time"),
        (33, "command.values", f"'float16' is none of {numbers}, bcd_time, binary_time"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [("[profile", "mine.toml:1: not valid TOML"), (None, "mine.toml:1: there is no such file")],
)
def test_what_cannot_be_read_is_an_error(fenceline: Any, tmp_path: Path, text: str | None, line: str) -> None:
    if text is not None:
        (tmp_path / "mine.toml").write_text(text)
    done = fenceline("profile", "check", "mine.toml")
    assert done.returncode == 1
    assert done.stdout.startswith(line)
    assert "Traceback" not in done.stderr
