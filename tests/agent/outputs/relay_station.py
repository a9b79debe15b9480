"""A station in this process whose instrument says what a test wants, with relays on its line."""

import asyncio

from agent.app import Agent
from hal.clock import Clock
from hal.gpio import load_gpiod
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


class Rig:
    """The emulated lines: the instrument `pid` says `voc`, a module has relays.

    turnaround_ms: by id; absent: ids that nobody emulates. log: all that was answered, as Bench tells it.
    """

    def __init__(self, station, turnaround_ms=None, absent=()):
        self.voc = 10.0
        self.log = []
        on = station.outputs[0].target.line
        module = {"id": "m", "line": on, "address": 10, "driver": "relay-module", "settings": {"coils": 8}}
        instruments = [module] + [
            {
                "id": each.id,
                "line": each.line,
                "address": each.address,
                "driver": each.driver,
                "profile": each.profile,
                "settings": each.settings,
                "turnaround_ms": (turnaround_ms or {}).get(each.id, 5.0),
            }
            for each in station.instruments
            if each.id not in absent
        ]
        lines = [{"id": line.id, "baud": line.baud, "link": line.port} for line in station.lines]
        self.bench = Bench({"line": lines, "instrument": instruments}, Clock(), self.log.append)
        emulated = {slave.id: slave.instrument for line in self.bench.lines.values() for slave in line.slaves}
        self.module = emulated["m"]
        for field in emulated["pid"]._registers._fields:
            if field.name == "voc":
                field.script.value = lambda elapsed_s: self.voc


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - threads and ptys fulfil it
            await asyncio.sleep(0.005)


def with_agent(station, use, gpio_library=load_gpiod, **rig_of):
    async def main():
        rig = Rig(station, **rig_of)
        await rig.bench.start()
        agent = Agent(station, Clock("trusted"), gpio_library)
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
