"""The line beside other masters: utilisation, silence kept, CPU per exchange; same emulator, same run."""

import asyncio
from typing import Any

from bench.line import figures
from bench.peers.masters import NAMES
from bench.rig import Rig
from tools.demo.stage import Process

BAUDS = (9600, 19200, 115200)
COUNT = 16
SECONDS = 12.0
WARM_UP_S = 2.5


async def run() -> dict[str, Any]:
    return {"rows": [row for baud in BAUDS for row in await at_baud(baud)]}


async def at_baud(baud: int) -> list[dict[str, Any]]:
    rows = []
    async with Rig(baud=baud, count=COUNT) as rig:
        for name in NAMES:
            words = ("bench.peers.masters", name, str(rig.port), str(baud), str(COUNT))
            process = Process(rig.folder / f"{name}.log", *words)
            rows.append({"master": name, "baud": baud, **await measured(rig, process, baud)})
    return rows


async def measured(rig: Rig, process: Process, baud: int) -> dict[str, Any]:
    await process.start()
    await asyncio.sleep(WARM_UP_S)
    began, cpu_s = len(rig.said()), process.cpu_s()
    await asyncio.sleep(SECONDS)
    answers, cpu_s = rig.said()[began:], process.cpu_s() - cpu_s
    await process.stop()
    await asyncio.sleep(0.5)  # the emulator's last answer is over
    return {**figures(answers, baud), "cpu_us_per_exchange": round(1e6 * cpu_s / len(answers))}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"{row['master']}, {row['baud']} baud",
            f"{row['utilisation']:.1%}; silence median {row['silence_median_ms']:.2f} of "
            f"{row['silence_due_ms']:.2f} ms; CPU {row['cpu_us_per_exchange']} us per exchange",
            "" if row["master"] != "fenceline" else ">= 98, 97, 93 %",
        )
        for row in result["rows"]
    ]
