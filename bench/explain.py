"""What is kept for `fenceline explain`: bytes of memory for an instrument, and CPU for a poll.

60 real pollers of five channels and ten registers, over a line whose port is in memory. The memory is what is
free once their exchanges are thrown away; the CPU is that of the lines of Poller that keep them.
"""

import asyncio
import gc
import time
import tomllib
import tracemalloc
from typing import Any

from agent.config.model import InstrumentSettings
from agent.polling import Exchange, Poller
from bench.rig import PROFILE, until
from drivers.registers import RegisterDriver
from drivers.wire.modbus_rtu import with_crc
from hal.line import Line
from hal.line_core import Timing
from hal.port import MemoryPort

INSTRUMENTS = 60
POLLS = 3  # of each, so that what they keep has been replaced
ROUNDS = 100_000


class Answering(MemoryPort):
    """Whoever is asked answers at once."""

    def write(self, data: bytes) -> None:
        super().write(data)
        answer = with_crc(bytes((data[0], 3, 20)) + bytes(20))
        asyncio.get_running_loop().call_soon(self.feed, answer)


async def run() -> dict[str, Any]:
    profile = tomllib.loads(PROFILE)
    line = Line("a", Answering(), Timing(921_600, 10))
    tracemalloc.start()
    pollers = [
        Poller(
            InstrumentSettings(f"i{address}", "a", "rig", address, 0),
            RegisterDriver(address, profile, {}),
            line,
            lambda *_: None,
        )
        for address in range(1, INSTRUMENTS + 1)
    ]
    runs = [line.run(), *(poller.run() for poller in pollers)]
    tasks = [asyncio.create_task(each) for each in runs]
    await until(lambda: all(poller.good >= POLLS for poller in pollers), "polls")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for poller in pollers:
        poller.exchanges = {}
    gc.collect()
    kept = before - tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"bytes_per_instrument": round(kept / INSTRUMENTS), "cpu_per_poll_us": round(_cost_us(), 2)}


def _cost_us() -> float:
    """A list of one question and its answer, and the five channels that point to it."""
    exchanges: dict[str, Exchange] = {}
    key, frame = bytes(8), bytes(25)
    channels = [f"v{at}" for at in range(5)]
    began = time.process_time()
    for at in range(ROUNDS):
        frames = []
        frames.append((key, frame))
        exchange = Exchange(at, frames)
        for channel in channels:
            exchanges[channel] = exchange
    return (time.process_time() - began) / ROUNDS * 1e6


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    kept = f"{result['bytes_per_instrument']} bytes, {result['cpu_per_poll_us']} us"
    return [("kept for `explain`: memory of an instrument of 5 channels; CPU of a poll", kept, "-")]
