"""Kinds of rules in a running agent: a low limit, a rate, missing data over a SIGKILL, as people see them."""

import signal

import pytest

from agent.control import ask, socket_paths

pytestmark = pytest.mark.needs("mosquitto")

# Low for two seconds, then at 60.
RISES = "values = { voc = [[0, 10], [2, 10], [4, 60], [600, 60]] }"
RULES = """
[[rule]]
id = "voc-low"
channel = "pid.voc"
below = 20.0
unit = "ppm"

[[rule]]
id = "voc-rising"
channel = "pid.voc"
kind = "rate"
span = "1s"
above = 600.0
unit = "ppm/min"

[[rule]]
id = "voc-often"
channel = "pid.voc"
above = 50.0
unit = "ppm"
per_day = 1

[[rule]]
id = "voc-silent"
channel = "pid.voc"
kind = "no-data"
span = "2s"

[[rule]]
id = "spare-silent"
channel = "spare.voc"
kind = "no-data"
span = "2s"
"""


def told(station, rule):
    return [event["transition"] for event in station.platform.events(kind="alarm", rule=rule)]


def states(station):
    rows = ask(socket_paths(station.data_dir, station.environ), "alarms")["alarms"]
    return {row["rule"]: row["state"] for row in rows}


def test_low_rate_and_missing_data(station, until):
    pid, spare = station.instrument("pid", 3, RISES), station.instrument("spare", 4)
    station.configure(pid, spare, rules=RULES)
    station.set_bench(pid)  # the spare one is not there
    agent = station.start()
    until("low", lambda: told(station, "voc-low") == ["raised"])
    until("low no more", lambda: told(station, "voc-low") == ["raised", "returned"])
    until("it rose by 1500 a minute", lambda: told(station, "voc-rising")[:1] == ["raised"])
    (rose,) = station.platform.events(kind="alarm", rule="voc-rising", transition="raised")
    assert (rose["rule_kind"], rose["on"], rose["limit"], rose["unit"]) == ("rate", "raw", 600.0, "ppm/min")
    assert 600 < rose["value"] < 1600
    (low,) = station.platform.events(kind="alarm", rule="voc-low", transition="raised")
    assert (low["level"], low["limit"], low["value"], low["cause"]) == ("low", 20.0, 10.0, "below 20")
    until("a channel that was never there", lambda: told(station, "spare-silent") == ["raised"])
    (silent,) = station.platform.events(kind="alarm", rule="spare-silent")
    assert (silent["level"], silent["flag"], silent["limit"], silent["unit"]) == ("fault", "B", 2.0, "s")

    until(
        "the first excursion",
        lambda: any((row["v"] or 0) > 50 for row in station.platform.readings().values()),
    )
    station.stop_sim()
    until("it is missed", lambda: told(station, "voc-silent") == ["raised"])
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    agent = station.start_agent()
    assert states(station)["voc-silent"] == "unacked", "a kill ends no alarm"
    shown = station.fenceline("alarms", "--config", str(station.config)).stdout
    assert "fault: no data for 2s" in shown
    station.start_sim()
    until("it is back", lambda: told(station, "voc-silent") == ["raised", "returned"])
    assert told(station, "voc-often") == [], "once a day is allowed"
    until("it rose again", lambda: told(station, "voc-often") == ["raised"])
    (often,) = station.platform.events(kind="alarm", rule="voc-often")
    assert (often["value"], often["limit"], often["unit"]) == (2.0, 1.0, "a day"), "over a SIGKILL"

    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    station.start_agent()
    until("it measures for 3 s", lambda: (station.status() or {"readings": 0})["readings"] > 60)
    assert told(station, "voc-silent") == ["raised", "returned"], "a restart raises no false alarm"
    assert told(station, "spare-silent") == ["raised"], "and forgets none"
    assert states(station)["spare-silent"] == "unacked"
