"""A whole plant: what stands downwind meets more, rain lays dust, and the same seed gives the same day."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import mean

import pytest

from agent.config.scenario import examine_scenario
from hardware_sim.plant import QUANTITIES, Plant, PlantSource, Receptor
from tests.hardware_sim.plant.scenes import SAMPLE, plant, values

ROOT = Path(__file__).parents[3]
HOUR = 3600
SOURCE = '[[source]]\nid = "s"\nkind = "steady"\nat = [0, 0]\nemits = { tsp = 5, pm10 = 3, benzene = 1 }\n'
HOOD = SOURCE + "hood = { flow = 10, capture = 0.9, filter = 0.99 }\n"
NORTH, SOUTH = Receptor(0, 200, 2), Receptor(0, -200, 2)  # the wind is from the south
INSTRUMENTS = (  # of the demo's station
    *("pid-benzene", "fid-purification", "tsp-coal-hood", "air-oven-top", "pid-oil-depot"),
    *("tsp-screen-hood", "air-yard-exit"),
)


def sample() -> Plant:
    found, findings = examine_scenario(SAMPLE, INSTRUMENTS)
    assert found is not None, findings
    assert findings == []
    return Plant(found)


def test_downwind_is_more_than_upwind_and_upwind_is_the_background() -> None:
    made = plant(SOURCE)
    times = range(8 * HOUR, 10 * HOUR, 60)
    more = {"tsp": 2.0, "pm10": 2.0, "benzene": 100.0, "voc": 2.0, "nmhc": 2.0, "thc": 1.0}
    for quantity, factor in more.items():
        there, elsewhere = (values(made, quantity, place, times) for place in (NORTH, SOUTH))
        assert min(there) > factor * max(elsewhere), quantity
    assert set(values(made, "benzene", SOUTH, times)) == {0.0}
    assert mean(values(made, "tsp", SOUTH, times)) == pytest.approx(100, rel=0.5)


def test_the_plume_thins_with_distance_and_beside_its_axis() -> None:
    made = plant(SOURCE)
    near, far, beside = (
        made.at(Receptor(x, y, 2), 8 * HOUR)["benzene"] for x, y in ((0, 100), (0, 800), (60, 100))
    )
    assert near > 10 * far > 0
    assert near > 5 * beside


def test_what_a_steady_plume_says_is_the_formula_s_own_value() -> None:
    """At night, class E by 4 m/s: Q / (pi u sy sz) on the ground; by hand."""
    made = plant(SOURCE.replace("at = [0, 0]", "at = [0, 0]\nsize = 0\nheight = 0"))
    across, up = 0.06 * 1000 / 1.1**0.5, 0.03 * 1000 / 1.3
    due = 1e6 / (3.14159265 * 4 * across * up)
    assert made.air(2 * HOUR).stability == "E"
    assert made.at(Receptor(0, 1000, 0), 2 * HOUR)["benzene"] == pytest.approx(due, rel=1e-6)


def test_rain_lowers_dust_at_the_fence() -> None:
    rain = '[[event]]\nkind = "rain"\nat = "08:00"\nlasts = "2h"\nmm_h = 8\n'
    dry, wet = plant(SOURCE), plant(SOURCE + rain)
    assert dry.at(NORTH, 8 * HOUR - 1) == wet.at(NORTH, 8 * HOUR - 1)
    assert wet.at(SOUTH, 10 * HOUR - 1)["tsp"] < 0.4 * dry.at(SOUTH, 10 * HOUR - 1)["tsp"]
    assert wet.at(SOUTH, 10 * HOUR - 1)["co"] == dry.at(SOUTH, 10 * HOUR - 1)["co"]


def test_a_hood_sees_its_source_in_the_air_that_it_draws() -> None:
    made = plant(HOOD)
    hood = made.in_hood("s")
    met, open_air = made.at(hood, 8 * HOUR), plant().at(SOUTH, 8 * HOUR)
    assert met["benzene"] == pytest.approx(0.9 * 1 / 10 * 1e6)  # gas passes the filter
    assert met["tsp"] == pytest.approx(0.01 * (0.9 * 5 / 10 * 1e6 + open_air["tsp"]))
    uncaptured = plant(SOURCE).at(NORTH, 8 * HOUR)["benzene"]
    assert made.at(NORTH, 8 * HOUR)["benzene"] == pytest.approx(0.1 * uncaptured)


def test_noise_adds_up_and_falls_with_distance() -> None:
    loud = SOURCE + "sound = 100\nheight = 2\n"
    made = plant(loud)
    assert made.at(Receptor(0, 10, 2), 0)["noise"] == pytest.approx(72, abs=0.1)  # 100 - 20 lg 10 - 8
    assert made.at(Receptor(0, 5000, 2), 0)["noise"] == pytest.approx(52, abs=0.1)


def test_time_runs_faster_where_told_and_begins_at_the_start() -> None:
    made = plant(start="2026-03-10T06:30:00", speed=60)
    assert (made.second(0), made.second(0.5), made.second(60)) == (23400, 23430, 27000)


def test_a_source_speaks_the_channel_s_unit() -> None:
    made = plant(SOURCE, start="2026-03-10T08:00:00")
    ug, mg = (PlantSource(made, NORTH, "tsp", unit, where="w") for unit in ("ug/m3", "mg/m3"))
    assert ug.at(0) == pytest.approx(1000 * mg.at(0), rel=1e-5)
    assert ug.at(0) == pytest.approx(made.at(NORTH, 8 * HOUR)["tsp"], rel=1e-5)
    with pytest.raises(KeyError):
        PlantSource(made, NORTH, "tsp", "ppm", where="w")


def moments() -> list[tuple[Receptor, int]]:
    places = [Receptor(222, 172, 3), Receptor(-400, -300, 3), Receptor(340, -140, 3)]
    return [(place, 6 * HOUR + 97 * step) for place in places for step in range(300)]


def test_the_order_of_asking_changes_nothing() -> None:
    asked, first, second = moments(), sample(), sample()
    forward = {each: sample_at(first, each) for each in asked}
    shuffled = asked[:]
    random.Random(5).shuffle(shuffled)
    assert {each: sample_at(second, each) for each in shuffled[::3]}.items() <= forward.items()


def sample_at(made: Plant, each: tuple[Receptor, int]) -> tuple[float, ...]:
    met = made.at(*each)
    return tuple(met[quantity] for quantity in QUANTITIES)


def told(order: str) -> str:
    """A digest of a day, asked for forwards or backwards, by a process of its own."""
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.hardware_sim.plant.test_plant import day\n"
        f"print(day({order!r}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": str(len(order))}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def day(order: str) -> str:
    made, place = sample(), Receptor(222, 172, 3)
    channels = [
        PlantSource(made, place, quantity, unit, where="w")
        for quantity, unit in (
            ("tsp", "mg/m3"),
            ("voc", "ppm"),
            ("wind_direction", "deg"),
            ("nmhc", "mgC/m3"),
        )
    ]
    elapsed = [3.3 * step for step in range(200)]
    said = {
        at: [channel.at(at) for channel in channels] for at in (elapsed if order == "on" else elapsed[::-1])
    }
    return hashlib.sha256(json.dumps([said[at] for at in elapsed]).encode()).hexdigest()


def test_two_processes_play_the_same_day() -> None:
    assert told("on") == told("back")


def test_another_seed_is_another_day() -> None:
    day_of = {seed: plant(SOURCE, seed=seed).at(SOUTH, 9 * HOUR)["tsp"] for seed in (1, 2)}
    assert day_of[1] != day_of[2]
