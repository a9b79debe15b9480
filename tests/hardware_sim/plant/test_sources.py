"""Each kind of source by itself: when it emits, and what."""

from collections.abc import Callable
from itertools import pairwise
from statistics import mean
from typing import Any

import pytest

from hardware_sim.plant import Plant, Receptor
from tests.hardware_sim.plant.scenes import plant, values

HOUR = 3600
NORTH = Receptor(0, 100, 2)  # downwind of the middle


def source(kind: str, **keys: Any) -> str:
    """One [[source]] in the middle."""
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["[[source]]", 'id = "s"', f'kind = "{kind}"', "at = [0, 0]", *lines, ""])


def event(kind: str, **keys: Any) -> str:
    return "\n".join(
        ["[[event]]", f'kind = "{kind}"', *(f"{key} = {value}" for key, value in keys.items()), ""]
    )


def activity(made: Plant, piece: int = 0) -> Callable[[float], float]:
    return made._emitters[piece].activity


def test_a_leak_is_always_there_or_in_its_hours() -> None:
    always = activity(plant(source("steady", emits="{ h2s = 1 }")))
    assert [always(t_s) for t_s in (0, 8 * HOUR)] == [1, 1]
    night = activity(plant(source("steady", emits="{ h2s = 1 }", hours='["22:00-06:00"]')))
    assert [night(hour * HOUR) for hour in (21, 22, 23, 29, 30)] == [0, 1, 1, 1, 0]


def test_pushes_keep_their_pace_and_each_releases_its_grams() -> None:
    made = activity(plant(source("cycle", emits="{ tsp = 1000 }", every='"10m"', lasts='"60s"')))
    said = [made(t_s) for t_s in range(24 * HOUR)]
    assert sum(said) == pytest.approx(144, abs=1)  # one whole release each ten minutes
    assert max(said) == 1 / 60
    begun = [t_s for t_s in range(1, 24 * HOUR) if said[t_s] and not said[t_s - 1]]
    gaps = [after - before for before, after in pairwise(begun)]
    assert 500 <= min(gaps) < 600 < max(gaps) <= 700


