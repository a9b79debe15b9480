"""Floods, chatter and stale alarms: examples counted by hand, and what survives a kill."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.alarm_load import AlarmLoad
from agent.pipeline.instant import Instant

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
T = 1_800_000_000_000


def said(news):
    return [(each.what, each.state, each.rule, each.times) for each in news]


def at(ms, machine="a"):
    return Instant(T + ms, ms, True, machine)


def test_a_flood_begins_with_the_eleventh_alarm_within_ten_minutes():
    load = AlarmLoad()
    # One a minute, from 0 to 9 min: ten within ten minutes are none.
    assert [load.raised(f"r{n}", n * MINUTE) for n in range(10)] == [[]] * 10
    # At 10 min sharp that of 0 min is out of the window: ten again.
    assert load.raised("r10", 10 * MINUTE) == []
    # At 10 min 59.999 s: those of 1..10 min and this one, eleven.
    assert said(load.raised("r11", 11 * MINUTE - 1)) == [("flood", "begins", "", 11)]
    assert load.raised("r12", 11 * MINUTE) == [], "told once"
    assert load.flood == 12


def test_a_flood_ends_with_fewer_than_five_within_ten_minutes():
    load = AlarmLoad()
    for n in range(11):
        news = load.raised(f"r{n}", n * SECOND)
    assert said(news) == [("flood", "begins", "", 11)]
    # Of 0..10 s; at 606 s those of 7, 8, 9, 10 s are left, but that of 6 s is just ten minutes old.
    assert load.tick({}, 605_999) == []
    assert said(load.tick({}, 606_000)) == [("flood", "ends", "", 11)]
    assert load.tick({}, 606_001) == []
    assert load.raised("r", 606_002) == [], "the next one needs eleven again"


def test_three_times_within_a_minute_is_chatter():
    load = AlarmLoad()
    assert load.raised("a", 0) == []
    assert load.raised("b", 1) == []
    assert load.raised("a", 30 * SECOND) == []
    assert load.raised("a", 60 * SECOND) == [], "the first was a minute ago"
    assert said(load.raised("a", 89_999)) == [("chatter", "begins", "a", 3)]
    assert load.raised("a", 100 * SECOND) == []
    assert load.tick({}, 159_999) == []
    assert said(load.tick({}, 160_000)) == [("chatter", "ends", "a", 4)]


def test_an_alarm_is_stale_after_more_than_a_day():
    load = AlarmLoad()
    assert load.tick({"a": 0, "b": 1}, 24 * HOUR) == []
    assert said(load.tick({"a": 0, "b": 1}, 24 * HOUR + 1)) == [("stale", "begins", "a", 1)]
    assert load.tick({"a": 0}, 24 * HOUR + 1) == []
    assert said(load.tick({}, 25 * HOUR)) == [("stale", "ends", "a", 1)]
    assert load.tick({"a": 25 * HOUR}, 26 * HOUR) == [], "a new one is not as old as the last"


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 4 * MINUTE), st.booleans(), st.booleans()),
        max_size=80,
    )
)
def test_as_a_count_over_all_that_was_raised_says_also_over_a_kill(script):
    """Against lists that forget nothing; the machine is started anew at each second kill."""
    load, now, shift, boots = AlarmLoad(), 0, 0, 0
    raised, flood, chatter = [], False, set()
    for rule, later, is_raised, killed in script:
        now += later
        if is_raised:
            raised.append((now, rule))
            news = load.raised(rule, now - shift)
        else:
            news = load.tick({}, now - shift)
        lately = sum(now - at < 10 * MINUTE for at, _ in raised)
        begins = {("flood", "begins", "")} if is_raised and not flood and lately > 10 else set()
        ends = {("flood", "ends", "")} if not is_raised and flood and lately < 5 else set()
        flood = (flood or bool(begins)) and not ends
        minute = {each: sum(now - at < MINUTE for at, who in raised if who == each) for each in "abc"}
        if is_raised and rule not in chatter and minute[rule] >= 3:
            begins.add(("chatter", "begins", rule))
            chatter.add(rule)
        if not is_raised:
            over = {each for each in chatter if not minute[each]}
            ends |= {("chatter", "ends", each) for each in over}
            chatter -= over
        assert {each[:3] for each in said(news)} == begins | ends
        assert bool(load.flood) == flood
        assert len(load._lately) <= 11
        if killed:
            saved = json.dumps(load.snapshot(Instant(T + now, now - shift, True, str(boots // 2))))
            boots += 1
            if boots % 2 == 0:
                shift = now - 77  # the machine's clock began anew
            load = AlarmLoad()
            load.restore(json.loads(saved), "abc", Instant(T + now, now - shift, True, str(boots // 2)))


def test_a_rule_that_there_is_no_more_is_forgotten():
    load, again = AlarmLoad(), AlarmLoad()
    for ms in (0, 1, 2):
        load.raised("a", ms)
    load.tick({"b": -25 * HOUR}, 2)
    assert (load.chatter, load.stale) == ({"a": 3}, {"b"})
    again.restore(load.snapshot(at(2)), ["c"], at(3))
    assert (again.chatter, again.stale) == ({}, set())
    assert again.tick({}, 10 * MINUTE) == []


def test_where_nobody_can_tell_how_old_it_is_it_counts_from_now():
    load, again = AlarmLoad(), AlarmLoad()
    for n in range(11):
        load.raised(f"r{n}", n)
    again.restore(load.snapshot(at(10)._replace(trusted=False)), [], at(0, "b"))
    assert again.flood == 11
    assert again.tick({}, 10 * MINUTE - 11) == []
    assert said(again.tick({}, 10 * MINUTE)) == [("flood", "ends", "", 11)]


@pytest.mark.parametrize("junk", [None, 7, {}, [], {"at": 1}, {**AlarmLoad().snapshot(at(0)), "stale": 7}])
def test_junk_is_no_saved_load(junk):
    with pytest.raises(ValueError, match="is no saved"):
        AlarmLoad().restore(junk, [], at(0))
