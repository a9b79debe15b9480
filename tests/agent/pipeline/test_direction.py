"""Mean wind directions: published examples, and what holds of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.direction import direction_of, unit_vector
from agent.pipeline.windows import MINUTE_MS, Rule, Windows
from store.rows import Reading

HOUR = 1_795_485_600_000
VANE = Rule(1000.0, direction=True)
directions = st.floats(0, 360)


def mean(said):
    north, east = zip(*map(unit_vector, said), strict=True)
    return direction_of(north, east, len(said))


def hour_of(said, rule=VANE):
    """said: (seconds into the hour, direction)."""
    windows = Windows({"met.wind_direction": rule}, 480)
    for second, value in said:
        windows.add(Reading("met.wind_direction", HOUR + second * 1000, 0, True, float(value), None, "N"))
    return windows.close_hour(HOUR)["met.wind_direction"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((355, 5, 15), 5),  # en.wikipedia.org/wiki/Circular_mean
        ((355, 5), 0),  # res_wind_dir(1, c(355, 5)), nysatmoschem (after EPA-454/R-99-005, 6.2.2)
        ((0, 90), 45),
        ((0, 0, 90), 26.565051),  # atan(1/2)
        ((270,), 270),
    ],
)
def test_published_means(said, expected):
    assert (mean(said) - expected + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("said", [(0, 180), (90, 270), (0, 120, 240)])
def test_directions_that_cancel_out_have_no_mean(said):
    assert mean(said) is None
    minute = hour_of(list(enumerate(said)), Rule(direction=True)).minutes[0]
    assert (minute.value, minute.valid, minute.flag, minute.counted) == (None, False, "D", len(said))


@given(st.lists(directions, min_size=1, max_size=50), directions)
def test_the_mean_turns_with_what_it_is_the_mean_of(said, turn):
    first, second = mean(said), mean([each + turn for each in said])
    north, east = zip(*map(unit_vector, said), strict=True)
    if (sum(north) ** 2 + sum(east) ** 2) ** 0.5 < 1e-3 * len(said):
        return  # they cancel out, or nearly
    assert (second - first - turn + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_a_minute_of_northerly_winds_is_north_and_has_neither_min_nor_max():
    minute = hour_of([(at, 350 if at % 2 else 10) for at in range(60)]).minutes[0]
    assert minute[2:9] == (0.0, None, None, 60, 60, True, "N")


def test_an_hour_is_the_vector_mean_of_its_valid_minutes():
    """Not of all readings: 50 of 350 degrees weigh as much as 60 of 10."""
    said = [(minute * 60 + at, 350) for minute in range(23) for at in range(50)]
    said += [(minute * 60 + at, 10) for minute in range(23, 46) for at in range(60)]
    hour = hour_of([*said, *((46 * 60 + at, 90) for at in range(44))]).hour  # not a valid minute
    assert hour[2:9] == (0.0, None, None, 46, 60, True, "N")


def test_rounding_never_makes_360_of_it():
    assert hour_of([(0, 359.97)], Rule(direction=True, resolution=1.0)).minutes[0].value == 0.0
    assert hour_of([(0, 359.97)], Rule(direction=True)).minutes[0].value == 359.97


@given(st.lists(st.tuples(st.integers(0, 3599), directions), min_size=1, max_size=60), st.randoms())
def test_order_makes_no_difference_to_the_last_bit(said, rng):
    first, second = hour_of(said), hour_of(rng.sample(said, len(said)))
    assert repr([each.value for each in (*first.minutes, first.hour)]) == repr(
        [each.value for each in (*second.minutes, second.hour)]
    )
    assert all(each.value is None or 0 <= each.value < 360 for each in (*first.minutes, first.hour))
    assert all(each.end - each.start == MINUTE_MS for each in first.minutes)
