"""Shelves that end and logic that suppresses, in a pipeline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.alarms import ACTIVE, QUIET
from agent.config.alarm_model import ABOVE, BELOW, IS, Suppression
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above
from agent.pipeline.instant import Instant
from agent.pipeline.life import Deed
from agent.pipeline.limit import Limit
from agent.pipeline.pipeline import Pipeline
from store.rows import Reading

T = 1_800_000_000_000
HOUR_MS = 3_600_000


def now(ms):
    return Instant(T + ms, ms, True, "a")


class Station:
    """Rules on a.x (above 50), by name their logic; told: (ms, rule, transition) of all that came out."""

    def __init__(self, **logic):
        self.limits = {name: Limit(Alarm(name), Above(50.0), "a.x", "high", "ppm") for name in logic}
        suppressed_by = {name: each for name, each in logic.items() if each}
        self.pipeline = Pipeline(self.limits.values(), {}, suppressed_by=suppressed_by)
        self.told = []

    def take(self, ms, value, flag="N", channel="a.x"):
        return self.tell(self.pipeline.take([Reading(channel, T + ms, ms, True, value, None, flag)]))

    def tick(self, ms):
        return self.tell(self.pipeline.tick(T + ms, ms))

    def act(self, ms, rule, event, for_ms=0):
        deed = Deed("jan", "here", "so")
        return self.tell(self.pipeline.act(self.limits[rule], event, now(ms), deed, for_ms))

    def tell(self, outcome):
        said = [
            (each.limit.alarm.id, each.change.transition, each.body()["state"])
            for each in outcome.verdicts
            if each.change is not None
        ]
        self.told += said
        return said

    def states(self):
        return {name: limit.alarm.state for name, limit in self.limits.items()}


def test_a_shelf_ends_with_the_tick_and_what_stands_is_raised_anew():
    s = Station(r=None)
    s.take(0, 60.0)
    assert s.act(1, "r", "shelve", HOUR_MS) == [("r", "shelved", "shelved")]
    assert s.pipeline.due_ms() == HOUR_MS + 1
    s.take(2, 10.0)
    s.take(3, 60.0)
    assert s.tick(HOUR_MS) == []
    outcome = s.pipeline.tick(T + HOUR_MS + 1, HOUR_MS + 1)
    ended, raised = [each.body() for each in outcome.verdicts]
    assert (ended["transition"], ended["state"], ended["cause"]) == (
        "unshelved",
        "normal",
        "its time is over",
    )
    assert (raised["transition"], raised["state"], raised["value"]) == ("raised", "unacked", 60.0)
    assert "by" not in ended, "nobody did it"
    assert s.pipeline.due_ms() == s.pipeline.averaging.due_ms(), "nothing waits but a window"


def test_a_shelf_ends_in_normal_where_the_condition_is_over():
    s = Station(r=None)
    s.take(0, 60.0)
    s.act(1, "r", "shelve", HOUR_MS)
    s.take(2, 10.0)
    assert s.tick(HOUR_MS + 1) == [("r", "unshelved", "normal")]


def test_an_event_says_who_why_and_until_when():
    s = Station(r=None)
    s.take(0, 60.0)
    (verdict,) = s.pipeline.act(s.limits["r"], "shelve", now(5), Deed("jan", "here", "so"), HOUR_MS).verdicts
    said = {key: verdict.body()[key] for key in ("by", "origin", "why", "until", "cause", "value", "flag")}
    assert said == {
        "by": "jan",
        "origin": "here",
        "why": "so",
        "until": T + 5 + HOUR_MS,
        "cause": "shelved by jan",
        "value": 60.0,
        "flag": "N",
    }


def test_what_the_table_does_not_know_does_nothing():
    s = Station(r=None)
    assert s.act(0, "r", "reset") == []
    assert s.act(0, "r", "put-back") == []
    assert s.states() == {"r": "normal"}


@pytest.mark.parametrize(
    ("logic", "value", "flag", "holds"),
    [
        (Suppression("b.y", BELOW, 0.5), 0.4, "N", True),
        (Suppression("b.y", BELOW, 0.5), 0.5, "N", False),
        (Suppression("b.y", ABOVE, 0.5), 0.6, "N", True),
        (Suppression("b.y", ABOVE, 0.5), 0.5, "N", False),
        (Suppression("b.y", BELOW, 0.5), 0.0, "D", False),
        (Suppression("b.y", BELOW, 0.5), None, "B", False),
        (Suppression("b.y", IS, flags="MC"), None, "C", True),
        (Suppression("b.y", IS, flags="MC"), 1.0, "N", False),
    ],
)
def test_logic_on_a_channel(logic, value, flag, holds):
    s = Station(r=logic)
    s.take(0, 60.0)
    assert s.states() == {"r": "unacked"}, "nobody knows yet"
    told = s.take(1, value, flag, "b.y")
    assert told == ([("r", "suppressed", "suppressed")] if holds else [])
    if holds:
        assert s.take(2, None, "B", "b.y") == [("r", "unsuppressed", "normal"), ("r", "raised", "unacked")], (
            "a dead instrument quiets nothing"
        )


def test_one_rule_suppresses_another_while_it_stands_itself():
    s = Station(low=Suppression("high"), high=None)
    s.limits["high"].condition = Above(90.0)
    assert s.take(0, 60.0) == [("low", "raised", "unacked")]
    assert s.take(1, 95.0) == [("high", "raised", "unacked"), ("low", "suppressed", "suppressed")]
    assert s.act(2, "high", "ack") == [("high", "acknowledged", "acked")]
    assert s.act(3, "high", "shelve", HOUR_MS) == [
        ("high", "shelved", "shelved"),
        ("low", "unsuppressed", "normal"),
        ("low", "raised", "unacked"),
    ], "or nobody would be told of anything"


def test_logic_of_the_same_answer_comes_before_the_rules():
    s = Station(r=Suppression("b.y", BELOW, 0.5))
    answer = [
        Reading(channel, T, 0, True, value, None, "N") for channel, value in (("a.x", 60.0), ("b.y", 0.0))
    ]
    assert s.tell(s.pipeline.take(answer)) == [("r", "suppressed", "suppressed")], (
        "it is not raised in between"
    )
    assert s.limits["r"].alarm.life.stands


def test_what_is_put_back_under_logic_that_holds_is_not_raised_in_between():
    s = Station(r=Suppression("b.y", BELOW, 0.5))
    s.take(0, 60.0)
    s.act(1, "r", "remove")
    s.take(2, 0.0, "N", "b.y")
    assert s.states() == {"r": "out-of-service"}, "the stronger one"
    assert s.act(3, "r", "put-back") == [("r", "put back", "normal"), ("r", "suppressed", "suppressed")]


def test_what_was_suppressed_stays_so_over_a_restart_until_something_is_known():
    s = Station(r=Suppression("b.y", BELOW, 0.5))
    s.take(0, 60.0)
    s.take(1, 0.0, "N", "b.y")
    again = Station(r=Suppression("b.y", BELOW, 0.5))
    again.limits["r"].restore(s.limits["r"].alarm.snapshot(), now(2))
    assert again.tick(3) == []
    assert again.take(4, 60.0) == []
    assert again.states() == {"r": "suppressed"}
    assert again.take(5, 1.0, "N", "b.y") == [("r", "unsuppressed", "normal"), ("r", "raised", "unacked")]


def test_logic_that_the_station_file_has_no_more_suppresses_nothing():
    s = Station(r=Suppression("b.y", BELOW, 0.5))
    s.take(1, 0.0, "N", "b.y")
    again = Station(r=None)
    again.limits["r"].restore(s.limits["r"].alarm.snapshot(), now(2))
    assert again.tick(3) == [("r", "unsuppressed", "normal")]


@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.just("take"), st.sampled_from(["a.x", "b.y"]), st.floats(0, 100), st.sampled_from("NNNTBM")
            ),
            st.tuples(
                st.sampled_from(["ack", "reset", "shelve", "unshelve", "remove", "put-back"]),
                st.sampled_from(["low", "high"]),
            ),
            st.tuples(st.just("later"), st.integers(1, 2 * HOUR_MS)),
        ),
        max_size=60,
    )
)
def test_whatever_comes_all_that_stands_is_told_or_kept_quiet_by_something_that_holds(script):
    """And each shelf ends with the tick that is due."""
    s = Station(low=Suppression("high"), high=Suppression("b.y", ABOVE, 50.0))
    ms = 0
    for what, *rest in script:
        if what == "take":
            channel, value, flag = rest
            s.take(ms, value, flag, channel)
        elif what == "later":
            ms += rest[0]
        else:
            s.act(ms, rest[0], what, HOUR_MS if what == "shelve" else 0)
        s.tick(ms)
        for name, limit in s.limits.items():
            life = limit.alarm.life
            if life.stands:
                assert limit.alarm.state in (*ACTIVE, *QUIET), name
            if limit.alarm.state == "shelved":
                assert ms < life.quiet.since.mono + HOUR_MS, "a shelf does not outlive its time"
        logic = s.pipeline.latest.get("b.y")
        over = logic is not None and logic.flag == "N" and logic.value > 50.0
        assert (s.states()["high"] == "suppressed") == (over and s.states()["high"] != "out-of-service")
