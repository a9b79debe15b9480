"""What is read from a scenario, and that none at all can make the reader or the plant crash."""

import math
import random
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config.scenario import examine_scenario
from agent.config.scenario_schema import (
    EVENT,
    EVENT_KEYS,
    SCENARIO_TABLES,
    SOURCE,
    SOURCE_KEYS,
    Table,
)
from agent.config.values import Wrong
from hardware_sim.plant import Plant, Receptor
from hardware_sim.plant.plume import GROUNDS
from hardware_sim.plant.sources import KINDS
from tests.hardware_sim.plant.scenes import SAMPLE

SAMPLE_LINES = SAMPLE.read_text(encoding="utf-8").splitlines()
INSTRUMENTS = [row["instrument"] for row in tomllib.loads(SAMPLE.read_text("utf-8"))["receptor"]]
EVERY_KEY = [(table, key) for table in SCENARIO_TABLES for key in table.keys]
START = "[scenario]\nstart = 2026-03-10T06:30:00\n"


def read(path: Path, text: str) -> dict[str, Any]:
    path.write_text(text, encoding="utf-8")
    found, findings = examine_scenario(path, ["pid"])
    assert found is not None, findings
    return found


def test_a_time_of_the_clock_is_the_first_behind_the_start(tmp_path: Path) -> None:
    events = "".join(
        f'[[event]]\nkind = "spray"\nat = "{at}"\n' for at in ("06:30", "07:00", "06:00", "10m", "30h")
    )
    found = read(tmp_path / "s.toml", START + events)
    assert [event["at_s"] for event in found["event"]] == [0, 1800, 84600, 600, 108_000]
    assert (found["start_s"], found["day_of_year"]) == (23400, 69)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    found = read(tmp_path / "s.toml", START)
    assert (found["seed"], found["speed"], found["ground"]) == (1, 1, "built-up")
    assert found["background"]["ch4"] == 1340
    assert (found["source"], found["event"], found["receptor"]) == ([], [], {})


def test_a_hood_s_filter_and_hours_over_midnight(tmp_path: Path) -> None:
    source = (
        '[[source]]\nid = "s"\nkind = "steady"\nat = [0, 0]\nemits = { co = 1 }\n'
        'hours = ["22:00-06:00", "12:00-24:00"]\nhood = { flow = 2, capture = 1 }\n'
    )
    (row,) = read(tmp_path / "s.toml", START + source)["source"]
    assert row["hours"] == [(79200, 21600), (43200, 86400)]
    assert row["hood"] == {"flow": 2, "capture": 1, "filter": 0}


def test_the_schema_knows_what_the_plant_knows() -> None:
    assert set(SOURCE_KEYS) == {*KINDS, "road"}
    assert set(GROUNDS) == {"open", "built-up"}
    for table, kinds in ((SOURCE, SOURCE_KEYS), (EVENT, EVENT_KEYS)):
        named = {key for needed, allowed in kinds.values() for key in (*needed, *allowed)}
        assert named <= {key.name for key in table.keys}


@pytest.mark.parametrize(("table", "key"), EVERY_KEY, ids=[f"{t.name}.{k.name}" for t, k in EVERY_KEY])
def test_each_example_and_default_is_allowed(table: Table, key: Any) -> None:
    key.kind.parse(tomllib.loads(f"value = {key.example}")["value"])
    if key.default is not None:
        key.kind.parse(key.default)
        assert not key.required


def plays(path: Path, text: str) -> bool:
    """Whether the scenario is one; every plant that the reader lets through has a value for everything."""
    path.write_text(text, encoding="utf-8")
    found, findings = examine_scenario(path, INSTRUMENTS)
    assert all(finding.line >= 1 and finding.message for finding in findings)
    assert (found is None) == any(finding.severity == "error" for finding in findings)
    if found is None:
        return False
    made = Plant(found)
    places = [Receptor(0, 0, 0), Receptor(300, 250, 3), *map(made.in_hood, made.hoods)]
    for place in places:
        for t_s in (made.second(0), made.second(977), made.second(40_000)):
            met = made.at(place, t_s)
            assert all(map(math.isfinite, met.values())), met
            assert met["tsp"] >= 0
    return True


VALUES = (
    "0",
    "-1",
    "1e9",
    "1e-9",
    "nan",
    "inf",
    "true",
    '"x"',
    '"24h"',
    '"1s"',
    "[]",
    "[0, 0]",
    "{}",
    "40",
    "360",
)


def changed(seed: int) -> str:
    """The sample scenario with up to five of its lines changed."""
    chance, lines = random.Random(seed), list(SAMPLE_LINES)
    for _ in range(chance.randrange(6)):
        place = chance.randrange(len(lines))
        key, equals, _ = lines[place].partition("=")
        change = chance.choice(("drop", "twice", "value", "value", "value"))
        if change == "drop":
            lines[place] = ""
        elif change == "twice":
            lines.insert(place, lines[place])
        elif equals:
            lines[place] = f"{key}= {chance.choice(VALUES)}"
    return "\n".join(lines)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_sample_with_any_lines_changed_plays_or_is_refused(tmp_path: Path, seed: int) -> None:
    plays(tmp_path / "s.toml", changed(seed))


def test_some_of_the_changed_samples_play_and_some_are_refused(tmp_path: Path) -> None:
    assert {plays(tmp_path / "s.toml", changed(seed)) for seed in range(20)} == {True, False}


toml_values = st.recursive(
    st.one_of(st.integers(-5, 5), st.floats(allow_nan=True), st.booleans(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(data=st.data())
def test_any_value_under_any_key_is_taken_or_refused(data: st.DataObject) -> None:
    _, key = data.draw(st.sampled_from(EVERY_KEY))
    with suppress(Wrong):
        key.kind.parse(data.draw(toml_values))
