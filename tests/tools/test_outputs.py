"""`fenceline outputs` as a person reads it; what it does is shown in tests/e2e/test_outputs.py."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.config import examine
from tools.cli import app
from tools.outputs_text import outputs_text

ROW = {
    "id": "beacon",
    "drives": "waveshare-relay-8 on a, address 10, coil 0",
    "alarm_on": ["any alarm"],
    "energised_when": "healthy",
    "position": "healthy",
    "cause": None,
    "wanted": True,
    "confirmed": True,
    "trouble": None,
    "switches": 1,
    "repairs": 0,
}
PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"
REST = """
[[line]]
id = "gas-purification"
port = "/dev/null"
[[instrument]]
id = "pid-tank"
line = "gas-purification"
driver = "honeywell-raeguard3"
address = 3
settings = { divisor = 10 }
[[rule]]
id = "benzene-tank-high-high"
channel = "pid-tank.voc"
above = 100
unit = "ppm"
level = "high-high"
"""
FILE = '[station]\nid = "gp-01"\nsite = "works"\ndata_dir = "data"\n'


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, ["output beacon: healthy, energised, confirmed"]),
        (
            {"position": "alarm", "cause": "rule voc-high", "wanted": False, "confirmed": False},
            ["output beacon: alarm, let go, confirmed", "  rule voc-high"],
        ),
        (
            {"confirmed": None, "trouble": "no answer in 500 ms"},
            [
                "output beacon: healthy, energised, NOT CONFIRMED",
                "  no answer in 500 ms (waveshare-relay-8 on a, address 10, coil 0)",
            ],
        ),
        (
            {"position": "silenced", "cause": "rule voc-high, by jan", "by_hand_s": 90.0},
            ["output beacon: silenced, energised, confirmed", "  rule voc-high, by jan, 1 min 30 s left"],
        ),
        (
            {"confirmed": False, "repairs": 3},
            [
                "output beacon: healthy, energised, NOT CONFIRMED",
                "  put right 3 times (waveshare-relay-8 on a, address 10, coil 0)",
            ],
        ),
    ],
)
def test_each_output_on_a_line_and_what_is_wrong_below(changed: dict[str, object], lines: list[str]) -> None:
    assert list(outputs_text([{**ROW, **changed}])) == lines


def test_the_examples_on_the_page_are_good_ones(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "station.toml").write_text(FILE + REST + example)
    station, findings = examine(tmp_path / "station.toml")
    assert station is not None, findings
    assert [output.id for output in station.outputs] == ["beacon", "siren", "lamp", "healthy"]
    assert {finding.key for finding in findings} <= {"line.port", "output.chip"}  # not plugged in here


def test_without_an_agent_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "station.toml").write_text(FILE)
    said = CliRunner().invoke(app, ["outputs", "--config", str(tmp_path / "station.toml")])
    assert said.exit_code == 1
    assert said.stderr == "fenceline outputs: no agent is running with this configuration\n"


def test_a_station_without_outputs_has_nothing_to_let_go(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(FILE)
    said = CliRunner().invoke(app, ["outputs", "safe", "--config", str(tmp_path / "station.toml")])
    assert (said.exit_code, said.output) == (0, "no outputs\n")


def test_what_cannot_be_read_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(FILE + "[[output]\n")
    said = CliRunner().invoke(app, ["outputs", "safe", "--config", str(tmp_path / "station.toml")])
    assert said.exit_code == 2
    assert "station.toml:5: not valid TOML" in " ".join(said.stderr.split())
    assert said.stderr.endswith("cannot be read, no relay was touched\n")


def test_an_output_that_says_too_little_is_named(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(FILE + '[[output]]\nid = "siren"\n')
    said = CliRunner().invoke(app, ["outputs", "safe", "--config", str(tmp_path / "station.toml")])
    assert said.exit_code == 1
    assert "[output] driver: nothing to drive" in said.stderr
    assert said.stderr.endswith("siren: not known what it drives, see above\n")
