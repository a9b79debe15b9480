"""Ten million readings owed: append, live delivery and drain beside the same with nothing owed, and memory.

All of it in one process, with a real journal on disk and a real mosquitto that has a subscriber.
"""

import asyncio
import random
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agent.config.model import Broker as BrokerAddress
from agent.config.model import Mqtt
from agent.uplink.keeping import load_delivery
from agent.uplink.uplink import Uplink
from bench.append import reading
from bench.rig import until
from hal.clock import Clock
from store.journal import Journal
from store.recorder import Recorder
from tools.demo.broker import Broker

BACKLOG = 10_000_000
ROUNDS = 3
APPENDED = 500_000
LIVE_S, LIVE_PER_S, TICK_S = 5.0, 5000, 0.02
AHEAD = 25_000  # readings that may wait: half of what the recorder holds
WANTED_SHARE, WANTED_MB, WANTED_PER_S = 0.10, 5.0, 100_000
UNTHROTTLED = 10**9


class Station:
    """A recorder with a journal of its own, and an uplink where one is wanted."""

    def __init__(self, recorder: Recorder, port: int) -> None:
        self.recorder, self._port = recorder, port
        self._number = 0

    async def append(self, count: int) -> float:
        """Readings per second, as fast as it goes."""
        began = time.perf_counter()
        goal = self.recorder.stats.readings + count
        for at in range(count):
            self.recorder.put(reading(self._number))
            self._number += 1
            if at % 200 == 199:
                await asyncio.sleep(0.001 if self.recorder.stats.waiting > AHEAD else 0)
        await until(lambda: self.recorder.stats.readings >= goal, "the last commit", 60)
        return count / (time.perf_counter() - began)

    @asynccontextmanager
    async def delivering(self, backlog_rate: int) -> AsyncIterator[Uplink]:
        settings = Mqtt(
            (BrokerAddress("127.0.0.1", self._port, False),), "5", "bench", backlog_rate=backlog_rate
        )
        uplink = Uplink(
            settings,
            station="bench",
            site="bench",
            meta={},
            recorder=self.recorder,
            delivery=await load_delivery(self.recorder, settings),
            clock=Clock("trusted"),
            loop=asyncio.get_running_loop(),
            random=random.Random(1).random,
        )
        running = asyncio.create_task(uplink.run())
        try:
            await until(lambda: uplink.is_connected, "a connection")
            yield uplink
        finally:
            await uplink.stop()
            running.cancel()
            await asyncio.wait([running])

    async def live(self, uplink: Uplink) -> dict[str, float]:
        """Readings as they are measured, LIVE_PER_S a second: how many are confirmed, and by how much CPU.

        behind: the most that waited to be delivered as live at any moment.
        """
        loop = asyncio.get_running_loop()
        acked, cpu_s, behind = uplink.status()["acked"], time.process_time(), 0
        due = began = loop.time()
        while due - began < LIVE_S:
            for _ in range(round(LIVE_PER_S * TICK_S)):
                self.recorder.put(reading(self._number))
                self._number += 1
            due += TICK_S
            await asyncio.sleep(due - loop.time())
            behind = max(behind, uplink.delivery.owed().live)
        count = uplink.status()["acked"] - acked
        return {"per_s": count / LIVE_S, "behind": behind, "cpu_s": time.process_time() - cpu_s}

    async def drain(self, count: int) -> float:
        """Readings of the backlog confirmed per second, as fast as it goes."""
        async with self.delivering(UNTHROTTLED) as uplink:
            began = time.perf_counter()
            await until(lambda: uplink.status()["acked"] >= count, "the backlog", 300)
            return float(uplink.status()["acked"] / (time.perf_counter() - began))


async def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with broker_with_subscriber(Path(folder)) as port:
            return await _measure(Path(folder), port)


async def _measure(folder: Path, port: int) -> dict[str, Any]:
    """Two journals, one with everything owed; what is measured is measured in turn, round after round."""
    async with station_at(folder / "a.db", port) as empty, station_at(folder / "b.db", port) as full:
        await empty.append(APPENDED)  # warm, and what is drained; the same for both
        rss = _rss_mb()
        await full.append(BACKLOG)
        grown = _rss_mb() - rss
        rounds: dict[str, list[dict[str, float]]] = {"empty": [], "full": []}
        for _ in range(ROUNDS):
            for name, station in (("empty", empty), ("full", full)):
                rounds[name].append(await _round(station))
        return {
            name: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            for name, rows in rounds.items()
        } | {"grown_mb": grown, "rss_mb": _rss_mb()}


async def _round(station: Station) -> dict[str, float]:
    """Append, deliver what comes in, deliver what is owed: as much as was appended."""
    appended = await station.append(APPENDED)
    async with station.delivering(1) as uplink:  # what is owed does not move
        live = await station.live(uplink)
    return {"append_per_s": appended, "drain_per_s": await station.drain(APPENDED)} | {
        f"live_{key}": value for key, value in live.items()
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    empty, full = result["empty"], result["full"]
    share = f"within {WANTED_SHARE:.0%}"

    def beside(name: str, key: str, wanted: str) -> tuple[str, str, str]:
        what, than = full[key], empty[key]
        return name, f"{what:,.0f} readings/s, {than:,.0f} with nothing owed: {what / than - 1:+.1%}", wanted

    return [
        beside("append, 10 million owed", "append_per_s", share),
        beside("live delivery, 10 million owed", "live_per_s", share),
        (
            f"  its CPU for {LIVE_S:g} s, and what waited at most",
            f"{full['live_cpu_s']:.2f} s, {full['live_behind']:.0f} readings; with nothing owed "
            f"{empty['live_cpu_s']:.2f} s, {empty['live_behind']:.0f} readings",
            "printed",
        ),
        beside("drain to mosquitto, unthrottled", "drain_per_s", share),
        ("  the rate", f"{full['drain_per_s']:,.0f} readings/s", f">= {WANTED_PER_S:,} readings/s"),
        (
            "memory that 10 million owed take",
            f"{result['grown_mb']:+.1f} MB of {result['rss_mb']:.0f}",
            f"< {WANTED_MB:g} MB",
        ),
    ]


@asynccontextmanager
async def broker_with_subscriber(folder: Path) -> AsyncIterator[int]:
    """A mosquitto at that port, and a subscriber to everything that takes no time of ours."""
    broker = Broker(folder, "mosquitto")
    await broker.start()
    await until(lambda: _listens(broker.port), "the broker")
    subscriber = await asyncio.create_subprocess_exec(
        *("mosquitto_sub", "-p", str(broker.port), "-t", "#", "-q", "1"), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield broker.port
    finally:
        subscriber.terminate()
        await subscriber.wait()
        await broker.stop()


@asynccontextmanager
async def station_at(path: Path, port: int) -> AsyncIterator[Station]:
    loop, clock = asyncio.get_running_loop(), Clock("trusted")
    with ThreadPoolExecutor(1) as thread:
        journal = await loop.run_in_executor(thread, lambda: Journal.open(path, utc_ms=clock.utc_ms))
        recorder = Recorder(
            journal,
            run=lambda work: loop.run_in_executor(thread, work),
            utc_ms=clock.utc_ms,
            monotonic=loop.time,
        )
        recording = asyncio.create_task(recorder.run())
        try:
            yield Station(recorder, port)
        finally:
            recording.cancel()
            await asyncio.wait([recording])
            await loop.run_in_executor(thread, journal.close)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _rss_mb() -> float:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096 / 1e6
