"""A current loop from the emulated module on a pty to the reading on disk."""

import asyncio

import pytest

from agent.app import Agent
from agent.meta import meta_of
from agent.pipeline.ne43 import FAILED_LOW
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
id = "cabinet"
line = "a"
driver = "adam-4017"
settings = {{ unit = "mA", checksum = "on" }}
address = 1
every = "50ms"
timeout = "200ms"
[[loop]]
input = "cabinet.ai5"
name = "tsp"
low = 0
high = 10
unit = "mg/m3"
persist = "200ms"
[[loop]]
input = "cabinet.ai0"
name = "voc"
low = 0
high = 160
unit = "ppm"
[[rule]]
id = "voc-high"
channel = "cabinet.voc"
above = 100
unit = "ppm"
"""


@pytest.fixture
def station(tmp_path, station_of):
    return station_of(STATION.format(port=tmp_path / "tty"))


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a pty fulfils it
            await asyncio.sleep(0.01)


def test_a_broken_wire_arrives_as_a_sensor_failure(station):
    async def main():
        values = {"ai0": 12.0, "ai5": [[0, 20.0], [0.5, 20.0], [0.501, 0.0], [60, 0.0]]}
        row = {
            "id": "cabinet",
            "line": "a",
            "address": 1,
            "driver": "adam-4017",
            "settings": station.instruments[0].settings,
            "values": values,
        }
        line = {"id": "a", "baud": 115200, "link": station.lines[0].port}
        bench = Bench({"line": [line], "instrument": [row]}, Clock())
        await bench.start()
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        try:
            await until(lambda: hasattr(agent, "judge") and "cabinet.tsp" in agent.judge.latest)
            await until(lambda: agent.judge.latest["cabinet.tsp"].flag == "D")
            status = await agent._status({})
        finally:
            agent.stop()
            await asyncio.wait_for(running, 10)
            await bench.stop()
        return status, meta_of(station)

    status, meta = run(main())
    shown = status["instruments"][0]["channels"]
    assert [(row["channel"], row["value"], row["unit"], row["flag"]) for row in shown] == [
        ("tsp", None, "mg/m3", "D"),
        ("voc", 80.0, "ppm", "N"),
    ]
    assert shown[0]["conditions"] == [FAILED_LOW]
    assert [row["id"] for row in meta["channels"]] == ["cabinet.tsp", "cabinet.voc"]
    journal = Journal.open(station.data_dir / "journal.db", utc_ms=lambda: 0)
    rows = [row for _, _, row in journal.readings(1, 10**6, 10**5)]
    journal.close()
    tsp = [row for row in rows if row.channel == "cabinet.tsp"]
    assert (tsp[0].value, tsp[0].raw, tsp[0].flag) == (10.0, 20.0, "N")
    failing = [row for row in tsp if row.raw == 0.0]
    pending = [row for row in failing if row.flag == "N"]
    assert pending, "for 200 ms nobody knows"
    assert {(row.value, row.conditions) for row in pending} == {
        (None, ("current below 3.6 mA, for less than 0.2 s",))
    }
    assert (failing[-1].value, failing[-1].flag, failing[-1].conditions) == (None, "D", (FAILED_LOW,))
    assert {row.channel for row in rows} == {"cabinet.tsp", "cabinet.voc"}, (
        "inputs without a loop are left out"
    )


def test_a_module_that_is_silent_flags_its_loops(station):
    async def main():
        line = {"id": "a", "baud": 115200, "link": station.lines[0].port}
        bench = Bench({"line": [line], "instrument": []}, Clock())
        await bench.start()
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        try:
            await until(lambda: hasattr(agent, "judge") and len(agent.judge.latest) == 2)
            return dict(agent.judge.latest)
        finally:
            agent.stop()
            await asyncio.wait_for(running, 10)
            await bench.stop()

    latest = run(main())
    assert {(name, row.value, row.flag) for name, row in latest.items()} == {
        ("cabinet.tsp", None, "B"),
        ("cabinet.voc", None, "B"),
    }
