"""Pauses, the window and the rate, in made-up time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.uplink.pacing import WINDOW_MIN, Backoff, Caution, Rate, Window


def test_pauses_double_to_five_seconds_and_begin_anew() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next_s() for _ in range(8)] == [0.5, 1, 2, 4, 5, 5, 5, 5]
    backoff.reset()
    assert backoff.next_s() == 0.5


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=12, max_size=12))
def test_pauses_are_shortened_by_at_most_a_half(chances: list[float]) -> None:
    backoff, plain = Backoff(iter(chances).__next__), Backoff(lambda: 0.0)
    for _ in chances:
        most = plain.next_s()
        assert most / 2 <= backoff.next_s() <= most


def test_the_window_grows_on_a_fast_line_and_stays_small_on_a_slow_one() -> None:
    fast, slow = Window(10_000), Window(10_000)
    for _ in range(200):
        fast.acked(min(500, fast.readings), 0.01)
        slow.acked(20, 5.0)
    assert fast.readings == 10_000
    assert slow.readings == WINDOW_MIN
    fast.acked(500, 1.5)
    assert fast.readings == 10_000, "between good and slow it stays"
    fast.acked(500, 2.5)
    assert fast.readings == 5_000


@pytest.mark.parametrize("most", [1, 10, 10_000])
def test_the_window_keeps_its_bounds(most: int) -> None:
    window = Window(most)
    for after_s in (9.0, 9.0, 9.0, 0.1, 0.1):
        window.acked(500, after_s)
        assert 1 <= window.readings <= most


def test_messages_shrink_to_the_culprit() -> None:
    caution = Caution(500)
    sizes = []
    while not caution.one_by_one:
        sizes.append(caution.rows)
        assert not caution.fruitless("anything"), "nobody is accused while there may be others"
    assert sizes == [500, 125, 31, 7]
    assert [caution.fruitless(what) for what in ("a", "a", None, "a", "b", "a", "a", "a")] == [
        False, False, False, False, False, False, False, True
    ]  # fmt: skip
    caution.lasted()
    assert caution.rows == 500


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 500)), max_size=60))
def test_the_rate_is_that_of_the_last_ten_seconds(steps: list[tuple[float, int]]) -> None:
    rate, now, all_rows = Rate(), 0.0, []
    for step, rows in steps:
        now += step
        rate.add(now, rows)
        all_rows.append((now, rows))
    exact = sum(rows for at, rows in all_rows if now - at <= 10)
    near = sum(rows for at, rows in all_rows if now - at <= 10.1)  # neighbours within 0.1 s share an entry
    assert sum(rows for at, rows in all_rows if now - at <= 9.9) <= rate.per_s(now) * 10 + 1e-6
    assert rate.per_s(now) * 10 <= near + 1e-6
    assert exact <= near
    assert rate.per_s(now + 11) == 0
