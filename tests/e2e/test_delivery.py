"""The main job: what instruments say arrives at the platform, whole, right and once told of."""

import json
import signal

import paho.mqtt.subscribe as mqtt
import pytest

pytestmark = pytest.mark.needs("mosquitto")

PLUME = "values = { voc = [[0, 10], [3, 11], [3.5, 80], [5.5, 81], [6, 9]] }\nnoise = { voc = 0.5 }"
RULE = """
[[rule]]
id = "voc-high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
deadband = 5.0
on_delay = "500ms"
off_delay = "500ms"
"""
OWN_PROFILE = """
[profile]
name = "my-instrument"
protocol = "modbus"

[[channel]]
name = "flow"
table = "input"
register = 40
type = "float32"
order = "CDAB"
scale = 0.1
unit = "m3/h"
"""


def test_what_was_said_arrives_and_an_alarm_is_raised_and_returns(station, until):
    station.configure(station.instrument("pid", 3, PLUME), station.instrument("yard", 4), rules=RULE)
    agent = station.start()
    until("the alarm returns", lambda: station.platform.events(kind="alarm", transition="returned"))
    station.settle(agent)
    raised, returned = station.platform.events(kind="alarm")
    assert (raised["rule"], raised["transition"], raised["flag"]) == ("voc-high", "raised", "N")
    assert raised["value"] > 50
    assert raised["durable"]
    assert returned["value"] <= 45
    assert returned["t"] - raised["t"] >= 1000
    assert {row["ch"] for row in station.platform.readings().values()} == {"pid.voc", "yard.voc"}
    (meta,) = station.platform.of("meta")
    assert [channel["unit"] for channel in meta["channels"]] == ["ppm", "ppm"]


def retained_status(station):
    message = mqtt.simple("fenceline/1/works/gp-01/status", port=station.broker.port, keepalive=5)
    return json.loads(message.payload)


def test_a_stop_says_offline_and_the_next_start_goes_on_with_the_next_number(station, until):
    # So small a batch that the last readings do not leave all at once.
    station.configure(station.instrument("pid", 3), station.instrument("yard", 4), mqtt="batch = 1")
    agent = station.start()
    station.wait_delivered(10)
    assert retained_status(station)["state"] == "online"
    station.settle(agent)  # exit status 0, and the last readings are there
    said = retained_status(station)
    assert (said["state"], said["reason"], said["boot"]) == ("offline", "stopped", 1)

    station.start_sim()
    agent = station.start_agent()
    status = station.status()
    assert status["boot"] == 2
    before = len(station.platform.readings())
    station.wait_delivered(before + 10)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    until("the last will", lambda: station.platform.of("status")[-1]["reason"] == "connection lost")
    said = retained_status(station)
    assert (said["state"], said["boot"]) == ("offline", 2)
    numbers = {seq for log, seq in station.platform.readings()}
    numbers |= {event["seq"] for event in station.platform.events()}
    assert numbers == set(range(1, max(numbers) + 1))
    boots = {message["boot"] for message in station.platform.of("readings")}
    assert boots == {1, 2}
    assert [
        event["kind"] for event in station.platform.events() if event["kind"] not in ("fault", "record")
    ] == [
        "start",
        "stop",
        "start",
    ]


def test_a_profile_of_the_users_own(station):
    (station.folder / "my-instrument.toml").write_text(OWN_PROFILE)
    values = "values = { flow = [[0, 100], [60, 1300]] }"
    station.configure(
        station.instrument("fan", 9, values, driver="./my-instrument.toml", settings="{}"),
        station.instrument("pid", 3),
    )
    agent = station.start()
    station.wait_delivered(20, ch="fan.flow", f="N")
    station.settle(agent)
    values = [row["v"] for row in station.platform.readings().values() if row["ch"] == "fan.flow"]
    assert all(100 <= value <= 1300 for value in values), values
    assert len(set(values)) > 10
    channels = {channel["id"]: channel["unit"] for channel in station.platform.of("meta")[0]["channels"]}
    assert channels == {"fan.flow": "m3/h", "pid.voc": "ppm"}


def test_the_agent_started_by_hand_ends_by_ctrl_c(station):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(3)
    agent.send_signal(signal.SIGINT)
    assert agent.wait(15) == 0
    assert retained_status(station)["reason"] == "stopped"
