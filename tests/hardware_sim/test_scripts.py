import math
from itertools import pairwise
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.scripts import Script
from hardware_sim.tables import BenchError

numbers = st.floats(-1e6, 1e6)
points = st.lists(st.tuples(st.integers(0, 10_000), numbers), min_size=1, max_size=8).map(
    lambda found: sorted(found, key=lambda point: point[0])
)


@given(value=numbers, elapsed_s=st.floats(0, 1e6))
def test_a_number_holds_always(value: float, elapsed_s: float) -> None:
    assert Script(value, "v").value(elapsed_s) == value


@given(script=points, before_s=st.floats(-100, -0.001), behind_s=st.floats(0, 100))
def test_ends_are_held(script: list[tuple[int, float]], before_s: float, behind_s: float) -> None:
    made = Script(script, "v")
    assert made.value(script[0][0] + before_s) == script[0][1]
    assert made.value(script[-1][0] + behind_s) == script[-1][1]


@given(script=points, share=st.floats(0, 1, exclude_max=True), data=st.data())
def test_linear_between_two_points(
    script: list[tuple[int, float]], share: float, data: st.DataObject
) -> None:
    pairs = [pair for pair in pairwise(script) if pair[0][0] < pair[1][0]]
    if not pairs:
        return
    (start_s, before), (end_s, after) = data.draw(st.sampled_from(pairs))
    elapsed_s = min(start_s + share * (end_s - start_s), math.nextafter(end_s, 0))
    due = before + (elapsed_s - start_s) * (after - before) / (end_s - start_s)
    assert Script(script, "v").value(elapsed_s) == pytest.approx(due, rel=1e-9, abs=1e-6)


def test_a_ramp_and_a_step() -> None:
    script = Script([[0, 0], [10, 100], [10, 5], [20, 5]], "v")
    assert [script.value(t) for t in (0, 2.5, 9.5, 10, 15, 99)] == [0, 25, 95, 5, 5, 5]


def test_noise_has_its_deviation_and_is_that_of_seed_source_and_moment() -> None:
    def said(seed: int, where: str = "v") -> list[float]:
        script = Script(50, where, 2.0, seed)
        return [script.value(0.1 * step) for step in range(2000)]

    assert said(1) == said(1)
    assert said(1) != said(2)
    assert said(1) != said(1, "w")
    assert mean(said(1)) == pytest.approx(50, abs=0.3)
    assert pstdev(said(1)) == pytest.approx(2.0, abs=0.2)
    late = Script(50, "v", 2.0, 1)
    assert late.value(150.0) == said(1)[1500]  # however seldom it was asked before


@pytest.mark.parametrize(
    ("definition", "what"),
    [
        ([], "[] is neither a number nor points [[seconds, value], ...]"),
        ("12", "'12' is neither a number nor points [[seconds, value], ...]"),
        (None, "(0.0, None) is no pair [seconds, value] of numbers"),
        (True, "(0.0, True) is no pair [seconds, value] of numbers"),
        ([1, 2], "1 is no pair [seconds, value] of numbers"),
        ([[0, 1, 2]], "[0, 1, 2] is no pair [seconds, value] of numbers"),
        ([[0, math.inf]], "[0, inf] is no pair [seconds, value] of numbers"),
        ([[5, 1], [4, 2]], "4 s stands behind 5 s\n  hint: sort the points"),
    ],
)
def test_what_is_no_script(definition: object, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        Script(definition, "instrument pid: values: voc")
    assert str(caught.value) == f"instrument pid: values: voc: {what}"
