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
