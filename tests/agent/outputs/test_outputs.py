"""Outputs in an agent within this process: what they wait for, and what they tell."""

import threading

import pytest

import agent.outputs.outputs
import hal.relay
from bench.relay import Box
from drivers.sample import Sample
from tests.agent.outputs.relay_station import OUTPUT, STATION, events_of, until, with_agent


@pytest.fixture
def station(tmp_path, monkeypatch, station_of):
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.05)
    text = STATION.format(port=tmp_path / "tty")
    text += OUTPUT.format(id="siren", energised="alarm", coil=0)
    text += OUTPUT.format(id="beacon", energised="healthy", coil=3)
    return station_of(text)


def test_a_relay_waits_for_no_disk(station):
    """The journal's thread stands still: the alarm's event cannot be committed, the relay switches."""
    let_on = threading.Event()

    async def use(agent, rig):
        await until(lambda: rig.module.coils.states[3])
        before = agent.recorder.stats.events
        stuck = agent._on_journal(let_on.wait)
        rig.voc = 60.0
        try:
            await until(lambda: rig.module.coils.states[0] and not rig.module.coils.states[3])
            assert agent.judge.limits[0].alarm.state == "unacked"
            assert agent.recorder.stats.events == before
        finally:
            let_on.set()
            await stuck

    with_agent(station, use)
    alarms = [event.body["transition"] for event in events_of(station, "alarm")]
    assert alarms == ["raised"]


def test_a_relay_hangs_behind_the_rule_itself(station, monkeypatch):
    """What looks once a second has looked for the last time: the rule's change alone is left."""
    monkeypatch.setattr(agent.outputs.outputs, "TICK_S", 3600.0)

    async def use(agent, rig):
        await until(lambda: "pid.voc" in agent.judge.latest)
        assert not rig.module.coils.states[0]
        rig.voc = 60.0
        await until(lambda: rig.module.coils.states[0])

    with_agent(station, use)


def test_every_switch_is_an_event_and_a_stop_lets_all_go(station):
    async def use(agent, rig):
        await until(lambda: agent.outputs.rows()[1]["switches"] == 1)
        rig.voc = 60.0
        await until(lambda: rig.module.coils.states[0])
        await until(lambda: all(row["confirmed"] == row["wanted"] for row in agent.outputs.rows()))

    rig = with_agent(station, use)
    assert rig.module.coils.states == dict.fromkeys(range(8), False)
    told = [
        (body["output"], body["transition"], body["energised"], body["position"], body["detail"])
        for body in (event.body for event in events_of(station, "output"))
    ]
    assert told[0] == ("beacon", "switched", True, "healthy", "nothing of its alarm_on stands")
    assert sorted(told[1:3]) == [
        ("beacon", "switched", False, "alarm", "rule high"),
        ("siren", "switched", True, "alarm", "rule high"),
    ]
    assert told[3:] == [("siren", "switched", False, "not judged yet", "the agent stops")]


def test_a_module_put_right_again_and_again_is_told_once(station):
    async def use(agent, rig):
        for count in (1, 2, 3):
            await until(lambda: agent.outputs.rows()[1]["confirmed"])
            rig.module.power_cycle()
            await until(lambda count=count: agent.outputs.rows()[1]["repairs"] == count)
            assert rig.module.coils.states[3]

    with_agent(station, use)
    transitions = [event.body["transition"] for event in events_of(station, "output")]
    assert transitions.count("repaired") == 1
    assert transitions.count("failing") == 0


def test_a_lost_port_and_its_return_are_seen_at_once(station, monkeypatch):
    """Not with the next read-back, which is an hour away here."""
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 3600.0)

    async def use(agent, rig):
        await until(lambda: agent.outputs.rows()[1]["confirmed"])
        await rig.bench.stop()
        await until(lambda: agent.outputs.rows()[1]["confirmed"] is None)
        assert "port" in agent.outputs.rows()[1]["trouble"]
        await rig.bench.start()
        await until(lambda: agent.outputs.rows()[1]["confirmed"])

    with_agent(station, use)


def test_each_relay_has_a_heart_that_is_watched(station):
    async def use(agent, rig):
        assert {"outputs", "relays a 10"} <= agent._heart._last.keys()
        since = dict(agent._heart._last)
        await until(
            lambda: all(agent._heart._last[name] > since[name] for name in ("outputs", "relays a 10"))
        )

    with_agent(station, use)


PIN = """
[[output]]
id = "pin"
alarm_on = ["high"]
energised = "alarm"
chip = "/dev/null"
pin = 17
"""


def test_a_pin_is_set_within_the_call_that_judges_the_answer(tmp_path, station_of):
    """No task, no timer and no thread lies between them."""
    text = STATION.format(port=tmp_path / "tty") + OUTPUT.format(id="siren", energised="alarm", coil=0) + PIN
    box = Box()

    async def use(agent, rig):
        await until(lambda: "pid.voc" in agent.judge.latest and box.set)
        before = len(box.set[17])
        agent.judge.take("pid", [Sample("voc", 60.0, "ppm", "N", ())], agent._loop.time())
        assert [value for _, value in box.set[17][before:]] == [True]

    with_agent(station_of(text), use, lambda: box)
