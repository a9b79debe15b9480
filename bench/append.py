"""How fast readings are journalled, and how long the loop waits meanwhile, beside one that does nothing."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from store.journal import Journal
from store.recorder import Recorder
from store.rows import Reading

IDLE_S, PACED_S, FULL_S = 10.0, 20.0, 10.0
PACE_PER_S, TICK_S = 1000, 0.01
PROBE_S = 0.001
CHANNELS = [f"pid-{number}.voc" for number in range(100)]
AHEAD = 25_000  # readings that may wait: half of what the recorder holds
WANTED_PER_S, WANTED_MS = 200_000, 5.0


def reading(number: int) -> Reading:
    """One of a hundred channels, each second."""
    t = number // len(CHANNELS) * 1000
    value = round(12 + number * 7919 % 1000 / 100, 2)
    return Reading(CHANNELS[number % len(CHANNELS)], t, t + 5000, True, value, None, "N")


async def run() -> dict[str, Any]:
    result: dict[str, Any] = {"idle": await idle()}
    result["paced"] = await paced()
    result["full"] = await full()
    return result


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    idle_text = f"idle loop p99.9 {result['idle']['p999_ms']} ms, max {result['idle']['max_ms']} ms"
    paced, full = result["paced"], result["full"]
    return [
        (
            "append, commits of 1 s, as fast as it goes",
            f"{full['per_s']:,.0f} readings/s, CPU {full['cpu_us']:.2f} us each, {full['dropped']} dropped",
            f">= {WANTED_PER_S:,} readings/s",
        ),
        (
            "the loop meanwhile",
            f"p99.9 {full['p999_ms']} ms, max {full['max_ms']} ms; {idle_text}",
            "printed",
        ),
        (
            f"the loop at {PACE_PER_S} readings/s",
            f"p99.9 {paced['p999_ms']} ms, max {paced['max_ms']} ms; {idle_text}",
            f"p99.9 <= {WANTED_MS:g} ms",
        ),
    ]


async def idle() -> dict[str, float]:
    async with probe() as delays:
        await asyncio.sleep(IDLE_S)
    return figures(delays)


async def paced() -> dict[str, float]:
    async with recording() as recorder, probe() as delays:
        number = 0
        due = began = asyncio.get_running_loop().time()
        while due - began < PACED_S:
            for _ in range(round(PACE_PER_S * TICK_S)):
                recorder.put(reading(number))
                number += 1
            due += TICK_S
            await asyncio.sleep(due - asyncio.get_running_loop().time())
    return figures(delays)


async def full() -> dict[str, float]:
    async with recording() as recorder, probe() as delays:
        began, cpu_s, number = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - began < FULL_S:
            for _ in range(200):
                recorder.put(reading(number))
                number += 1
            await asyncio.sleep(0.001 if recorder.stats.waiting > AHEAD else 0)
        committed, dropped = recorder.stats.readings, recorder.stats.dropped
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_s
    return {
        "per_s": committed / seconds,
        "cpu_us": cpu_s / number * 1e6,
        "dropped": dropped,
        **figures(delays),
    }


@asynccontextmanager
async def recording() -> AsyncIterator[Recorder]:
    """A recorder on a journal of its own, on a real disk, with a thread of its own."""
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:

        def on_thread(work: Callable[[], Any]) -> "asyncio.Future[Any]":
            return loop.run_in_executor(thread, work)

        path = Path(folder) / "journal.db"
        journal: Journal = await on_thread(lambda: Journal.open(path, utc_ms=lambda: 0))
        recorder = Recorder(journal, run=on_thread, utc_ms=lambda: 0, monotonic=loop.time)
        running = asyncio.create_task(recorder.run())
        try:
            yield recorder
        finally:
            running.cancel()
            await asyncio.wait([running])
            await on_thread(journal.close)


@asynccontextmanager
async def probe() -> AsyncIterator[list[float]]:
    """How much later than asked a timer of the loop fires, in seconds."""
    delays: list[float] = []

    async def ask() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PROBE_S
            await asyncio.sleep(PROBE_S)
            delays.append(loop.time() - due)

    asking = asyncio.create_task(ask())
    try:
        yield delays
    finally:
        asking.cancel()


def figures(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    p999 = ordered[int(len(ordered) * 0.999)]
    return {"p999_ms": round(p999 * 1000, 2), "max_ms": round(ordered[-1] * 1000, 2)}
