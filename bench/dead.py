"""Four dead instruments of sixteen: what the healthy ones wait, against the same twelve alone."""

import asyncio
import itertools
import statistics
from typing import Any

from bench.rig import Rig

DEAD = (3, 7, 11, 16)
SECONDS = 40.0
SETTLE_S = 20.0  # until it is known who is dead


async def run() -> dict[str, Any]:
    alone, together = await intervals_ms(12, ()), await intervals_ms(16, DEAD)
    return {
        "alone_median_ms": round(statistics.median(alone), 1),
        "together_median_ms": round(statistics.median(together), 1),
        "growth": round(statistics.median(together) / statistics.median(alone) - 1, 4),
        "together_max_intervals": round(max(together) / statistics.median(alone), 2),
    }


async def intervals_ms(count: int, dead: tuple[int, ...]) -> list[float]:
    """Between two answers of the same instrument, back to back at 9600 8N1."""
    async with Rig(baud=9600, count=count, dead=dead) as rig:
        await rig.start_agent()
        await asyncio.sleep(SETTLE_S)
        began = len(rig.said())
        await asyncio.sleep(SECONDS)
        times: dict[str, list[float]] = {}
        for answer in rig.said()[began:]:
            times.setdefault(answer["instrument"], []).append(answer["mono"])
    return [b - a for each in times.values() for a, b in itertools.pairwise(each)]


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    alone, together = result["alone_median_ms"], result["together_median_ms"]
    text = (
        f"{result['growth']:+.1%} ({alone:.0f} to {together:.0f} ms); "
        f"longest wait {result['together_max_intervals']:.2f} intervals"
    )
    return [("4 of 16 dead: median interval of the healthy", text, "<= +5 %; 2 intervals")]
