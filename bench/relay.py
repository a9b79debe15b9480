"""From the last byte of an answer that raises an alarm, or lets it return, to the call that sets a GPIO pin.

The emulator is a process of its own on real ptys; the agent runs here, since its chip is one of the bench's
own that notes when it is set. Beside the instruments with the alarms it has a usual load: four lines, 32
instruments, 160 channels once a second, its journal, and a broker to deliver to.
"""

import asyncio
import contextlib
import json
import logging
import shutil
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agent.app import Agent
from agent.config import load
from bench.rig import PROFILE, until
from hal.clock import Clock
from tools.demo.broker import Broker
from tools.demo.stage import Process

LINES = ("a", "b", "c", "d")
BESIDE = 7  # instruments of a line that raise nothing
SECONDS, PERIOD_S = 45, 1.0
MAX_MS = 50


class Box:
    """Stands for the library gpiod, a chip and its pins. set: by pin, its calls (monotonic ms, energised)."""

    line = SimpleNamespace(
        Value=SimpleNamespace(ACTIVE=True, INACTIVE=False), Direction=SimpleNamespace(OUTPUT="output")
    )
    LineSettings = SimpleNamespace

    def __init__(self) -> None:
        self.set: dict[int, list[tuple[float, bool]]] = {}

    def Chip(self, _path: str) -> "Box":
        return self

    def line_offset_from_id(self, pin: int) -> int:
        return pin

    def request_lines(self, config: dict[int, Any], consumer: str) -> "Box":
        for pin, settings in config.items():
            self.set_value(pin, settings.output_value)
        return self

    def set_value(self, pin: int, value: bool) -> None:
        self.set.setdefault(pin, []).append((time.monotonic() * 1000, value))

    def get_value(self, pin: int) -> bool:
        return self.set[pin][-1][1]

    def close(self) -> None: ...

    release = close


async def run() -> dict[str, Any]:
    logging.getLogger("fenceline").setLevel(logging.ERROR)  # an agent's log of every alarm is not the result
    folder = Path(tempfile.mkdtemp(prefix="fenceline-relay-"))
    broker, chip = Broker(folder, "mosquitto"), Box()
    write(folder, broker.port)
    sim = Process(
        folder / "sim.log",
        *("tools.cli", "sim", "--config", str(folder / "bench.toml"), "--log", str(folder / "truth.jsonl")),
    )
    try:
        await broker.start()
        await sim.start()
        await until((folder / LINES[-1]).exists, "the emulated lines")
        agent = Agent(load(folder / "station.toml"), Clock("trusted"), lambda: chip)
        running = asyncio.create_task(agent.run())
        await asyncio.wait([running], timeout=SECONDS)
        agent.stop()
        await running
    finally:
        with contextlib.suppress(ProcessLookupError):
            await sim.stop()
        await broker.stop()
    rows = [json.loads(line) for line in (folder / "truth.jsonl").open() if line.endswith("\n")]
    shutil.rmtree(folder)
    took_ms = sorted(
        ms for pin, line in enumerate(LINES) for ms in latencies(rows, f"{line}1", chip.set[pin])
    )
    return {
        "switches": len(took_ms),
        "p50_ms": round(took_ms[len(took_ms) // 2], 2),
        "p99_ms": round(took_ms[int(0.99 * len(took_ms))], 2),
        "max_ms": round(took_ms[-1], 2),
        "readings_per_s": round(agent.judge.readings / SECONDS),
    }


def latencies(rows: list[dict[str, Any]], instrument: str, calls: list[tuple[float, bool]]) -> list[float]:
    """ms from each answer that crossed the limit to the call that followed."""
    said = [
        (row["values"]["v0"] > 50, row["mono"] + row["late_ms"])
        for row in rows
        if row["instrument"] == instrument
    ]
    crossed = [(now, at) for (before, _), (now, at) in pairwise([(False, 0.0), *said]) if now != before]
    changes = [(now, at) for (_, before), (at, now) in pairwise(calls) if now != before]
    pairs = list(zip(crossed, changes, strict=False))  # the last answer may have come after the stop
    assert pairs, "nothing was switched"
    assert all(side == energised for (side, _), (energised, _) in pairs), "each call belongs to its answer"
    return [at - since for (_, since), (_, at) in pairs]


def write(folder: Path, port: int) -> None:
    """The station file and its bench file."""
    (folder / "data").mkdir()
    (folder / "rig.toml").write_text(PROFILE)
    station = (
        f'[station]\nid = "bench"\nsite = "bench"\ndata_dir = "data"\nutc = "trusted"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\n'
    )
    bench = ""
    half_s = PERIOD_S / 2
    sides = [(at * half_s, 90.0 if at % 2 else 10.0) for at in range(2 * SECONDS)]
    toggling = [[edge_s, value] for at_s, value in sides for edge_s in (at_s, at_s + half_s)]
    for pin, line in enumerate(LINES):
        head = f'[[line]]\nid = "{line}"\n%s = "{folder}/{line}"\nbaud = 9600\n'
        station, bench = station + head % "port", bench + head % "link"
        for address in range(1, BESIDE + 2):
            every, values = ("200ms", f"{{ v0 = {toggling} }}") if address == 1 else ("1s", "{ v0 = 10 }")
            table = (
                f'[[instrument]]\nid = "{line}{address}"\nline = "{line}"\ndriver = "./rig.toml"\n'
                f'address = {address}\nevery = "{every}"\n'
            )
            station += table
            bench += f"{table}values = {values}\n" + 'turnaround = "5ms"\n'
        station += (
            f'[[rule]]\nid = "{line}-high"\nchannel = "{line}1.v0"\nabove = 50\nunit = "ppm"\n'
            f'[[output]]\nid = "{line}"\nalarm_on = ["{line}-high"]\nenergised = "alarm"\n'
            f'chip = "/dev/null"\npin = {pin}\n'
        )
    (folder / "station.toml").write_text(station)
    (folder / "bench.toml").write_text(bench)


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"answer on the wire to the call that sets a GPIO relay ({result['switches']})",
            f"p50 {result['p50_ms']} ms, p99 {result['p99_ms']} ms, max {result['max_ms']} ms",
            f"max <= {MAX_MS} ms",
        )
    ]
