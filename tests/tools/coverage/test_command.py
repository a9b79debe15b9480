"""`fenceline coverage` as a person starts it: exit statuses, what stands where, the contract of --json."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import jsonschema
import pytest

from tools.coverage.annex_3 import AREAS, MONITORS, POINTS
from tools.coverage.plant import ANYWHERE

Run = Callable[..., "CompletedProcess[str]"]

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "plant.toml"
DOC = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
COVERED = """\
[plant]
id = "tanks-alone"
absent = ABSENT

[[monitor]]
id = "pid"
kind = "pid"
instruments = ["pid-1"]

[[area]]
id = "tanks"
kind = "tank-farm"
monitors = ["pid"]
""".replace(
    "ABSENT", json.dumps([kind for kind in [*AREAS, *ANYWHERE, "road"] if kind not in ("tank-farm", "other")])
)
STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"

[[instrument]]
id = "pid-1"
line = "a"
driver = "DRIVER"
address = 1
"""
FID = STATION.replace("DRIVER", "haihui-nmhc")
PID = STATION.replace("DRIVER", "honeywell-raeguard3") + "settings = { divisor = 10 }\n"
NAMES = {"type": "array", "items": {"type": "string"}}
NAME = {"type": ["string", "null"]}
DEMAND = {
    "place": {"enum": ["area", "point", "road"]},
    "id": NAME,
    "kind": {"enum": [*AREAS, *POINTS, "road"]},
    "area": NAME,
    "needs": {"type": "array", "items": {"enum": list(MONITORS)}},
    "monitors": NAMES,
    "gap": {"type": "string"},
    "clause": {"enum": ["Annex 3", "Annex 2"]},
    "covered": {"type": "boolean"},
}
ANSWER = {
    "plant": NAME,
    "edition": {"const": "draft-2023"},
    "confirmed": {"const": False},
    "covered": {"type": ["boolean", "null"]},
    "demands": {
        "type": "array",
        "items": {"additionalProperties": False, "required": list(DEMAND), "properties": DEMAND},
    },
    "findings": {"type": "array"},
}
SCHEMA = {"type": "object", "additionalProperties": False, "required": list(ANSWER), "properties": ANSWER}


def answer(done: "CompletedProcess[str]") -> dict[str, object]:
    found: dict[str, object] = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    return found


@pytest.mark.parametrize(
    ("plant", "station", "status"),
    [
        (COVERED, PID, 0),
        (COVERED, None, 0),
        (COVERED.replace('monitors = ["pid"]', ""), PID, 1),
        (COVERED, FID, 2),
        (COVERED, PID.replace('line = "a"\n', ""), 2),
        (COVERED.replace("kind", "kin"), PID, 2),
        ("[plant", None, 2),
    ],
)
def test_exit_status(fenceline: Run, tmp_path: Path, plant: str, station: str | None, status: int) -> None:
    (tmp_path / "plant.toml").write_text(plant)
    options = []
    if station is not None:
        (tmp_path / "station.toml").write_text(station)
        options = ["--config", "station.toml"]
    done = fenceline("coverage", "--plant", "plant.toml", *options)
    assert done.returncode == status
    assert ("gap" in done.stdout) == (status != 2)
    assert status != 2 or done.stderr
    again = fenceline("coverage", "--plant", "plant.toml", "--json", *options)
    assert (again.returncode, again.stderr) == (status, "")
    found = answer(again)
    assert found["covered"] is (True, False, None)[status]
    assert bool(found["demands"]) == (status != 2)


def test_a_station_file_with_errors_is_not_the_plant_files_fault(fenceline: Run, tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(COVERED)
    (tmp_path / "station.toml").write_text(PID.replace('line = "a"\n', ""))
    found = answer(fenceline("coverage", "-p", "plant.toml", "-c", "station.toml", "--json"))
    findings = found["findings"]
    assert isinstance(findings, list)
    errors = [(each["file"], each["key"]) for each in findings if each["severity"] == "error"]
    assert errors == [("station.toml", "instrument.line")]


def test_two_stations_and_what_is_said_of_a_pid_that_should_be_an_fid(fenceline: Run, tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(COVERED.replace('"pid-1"', '"gp-02/pid-1"'))
    (tmp_path / "one.toml").write_text(FID)
    (tmp_path / "two.toml").write_text(PID.replace("gp-01", "gp-02"))
    options = ("-c", "one.toml", "-c", "two.toml")
    assert fenceline("coverage", "-p", "plant.toml", *options).returncode == 0
    (tmp_path / "plant.toml").write_text(COVERED)
    (tmp_path / "two.toml").write_text(PID.replace("pid-1", "pid-2"))
    done = fenceline("coverage", "-p", "plant.toml", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "plant.toml:8: [monitor] instruments: pid-1 is a voc-fid (haihui-nmhc), which is\n"
        "    not a PID\n"
        "  hint: of class voc-pid; `fenceline drivers` shows which are\n"
    )


def test_the_screen_of_the_page(fenceline: Run) -> None:
    done = fenceline("coverage", "--plant", EXAMPLE)
    assert (done.returncode, done.stderr) == (1, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "".join(f"    {line}".rstrip() + "\n" for line in done.stdout.splitlines()) in DOC


def test_json_is_what_the_page_says(fenceline: Run) -> None:
    found = answer(fenceline("coverage", "--plant", EXAMPLE, "--json"))
    demands = found["demands"]
    assert isinstance(demands, list)
    assert [each for each in demands if each["id"] == "purification" and each["place"] == "area"] == [
        {
            "place": "area",
            "id": "purification",
            "kind": "gas-purification",
            "area": "purification",
            "needs": ["fid"],
            "monitors": [],
            "gap": "has only plant-dcs (dcs), purification-pid (pid)",
            "clause": "Annex 3",
            "covered": False,
        }
    ]
    assert all(f"`{key}`" in DOC for key in (*ANSWER, *DEMAND))


def test_the_page_names_every_kind_and_what_it_needs() -> None:
    for kind, point in POINTS.items():
        homes = " or ".join(point.homes) or "anywhere"
        assert f"| `{kind}` | {point.what} | {homes} | {', '.join(point.needs)} |" in DOC
    for kind, monitor in MONITORS.items():
        assert f"| `{kind}` | {monitor.what} | {', '.join(monitor.classes)} |" in DOC
    for kind, area in AREAS.items():
        needs = "; ".join(" or ".join(each) for each in area.needs)
        assert f"| `{kind}` | {area.what} | {needs} |" in DOC
