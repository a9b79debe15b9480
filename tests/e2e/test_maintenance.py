"""Maintenance of a running station, switched by the command: it outlives a kill, holds alarms, and ends."""

import json
import signal

import pytest

RULE = '[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'


def latest(station):
    """(flag, conditions) of pid.voc; None before it was read."""
    (row,) = station.status()["instruments"]
    (channel,) = row["channels"]
    return channel["flag"] and (channel["flag"], channel["conditions"])


@pytest.mark.needs("mosquitto")
def test_maintenance_outlives_a_kill_and_ends(station, until):
    pid = station.instrument("pid", 3, "values = { voc = 90 }")
    station.configure(pid, rules=RULE)
    config = ("--config", str(station.config))
    station.start_broker()
    agent = station.start_agent()  # nothing answers yet: what the rule first sees is in maintenance
    done = station.fenceline(
        *("maintenance", "on", "pid", "--for", "90m", "--by", "li", "--why", "lamp exchange", *config)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "pid: in maintenance for another 1 h 30 min, by li: lamp exchange\n"
    agent.send_signal(signal.SIGKILL)  # at once: what the command says is on disk
    agent.wait(10)

    station.start_sim()
    station.start_agent()
    until("it is read", lambda: latest(station) == ("M", ["maintenance"]))
    (row,) = json.loads(station.fenceline("maintenance", "--json", *config).stdout)
    assert [row[key] for key in ("instrument", "mode", "by", "why")] == [
        *("pid", "maintenance", "li", "lamp exchange")
    ]
    assert row["until"] - row["since"] == 90 * 60_000
    assert "    in maintenance for another 1 h " in station.fenceline("status", *config).stdout
    station.wait_delivered(5, f="M", v=90.0)
    assert station.status()["alarms"][0]["state"] == "normal", "90 ppm, and the rule holds"

    assert station.fenceline("maintenance", "off", "pid", "--by", "wang", *config).returncode == 0
    until("the alarm comes", lambda: station.status()["alarms"][0]["state"] == "unacked")
    assert latest(station) == ("N", [])
    again = station.fenceline("maintenance", "off", "pid", *config)
    assert (again.returncode, again.stderr) == (1, "fenceline maintenance off: pid is not in maintenance\n")

    on = ("maintenance", "on", "pid", "--for", "1s", "--by", "li", "--why", "a look", *config)
    assert station.fenceline(*on).returncode == 0
    until("it has run out", lambda: station.platform.events(kind="mode", state="expired"))
    until("it measures again", lambda: latest(station) == ("N", []))
    told = [
        (event["state"], event["by"], event["why"], event.get("ended_by"))
        for event in station.platform.events(kind="mode", instrument="pid", mode="maintenance")
    ]
    assert told == [
        ("on", "li", "lamp exchange", None),
        ("off", "li", "lamp exchange", "wang"),
        ("on", "li", "a look", None),
        ("expired", "li", "a look", None),
    ]


@pytest.mark.needs("mosquitto")
def test_what_is_refused(station):
    station.configure(station.instrument("pid", 3))
    station.start_broker()
    station.start_agent()
    config = ("--config", str(station.config))
    for words, status, said in (
        (("on", "pit", "--why", "x"), 1, "there is no instrument 'pit': there are pid"),
        (("on", "pid", "--why", "x", "--for", "25h"), 2, '--for 25h: "25h" is not within 1s..24h'),
        (("on", "pid", "--why", "x", "--for", "2"), 2, "--for 2: "),
        (("on", "pid"), 2, "Missing option '--why'"),
    ):
        done = station.fenceline("maintenance", *words, *config)
        assert done.returncode == status, done
        assert said in done.stderr, done
    assert station.fenceline("maintenance", *config).stdout == "no instrument is in maintenance\n"
