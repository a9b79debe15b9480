"""Brokers that go away, stop talking or die, and an agent killed meanwhile: late is allowed, lost is not."""

import signal

import pytest

pytestmark = pytest.mark.needs("mosquitto")

RULES = """
[[rule]]
id = "at-once"
channel = "pid.voc"
above = 50.0
unit = "ppm"

[[rule]]
id = "delayed"
channel = "pid.voc"
level = "high-high"
above = 60.0
unit = "ppm"
on_delay = "6s"
"""
DELAY_MS = 6000


def test_killed_in_the_middle_of_an_outage(station, until):
    """What was committed arrives; alarms and running delays go on as if nothing had been."""
    station.configure(
        station.instrument("pid", 3, "values = { voc = 80 }\nnoise = { voc = 1 }"),
        station.instrument("yard", 4),
        rules=RULES,
    )
    agent = station.start()
    until("the alarm is raised", lambda: station.platform.events(kind="alarm", rule="at-once"))
    station.broker.stop()
    until("a backlog", lambda: station.mqtt()["backlog_owed"] >= 20)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    committed = {(log, seq): row for log, seq, row in station.rows()}
    first_t = min(row.t for row in committed.values() if row.channel == "pid.voc")
    killed_t = max(row.t for row in committed.values())
    assert killed_t - first_t < DELAY_MS - 1000, "the delay has run out before the kill: nothing is shown"

    agent = station.start_agent()
    assert station.status()["boot"] == 2
    until("the delay has run out", lambda: station.status()["alarms"][1]["state"] == "unacked")
    station.start_broker()
    until("all of it has come", lambda: committed.keys() <= station.platform.readings().keys())
    until("the second alarm", lambda: station.platform.events(kind="alarm", rule="delayed"))
    station.wait_delivered(len(station.platform.readings()) + 10)  # and the polls go on
    station.settle(agent)

    alarms = station.platform.events(kind="alarm")
    assert [(alarm["rule"], alarm["transition"]) for alarm in alarms] == [
        ("at-once", "raised"),
        ("delayed", "raised"),
    ], "each is raised once, whatever happened between"
    assert DELAY_MS <= alarms[1]["t"] - first_t < DELAY_MS + 1000
    by_boot = {1: set(), 2: set()}
    for message in station.platform.of("readings"):
        by_boot[message["boot"]] |= {row["seq"] for row in message["readings"]}
    assert max(by_boot[1]) < min(by_boot[2])


def test_a_broker_that_stops_talking_and_is_killed(station, until):
    """Half-open for longer than the time for an acknowledgement, then gone, then back."""
    station.configure(station.instrument("pid", 3), station.instrument("yard", 4), mqtt='ack_timeout = "1s"')
    agent = station.start()
    station.wait_delivered(20)
    station.broker.send(signal.SIGSTOP)
    until("the silence is noticed", lambda: not station.mqtt()["connected"], 5)
    assert "no acknowledgement within 1 s" in (station.mqtt()["last_error"] or "")
    at_least = station.status()["last_seq"] + 20
    until("readings go on", lambda: station.status()["last_seq"] > at_least)
    station.broker.stop(signal.SIGKILL)
    station.start_broker()
    until("connected again", lambda: station.mqtt()["connected"], 20)
    until("the backlog is gone", lambda: station.mqtt()["backlog_owed"] == 0)
    station.settle(agent)
