"""Which position an output is to be in, by everything that may stand behind it."""

import pytest

from agent.alarms import STATES
from agent.config.model import GpioTarget, OutputSettings
from agent.config.values import UNTIL
from agent.outputs.position import ALARM, HEALTHY, SILENCED, TEST, UNKNOWN, Faults, Watched
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above, Comparison, Deviation, Group
from agent.pipeline.instant import Instant
from agent.pipeline.limit import Limit
from store.rows import Reading

NOWHERE = GpioTarget("/dev/null", 0)
NOW = Instant(2, 0, True, "")


def reading(channel, value=1.0, flag="N"):
    return Reading(channel, 0, 0, True, value, None, flag)


class Station:
    """Two rules on two channels of two instruments, a third channel without a rule."""

    def __init__(self):
        self.limits = [
            Limit(Alarm("one"), Above(50.0), "a.voc", "high", "ppm"),
            Limit(Alarm("two"), Above(50.0), "b.voc", "high", "ppm"),
        ]
        self.latest, self.own, self.lines = {}, [], []
        self.watched = Watched(
            self.limits, ("a.voc", "b.voc", "c.tsp"), self.latest, lambda: self.own, lambda: self.lines
        )

    def read(self, channel, value=1.0, flag="N"):
        self.latest[channel] = reading(channel, value, flag)
        for limit in self.limits:
            if limit.channel == channel:
                limit.judge(self.latest[channel])

    def position(self, *alarm_on, at_s=0.0, delay_ms=10_000, until="gone"):
        output = OutputSettings("x", alarm_on, "healthy", NOWHERE, delay_ms, until=until)
        self.watched.observe(at_s * 1000)
        return self.watched.position_of(output, self.watched.reasons_of(output, at_s * 1000))


@pytest.mark.parametrize(
    ("energised", "position", "on"),
    [
        ("healthy", HEALTHY, True),
        ("healthy", ALARM, False),
        ("healthy", UNKNOWN, False),
        ("alarm", HEALTHY, False),
        ("alarm", ALARM, True),
        ("alarm", UNKNOWN, False),
        ("healthy", TEST, False),
        ("alarm", TEST, True),
        ("healthy", SILENCED, True),
        ("alarm", SILENCED, False),
    ],
)
def test_what_is_not_known_lets_go_as_no_power_does(energised, position, on):
    station = Station()
    where = station.position("one")._replace(position=position)
    assert where.energises(energised) is on


def test_a_rule_is_unknown_until_its_channel_was_read_whatever_it_said():
    station = Station()
    assert station.position("one") == (UNKNOWN, "a.voc has not been read since the start")
    station.read("a.voc", None, "B")
    assert station.position("one") == (HEALTHY, ""), "silence is the business of any fault"
    assert station.position("any alarm")[0] == UNKNOWN, "the other rule is not judged yet"
    station.read("b.voc")
    assert station.position("any alarm")[0] == HEALTHY


def test_a_rule_on_several_channels_is_unknown_until_all_were_read():
    station, channels = Station(), ("a.voc", "b.voc")
    group = Group(channels, dict.fromkeys(channels, 10_000))
    apart = Limit(
        Alarm("apart"), Deviation(channels, Comparison(5.0), group, relative=False), "a.voc", "high", "ppm"
    )
    watched = Watched([apart], channels, station.latest, list, list)
    output = OutputSettings("x", ("apart",), "healthy", NOWHERE)
    station.read("a.voc")
    assert watched.position_of(output, []) == (UNKNOWN, "b.voc has not been read since the start")
    station.read("b.voc")
    assert watched.position_of(output, []) == (HEALTHY, "")


def test_one_alarm_that_stands_is_enough_before_all_is_judged():
    station = Station()
    station.read("b.voc", 60.0)
    assert station.position("any alarm") == (ALARM, "rule two")
    assert station.position("one", "two") == (ALARM, "rule two")
    assert station.position("one")[0] == UNKNOWN
    station.read("b.voc", 40.0)
    assert station.position("two")[0] == HEALTHY, "returned: the limit is no longer exceeded"


def test_an_alarm_that_was_restored_stands_at_once():
    station = Station()
    station.limits[0].restore({"state": "unacked", "changed_t": 1, "side": None, "since": None}, NOW)
    assert station.position("one") == (ALARM, "rule one")
    station.limits[0].alarm.life.state = "acked"
    assert station.position("one") == (ALARM, "rule one"), "acknowledged, and still over its limit"


def test_a_fault_counts_when_it_has_lasted():
    station = Station()
    for channel in ("a.voc", "b.voc", "c.tsp"):
        station.read(channel)
    assert station.position("any fault")[0] == HEALTHY
    station.read("c.tsp", None, "B")
    assert station.position("any fault", at_s=1)[0] == HEALTHY
    assert station.position("any fault", at_s=10.9)[0] == HEALTHY
    assert station.position("any fault", at_s=11) == (ALARM, "c.tsp is flagged B")
    station.read("c.tsp", None, "D")
    assert station.position("any fault", at_s=12)[0] == HEALTHY, "another fault, not the same one"
    station.read("c.tsp")
    assert station.position("any fault", at_s=30)[0] == HEALTHY
    station.lines.append("line a has no port")
    assert station.position("any fault", at_s=31, delay_ms=0) == (ALARM, "line a has no port")
    assert station.position("agent fault", at_s=99)[0] == HEALTHY
    station.own.append("journal: disk full")
    assert station.position("agent fault", at_s=100, delay_ms=0) == (ALARM, "journal: disk full")
    assert station.position("agent fault", at_s=100)[0] == HEALTHY


def test_the_agent_alone_needs_no_reading():
    assert Station().position("agent fault")[0] == HEALTHY
    assert Station().position("any fault")[0] == UNKNOWN


def test_the_oldest_fault_is_named_first():
    faults = Faults()
    faults.observe(["late"], 5000)
    faults.observe(["early", "late"], 6000)
    assert faults.lasting(0, 6000) == [("late", 5000), ("early", 6000)]
    assert faults.lasting(2000, 6500) == []
    faults.observe(["early"], 7000)
    assert faults.lasting(0, 7000) == [("early", 6000)]


# By ISA-18.1, sequence A: the horn is locked in until somebody takes note, the lamp shows the condition.
ALARMED_IN = {
    "gone": {"unacked", "acked", "latched", "latched-acked"},
    "acknowledged": {"unacked", "returned", "latched"},
    "gone or acknowledged": {"unacked", "latched"},
    "gone and acknowledged": {"unacked", "acked", "returned", "latched", "latched-acked"},
}


@pytest.mark.parametrize("until", UNTIL)
@pytest.mark.parametrize("state", STATES)
def test_in_which_states_of_an_alarm_an_output_is_in_alarm(until, state):
    station = Station()
    station.read("a.voc")
    station.limits[0].alarm.life.state = state
    assert station.position("one", until=until)[0] == (ALARM if state in ALARMED_IN[until] else HEALTHY)


def test_an_alarm_that_is_raised_again_is_another_reason():
    station = Station()
    output = OutputSettings("x", ("one",), "alarm", NOWHERE, until="acknowledged")

    def reasons_after(*values):
        for value in values:
            station.read("a.voc", value)
            station.watched.notice()
        return station.watched.reasons_of(output, 0)

    first = reasons_after(60.0)
    assert reasons_after(61.0, 40.0) == first, "returned, and nobody has taken note"
    assert reasons_after(60.0) != first
