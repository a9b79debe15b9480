"""How much of the line the agent uses: 16 Modbus slaves x 10 registers, back to back.

The theoretical maximum is one exchange per (request + turnaround + answer + one silence). More than
100 % would mean that silence is not kept, so it is printed beside it.
"""

import asyncio
import itertools
import statistics
from typing import Any

from bench.rig import Rig

REQUEST_BYTES, ANSWER_BYTES, BITS = 8, 25, 10  # read of 10 registers, 8N1
TURNAROUND_S = 0.002
SECONDS = {9600: 25.0, 19200: 15.0, 115200: 10.0}
WANTED = {9600: 0.98, 19200: 0.97, 115200: 0.93}  # utilisation, the silence kept


async def run() -> dict[str, Any]:
    return {"rows": [await at_baud(baud, seconds) for baud, seconds in SECONDS.items()]}


def figures(answers: list[dict[str, Any]], baud: int) -> dict[str, Any]:
    """Utilisation and the silence kept, from the emulator's log of back-to-back exchanges."""
    character_s = BITS / baud
    silence_s = 0.00175 if baud > 19200 else 3.5 * character_s
    wire_s = (REQUEST_BYTES + ANSWER_BYTES) * character_s + TURNAROUND_S
    ends_s = [answer["mono"] / 1000 for answer in answers]
    kept_ms = [1000 * (b - a - wire_s) for a, b in itertools.pairwise(ends_s)]
    return {
        "exchanges": len(answers),
        "utilisation": round((len(answers) - 1) * (wire_s + silence_s) / (ends_s[-1] - ends_s[0]), 4),
        "silence_due_ms": round(1000 * silence_s, 3),
        "silence_min_ms": round(min(kept_ms), 3),
        "silence_median_ms": round(statistics.median(kept_ms), 3),
    }


async def at_baud(baud: int, seconds: float) -> dict[str, Any]:
    async with Rig(baud=baud) as rig:
        await rig.start_agent()
        await asyncio.sleep(3)  # the start is another bench's
        began = len(rig.said())
        await asyncio.sleep(seconds)
        answers = rig.said()[began:]
        cpu_s = rig.agent.cpu_s()
        await rig.settle()
        return {
            "baud": baud,
            **figures(answers, baud),
            "cpu_ms_per_exchange": round(1000 * cpu_s / len(rig.said()), 3),
            "wrong": len(rig.ledger.wrong()),
            "lost": len(rig.ledger.lost(rig.rows(), rig.clock.utc_ms() - 2000)),
        }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"line utilisation, 16 x 10 registers, {row['baud']} 8N1",
            f"{row['utilisation']:.1%}; silence kept: min {row['silence_min_ms']:.2f}, "
            f"median {row['silence_median_ms']:.2f}, due {row['silence_due_ms']:.2f} ms",
            f">= {WANTED[row['baud']]:.0%}",
        )
        for row in result["rows"]
    ]
