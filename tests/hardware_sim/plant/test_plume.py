"""The plume: mass is conserved, and Briggs's curves are those that were published."""

import math

import pytest

from hardware_sim.plant.plume import GROUNDS, dilution, spread

CLASSES = "ABCDEF"


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("stability", CLASSES)
@pytest.mark.parametrize("release_m", [0.0, 12.0])
def test_what_passes_a_plane_is_what_is_emitted(ground: str, stability: str, release_m: float) -> None:
    wind, wide = 3.0, spread(ground, stability, 400.0, 20.0, 5.0)
    across = [wide.across_m * (step / 10) for step in range(-60, 61)]
    up = [(release_m + 7 * wide.up_m) * (step + 0.5) / 400 for step in range(400)]
    total = sum(dilution(wide, wind, y, z, release_m) for y in across for z in up)
    passing = total * wind * (across[1] - across[0]) * (up[1] - up[0])
    assert passing == pytest.approx(1.0, rel=2e-3)


@pytest.mark.parametrize(
    ("ground", "stability", "across_m", "up_m"),
    [  # by the published formulas (Gifford 1976, tables of Briggs's curves), at 1 km
        ("open", "A", 220 / math.sqrt(1.1), 200),
        ("open", "B", 160 / math.sqrt(1.1), 120),
        ("open", "C", 110 / math.sqrt(1.1), 80 / math.sqrt(1.2)),
        ("open", "D", 80 / math.sqrt(1.1), 60 / math.sqrt(2.5)),
        ("open", "E", 60 / math.sqrt(1.1), 30 / 1.3),
        ("open", "F", 40 / math.sqrt(1.1), 16 / 1.3),
        ("built-up", "A", 320 / math.sqrt(1.4), 240 * math.sqrt(2)),
        ("built-up", "C", 220 / math.sqrt(1.4), 200),
        ("built-up", "D", 160 / math.sqrt(1.4), 140 / math.sqrt(1.3)),
        ("built-up", "F", 110 / math.sqrt(1.4), 80 / math.sqrt(2.5)),
    ],
)
def test_briggs(ground: str, stability: str, across_m: float, up_m: float) -> None:
    assert spread(ground, stability, 1000.0) == pytest.approx((across_m, up_m))


def test_a_source_of_some_size_begins_wide() -> None:
    assert spread("open", "D", 0.0, 43.0, 21.5) == pytest.approx((10, 10))
    assert dilution(spread("open", "D", 0.0), 3.0, 0.0, 2.0, 2.0) == 0.0  # a point at the point itself


def test_calm_air_does_not_make_a_plume_endless() -> None:
    wide = spread("open", "F", 100.0)
    assert dilution(wide, 0.0, 0.0, 2.0, 2.0) == dilution(wide, 0.5, 0.0, 2.0, 2.0) < 1
