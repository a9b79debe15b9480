"""Outages: a day of 300 channels at 1 Hz, a week of them at one a minute, journalled while nobody is there.

Then all of it is delivered, and how late is a live reading meanwhile? The outages pass in virtual time, at
the journal's door; the delivery is real, to a real mosquitto.
"""

import asyncio
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

from agent.uplink.uplink import Uplink
from bench.backlog import Station, broker_with_subscriber, station_at
from bench.rig import until
from store.delivery import LIVE
from store.rows import Reading

CHANNELS = [f"tsp-{number}.tsp" for number in range(300)]
OUTAGES = {"a day at 1 Hz": (86_400, 1), "a week at one a minute": (7 * 1440, 60)}  # samples, seconds between
START_MS = 1_795_420_800_000
LIVE_PER_S, TICK_S = 300, 0.1
AHEAD = 25_000  # readings that may wait: half of what the recorder holds
BACKLOG_RATE = 100_000  # the most that a station file can ask for
WANTED_S = 2.0
WITHIN_S = 900


async def run() -> dict[str, Any]:
    return {name: await outage(samples, every_s) for name, (samples, every_s) in OUTAGES.items()}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    for name, row in result.items():
        rows += [
            (
                f"outage of {name}",
                f"{row['readings']:,} readings in {row['journal_mb']:.0f} MB, delivered in "
                f"{row['drain_s']:.0f} s; not delivered: {row['undelivered']}",
                "0",
            ),
            (
                "  a live reading, from the instrument to the broker's answer",
                f"median {row['live_median_s']:.2f} s, at most {row['live_max_s']:.2f} s, of {row['live']:,}",
                f"<= {WANTED_S:g} s",
            ),
        ]
    return rows


async def outage(samples: int, every_s: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            broker_with_subscriber(path) as port,
            station_at(path / "journal.db", port) as station,
        ):
            await _measure_alone(station, samples, every_s)
            journal_mb = await station.recorder.ask(lambda journal: journal.size_bytes() / 1e6)
            async with station.delivering(BACKLOG_RATE) as uplink:
                late, drain_s = await _deliver(station, uplink)
                return {
                    "readings": samples * len(CHANNELS),
                    "journal_mb": journal_mb,
                    "drain_s": drain_s,
                    "undelivered": max(0, samples * len(CHANNELS) - uplink.delivery.delivered_up_to),
                    "live": len(late),
                    "live_median_s": sorted(late)[len(late) // 2],
                    "live_max_s": max(late),
                }


async def _measure_alone(station: Station, samples: int, every_s: int) -> None:
    """The outage: readings as a plant gives them, as fast as the journal takes them."""
    for sample in range(samples):
        t = START_MS + sample * every_s * 1000
        for at, channel in enumerate(CHANNELS):
            value = round(40 + (sample * 31 + at * 7919) % 1000 / 100, 2)
            station.recorder.put(Reading(channel, t + 3 * at, t + 3 * at, True, value, None, "N"))
        await asyncio.sleep(0.001 if station.recorder.stats.waiting > AHEAD else 0)
    goal = samples * len(CHANNELS)
    await until(lambda: station.recorder.stats.readings == goal, "the last commit", 60)


async def _deliver(station: Station, uplink: Uplink) -> tuple[list[float], float]:
    """Until nothing is owed, live readings all the while: how late each was, and how long it took."""
    put_at: dict[int, float] = {}  # by seq, once it is known
    waiting: deque[float] = deque()
    late: list[float] = []
    began = time.perf_counter()

    def on_commit(done: Any) -> None:
        for seq in range(done.first_reading, done.last_reading + 1):
            put_at[seq] = waiting.popleft()

    acknowledged = uplink.delivery.acked

    def on_ack(token: int) -> bool:
        chunk = uplink.delivery.flying(token)
        if chunk is not None and chunk.lane == LIVE:
            now = time.perf_counter()
            late.extend(now - put_at.pop(seq) for seq in range(chunk.first, chunk.last + 1))
        return acknowledged(token)

    uplink.delivery.acked = on_ack  # type: ignore[method-assign]
    station.recorder.subscribe(on_commit)
    number = 0
    last = station.recorder.last_seq
    while uplink.delivery.delivered_up_to < last and time.perf_counter() - began < WITHIN_S:
        for _ in range(round(LIVE_PER_S * TICK_S)):
            waiting.append(time.perf_counter())
            mono = round(time.monotonic() * 1000)
            station.recorder.put(Reading(CHANNELS[number % 300], START_MS, mono, True, 1.5, None, "N"))
            number += 1
        await asyncio.sleep(TICK_S)
    drain_s = time.perf_counter() - began
    await until(lambda: not put_at and not waiting, "the last live reading", 30)
    return late, drain_s
