"""The line beside other masters: utilisation, silence kept, CPU per exchange; same emulator, same run.

The masters take turns on the line, round after round, so that what else the machine does is in all of
them; medians over the rounds, ratios of CPU within a round.
"""

import asyncio
import statistics
from typing import Any

from bench.line import WANTED, figures
from bench.peers.masters import NAMES
from bench.rig import Rig
from tools.demo.stage import Process

ROUNDS = {9600: 3, 19200: 2, 115200: 2}
COUNT = 16
SECONDS = 5.0
WARM_UP_S = 2.0
CPU_BAUD = 9600
CPU_MAX = {"pymodbus-async": 0.75, "pymodbus-sync": 0.55}  # ours over theirs
MEDIANS = ("utilisation", "silence_due_ms", "silence_min_ms", "silence_median_ms", "cpu_us_per_exchange")


async def run() -> dict[str, Any]:
    rows, ratios = [], []
    for baud, count in ROUNDS.items():
        rounds = await at_baud(baud, count)
        for name in NAMES:
            taken = [each[name] for each in rounds]
            rows.append(
                {
                    "master": name,
                    "baud": baud,
                    "exchanges": sum(row["exchanges"] for row in taken),
                    **{key: round(statistics.median(row[key] for row in taken), 4) for key in MEDIANS},
                }
            )
        for peer in CPU_MAX:
            within = [cpu_us(each, "fenceline") / cpu_us(each, peer) for each in rounds]
            ratios.append({"baud": baud, "peer": peer, "ratio": round(statistics.median(within), 3)})
    return {"rows": rows, "cpu_ratios": ratios}


def cpu_us(measured: dict[str, dict[str, Any]], name: str) -> float:
    return float(measured[name]["cpu_us_per_exchange"])


async def at_baud(baud: int, rounds: int) -> list[dict[str, dict[str, Any]]]:
    """What each master showed, by name, for each round."""
    async with Rig(baud=baud, count=COUNT) as rig:
        return [{name: await measured(rig, name, baud) for name in NAMES} for _ in range(rounds)]


async def measured(rig: Rig, name: str, baud: int) -> dict[str, Any]:
    log = rig.folder / f"{name}.log"
    process = Process(log, "bench.peers.masters", name, str(rig.port), str(baud), str(COUNT))
    await process.start()
    await asyncio.sleep(WARM_UP_S)
    began, cpu_s = len(rig.said()), process.cpu_s()
    await asyncio.sleep(SECONDS)
    if process.ended:
        raise RuntimeError(f"{name} ended by itself:\n{log.read_text()}")
    answers, cpu_s = rig.said()[began:], process.cpu_s() - cpu_s
    await process.stop()
    await asyncio.sleep(0.5)  # the emulator's last answer is over
    return {**figures(answers, baud), "cpu_us_per_exchange": 1e6 * cpu_s / len(answers)}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = [
        (
            f"{row['master']}, {row['baud']} baud",
            f"{row['utilisation']:.1%}; silence least {row['silence_min_ms']:.2f}, median "
            f"{row['silence_median_ms']:.2f}, due {row['silence_due_ms']:.2f} ms; CPU "
            f"{row['cpu_us_per_exchange']:.0f} us per exchange",
            f">= {WANTED[row['baud']]:.0%}" if row["master"] == "fenceline" else "",
        )
        for row in result["rows"]
    ]
    return rows + [
        (
            f"CPU per exchange, fenceline / {each['peer']}, {each['baud']} baud",
            f"{each['ratio']:.2f}",
            f"<= {CPU_MAX[each['peer']]:.2f}" if each["baud"] == CPU_BAUD else "",
        )
        for each in result["cpu_ratios"]
    ]
