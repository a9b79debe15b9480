"""NAMUR NE43 at, just inside and just outside each of its limits; time is the readings' own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.alarms import NORMAL, UNACKED
from agent.config.model import LoopSettings
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above
from agent.pipeline.limit import Limit
from agent.pipeline.ne43 import FAILED_HIGH, FAILED_LOW, UNDER_RANGE, CurrentLoop
from store.rows import Reading

SETTINGS = LoopSettings("ai", "ai0", "voc", "ppm", 0.0, 160.0)  # 10 ppm a mA


def reading(current_ma, at_s=0.0, flag="N", conditions=()):
    return Reading("ai.voc", 0, round(at_s * 1000), True, current_ma, None, flag, conditions)


def sound_loop(**limits):
    loop = CurrentLoop(LoopSettings("ai", "ai0", "voc", "ppm", 0.0, 160.0, **limits))
    loop.judge(reading(12.0))
    return loop


def judged(current_ma, at_s=100.0, **limits):
    """What a loop that was sound says of one current; a failure has lasted for ever by then."""
    loop = sound_loop(**limits)
    loop.judge(reading(current_ma, 50.0))
    return loop.judge(reading(current_ma, at_s))


@pytest.mark.parametrize(
    ("current_ma", "value", "flag", "conditions"),
    [
        (0.0, None, "D", (FAILED_LOW,)),
        (3.599, None, "D", (FAILED_LOW,)),
        (3.6, None, "D", (FAILED_LOW,)),
        (3.601, -3.99, "N", (UNDER_RANGE,)),
        (3.799, -2.01, "N", (UNDER_RANGE,)),
        (3.8, -2.0, "N", ()),
        (3.801, -1.99, "N", ()),
        (4.0, 0.0, "N", ()),
        (12.0, 80.0, "N", ()),
        (20.0, 160.0, "N", ()),
        (20.499, 164.99, "N", ()),
        (20.5, 165.0, "N", ()),
        (20.501, 165.01, "T", ("over range",)),
        (20.999, 169.99, "T", ("over range",)),
        (21.0, None, "D", (FAILED_HIGH,)),
        (21.001, None, "D", (FAILED_HIGH,)),
        (99.999, None, "D", (FAILED_HIGH,)),
        (-20.0, None, "D", (FAILED_LOW,)),
    ],
)
def test_each_band(current_ma, value, flag, conditions):
    got = judged(current_ma)
    assert (got.flag, got.conditions, got.raw) == (flag, conditions, current_ma)
    assert got.value == (None if value is None else pytest.approx(value, abs=1e-9))


def test_the_limits_are_the_stations():
    limits = {"failed_low_ma": 3.0, "under_ma": 3.5, "over_ma": 21.5, "failed_high_ma": 22.0}
    assert judged(3.2, **limits).conditions == (UNDER_RANGE,)
    assert judged(3.0, **limits).conditions == (FAILED_LOW,)
    assert judged(21.0, **limits).flag == "N"
    assert judged(21.6, **limits).flag == "T"


@pytest.mark.parametrize(("current_ma", "side"), [(0.0, FAILED_LOW), (22.0, FAILED_HIGH)])
def test_a_failure_counts_when_it_has_lasted_four_seconds(current_ma, side):
    loop = sound_loop()
    for at_s in (10.0, 12.0, 13.999):
        got = loop.judge(reading(current_ma, at_s))
        assert (got.value, got.flag) == (None, "N"), "nobody knows yet: no flag changes"
        assert got.conditions[0].endswith("mA, for less than 4 s")
    got = loop.judge(reading(current_ma, 14.0))
    assert (got.value, got.flag, got.conditions) == (None, "D", (side,))


def test_a_single_sample_flags_nothing():
    loop = sound_loop()
    assert loop.judge(reading(0.0, 10.0)).flag == "N"
    assert loop.judge(reading(12.0, 11.0))[4:] == (80.0, 12.0, "N", ())
    assert loop.judge(reading(0.0, 14.5)).flag == "N", "it begins anew"
    assert loop.judge(reading(0.0, 18.4)).flag == "N"
    assert loop.judge(reading(0.0, 18.5)).flag == "D"


def test_a_failure_ends_with_the_first_current_that_is_none_and_needs_four_seconds_again():
    loop = sound_loop()
    loop.judge(reading(0.0, 10.0))
    assert loop.judge(reading(0.0, 20.0)).flag == "D"
    assert loop.judge(reading(3.7, 21.0)).conditions == (UNDER_RANGE,)
    assert loop.judge(reading(0.0, 22.0)).flag == "N"


def test_a_failure_that_changes_sides_goes_on():
    loop = sound_loop()
    loop.judge(reading(0.0, 10.0))
    assert loop.judge(reading(0.0, 20.0)).conditions == (FAILED_LOW,)
    assert loop.judge(reading(25.0, 20.1)).conditions == (FAILED_HIGH,)


def test_a_loop_that_was_never_sound_fails_at_once():
    assert CurrentLoop(SETTINGS).judge(reading(0.0)).conditions == (FAILED_LOW,)


def test_without_a_time_to_last_every_sample_counts():
    loop = sound_loop(persist_ms=0)
    assert loop.judge(reading(0.0, 10.0)).flag == "D"


def test_silence_says_nothing_of_the_loop():
    loop = sound_loop()
    silent = reading(None, 10.0, "B", ("no answer in 300 ms",))
    assert loop.judge(silent) == silent
    loop.judge(reading(0.0, 11.0))
    loop.judge(silent)
    assert loop.judge(reading(0.0, 15.0)).flag == "D", "the failure has lasted, as far as it was seen"


def test_what_the_module_says_stands_beside_it():
    loop = sound_loop()
    got = loop.judge(reading(20.8, 1.0, "D", ("over or under range",)))
    assert (got.flag, got.conditions) == ("D", ("over or under range", "over range"))
    got = loop.judge(reading(20.8, 2.0, "T", ("over range",)))
    assert (got.flag, got.conditions) == ("T", ("over range",))
    assert loop.judge(reading(12.0, 3.0, "M", ("maintenance",)))[4:] == (80.0, 12.0, "M", ("maintenance",))


def test_what_it_means_for_a_rule():
    """Over range raises and never clears; a failure, and its first seconds, hold the alarm as it is."""
    loop, rule = sound_loop(), Limit(Alarm("high"), Above(100.0), "ai.voc", "high", "ppm")

    def alarm(current_ma, at_s):
        rule.judge(loop.judge(reading(current_ma, at_s)))
        return rule.alarm.state

    assert alarm(25.0, 10.0) == NORMAL, "a broken transmitter raises no gas alarm"
    assert alarm(25.0, 20.0) == NORMAL
    assert alarm(20.8, 21.0) == UNACKED
    assert alarm(0.0, 22.0) == UNACKED
    assert alarm(0.0, 30.0) == UNACKED, "a broken wire is no clean air"
    assert alarm(12.0, 31.0) == "returned"


@given(currents=st.lists(st.tuples(st.floats(-25, 25), st.integers(0, 3000)), min_size=1, max_size=30))
def test_whatever_comes_a_value_stands_only_where_the_current_is_sound(currents):
    loop, at_ms, sound = CurrentLoop(SETTINGS), 0, False
    failing_since = None
    for current_ma, pause_ms in currents:
        at_ms += pause_ms
        got = loop.judge(reading(current_ma, at_ms / 1000))
        failed = not 3.6 < current_ma < 21.0
        assert (got.value is None) == failed
        assert got.raw == current_ma
        if failed:
            failing_since = at_ms if failing_since is None else failing_since
            lasted = not sound or at_ms - failing_since >= 4000
            sound = sound and not lasted
            assert got.flag == ("D" if lasted else "N")
        else:
            failing_since, sound = None, True
            assert got.flag == ("T" if current_ma > 20.5 else "N")
