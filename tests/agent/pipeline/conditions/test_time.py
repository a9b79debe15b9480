"""Rules that time alone speaks to: missing data over restarts, and the moments at which a tick matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.pipeline import Pipeline
from tests.agent.pipeline.rule_rig import DAY, MINUTE, T0, Plant, reading, rule

NO_DATA = rule("no-data", span_ms=60_000)


def test_nothing_at_all_since_the_start():
    plant = Plant(NO_DATA)
    assert [plant.tick(at) for at in (5, 64, 65)] == [[], [], ["raised"]]
    assert plant.changes[-1] == ("raised", 60.0, "B", "no N for 60 s: no reading at all")
    assert plant.see(66, 1.0) == ["returned"]
    assert plant.changes[-1] == ("returned", 0.0, "N", "N again")


def test_the_pipeline_lets_time_pass_for_rules():
    plant = Plant(NO_DATA)
    pipeline = Pipeline(plant.rules.limits, {})
    assert pipeline.tick(T0, 0).verdicts[0].change is None, "it waits from now on"
    assert pipeline.due_ms() == 60_000
    (verdict,) = pipeline.tick(T0 + 60_000, 60_000).verdicts
    assert verdict.change.transition == "raised"


@pytest.mark.parametrize("flag", "BDMCFS")
def test_readings_that_say_nothing_are_no_data(flag):
    plant = Plant(NO_DATA)
    plant.see(0, 1.0)
    assert [plant.see(at, 1.0, flag, ("why",)) for at in (30, 59, 60)] == [[], [], ["raised"]]
    assert plant.changes[-1][2:] == (flag, f"no N for 60 s: the last is {flag}, why")


def test_over_range_is_data():
    plant = Plant(NO_DATA)
    assert [plant.see(at, None, "T") for at in (0, 50, 100)] == [[], [], []]
    assert plant.tick(159.9) == []


def test_a_restart_raises_no_false_alarm():
    """The agent was away for an hour: nobody can have heard the instrument meanwhile."""
    plant = Plant(NO_DATA)
    for at in range(100):
        plant.tick(at)
        plant.see(at, 1.0)
    plant.killed(3700, 0)
    assert plant.tick(3700, 0) == []
    assert plant.tick(3758, 58) == []
    assert plant.tick(3760, 60) == ["raised"], "and none is forgotten"


def test_a_dead_channel_is_told_of_however_often_the_agent_begins_anew():
    """It is killed every 20 s, and what it had on disk is up to 10 s old."""
    plant, told = Plant(NO_DATA), []
    for at in range(200):
        told += plant.tick(at)
        if at % 20 == 19:
            plant.killed(at, 0)
            plant.tick(at, 0)
            plant.killed(at, at)
    assert told == ["raised"]
    assert plant.state == "unacked"


def test_an_alarm_of_missing_data_survives_and_returns():
    plant = Plant(NO_DATA)
    plant.tick(0)
    plant.tick(60)
    plant.killed(100, 0)
    assert plant.state == "unacked"
    assert plant.tick(101, 1) == []
    assert plant.take(reading(102, 1.0)._replace(mono=2000)) == ["returned"]


def test_what_runs_is_written_down_ten_times_a_minute_at_most_and_at_once_when_it_is_over():
    plant, written = Plant(NO_DATA), 0
    for at in range(601):  # good data, a reading a second
        ms = at * 1000
        written += len(plant.rules.tick(T0 + ms, ms)) + len(plant.rules.take(reading(at, 1.0)))
    assert written <= 2
    plant.tick(645)
    assert plant.limit.saved["condition"]["missing_ms"] == 45_000
    plant.see(646, 1.0)
    assert plant.limit.saved["condition"]["missing_ms"] == 0


@pytest.mark.parametrize(
    "settings",
    [
        NO_DATA,
        rule("no-data", span_ms=60_000, on_delay_ms=30_000),
        rule(above=50.0, per_day=1),
        rule(above=50.0, per_day=1, off_delay_ms=3_600_000),
    ],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from((10, 59, 61, 1800, 40_000)),
            st.sampled_from((40.0, 60.0)),
            st.sampled_from("NNTB"),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_ticks_at_the_due_moments_alone_do_what_ticks_all_the_time_do(settings, steps):
    """So a replay may leap from one to the next."""
    steady, leaping, at = Plant(settings), Plant(settings), 0
    for after, value, flag in steps:
        until = at + after
        if at:
            while at < until:
                at = min(at + 10, until)
                steady.tick(at)
            leap(leaping, until)
        at = until
        steady.see(at, value, flag)
        leaping.see(at, value, flag)
    for _ in range(60):
        at += 30 * MINUTE / 60
        steady.tick(at)
    leap(leaping, at)
    assert [change.transition for change in leaping.changes] == [
        change.transition for change in steady.changes
    ]
    assert leaping.state == steady.state


def leap(plant, until_s):
    """Where UTC and monotonic time are the same number, as in a replay; the rig's are T0 apart."""
    before_ms = None
    while True:
        due_ms = plant.rules.due_ms()
        if due_ms is not None and due_ms > T0 / 2:  # a midnight, in UTC
            due_ms -= T0
        if due_ms is None or due_ms > until_s * 1000:
            return
        assert before_ms is None or due_ms > before_ms, "a tick left it due"
        before_ms = due_ms
        plant.tick(due_ms / 1000)


def test_the_new_day_is_due_at_local_midnight():
    plant = Plant(rule(above=50.0, per_day=1))
    plant.tick(0)
    assert plant.rules.due_ms() == T0 + DAY * 1000
