"""A station as a process of its own, killed without warning: the will, and what comes after."""

import asyncio
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs("mosquitto")

ROOT = Path(__file__).parents[3]


async def keep_measuring(path: Path, port: int) -> None:
    """Readings for ever, some 2000 a second; each commit is told on stdout."""
    kit = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["Kit"]
    async with kit.station(path, kit.settings(port, backlog_rate=100_000)) as here:
        here.recorder.subscribe(lambda done: print(done.last_seq, flush=True))
        number = 0
        while True:
            number += 1
            if number % 5 == 0:
                await here.event(f"e-{here.journal.boot}-{number}")
            await here.readings(100)


@contextmanager
def running(path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, str(path), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def test_sigkill_leaves_the_will_and_loses_nothing(
    kit: Any, broker: Any, platform: Any, tmp_path: Path
) -> None:
    path, committed = tmp_path / "j.db", 0
    for _ in range(3):
        seen = len(platform.of("status"))
        with running(path, broker.port) as process:
            assert process.stdout
            while committed < len(set(platform.seqs())) or len(platform.of("status")) == seen:
                committed = int(process.stdout.readline())
            for _ in range(10):
                committed = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            committed = max([committed, *map(int, process.stdout.read().split())])
        asyncio.run(kit.until(lambda: platform.of("status")[-1]["state"] == "offline"))
        assert platform.of("status")[-1]["reason"] == "connection lost"

    async def drain() -> None:
        async with kit.station(path, kit.settings(broker.port, backlog_rate=100_000)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await kit.until(lambda: here.uplink.status()["delivered_up_to"] >= committed)
            await here.stop()

    asyncio.run(drain())

    def missing() -> set[int]:
        events = {event["seq"] for event in platform.events()}
        return set(range(1, committed + 1)) - set(platform.seqs()) - events

    asyncio.run(kit.until(lambda: not missing()))
    assert platform.events(), "the process made none: half of the test is missing"
    copies: dict[int, set[tuple[Any, ...]]] = {}
    for message in platform.of("readings"):
        assert message["log"] == platform.of("status")[-1]["log"]
        for row in message["readings"]:
            copies.setdefault(row["seq"], set()).add((row["t"], row["ch"], row["v"]))
    assert {len(different) for different in copies.values()} == {1}, "a seq never means two things"


if __name__ == "__main__":
    asyncio.run(keep_measuring(Path(sys.argv[1]), int(sys.argv[2])))
