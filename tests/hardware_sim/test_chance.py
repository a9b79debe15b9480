"""Draws that depend on nothing but seed, purpose and step."""

from itertools import pairwise
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.chance import Wander, normal, uniform


def test_the_draws_of_every_machine() -> None:
    """Literal: another machine or version that draws otherwise plays another day."""
    assert uniform(1, "gust", 0) == 0.9251130007621071
    assert normal(1, "gust", 0) == -0.4681549072265625


def test_draws_have_their_distribution() -> None:
    even = [uniform(3, "x", step) for step in range(4000)]
    bell = [normal(3, "x", step) for step in range(4000)]
    assert 0 <= min(even) < 0.01
    assert 0.99 < max(even) < 1
    assert mean(even) == pytest.approx(0.5, abs=0.02)
    assert (mean(bell), pstdev(bell)) == (pytest.approx(0, abs=0.05), pytest.approx(1, abs=0.04))
    assert normal(3, "x", 7) != normal(4, "x", 7) != normal(4, "y", 7)


@given(times=st.lists(st.floats(-1e6, 1e6), max_size=20), seed=st.integers(0, 2**63 - 1))
def test_a_wander_is_the_same_in_any_order(times: list[float], seed: int) -> None:
    first = Wander(seed, "gust", 5, 30)
    forward = {t_s: first.at(t_s) for t_s in times}
    assert {t_s: Wander(seed, "gust", 5, 30).at(t_s) for t_s in reversed(times)} == forward


def test_a_wander_wanders_and_forgets() -> None:
    made = Wander(1, "gust", 5, 30)
    path = [made.at(5 * step) for step in range(6000)]
    assert (mean(path), pstdev(path)) == (pytest.approx(0, abs=0.15), pytest.approx(1, abs=0.1))
    near = mean(one * other for one, other in pairwise(path))
    far = mean(one * other for one, other in zip(path, path[60:], strict=False))
    assert near == pytest.approx(0.85, abs=0.08)  # exp(-5/30)
    assert abs(far) < 0.15
