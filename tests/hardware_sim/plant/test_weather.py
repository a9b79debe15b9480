"""Wind, warmth and rain of a plant's day."""

from itertools import pairwise
from statistics import mean, pstdev

import pytest

from hardware_sim.plant import Plant
from tests.hardware_sim.plant.scenes import plant, read

HOUR = 3600
DAY = range(0, 24 * HOUR, 60)


def rain(at: str, lasts: str, mm_h: float) -> str:
    return f'[[event]]\nkind = "rain"\nat = "{at}"\nlasts = "{lasts}"\nmm_h = {mm_h}\n'


def test_the_afternoon_is_warm_and_dry_and_the_night_dark() -> None:
    air = plant().air
    assert air(15 * HOUR).temperature_c - air(3 * HOUR).temperature_c == pytest.approx(12, abs=4)
    assert air(15 * HOUR).humidity_percent < air(3 * HOUR).humidity_percent - 15
    assert air(0).sun_w_m2 == 0 < air(12 * HOUR).sun_w_m2
    assert all(0 < air(t_s).humidity_percent <= 100 for t_s in DAY)
    assert all(abs(air(t_s).pressure_hpa - 1012) < 12 for t_s in DAY)
    assert all(air(t_s).dew_point_c <= air(t_s).temperature_c + 1e-9 for t_s in DAY)


def test_a_told_wind_is_as_told_and_stops_when_told() -> None:
    squall = '[[event]]\nkind = "wind"\nat = "08:00"\nlasts = "1h"\nspeed = 12\ndirection = 300\n'
    air = plant(squall).air
    assert (air(8 * HOUR - 1).wind_m_s, air(8 * HOUR - 1).wind_direction_deg) == (4, 180)
    assert (air(8 * HOUR).wind_m_s, air(8 * HOUR).wind_direction_deg) == (12, 300)
    assert air(9 * HOUR).wind_m_s == 4
    calm = plant('[[event]]\nkind = "calm"\nat = "08:00"\nlasts = "1h"\n').air
    assert calm(8 * HOUR).wind_m_s == 0.3


def test_gusts_have_their_share_and_direction_wavers_in_light_wind() -> None:
    free = Plant(
        read("[scenario]\nstart = 2026-06-20T00:00:00\n[weather]\nwind_speed = 5\ngustiness = 0.3\n")
    )
    shares = [free.air(t_s).wind_m_s / free.air(t_s).mean_wind_m_s for t_s in DAY]
    assert pstdev(shares) == pytest.approx(0.3, abs=0.08)
    assert 1.5 < mean(free.air(t_s).wind_m_s for t_s in DAY) < 10


def test_rain_wets_the_ground_which_dries_again() -> None:
    air = plant(rain("06:00", "30m", 6)).air
    assert (air(5 * HOUR).wetness, air(5 * HOUR).rain_mm_h) == (0, 0)
    assert (air(6 * HOUR + 900).rain_mm_h, air(6 * HOUR + 900).stability) == (6, "D")
    assert air(6 * HOUR + 1800).wetness == 1
    assert 0 < air(10 * HOUR).wetness < 1
    assert air(13 * HOUR).wetness < 0.15
    assert air(20 * HOUR).wetness == 0


def test_a_sprinkle_of_a_minute_counts_wherever_it_falls() -> None:
    for at in ("06:01", "06:03", "06:04"):
        air = plant(rain(at, "60s", 30)).air
        assert air(6 * HOUR + 900).wetness == pytest.approx(0.5, abs=0.05), at
        assert air(6 * HOUR).wetness == 0


def test_rain_washes_the_air_and_dust_comes_back() -> None:
    air = plant(rain("06:00", "1h", 5)).air
    assert air(6 * HOUR).washed == 1
    assert air(7 * HOUR).washed == pytest.approx(0.4, abs=0.1)
    assert air(7 * HOUR).washed < air(9 * HOUR).washed < air(12 * HOUR).washed < 1


def test_showers_by_chance_come_as_often_as_told() -> None:
    air = Plant(read("[scenario]\nstart = 2026-06-20T00:00:00\n[weather]\nshowers_per_day = 3\n")).air
    wet = [air(t_s).rain_mm_h > 0 for t_s in range(0, 40 * 24 * HOUR, 300)]
    begun = sum(now and not before for before, now in pairwise(wet))
    assert begun / 40 == pytest.approx(3, abs=0.6)
