"""A rule on an average in a running agent: a real line, a real journal, a clock that is near its minute."""

import asyncio

from agent.app import Agent
from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.wire import run
from tests.agent.outputs.relay_station import events_of, until

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
utc = "trusted"
[averages]
readings = 1
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
id = "minute-high"
channel = "pid.voc"
on = "1m"
above = 50.0
unit = "ppm"
[[rule]]
id = "often"
channel = "pid.voc"
on = "1m"
above = 50.0
unit = "ppm"
per_day = 1
"""
MINUTE_MS = 60_000
BEFORE_MS = 1500


class NearTheMinute(Clock):
    """It goes as the real one does; what it shows begins a moment before a minute ends."""

    def __init__(self) -> None:
        super().__init__("trusted")
        real_ms = super().utc_ms()
        self._ahead_ms = -real_ms % MINUTE_MS - BEFORE_MS
        self.ends_ms = real_ms + self._ahead_ms + BEFORE_MS

    def utc_ms(self) -> int:
        return super().utc_ms() + self._ahead_ms


def test_a_minute_that_is_too_high_raises_when_it_is_over(station_of, tmp_path):
    station = station_of(STATION.format(port=tmp_path / "ttyA"))
    (pid,) = station.instruments
    line = {"id": "a", "baud": 115200, "link": str(tmp_path / "ttyA")}
    emulated = {
        "id": "pid",
        "line": "a",
        "address": 7,
        "driver": pid.driver,
        "profile": pid.profile,
        "settings": pid.settings,
        "values": {"voc": 60.0},
    }
    clock = NearTheMinute()

    async def main():
        bench = Bench({"line": [line], "instrument": [emulated]}, Clock(), lambda _: None)
        await bench.start()
        agent = Agent(station, clock)
        running = asyncio.create_task(agent.run())
        try:
            await until(lambda: hasattr(agent, "control") or running.done())
            high, often = agent.judge.limits
            await until(lambda: agent.judge.readings > 5)
            assert high.alarm.state == "normal", "no reading of this minute raises it"
            await until(lambda: high.alarm.state == "unacked")
            assert often.alarm.state == "normal", "one of a day is allowed"
            assert often.seen.value == 1.0
        finally:
            agent.stop()
            await asyncio.wait_for(running, 10)
            await bench.stop()

    run(main())
    (event,) = events_of(station, "alarm")
    told = {key: event.body[key] for key in ("rule", "on", "limit", "value", "flag", "cause", "transition")}
    assert told == {
        "rule": "minute-high",
        "on": "1m",
        "limit": 50.0,
        "value": 60.0,
        "flag": "N",
        "cause": "above 50",
        "transition": "raised",
    }
    assert event.t == clock.ends_ms, "it is of the minute that ended then"
