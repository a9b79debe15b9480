"""The sun's height against an almanac, and the classes against Pasquill's table."""

import math

import pytest

from hardware_sim.plant.sky import elevation, radiation_w_m2, stability

NOON_S = 12 * 3600


@pytest.mark.parametrize(
    ("latitude", "day", "degrees"),
    [(40.0, 172, 73.4), (40.0, 355, 26.6), (40.0, 80, 50.0), (0.0, 80, 90.0)],  # solstices and equinox
)
def test_the_noon_sun(latitude: float, day: int, degrees: float) -> None:
    assert math.degrees(math.asin(elevation(latitude, day, NOON_S))) == pytest.approx(degrees, abs=0.8)


def test_nights_are_dark_and_clouds_dim() -> None:
    assert elevation(37.5, 69, 0) < 0 == radiation_w_m2(elevation(37.5, 69, 0), 0.0)
    clear = radiation_w_m2(1.0, 0.0)
    assert clear == 880
    assert radiation_w_m2(1.0, 1.0) == pytest.approx(220)  # a quarter under a whole sky of clouds


@pytest.mark.parametrize(
    ("wind", "height", "cloud", "due"),
    [
        (1.0, 70, 0.1, "A"),
        (1.0, 70, 0.6, "B"),  # a step weaker under clouds
        (2.5, 45, 0.1, "B"),
        (4.0, 70, 0.1, "B"),
        (4.0, 20, 0.1, "C"),
        (7.0, 70, 0.1, "C"),
        (7.0, 20, 0.1, "D"),
        (2.5, -10, 0.6, "E"),
        (2.5, -10, 0.1, "F"),
        (4.0, -10, 0.1, "E"),
        (5.5, -10, 0.1, "D"),
        (1.0, 70, 1.0, "D"),  # overcast
    ],
)
def test_pasquill(wind: float, height: float, cloud: float, due: str) -> None:
    assert stability(wind, math.sin(math.radians(height)), cloud) == due
