"""What is read from a plant file, every word that is said of one, and that none at all makes a traceback."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config import StationFile, examine
from tools.coverage import Plant, examine_plant, hold
from tools.coverage.annex_3 import AREAS, MONITORS, POINTS
from tools.coverage.schema import PLANT_TABLES

EXAMPLE = Path(__file__).parents[3] / "examples" / "plant.toml"
EXAMPLE_LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()
STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"
"""
INSTRUMENTS = (
    ("pid-1", "honeywell-raeguard3", "settings = { divisor = 10 }"),
    ("fid-1", "haihui-nmhc", ""),
    ("dust-1", "boling-dust", 'settings = { unit = "mg/m3" }'),
    ("air-1", "dfrobot-sen0657", "settings = { pressure_divisor = 10 }"),
)


@cache
def read_station() -> StationFile:
    rows = [
        f'[[instrument]]\nid = "{name}"\nline = "a"\ndriver = "{driver}"\naddress = {address}\n{settings}\n'
        for address, (name, driver, settings) in enumerate(INSTRUMENTS, 1)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "station.toml"
        path.write_text(STATION + "".join(rows))
        station, findings = examine(path)
    assert station is not None, findings
    return station


@pytest.fixture
def station() -> StationFile:
    return read_station()


def said(folder: Path, text: str, *stations: StationFile) -> list[str]:
    """Line, key and words of each finding."""
    (folder / "plant.toml").write_text(text)
    _, findings = examine_plant(folder / "plant.toml", stations or None)
    return [f"{each.line} {each.severity} {each.key}: {each.message}" for each in findings]


def test_the_example_is_read_without_a_word() -> None:
    plant, findings = examine_plant(EXAMPLE)
    assert findings == []
    assert plant is not None
    assert (plant.id, plant.absent) == ("north-works", ("deep-processing",))
    assert plant.monitors["purification-pid"] == "pid"
    road = next(place for place in plant.places if place.id == "coke-road")
    assert (road.of, road.kind, road.length_m, road.material, road.area) == (
        "road",
        "road",
        350.0,
        True,
        None,
    )
    assert [f"{each.kind} {each.id}" for each in hold(plant) if each.gap] == [
        "standby-stack stack-2",
        "hood screening-hood",
        "gas-purification purification",
        "road coke-road",
    ]


FAULTS = """\
[plant]
id = "works"
absent = ["flare", "stockyard", "tank-farn"]
[[monitor]]
id = "m"
kind = "FID"
[[monitor]]
id = "idle"
kind = "gate"
[[monitor]]
id = "idle"
kind = "hd-video"
instruments = ["cam"]
[[area]]
id = "yard"
kind = "stockyard"
monitors = ["m", "n"]
[[area]]
id = "gas"
kind = "gas-purification"
absent = ["flare", "ovens"]
[[point]]
id = "p"
kind = "flare"
area = "gas"
[[point]]
id = "q"
kind = "ovens"
area = "yard"
[[point]]
id = "r"
kind = "ovens"
[[point]]
id = "s"
kind = "hood"
area = "yart"
[[road]]
id = "t"
length = 300
[[rode]]
id = "u"
"""
HEARD = """\
3 error plant.absent: "flare" is no kind that is asked for here
3 error plant.absent: absent, but the file has stockyard
3 error plant.absent: "tank-farn" is no kind that is asked for here
6 error monitor.kind: "FID" is none of "cems", "dcs", "hd-video", "tsp", "micro-station", "pid", "fid", \
"nh3-leak", "gate"
11 error monitor.id: "idle" stands twice
13 error monitor.instruments: hd-video is nothing that is on a line
17 error area.monitors: there is no monitor "n"
21 error area.absent: absent, but the file has flare
21 error area.absent: "ovens" is no kind that is asked for here
29 error point.area: yard is stockyard, and ovens belongs in an area of kind coking
30 error point.area: missing: ovens belongs in an area of kind coking
36 error point.area: there is no area "yart"
37 error road.length_m: missing
39 error road.length: unknown key
40 error rode: unknown table
"""


def test_everything_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    assert said(tmp_path, FAULTS) == HEARD.splitlines()


def test_a_monitor_that_watches_nothing_is_told_of(tmp_path: Path) -> None:
    text = '[plant]\nid = "works"\n[[monitor]]\nid = "m"\nkind = "fid"\n'
    assert said(tmp_path, text) == ["4 warning monitor.id: m watches no place"]


def monitored(kind: str, *instruments: str) -> str:
    names = ", ".join(f'"{name}"' for name in instruments)
    return (
        f'[plant]\nid = "works"\n[[monitor]]\nid = "m"\nkind = "{kind}"\ninstruments = [{names}]\n'
        '[[area]]\nid = "a"\nkind = "other"\nmonitors = ["m"]\n'
    )


@pytest.mark.parametrize(
    ("kind", "instruments", "heard"),
    [
        ("fid", ["fid-1"], []),
        ("fid", ["gp-01/fid-1"], []),
        ("pid", ["pid-1"], []),
        ("tsp", ["dust-1"], []),
        ("micro-station", ["air-1"], []),
        ("fid", ["pid-1"], ["error: pid-1 is a voc-pid (honeywell-raeguard3), which is not an FID"]),
        ("pid", ["fid-1"], ["error: fid-1 is a voc-fid (haihui-nmhc), which is not a PID"]),
        ("fid", ["fid-1", "pid-1"], ["error: pid-1 is a voc-pid (honeywell-raeguard3), which is not an FID"]),
        ("tsp", ["air-1"], ["error: air-1 is a micro-station (dfrobot-sen0657), which is not a TSP monitor"]),
        ("fid", ["fid-2"], ['error: no station file given has an instrument "fid-2"']),
        ("fid", ["gp-02/fid-1"], ['error: no station file given has an instrument "gp-02/fid-1"']),
    ],
)
def test_instruments_are_what_the_monitor_says(
    tmp_path: Path, station: StationFile, kind: str, instruments: list[str], heard: list[str]
) -> None:
    found = said(tmp_path, monitored(kind, *instruments), station)
    assert [line.replace(" monitor.instruments", "")[2:] for line in found] == heard
    assert all(line.startswith("6 ") for line in found)


def test_an_instrument_on_two_stations_needs_its_stations_name(tmp_path: Path, station: StationFile) -> None:
    other = replace(station, id="gp-02")
    assert said(tmp_path, monitored("fid", "fid-1"), station, other) == [
        '6 error monitor.instruments: "fid-1" is on several stations'
    ]
    assert said(tmp_path, monitored("fid", "gp-02/fid-1"), station, other) == []


def changed(station: StationFile, name: str, **keys: Any) -> StationFile:
    """The station with another driver, or another profile, behind one of its instruments."""
    rows = [replace(each, **keys) if each.id == name else each for each in station.instruments]
    return replace(station, instruments=tuple(rows))


def without(station: StationFile, channel: str) -> StationFile:
    return replace(station, channels=tuple(each for each in station.channels if each.id != channel))


def test_a_micro_station_measures_both_kinds_of_dust(tmp_path: Path, station: StationFile) -> None:
    lacking = without(station, "dust-1.pm10")
    assert said(tmp_path, monitored("micro-station", "dust-1"), station) == []
    assert said(tmp_path, monitored("micro-station", "dust-1"), lacking) == [
        "6 error monitor.instruments: no channel pm10"
    ]
    assert said(tmp_path, monitored("micro-station", "dust-1", "air-1"), lacking) == []
    assert said(tmp_path, monitored("tsp", "dust-1"), without(station, "dust-1.tsp")) == [
        "6 error monitor.instruments: no channel tsp or dust or pm"
    ]


def test_what_stands_behind_an_analog_input_cannot_be_told(tmp_path: Path, station: StationFile) -> None:
    profile = next(each.profile for each in station.instruments if each.id == "fid-1")
    assert profile is not None
    module = {**profile, "profile": {**profile["profile"], "class": "analog-input"}}
    assert said(tmp_path, monitored("fid", "fid-1"), changed(station, "fid-1", profile=module)) == [
        "6 warning monitor.instruments: fid-1 (analog-input) does not tell whether it is an FID"
    ]


def test_without_station_files_nothing_is_looked_up(tmp_path: Path) -> None:
    assert said(tmp_path, monitored("fid", "none")) == [
        "6 warning monitor.instruments: not looked up: no sound station file is given"
    ]


# Arbitrary files: of the example's lines, of its keys with other values, and of nothing in particular.

VALUES = st.one_of(
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.text(max_size=8),
    st.lists(st.text(max_size=5)),
)
KINDS = st.sampled_from([*AREAS, *POINTS, *MONITORS, "road"])
NAMES = st.sampled_from(["a", "b", "c", "pid-1", "fid-1", "gp-01/fid-1", "none"])


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        safe = "".join(char if char.isalnum() or char in "-_/ " else "." for char in value)
        return f'"{safe}"'
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, list) else str(value)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Tables of the plant file, their keys with values of every kind, often right ones."""
    right = st.one_of(
        NAMES, KINDS, st.lists(st.one_of(NAMES, KINDS), max_size=4), st.floats(0, 1000), st.booleans()
    )
    parts = ['[plant]\nid = "works"\n']
    for table in draw(st.lists(st.sampled_from(PLANT_TABLES), max_size=8)):
        keys = draw(st.sets(st.sampled_from([key.name for key in table.keys] + ["odd"])))
        rows = [f"{key} = {toml(draw(st.one_of(right, VALUES)))}\n" for key in sorted(keys)]
        parts.append(f"{table.written}\n{''.join(rows)}")
    return "".join(parts)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """The example with lines taken out, doubled and cut."""
    lines = list(EXAMPLE_LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["gone", "twice", "cut", "moved"]))
        line = lines.pop(at)
        if what == "twice":
            lines[at:at] = [line, line]
        elif what == "cut":
            lines.insert(at, line[: draw(st.integers(0, len(line)))])
        elif what == "moved":
            lines.insert(draw(st.integers(0, len(lines))), line)
    return "\n".join(lines)


@given(st.one_of(texts(), mangled(), st.text()), st.booleans())
def test_whatever_stands_there_is_answered(text: str, with_station: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plant.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        plant, findings = examine_plant(path, [read_station()] if with_station else None)
    lines = text.count("\n") + 1
    assert all(1 <= each.line <= lines and each.message for each in findings)
    assert (plant is None) == any(each.severity == "error" for each in findings)
    if plant is not None:
        for each in hold(plant):
            assert bool(each.gap) != bool(each.monitors)
            assert all(plant.monitors[name] in each.needs for name in each.monitors)


@given(st.data())
def test_one_more_monitor_never_makes_a_gap(data: st.DataObject) -> None:
    plant, _ = examine_plant(EXAMPLE)
    assert plant is not None
    fewer = data.draw(st.lists(st.sampled_from(plant.places), unique=True, max_size=6))
    less = replace(
        plant,
        places=tuple(replace(place, monitors=()) if place in fewer else place for place in plant.places),
    )
    at = data.draw(st.integers(0, len(plant.places) - 1))
    name = data.draw(st.sampled_from(sorted(plant.monitors)))
    place = less.places[at]
    more_places = list(less.places)
    more_places[at] = replace(place, monitors=(*place.monitors, name))
    assert gaps(replace(less, places=tuple(more_places))) <= gaps(less)


def gaps(plant: Plant) -> set[tuple[str | None, str, tuple[str, ...]]]:
    return {(each.id, each.kind, each.needs) for each in hold(plant) if each.gap}