def test_a_cycle_rests_outside_its_shift() -> None:
    keys = {"emits": "{ tsp = 1 }", "every": '"10m"', "lasts": '"60s"', "hours": '["08:00-16:00"]'}
    made = activity(plant(source("cycle", **keys)))
    working = {t_s // HOUR for t_s in range(24 * HOUR) if made(t_s)}
    assert working <= set(range(8, 17))
    assert working >= set(range(8, 16))


def test_a_machine_pauses_and_its_load_wanders() -> None:
    keys = {"emits": "{ tsp = 1 }", "runs": '"20m"', "pauses": '"5m"', "hours": '["06:00-14:00"]'}
    made = activity(plant(source("machine", **keys)))
    said = [made(t_s) for t_s in range(0, 24 * HOUR, 10)]
    assert sum(1 for one in said if one) / len(said) == pytest.approx(8 / 24 * 20 / 25, abs=0.01)
    assert mean(one for one in said if one) == pytest.approx(1, abs=0.15)
    assert not any(said[14 * 360 :])
    steady = activity(plant(source("machine", emits="{ tsp = 1 }", pauses='"0s"')))
    assert all(steady(t_s) for t_s in range(0, 6 * HOUR, 10))


def test_loadings_come_by_chance_in_their_hours() -> None:
    keys = {"emits": "{ voc = 1 }", "per_hour": 2, "lasts": '"10m"', "hours": '["08:00-18:00"]'}
    made = activity(plant(source("loading", **keys)))
    said = [made(t_s) for t_s in range(0, 20 * 24 * HOUR, 60)]
    assert sum(said) / 20 == pytest.approx(2 * 10 * 10, rel=0.15)  # minutes a day
    busy = {t_s // 60 % 24 for t_s in range(20 * 24 * 60) if said[t_s]}
    assert busy == set(range(8, 19))  # the last may begin at the end of the shift


def test_a_tank_breathes_more_in_the_sun_than_at_night() -> None:
    made = activity(plant(source("tank", emits="{ benzene = 0.1 }")))
    assert made(12 * HOUR) > 3 * made(3 * HOUR) > 0


def test_a_pile_gives_dust_above_its_threshold_and_not_when_wet() -> None:
    pile = source("pile", area=1000, threshold=6)
    quiet = activity(plant(pile))
    assert not any(quiet(t_s) for t_s in range(0, 24 * HOUR, 600))
    storm = event("wind", at='"10:00"', lasts='"4h"', speed=12)
    rain = event("rain", at='"12:00"', lasts='"1h"')
    made = activity(plant(pile + storm + rain))
    excess = 0.09 * 6
    assert made(11 * HOUR) == pytest.approx(0.5 / HOUR * 1000 * (58 * excess**2 + 25 * excess))
    assert made(13 * HOUR) == 0


def test_trucks_come_in_shift_hours_only_and_their_dust_runs_along_the_road() -> None:
    road = source("road", to="[600, 0]", per_hour=20, hours='["06:00-18:00"]', speed=36)
    pieces = [activity(plant(road), number) for number in range(6)]
    said = [[piece(t_s) for t_s in range(0, 24 * HOUR, 5)] for piece in pieces]
    for one in said:
        # Who came in time drives to the road's end: a minute.
        hours = {(5 * place - 60) // HOUR for place, value in enumerate(one) if value}
        assert hours - {5} == set(range(6, 18))
    # Whoever was on the first hundred metres is on the next ten seconds later, at 36 km/h.
    assert said[1][2:] == pytest.approx(said[0][:-2])


def test_a_kilometre_of_road_gives_what_ap_42_says() -> None:
    """13.2.1 (2011): 3.23 g/km for PM30 at 1 g/m2 and 1 t; times sL^0.91 and W^1.02."""
    road = source("road", to="[1000, 0]", per_hour=0, silt=7.4, weight=30)
    made = plant(road + event("convoy", at='"08:00"', source='"s"', trucks=1))
    emitted = sum(
        piece.activity(t_s) * piece.emits["tsp"]
        for piece in made._emitters
        for t_s in range(7 * HOUR, 9 * HOUR)
    )
    assert emitted == pytest.approx(3.23 * 7.4**0.91 * 30**1.02, rel=0.02)


def test_a_convoy_is_as_many_trucks_and_spraying_lays_the_dust() -> None:
    road = source("road", to="[600, 0]", per_hour=0)
    convoy = event("convoy", at='"08:00"', source='"s"', trucks=5)
    made = plant(road + convoy)
    dusty = [t_s for t_s in range(7 * HOUR, 9 * HOUR) if activity(made)(t_s)]
    assert (dusty[0], dusty[-1]) == (8 * HOUR, pytest.approx(8 * HOUR + 4 * 20 + 18, abs=1))
    wet = activity(plant(road + convoy + event("spray", at='"07:30"')))
    assert 0 < wet(8 * HOUR) < 0.3 * activity(made)(8 * HOUR)


def test_a_leak_and_a_stop_hold_for_their_time() -> None:
    screen = source("steady", emits="{ tsp = 1 }")
    stop = event("stop", at='"08:00"', lasts='"30m"', source='"s"')
    stopped = activity(plant(screen + stop))
    assert [stopped(t_s) for t_s in (8 * HOUR - 1, 8 * HOUR, 8 * HOUR + 1799, 8 * HOUR + 1800)] == [
        1,
        0,
        0,
        1,
    ]
    leak = event("leak", at='"10m"', lasts='"5m"', source='"s"', emits="{ benzene = 2 }")
    made = plant(screen + leak)
    there = values(made, "benzene", NORTH, range(0, 1200))
    # 100 m at 4 m/s: it is there 25 s after it began, and until 25 s after it ended.
    assert [t_s for t_s, value in enumerate(there) if value] == list(range(625, 925))
