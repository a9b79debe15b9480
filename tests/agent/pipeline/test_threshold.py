"""Threshold rules: levels, deadband, delays, flags, and what survives a kill."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above
from agent.pipeline.instant import Instant
from agent.pipeline.limit import Limit
from store.rows import Reading


def reading(seconds, value, flag="N", conditions=()):
    return Reading(
        "pid.voc",
        1_800_000_000_000 + round(seconds * 1000),
        round(seconds * 1000),
        True,
        value,
        None,
        flag,
        conditions,
    )


def threshold(above=50.0, deadband=0.0, **delays):
    return Limit(Alarm("r", **delays), Above(above, deadband), "pid.voc", "high", "ppm")


def saved(rule):
    """What the disk was given last."""
    return json.loads(json.dumps(rule.saved))


def change_of(rule, *read):
    verdict = rule.judge(reading(*read))
    return None if verdict is None else verdict.change


def play(rule, *steps):
    """(seconds, value[, flag[, conditions]]) in; the transitions out as (seconds, transition)."""
    changes = [(each[0], change_of(rule, *each)) for each in steps]
    return [(at, change.transition) for at, change in changes if change is not None]


def test_a_limit_is_exceeded_above_it_and_not_at_it():
    assert play(threshold(), (0, 50.0), (1, 50.1)) == [(1, "raised")]


def test_it_returns_only_below_the_deadband():
    rule = threshold(deadband=5.0)
    assert play(rule, (0, 60), (1, 49), (2, 45.1), (3, 45.0), (4, 60)) == [
        (0, "raised"),
        (3, "returned"),
        (4, "raised"),
    ]


def test_on_delay_elapses_only_with_a_sample_that_still_holds():
    rule = threshold(on_delay_ms=10_000)
    assert play(rule, (0, 60), (9.9, 60), (10, 60), (11, 60)) == [(10, "raised")]
    rule = threshold(on_delay_ms=10_000)
    assert play(rule, (0, 60), (5, 40), (10, 60), (15, 60), (20, 60)) == [(20, "raised")]


def test_a_sample_inside_the_deadband_restarts_both_delays():
    rule = threshold(deadband=5.0, on_delay_ms=2000, off_delay_ms=2000)
    assert play(rule, (0, 60), (1, 47), (2, 60), (3, 60)) == []
    assert play(rule, (4, 60), (5, 40), (6, 47), (7, 40), (8, 40), (9, 40)) == [
        (4, "raised"),
        (9, "returned"),
    ]


@pytest.mark.parametrize("flag", "SMCFBD")
def test_doubtful_data_neither_raises_nor_clears(flag):
    rule = threshold()
    assert play(rule, (0, 99, flag)) == []
    assert play(rule, (1, 60), (2, 0.0, flag), (3, None, flag)) == [(1, "raised")]
    assert rule.alarm.state == "unacked"


def test_doubtful_data_holds_a_running_delay():
    rule = threshold(on_delay_ms=3000)
    assert play(rule, (0, 60), (1, None, "B"), (2, None, "B"), (3, 60)) == [(3, "raised")]


def test_over_range_raises_and_never_clears():
    rule = threshold()
    assert play(rule, (0, 12.0, "T", ("over range",))) == [(0, "raised")]
    assert play(rule, (1, 12.0, "T", ("over range",))) == []
    assert rule.alarm.state == "unacked"


@pytest.mark.parametrize("flag", "SMCFBD")
def test_over_range_raises_whatever_stands_beside_it(flag):
    rule = threshold()
    assert play(rule, (0, None, flag, ("lamp", "over range"))) == [(0, "raised")]


def test_a_change_says_what_it_saw():
    rule = threshold(deadband=5.0)
    assert change_of(rule, 0, 60.5) == ("raised", 60.5, "N", "above 50")
    assert change_of(rule, 1, 44.0) == ("returned", 44.0, "N", "at or below 45")
    assert change_of(rule, 2, None, "T", ("over range",)) == ("raised", None, "T", "over range")


def test_state_and_running_delay_survive_a_restart_with_another_monotonic_clock():
    rule = threshold(on_delay_ms=10_000)
    play(rule, (100, 60))
    again = threshold(on_delay_ms=10_000)
    # 4 s later by UTC, on a machine whose monotonic clock has begun anew
    again.restore(saved(rule), Instant(1_800_000_104_000, 2_000, True, "another"))
    early = reading(104, 60)._replace(mono=7_900)
    due = reading(110, 60)._replace(mono=8_000)
    assert again.judge(early).change is None
    assert again.judge(due).change.transition == "raised"


def test_a_raised_alarm_survives_and_returns_later():
    rule = threshold()
    play(rule, (0, 60))
    again = threshold()
    again.restore(saved(rule), Instant(1_800_000_001_000, 0, True, "another"))
    assert again.alarm.state == "unacked"
    assert play(again, (2, 60), (3, 10)) == [(3, "returned")]


def test_a_clock_that_went_back_does_not_lengthen_a_delay_beyond_a_new_one():
    rule = threshold(on_delay_ms=10_000)
    play(rule, (100, 60))
    again = threshold(on_delay_ms=10_000)
    again.restore(saved(rule), Instant(1_700_000_000_000, 2_000, True, "another"))
    assert again.judge(reading(0, 60)._replace(mono=12_000)).change.transition == "raised"


@pytest.mark.parametrize("junk", [None, 7, {}, {"state": "melted"}, []])
def test_junk_is_no_saved_state(junk):
    with pytest.raises(ValueError, match=r"rule r: .* is no saved state"):
        threshold().restore(junk, Instant(0, 0, True, ""))


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.sampled_from("NNNNTSMCFBD")),
        max_size=60,
    ),
    st.floats(0, 20),
    st.integers(0, 5000),
)
def test_only_n_and_t_ever_change_an_alarm_and_t_never_clears_one(samples, deadband, delay_ms):
    rule = threshold(deadband=deadband, on_delay_ms=delay_ms, off_delay_ms=delay_ms)
    for at, (value, flag) in enumerate(samples):
        before = rule.alarm.state
        change = change_of(rule, at, value, flag)
        if flag not in "NT":
            assert change is None
            assert rule.alarm.state == before
        if flag == "T" and change is not None:
            assert change.transition == "raised"
