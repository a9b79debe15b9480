"""Calibration of a running station by the command: gas, recovery, drift over its limit, the next good one."""

import json
import signal

import pytest

TABLES = """
[[calibration]]
channel = "pid.voc"
unit = "ppm"
full_scale = 100.0
span_gas = 50.0
zero_drift = 2.0
span_drift = 5.0
every = "7d"
recovery = "2s"
source = "the plant's own procedure 4.2"

[[rule]]
id = "voc-high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
"""


def latest(station):
    """(flag, conditions) of pid.voc; None before it was read."""
    (row,) = station.status()["instruments"]
    (channel,) = row["channels"]
    return channel["flag"] and (channel["flag"], channel["conditions"])


@pytest.mark.needs("mosquitto")
def test_out_of_control_until_the_next_good_one(station, until):
    station.configure(station.instrument("pid", 3, "values = { voc = 60 }"), rules=TABLES)
    config = ("--config", str(station.config))

    def calibrate(*words):
        done = station.fenceline("calibration", *words, *config)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    agent = station.start()
    until("the alarm", lambda: station.status()["alarms"][0]["state"] == "unacked")
    assert calibrate("begin", "pid", "--by", "li") == "pid: in calibration for another 1 h 0 min, by li\n"
    until("gas", lambda: latest(station) == ("C", ["calibration"]))
    over = calibrate("end", "pid")
    assert over == "pid: no longer in calibration\n  readings stay C for another 2 s: recovery\n"
    until("recovery", lambda: latest(station) == ("C", ["recovery after calibration"]))
    until("it has recovered", lambda: latest(station) == ("N", []))

    bad = ("--zero-before", "0.4", "--span-before", "41.8", "--span-after", "50.1", "--by", "li")
    assert calibrate("add", "pid.voc", *bad) == (
        "pid.voc: recorded\n"
        "  zero drift +0.4 ppm, +0.4 % of full scale, limit 2 %\n"
        "  span drift -8.2 ppm, -8.2 % of full scale, limit 5 %\n"
        "  OUT OF CONTROL: span drift\n"
        "  readings are D until a good calibration\n"
    )
    agent.send_signal(signal.SIGKILL)  # at once: what the command says is on disk
    agent.wait(10)
    (station.data_dir / "records.json").unlink()
    station.start_agent()
    until("it is read", lambda: latest(station) == ("D", ["out of control", "span drift"]))
    (row,) = json.loads(station.fenceline("calibration", "--json", *config).stdout)["channels"]
    assert (row["causes"], row["last_good"]) == (["span drift"], None)
    shown = calibrate()
    assert shown.startswith("pid.voc:\n  OUT OF CONTROL: span drift\n"), shown
    assert "never a good one" in shown

    good = calibrate("add", "pid.voc", "--zero-before", "0.1", "--span-before", "50.3", "--cylinder", "4711")
    assert good.endswith("\n  in control\n")
    until("it counts again", lambda: latest(station) == ("N", []))
    found = json.loads(station.fenceline("records", "--kind", "calibrations", "--json", *config).stdout)
    first, second = found["calibrations"]  # the first out of the journal: its file was gone
    assert (first["id"], first["by"]) == ("pid.voc", "li")
    assert (first["span_drift"], first["over"]) == (-8.2, ["span drift"])
    assert (second["span_drift"], second["over"], second["cylinder"]) == (0.3, [], "4711")
    assert (second["limits_of"], second["recovery_s"]) == ("the plant's own procedure 4.2", 2)
    until("it is told", lambda: len(station.platform.events(kind="control", channel="pid.voc")) == 2)
    told = [
        (event["state"], event["causes"], event["last_good"] is None)
        for event in station.platform.events(kind="control")
    ]
    assert told == [("out of control", ["span drift"], True), ("in control", [], False)]
    modes = [event["state"] for event in station.platform.events(kind="mode", mode="calibration")]
    assert modes == ["on", "off"]
