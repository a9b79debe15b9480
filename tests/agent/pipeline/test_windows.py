"""The window arithmetic against examples worked by hand, and what holds of any readings."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS, Rule, Windows, window_start
from store.rows import Reading

HOUR = 1_795_485_600_000  # 2026-11-24T02:00:00Z, 10:00 at +08:00
EACH_SECOND, EACH_MINUTE = Rule(1000.0), Rule(60_000.0)
flags = st.sampled_from("NNNNNNTDBCFMS")
values = st.one_of(st.floats(-1e9, 1e9), st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 50))


def reading(t, value=1.0, flag="N", trusted=True, channel="pid.voc"):
    return Reading(channel, t, 0, trusted, None if value is None else float(value), None, flag)


readings_of_an_hour = st.lists(
    st.builds(reading, st.integers(HOUR, HOUR + HOUR_MS - 1), values, flags, st.booleans()), max_size=60
)


def hour_of(readings, rule=EACH_SECOND):
    windows = Windows({"pid.voc": rule}, 480)
    assert {windows.add(each) for each in readings} <= {HOUR}
    return windows.close_hour(HOUR)["pid.voc"]


def minute_of(values_and_flags, rule=EACH_SECOND):
    said = [reading(HOUR + at * 1000, *each) for at, each in enumerate(values_and_flags)]
    return hour_of(said, rule).minutes[0]


def test_a_minute_by_hand():
    # 46 readings of 10.0 and of 10.1 in turn, 14 at fault: mean 10.05, 46 of 60 due.
    good = [(10.0 + at % 2 / 10, "N") for at in range(46)]
    minute = minute_of(good + [(99.9, "D")] * 13 + [(None, "B")])
    assert minute == (HOUR, HOUR + MINUTE_MS, 10.05, 10.0, 10.1, 46, 60, True, "N", "BD", True, 0)


@pytest.mark.parametrize(
    ("rule", "good", "valid"),
    [
        (EACH_SECOND, 44, False),  # 45 of 60 are 75 %
        (EACH_SECOND, 45, True),
        (Rule(7000.0), 5, False),  # floor(60 / 7) = 8 are due, 6 suffice
        (Rule(7000.0), 6, True),
        (Rule(45_000.0), 1, True),  # one is due
        (Rule(45_000.0), 0, False),
        (Rule(1000.0, share=0.5), 30, True),
        (Rule(), 1, True),  # whose interval nobody knows
    ],
)
def test_a_minute_is_complete_at_75_percent_of_what_is_due(rule, good, valid):
    minute = minute_of([(5, "N")] * good + [(5, "M")], rule)
    assert (minute.valid, minute.flag) == ((True, "N") if valid else (False, "M"))


def test_an_hour_is_the_mean_of_its_valid_minutes_with_45_of_60():
    def hour(good):
        said = [reading(HOUR + at * MINUTE_MS, at % 2, "N" if at < good else "C") for at in range(60)]
        return hour_of(said, EACH_MINUTE).hour

    assert hour(45)[2:9] == (0.5, 0, 1, 45, 60, True, "N")  # 22 of 45 is 0.4889
    assert hour(44)[2:9] == (0.5, 0, 1, 44, 60, False, "C")


def test_minutes_weigh_the_same_however_many_readings_they_hold():
    first = [reading(HOUR + at * 1000, 1) for at in range(60)]
    second = [reading(HOUR + MINUTE_MS + at * 1000, 3) for at in range(45)]
    assert hour_of(first + second).hour.value == 2.0


def test_an_invalid_minute_does_not_count():
    first = [reading(HOUR + at * 1000, 1) for at in range(60)]
    second = [reading(HOUR + MINUTE_MS + at * 1000, 3) for at in range(44)]
    hour = hour_of(first + second).hour
    assert (hour.value, hour.max, hour.counted) == (1, 1, 1)


def test_where_the_interval_exceeds_a_minute_the_hour_is_formed_from_readings():
    rule = Rule(300_000.0)  # twelve an hour are due
    said = [reading(HOUR + at * 300_000 + 150_000, at) for at in range(9)]
    hour = hour_of([*said, reading(HOUR + 150_001, 8)], rule).hour  # two in the first of its minutes
    assert hour[2:9] == (4.4, 0, 8, 10, 12, True, "N")  # (36 + 8) / 10
    assert hour_of(said[:8], rule).hour.valid is False
    assert all(minute.valid for minute in hour_of(said, rule).minutes), "each stands for itself"


def hours_of(values_by_hour, rule=EACH_MINUTE, minutes=60):
    windows = Windows({"pid.voc": rule}, 480)
    for at, value in values_by_hour.items():
        for minute in range(minutes):
            windows.add(reading(HOUR + at * HOUR_MS + minute * MINUTE_MS, value))
    hours = [windows.close_hour(start)["pid.voc"].hour for start in windows.open_hours()]
    return windows.day_of("pid.voc", HOUR, hours)


def test_a_day_has_20_valid_hours_of_24():
    assert hours_of(dict.fromkeys(range(20), 2) | {20: 4})[2:9] == (2.1, 2, 4, 21, 24, True, "N")
    assert hours_of(dict.fromkeys(range(19), 2))[5:9] == (19, 24, False, "D")


def test_where_the_interval_exceeds_an_hour_the_day_is_formed_from_readings():
    rule = Rule(4 * 3_600_000.0)  # six a day are due, five suffice
    assert hours_of({0: 1, 4: 2, 8: 3, 12: 4, 16: 6}, rule, minutes=1)[2:9] == (3.2, 1, 6, 5, 6, True, "N")
    assert hours_of({0: 1, 4: 2, 8: 3, 12: 4}, rule, minutes=1).valid is False


def test_values_are_rounded_to_a_tenth_of_the_resolution_once():
    assert minute_of([(v, "N") for v in (0.1, 0.2, 0.2)]).value == 0.17
    assert minute_of([(0.1 + 0.2, "N"), (0.2, "N")]).max == 0.3  # arithmetic of a driver shows no resolution
    assert minute_of([(v, "N") for v in (0.1, 0.2, 0.2)], Rule(1000.0, 1.0)).value == 0.2
    assert minute_of([(v, "N") for v in (0.5, 0.5, 1.0)], Rule(1000.0, 0.5)).value == 0.65  # 0.6667
    assert minute_of([(v, "N") for v in (100, 200, 200)], Rule(1000.0, 100)).value == 170


def test_the_hour_can_be_computed_again_from_the_rounded_minutes():
    rng = random.Random(3)
    said = [reading(HOUR + at * 1000, rng.randrange(900, 1100) / 10) for at in range(3600)]
    minutes, hour = hour_of(said)
    assert hour.value == float(round(sum(Fraction(repr(minute.value)) for minute in minutes) / 60, 2))


@given(st.integers(-(10**13), 10**13), st.sampled_from([MINUTE_MS, HOUR_MS, DAY_MS]), st.integers(-720, 840))
def test_windows_partition_time_at_any_offset(t, period_ms, offset_min):
    start = window_start(t, period_ms, offset_min)
    assert start <= t < start + period_ms
    assert window_start(start, period_ms, offset_min) == start
    assert window_start(start - 1, period_ms, offset_min) == start - period_ms
    assert (start + offset_min * MINUTE_MS) % period_ms == 0, "as the wall clock there shows it"


def test_a_local_day_begins_at_local_midnight():
    assert window_start(HOUR, DAY_MS, 480) == HOUR - 10 * HOUR_MS
    assert window_start(HOUR, HOUR_MS, 330) == HOUR - 30 * MINUTE_MS


@given(readings_of_an_hour.filter(bool), st.sampled_from([EACH_SECOND, EACH_MINUTE, Rule(), Rule(1e6, 0.5)]))
def test_a_mean_never_leaves_what_it_is_the_mean_of(said, rule):
    minutes, hour = hour_of(said, rule)
    for each in (*minutes, hour):
        if each.value is None:
            assert (each.counted, each.valid) == (0, False)
        else:
            assert each.min <= each.value <= each.max
        assert each.valid == (each.flag == "N")


@given(readings_of_an_hour.filter(bool), st.randoms())
def test_order_makes_no_difference_to_the_last_bit(said, rng):
    """But to the revision, which says that they came in another."""

    def numbers(hour):
        return repr([each._replace(revision=0) for each in (*hour.minutes, hour.hour)])

    shuffled = rng.sample(said, len(said))
    assert numbers(hour_of(shuffled)) == numbers(hour_of(said))


@given(readings_of_an_hour.filter(bool))
def test_every_reading_is_counted_once_or_its_flag_kept(said):
    minutes, hour = hour_of(said, Rule())
    good = [each for each in said if each.flag == "N" and abs(each.value) <= 1e100]
    assert sum(minute.counted for minute in minutes) == hour.counted == len(good)
    others = {"D" if each.flag == "N" else each.flag for each in said if each not in good}
    assert set(hour.left_out) == others
    assert hour.trusted == all(each.trusted for each in said)


def test_the_exact_mean_of_readings_that_differ_by_far():
    # In this order a plain sum is 0.
    said = [reading(HOUR + at, value) for at, value in enumerate([1e16, 1.0, -1e16])]
    minute = hour_of(said, Rule(1000.0, 0.1)).minutes[0]
    assert minute.value == 0.33
