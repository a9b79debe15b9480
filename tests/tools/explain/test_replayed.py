"""`fenceline explain --input`: a value of a recording, at a time of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tools.cli import app

T = 1_795_485_600_000  # 2026-11-24T10:00 at +08:00
STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "/nowhere/at/all"
[[line]]
id = "a"
port = "/dev/no-such-port"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 7
every = "10s"
[[rule]]
id = "high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
on_delay = "20s"
"""
SAMPLES = [(0, 12.0), (10, 60.0), (20, 61.0), (30, 62.0), (40, 10.0)]  # raised at 30 s, returned at 40 s


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "station.toml").write_text(STATION)
    rows = [f"{T + at_s * 1000},pid.voc,{value},N\n" for at_s, value in SAMPLES]
    (tmp_path / "samples.csv").write_text("time,channel,value,flag\n" + "".join(rows))
    return ["--config", str(tmp_path / "station.toml"), "--input", str(tmp_path / "samples.csv")]


def explained(files: list[str], *more: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["explain", "pid.voc", "--json", *files, *more])
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("at", "value", "minute", "text"),
    [
        (
            "2026-11-24T10:00:00",
            12.0,
            "1m 12, 1",
            ["12 ppm: at or below 50", "normal", "condition over for 0 s"],
        ),
        (
            "2026-11-24T10:00:29.999",
            61.0,
            "1m 44.3, 3",
            ["61 ppm: above 50", "normal", "condition stands for 20 s; counts after 20 s"],
        ),
        (
            "2026-11-24T10:00:30",
            62.0,
            "1m 48.8, 4",
            ["62 ppm: above 50", "unacked for 0 s", "condition stands for 20 s"],
        ),
        (
            "2026-11-24T10:00:45",
            10.0,
            "1m 41, 5",
            ["10 ppm: at or below 50", "returned for 5 s", "condition over for 5 s"],
        ),
    ],
)
def test_what_stood_at_that_time(
    files: list[str], at: str, value: float, minute: str, text: list[str]
) -> None:
    answer = explained(files, "--at", at)
    assert (answer["value"], answer["flag"]) == (value, "N")
    stages = {stage["stage"]: stage["text"] for stage in answer["stages"]}
    assert stages == {
        "sample": [f"{value:g}, as recorded"],
        "journal": ["kept"],
        "averages": ["the reading counts", f"{minute} of 6, so far"],
        "rule": ["high (high): above 50 ppm", *text],
    }


def test_at_its_end_where_no_time_is_given(files: list[str]) -> None:
    answer = explained(files)
    assert (answer["value"], answer["t"], answer["age_s"]) == (10.0, T + 40_000, 0.0)


def test_before_the_first_sample_there_is_nothing(files: list[str]) -> None:
    answer = explained(files, "--at", "2026-11-24T09:00")
    assert (answer["value"], answer["flag"], answer["t"]) == (None, None, None)
    said = CliRunner().invoke(app, ["explain", "pid.voc", *files, "--at", "2026-11-24T09:00"]).stdout
    assert said.startswith("pid.voc: not read\n")


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["pid.vox"], 1, "there is no channel 'pid.vox'; did you mean pid.voc?"),
        (["pid.voc", "--at", "noon"], 2, "--at 'noon' is no time"),
        (["pid.voc", "--input", "gone.csv"], 1, "gone.csv: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said(files: list[str], words: list[str], status: int, complaint: str) -> None:
    done = CliRunner().invoke(app, ["explain", *files, *words])
    assert done.exit_code == status
    assert complaint in " ".join(done.stderr.split())


def test_a_time_needs_a_recording(files: list[str]) -> None:
    done = CliRunner().invoke(app, ["explain", "pid.voc", *files[:2], "--at", "2026-11-24"])
    assert (done.exit_code, "--at needs --input" in done.stderr) == (2, True)
