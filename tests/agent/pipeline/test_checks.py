"""Plausibility checks, by hand and by properties: they add conditions, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from agent.config.quality_model import CHECKS, CheckSettings
from agent.pipeline.alarm import Alarm
from agent.pipeline.checks import CONDITIONS, KEPT_OUT, Check
from agent.pipeline.conditions import Above
from agent.pipeline.limit import Limit
from agent.pipeline.pipeline import Pipeline
from agent.pipeline.windows import HOUR_MS, Rule, Windows
from drivers.sample import FLAGS
from store.rows import Reading

RANGE, RATE, STUCK, SPIKE = (CONDITIONS[name] for name in CHECKS)
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000


def reading(mono, value, flag="N", conditions=()):
    return Reading("pid.voc", 1_795_420_800_000 + mono, mono, True, value, None, flag, conditions)


def said(readings, **settings):
    """The conditions of each."""
    check = Check(CheckSettings("pid.voc", **settings))
    return [check.judge(each).conditions for each in readings]


def each_second(*values, start=0):
    return [reading(start + at * SECOND, value) for at, value in enumerate(values)]


def test_values_on_the_edge_of_the_range_are_plausible():
    found = said(each_second(-1.1, -1.0, 0.0, 500.0, 500.1), low=-1.0, high=500.0)
    assert found == [(RANGE,), (), (), (), (RANGE,)]
    assert said(each_second(-1e9, 6.0), high=5.0) == [(), (RANGE,)], "one bound alone is one"


def test_the_rate_is_the_change_a_minute_since_a_value_a_second_old():
    # 10 ppm in 1 s are 600 ppm/min, in 2 s 300; 5.1 in 1 s are 306
    assert said(each_second(0.0, 10.0, 15.0, 20.1), max_rate=300.0) == [(), (RATE,), (), (RATE,)]
    assert said([reading(0, 0.0), reading(2000, 10.0)], max_rate=300.0) == [(), ()]


def test_two_polls_close_to_each_other_make_no_slope_of_noise():
    fast = [reading(20 * at, value) for at, value in enumerate((5.0, 5.1, 5.0, 5.1, 5.0))]
    assert said(fast, max_rate=10.0) == [()] * 5, "0.1 in 20 ms would be 300 a minute; in a second it is 6"
    # and a steady slope of 60 a minute is seen at 50 polls a second as it is at one
    slope = [reading(20 * at, 0.02 * at) for at in range(200)]
    assert said(slope, max_rate=61.0) == [()] * 200
    assert (RATE,) in said(slope, max_rate=59.0)


def test_a_flat_line_is_told_after_its_time_and_until_the_value_moves():
    values = [7.0] * 4 + [7.1, 7.1]
    minutes = [reading(at * MINUTE, v) for at, v in enumerate(values)]
    found = said(minutes, stuck_for_ms=2 * MINUTE, gap_ms=HOUR)
    assert found == [(), (), (STUCK,), (STUCK,), (), ()]


def test_no_change_is_a_band_where_the_station_file_says_so():
    values = (7.0, 7.1, 7.0, 7.1, 7.2, 7.1)  # 7.2 leaves the band 7.0 to 7.1, and a new one begins
    minutes = [reading(at * MINUTE, v) for at, v in enumerate(values)]
    found = said(minutes, stuck_for_ms=3 * MINUTE, stuck_within=0.15, gap_ms=HOUR)
    assert found == [(), (), (), (STUCK,), (), ()]


def test_clean_air_is_no_flat_line():
    zeros = [reading(at * MINUTE, 0.0) for at in range(5)]
    assert (STUCK,) in said(zeros, stuck_for_ms=MINUTE, gap_ms=HOUR)
    assert said(zeros, stuck_for_ms=MINUTE, stuck_above=0.5, gap_ms=HOUR) == [()] * 5
    above = [reading(at * MINUTE, 0.6) for at in range(2)]
    assert said(above, stuck_for_ms=MINUTE, stuck_above=0.5, gap_ms=HOUR) == [(), (STUCK,)]


def test_a_spike_stands_out_from_the_median_of_the_five_before_it():
    values = (10.0, 11.0, 10.0, 12.0, 10.0, 90.0, 11.0, 30.1, 30.0)
    # medians: 10 before the 90; 11 before the 11 and before the 30.1; 12 before the 30
    found = said(each_second(*values), spike=19.0)
    assert found == [(), (), (), (), (), (SPIKE,), (), (SPIKE,), ()]


def test_nothing_is_a_spike_before_five_values_are_known():
    assert said(each_second(10.0, 10.0, 10.0, 10.0, 90.0), spike=19.0) == [()] * 5


def test_after_a_gap_and_after_a_start_nothing_is_said_of_what_nobody_saw():
    before = each_second(*[7.0] * 8)
    settings = {"max_rate": 60.0, "stuck_for_ms": 20 * SECOND, "spike": 5.0, "gap_ms": 10 * SECOND}
    late = [reading(at * SECOND, value) for at, value in ((17, 90.0), (18, 90.0))]
    assert said(before + late, **settings)[-2:] == [(RATE, SPIKE), (SPIKE,)], "10 s are no gap yet"
    later = [reading(at * SECOND, value) for at, value in ((18, 90.0), (19, 90.0))]
    assert said(before + later, **settings)[-2:] == [(), ()]
    # silence between equal values is no flat line; a poll that failed is no gap
    assert STUCK not in said([reading(0, 7.0), reading(30 * SECOND, 7.0)], **settings)[-1]
    lossy = [reading(at * SECOND, None, "B") if at % 3 else reading(at * SECOND, 7.0) for at in range(25)]
    assert said(lossy, **settings)[-1] == (STUCK,)


def test_doubtful_values_are_neither_looked_at_nor_remembered():
    calm = each_second(*[7.0] * 6)
    gas = [reading((6 + at) * SECOND, 5000.0, flag) for at, flag in enumerate("MCSDFT")]
    after = [reading(12 * SECOND, 7.0)]
    found = said(calm + gas + after, high=500.0, max_rate=60.0, spike=5.0)
    assert found == [()] * 13


def test_only_the_checks_that_are_to_keep_a_value_out_of_averages():
    both = {"high": 500.0, "max_rate": 60.0}
    values = each_second(0.0, 600.0, 600.0)
    assert said(values, keep_out=("range",), **both) == [(), (RANGE, RATE, KEPT_OUT), (RANGE, KEPT_OUT)]
    assert said(values, keep_out=("rate",), **both) == [(), (RANGE, RATE, KEPT_OUT), (RANGE,)]
    assert said(values, **both) == [(), (RANGE, RATE), (RANGE,)]


def test_what_is_kept_out_is_in_no_average_and_counts_as_d():
    windows = Windows({"pid.voc": Rule(interval_ms=20 * SECOND)}, 0)
    check = Check(CheckSettings("pid.voc", high=500.0, keep_out=("range",)))
    for at, value in enumerate((10.0, 600.0, 20.0)):
        windows.add(check.judge(reading(at * 20 * SECOND, value)))
    (start,) = windows.open_hours()
    assert start % HOUR_MS == 0
    (minute,) = windows.close_hour(start)["pid.voc"].minutes
    assert (minute.value, minute.max, minute.counted, minute.expected) == (15.0, 20.0, 2, 3)
    assert (minute.valid, minute.flag, minute.left_out) == (False, "D", "D")


values = st.one_of(st.sampled_from([0.0, 10.0, 20.0, 40.0, 49.9, 50.0, 50.1, 90.0]), st.floats(-1e6, 1e6))
values = st.one_of(values, values, values, st.none())
steps_ms = st.sampled_from([1000] * 20 + [0, 20, 5000, 11_000])
flags = st.sampled_from("N" * 20 + FLAGS)


@st.composite
def courses(draw):
    """Readings of one channel, in order of time."""
    mono, course = 0, []
    for step in draw(st.lists(steps_ms, min_size=5, max_size=30)):
        mono += step
        course.append(reading(mono, draw(values), draw(flags), draw(st.sampled_from([(), ("lamp",)]))))
    return course


some = st.one_of(st.none(), st.floats(0, 100))
settings_of = st.builds(
    CheckSettings,
    st.just("pid.voc"),
    low=some,
    high=some,
    max_rate=some,
    stuck_for_ms=st.sampled_from([None, 1000, 3000]),
    stuck_within=st.sampled_from([0.0, 10.0]),
    spike=some,
    keep_out=st.sampled_from([(), CHECKS]),
)


@given(courses(), settings_of)
def test_a_check_adds_conditions_and_changes_nothing_else(course, settings):
    check = Check(settings)
    for each in course:
        judged = check.judge(each)
        assert judged._replace(conditions=each.conditions) == each
        assert judged.conditions[: len(each.conditions)] == each.conditions
        added = judged.conditions[len(each.conditions) :]
        assert set(added) <= {*CONDITIONS.values(), KEPT_OUT}
        assert not added or each.flag == "N"


def pipeline(checks):
    limits = [
        Limit(Alarm("high", 2000, 3000), Above(50.0, 5.0), "pid.voc", "high", "ppm"),
        Limit(Alarm("high-high"), Above(80.0), "pid.voc", "high-high", "ppm"),
    ]
    return Pipeline(limits, {}, checks)


@given(courses(), settings_of)
def test_alarms_are_bit_equal_with_and_without_checks(course, settings):
    """A plume is a spike: whatever a check thinks of it, it raises what it would raise without."""
    plain, checked = pipeline({}), pipeline({"pid.voc": Check(settings)})
    for each in course:
        expected, found = plain.take([each]), checked.take([each])
        assert [verdict[1:] for verdict in found.verdicts] == [verdict[1:] for verdict in expected.verdicts]
        assert [row._replace(conditions=()) for row in found.kept] == [
            row._replace(conditions=()) for row in expected.kept
        ]
