"""Outputs in an agent within this process: what they wait for, and what they tell."""

import asyncio
import threading

import pytest

import agent.outputs.outputs
import hal.relay
from agent.app import Agent
from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.wire import run
from store.journal import Journal

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
utc = "trusted"
[[line]]
id = "a"
port = "{port}"
baud = 115200
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = {{ divisor = 10 }}
address = 7
every = "100ms"
timeout = "100ms"
[[rule]]
id = "high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
"""
OUTPUT = """
[[output]]
id = "{id}"
alarm_on = ["high"]
energised = "{energised}"
driver = "waveshare-relay-8"
line = "a"
address = 10
coil = {coil}
timeout = "100ms"
"""


@pytest.fixture
def station(tmp_path, monkeypatch, station_of):
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.05)
    text = STATION.format(port=tmp_path / "tty")
    text += OUTPUT.format(id="siren", energised="alarm", coil=0)
    text += OUTPUT.format(id="beacon", energised="healthy", coil=3)
    return station_of(text)


class Rig:
    """The emulated line: its instrument says `voc`, its module has relays."""

    def __init__(self, station):
        (instrument,) = station.instruments
        self.voc = 10.0
        pid = {
            "id": "pid",
            "line": "a",
            "address": 7,
            "driver": instrument.driver,
            "profile": instrument.profile,
            "settings": instrument.settings,
            "values": {"voc": 10.0},
        }
        module = {"id": "m", "line": "a", "address": 10, "driver": "relay-module", "settings": {"coils": 8}}
        line = {"id": "a", "baud": 115200, "link": station.lines[0].port}
        self.bench = Bench({"line": [line], "instrument": [pid, module]}, Clock())
        self.module = self.bench.lines["a"].slaves[1].instrument
        measured = self.bench.lines["a"].slaves[0].instrument._registers._fields
        for field in measured:
            if field.name == "voc":
                field.script.value = lambda elapsed_s: self.voc


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - threads and ptys fulfil it
            await asyncio.sleep(0.005)


def with_agent(station, use):
    async def main():
        rig = Rig(station)
        await rig.bench.start()
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        try:
            await until(lambda: hasattr(agent, "control") or running.done())
            await use(agent, rig)
        finally:
            agent.stop()
            await asyncio.wait_for(running, 10)
            await rig.bench.stop()
        return rig

    return run(main())


def events_of(station, kind):
    journal = Journal.open(station.data_dir / "journal.db", utc_ms=lambda: 0)
    rows = [event for _, _, event in journal.events(1, 10**6, 1000) if event.kind == kind]
    journal.close()
    return rows


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
