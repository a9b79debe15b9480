"""The sensor alone: response and noise as functions of time."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.behaviour.sensor import NOISE_STEP_S, Lag, noise

T90_S = 30.0


def step(elapsed_s):
    """From 0 to 100 at 100 s."""
    return 100.0 if elapsed_s >= 100.0 else 0.0


@pytest.mark.parametrize(
    ("behind_s", "share"),
    [(-T90_S, 0.0), (T90_S * math.log10(2), 50.0), (T90_S, 90.0), (2 * T90_S, 99.0), (10 * T90_S, 100.0)],
)
def test_a_step_is_followed_as_the_figure_says(behind_s, share):
    missing = 100.0 - share  # whose time is known within half a step, a 32nd of the time constant
    assert Lag(step, T90_S).at(100.0 + behind_s) == pytest.approx(share, abs=missing / 31 + 1e-4)


def test_without_a_response_time_it_is_what_is_there():
    assert Lag(step, 0.0).at(99.9) == 0.0
    assert Lag(step, 0.0).at(100.0) == 100.0


def test_where_there_is_no_value_none_is_shown_and_what_was_before_is_kept():
    lag = Lag(lambda elapsed_s: math.nan if 50 <= elapsed_s < 60 else 10.0, T90_S)
    assert math.isnan(lag.at(55.0))
    assert lag.at(60.5) == pytest.approx(10.0)
    assert Lag(lambda elapsed_s: math.nan if elapsed_s < 50 else 10.0, T90_S).at(80.0) == pytest.approx(10.0)


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=8))
def test_who_asks_when_and_in_which_order_changes_nothing(times):
    def inlet(elapsed_s):
        return math.sin(elapsed_s / 20)

    lag = Lag(inlet, T90_S)
    said = {at_s: lag.at(at_s) for at_s in times}
    for at_s in random.Random(1).sample(times, len(times)):
        assert lag.at(at_s) == said[at_s] == Lag(inlet, T90_S).at(at_s)


def test_noise_is_of_the_seed_the_channel_and_the_step():
    assert noise(1, "voc", 10.0, 0.2) == noise(1, "voc", 10.9 * NOISE_STEP_S, 0.2)
    for other in ((2, "voc", 10.0), (1, "co", 10.0), (1, "voc", 11.0 * NOISE_STEP_S)):
        assert noise(*other, 0.2) != noise(1, "voc", 10.0, 0.2)
    drawn = [noise(1, "voc", float(at), 2.0) for at in range(2000)]
    assert statistics.mean(drawn) == pytest.approx(0.0, abs=0.2)
    assert statistics.stdev(drawn) == pytest.approx(2.0, rel=0.1)
    assert noise(1, "voc", 10.0, 0.0) == 0.0
