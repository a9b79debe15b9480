"""The load of a line, over the last 10 to 20 seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.status import WINDOW_S, LoadMeter


def test_nothing_has_been_measured_yet():
    assert LoadMeter(100.0).read(100.0, 0.0) == 0.0


def test_the_first_seconds():
    meter = LoadMeter(100.0)
    assert meter.read(101.0, 250.0) == pytest.approx(0.25)
    assert meter.read(104.0, 2000.0) == pytest.approx(0.5)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 200))
def test_what_was_more_than_20_s_ago_does_not_matter(before, load, seconds):
    meter, busy_ms, now = LoadMeter(0.0), 0.0, 0.0
    for share, count in ((before, seconds), (load, round(2 * WINDOW_S) + 1)):
        for _ in range(count):
            now += 1
            busy_ms += share * 1000
            read = meter.read(now, busy_ms)
            assert 0 <= read <= 1
    assert read == pytest.approx(load, abs=1e-6)


def test_a_question_that_straddles_the_mark_is_no_more_than_all():
    assert LoadMeter(0.0).read(1.0, 1500.0) == 1.0
