"""Averages as time goes on: what closes and when, worked by hand; and the same numbers as the archive's."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.pipeline.averaging import AT_ONCE, GRACE_MS, MINUTES_KEPT, Averaging
from agent.pipeline.periods import DAY_MS, HOUR_MS, MINUTE_MS
from agent.pipeline.windows import Rule, Windows
from store.rows import Reading

HOUR = 1_795_485_600_000  # 2026-11-24T02:00:00Z, 10:00 at +08:00
MIDNIGHT = HOUR - 10 * HOUR_MS
EACH_SECOND, EACH_MINUTE = Rule(1000.0), Rule(60_000.0)


def reading(t, value=1.0, flag="N", channel="pid.voc"):
    return Reading(channel, t, 0, True, None if value is None else float(value), None, flag)


class Play:
    """Readings and time, and what closed. rules: by channel, or one for pid.voc."""

    def __init__(self, rules=EACH_SECOND, rolling=()):
        rules = {"pid.voc": rules} if isinstance(rules, Rule) else rules
        self.averaging, self.made = Averaging(rules, 480, rolling), []

    def take(self, *readings):
        for each in readings:
            self.averaging.add(each)
            self.made += self.averaging.close(each.t)
        return self

    def until(self, t):
        while closed := self.averaging.close(t):
            self.made += closed
        return self

    def of(self, period, channel="pid.voc"):
        """The last value of each window, in order."""
        found = {each.average.start: each.average for each in self.made if each[:2] == (channel, period)}
        return [found[start] for start in sorted(found)]

    def periods(self):
        return [each.period for each in self.made]


def test_a_minute_closes_with_a_later_reading():
    play = Play().take(*(reading(HOUR + at * 1000, at) for at in range(61)))
    assert play.made == [], "the next reading may still be on its way"
    play.take(reading(HOUR + 61_000))
    assert play.periods() == ["1m"]
    assert play.of("1m")[0][:9] == (HOUR, HOUR + MINUTE_MS, 29.5, 0, 59, 60, 60, True, "N")


def test_a_minute_closes_with_time_alone():
    play = Play().take(reading(HOUR, 5))
    assert play.averaging.due_ms() == HOUR + MINUTE_MS + GRACE_MS
    assert play.until(HOUR + MINUTE_MS + GRACE_MS - 1).made == []
    assert play.until(HOUR + MINUTE_MS + GRACE_MS).periods() == ["1m"]
    assert play.of("1m")[0][5:9] == (1, 60, False, "D")


def test_nothing_is_due_where_nothing_came():
    assert Play().until(HOUR).averaging.due_ms() is None


def minutes(values, rule=EACH_MINUTE, first=HOUR, step_ms=MINUTE_MS, rolling=()):
    """One reading in the middle of each step; None: none."""
    play = Play(rule, rolling)
    for at, value in enumerate(values):
        if value is not None:
            play.take(reading(first + at * step_ms + step_ms // 2, value))
    return play.until(first + 3 * DAY_MS)


@pytest.mark.parametrize(("good", "valid"), [(3, False), (4, True), (5, True)])
def test_five_minutes_want_four(good, valid):
    assert minutes([2] * good).of("5m")[0][5:9] == (good, 5, valid, "N" if valid else "D")


@pytest.mark.parametrize(("good", "valid"), [(11, False), (12, True)])
def test_fifteen_minutes_want_twelve(good, valid):
    assert minutes([2] * good).of("15m")[0][5:8] == (good, 15, valid)


@pytest.mark.parametrize(("good", "valid"), [(44, False), (45, True)])
def test_an_hour_wants_45_minutes(good, valid):
    assert minutes([2] * good).of("1h")[0][5:8] == (good, 60, valid)


@pytest.mark.parametrize(("good", "valid"), [(5, False), (6, True)])
def test_eight_hours_want_six(good, valid):
    """From 08:00 to 16:00 local time; each hour one number, the others missing."""
    play = minutes([hour + 1 for hour in range(good) for _ in range(60)], first=HOUR - 2 * HOUR_MS)
    (eight,) = play.of("8h")
    assert (eight.start, eight.end) == (HOUR - 2 * HOUR_MS, HOUR + 6 * HOUR_MS)
    assert eight[2:8] == ((good + 1) / 2, 1, good, good, 8, valid)


@pytest.mark.parametrize(("good", "valid"), [(19, False), (20, True)])
def test_a_day_wants_20_hours(good, valid):
    play = minutes([2] * good * 60, first=MIDNIGHT)
    (day,) = play.of("1d")
    assert (day.start, day.end, *day[5:8]) == (MIDNIGHT, MIDNIGHT + DAY_MS, good, 24, valid)


def test_the_shares_are_settings():
    rule = Rule(60_000.0, minutes=0.5, hours_of_8=1, hours_of_day=1)
    play = minutes([2] * 30, rule)
    assert [play.of(period)[0].valid for period in ("5m", "15m", "1h", "8h", "1d")] == [True] * 5
    assert not minutes([2] * 29, rule).of("1h")[0].valid


@pytest.mark.parametrize(("samples", "valid"), [(11, False), (12, True)])
def test_a_minute_of_a_cems_wants_12_samples(samples, valid):
    """Of one that is asked every 4 s, 15 are due and 12 suffice, of one every 10 s all 6 are too few."""
    said = [reading(HOUR + at * 4000, 7) for at in range(samples)]
    assert Play(Rule(4000.0, samples=12)).take(*said).until(HOUR + HOUR_MS).of("1m")[0].valid is valid
    slow = [reading(HOUR + at * 10_000, 7) for at in range(6)]
    assert not Play(Rule(10_000.0, samples=12)).take(*slow).until(HOUR + HOUR_MS).of("1m")[0].valid


def test_where_the_interval_exceeds_a_minute_windows_are_formed_from_readings():
    """Every two minutes: of 5 minutes floor(5/2) = 2 are due, of 15 minutes 7, 6 of which suffice."""
    play = minutes(range(30), Rule(120_000.0), step_ms=120_000)
    assert play.of("5m")[0][2:8] == (0.5, 0, 1, 2, 2, True)  # at 1 and 3 minutes
    assert play.of("5m")[1][2:8] == (3, 2, 4, 3, 2, True)  # at 5, 7 and 9
    assert play.of("15m")[0][2:8] == (3, 0, 6, 7, 7, True)
    assert play.of("1h")[0][2:8] == (14.5, 0, 29, 30, 30, True)
    assert minutes([1] * 5, Rule(120_000.0), step_ms=120_000).of("15m")[0][5:8] == (5, 7, False)


def test_where_the_interval_exceeds_an_hour_days_are_formed_from_readings():
    play = minutes([1, 2, 3, 6], Rule(2 * 3_600_000.0), first=HOUR - 2 * HOUR_MS, step_ms=2 * HOUR_MS)
    assert play.of("8h")[0][2:8] == (3, 1, 6, 4, 4, True)
    assert play.of("1d")[0][2:8] == (3, 1, 6, 4, 12, False)


def test_rolling_minutes_move_on_each_minute():
    play = minutes([10, 20, 30, 40, 50, 60], rolling=["rolling:5m"])
    found = {each.end: each[2:8] for each in play.of("rolling:5m")}
    assert found[HOUR + 5 * MINUTE_MS] == (30, 10, 50, 5, 5, True)
    assert found[HOUR + 6 * MINUTE_MS] == (40, 20, 60, 5, 5, True)
    assert found[HOUR + 7 * MINUTE_MS] == (45, 30, 60, 4, 5, True)
    assert found[HOUR + 8 * MINUTE_MS] == (50, 40, 60, 3, 5, False)
    assert max(found) == HOUR + 10 * MINUTE_MS, "and end with the last that holds a value"


def test_rolling_hours_move_on_each_hour():
    play = minutes([hour for hour in range(9) for _ in range(60)], rolling=["rolling:8h"])
    found = {each.end: each[2:8] for each in play.of("rolling:8h")}
    assert found[HOUR + 8 * HOUR_MS] == (3.5, 0, 7, 8, 8, True)
    assert found[HOUR + 9 * HOUR_MS] == (4.5, 1, 8, 8, 8, True)
    assert found[HOUR + 5 * HOUR_MS][3:] == (5, 8, False)
    assert found[HOUR + 6 * HOUR_MS][3:] == (6, 8, True)


def test_a_late_reading_makes_the_minute_and_all_above_it_anew():
    said = [reading(HOUR + at * 1000, 1) for at in range(3600)]
    play = Play(rolling=["rolling:2m"]).take(*said).until(HOUR + HOUR_MS + GRACE_MS)
    first, play.made = play.made, []
    play.take(reading(HOUR + 500, 31), reading(HOUR + HOUR_MS + 5000, 1)).until(HOUR + HOUR_MS + 6000)
    assert sorted(play.periods()) == sorted(["1m", "rolling:2m", "rolling:2m", "5m", "15m", "1h"])
    assert {each.average.revision for each in play.made} == {1}
    assert play.of("1m")[0][2:6] == (1.5, 1, 31, 61)  # (60 + 31) / 61 is 1.49
    assert {each.average.revision for each in first} == {0}


def test_the_newest_minute_is_made_anew_too():
    play = Play(Rule()).take(reading(HOUR, 1)).until(HOUR + 62_000)
    assert play.take(reading(HOUR + 1, 3)).until(HOUR + 63_000).periods() == ["1m", "1m"]
    assert play.of("1m")[0][2:6] == (2, 1, 3, 2)


def test_a_second_late_reading_has_a_second_revision():
    play = Play(Rule()).take(reading(HOUR, 1), reading(HOUR + 2 * MINUTE_MS, 1), reading(HOUR + 1, 2))
    play.take(reading(HOUR + 3 * MINUTE_MS), reading(HOUR + 2, 3)).until(HOUR + 10 * MINUTE_MS)
    revisions = [each.average.revision for each in play.made if each.period == "1m"]
    assert play.of("1m")[0][2:6] == (2, 1, 3, 3)
    assert play.of("1m")[0].revision == 2 == max(revisions)


def test_a_clock_that_is_set_back_has_each_minute_once_more():
    """Both passes enter the same averages."""
    play = Play(Rule()).take(*(reading(HOUR + at * 10_000, 1) for at in range(30)))
    play.take(*(reading(HOUR + at * 10_000, 3) for at in range(42))).until(HOUR + 10 * MINUTE_MS)
    assert [each[2:6] for each in play.of("1m")][:5] == [(2, 1, 3, 12)] * 5
    assert [each.revision for each in play.of("1m")] == [1, 1, 1, 1, 0, 0, 0], "the fifth was not over yet"


def test_a_clock_that_leapt_ahead_for_a_moment_does_no_harm():
    said = [reading(HOUR + at * 1000, 1) for at in range(120)]
    play = Play().take(*said[:30], reading(HOUR + 10**12, 9), *said[30:]).until(HOUR + 3 * MINUTE_MS)
    assert [(each.value, each.counted) for each in play.of("1m")] == [(1, 60), (1, 60)]


def test_what_is_too_late_is_left_to_the_archive():
    play = Play(EACH_MINUTE).take(*(reading(HOUR + at * MINUTE_MS, 1) for at in range(200)))
    play.made.clear()
    play.take(reading(HOUR + 1000, 9)).until(HOUR + 201 * MINUTE_MS)
    assert HOUR not in {each.average.start for each in play.made}


def test_memory_is_bounded():
    play = Play(EACH_MINUTE)
    for at in range(30 * 60):
        play.take(reading(HOUR + at * MINUTE_MS, 1))
    (channel,) = play.averaging._channels.values()
    assert len(channel.minutes) <= MINUTES_KEPT
    assert len(channel.hours) <= 26
    assert len(play.averaging._due) < 10


def test_many_windows_close_a_few_at_a_time_and_none_is_forgotten():
    channels = [f"c{at}" for at in range(3 * AT_ONCE)]
    play = Play({})
    for name in channels:
        play.averaging.add(reading(HOUR, channel=name))
    assert [len(play.averaging.close(HOUR + MINUTE_MS + GRACE_MS)) for _ in range(4)] == [AT_ONCE] * 3 + [0]


readings_of_some_hours = st.lists(
    st.builds(
        reading,
        st.integers(HOUR, HOUR + 3 * HOUR_MS - 1),
        st.one_of(st.floats(-1e9, 1e9), st.integers(0, 50)),
        st.sampled_from("NNNNDTB"),
    ),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(readings_of_some_hours, st.sampled_from([Rule(), Rule(1e6, 0.5), EACH_MINUTE, Rule(direction=True)]))
def test_a_mean_never_leaves_what_it_is_the_mean_of(said, rule):
    play = Play(rule, rolling=["rolling:3m", "rolling:2h"]).take(*sorted(said, key=lambda each: each.t))
    for each in (made.average for made in play.until(HOUR + 2 * DAY_MS).made):
        assert each.valid == (each.flag == "N")
        if each.min is not None:
            assert each.min <= each.value <= each.max
        assert each.value is not None or not each.valid


@settings(deadline=None)
@given(readings_of_some_hours, st.sampled_from([Rule(), EACH_MINUTE, Rule(200_000.0), Rule(direction=True)]))
def test_the_live_averages_are_those_of_the_archive(said, rule):
    """Bit by bit, revisions as well, as long as readings come in the order of time."""
    said = sorted(said, key=lambda each: each.t)
    windows = Windows({"pid.voc": rule}, 480)
    for each in said:
        windows.add(each)
    hours = [windows.close_hour(start)["pid.voc"] for start in windows.open_hours()]
    play = Play(rule).take(*said).until(HOUR + 2 * DAY_MS)
    minutes = [minute for hour in hours for minute in hour.minutes]
    assert repr(play.of("1m")) == repr(minutes if rule.interval_ms <= MINUTE_MS else [])
    assert repr(play.of("1h")) == repr([hour.hour for hour in hours])
    assert repr(play.of("1d")) == repr([windows.day_of("pid.voc", MIDNIGHT, play.of("1h"))])


@settings(deadline=None)
@given(readings_of_some_hours, st.randoms())
def test_the_order_of_readings_makes_no_difference_to_the_numbers(said, rng):
    def last(readings):
        averaging, found = Averaging({}, 480), {}
        for each in readings:
            averaging.add(each)
        while closed := averaging.close(HOUR + 2 * DAY_MS):
            found |= {(each.period, each.average.start): each.average._replace(revision=0) for each in closed}
        return repr(sorted(found.items()))

    assert last(said) == last(rng.sample(said, len(said)))


def test_an_hour_of_one_reading_a_second_is_as_the_archive_has_it():
    rng = random.Random(1)
    said = [reading(HOUR + at * 1000, round(rng.gauss(12, 1), 1)) for at in range(3600)]
    windows = Windows({"pid.voc": EACH_SECOND}, 480)
    for each in said:
        windows.add(each)
    archived = windows.close_hour(HOUR)["pid.voc"]
    play = Play().take(*said).until(HOUR + 2 * HOUR_MS)
    assert play.of("1m") == archived.minutes
    assert play.of("1h") == [archived.hour]
