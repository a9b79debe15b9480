"""From the last byte of the answer that raises an alarm to the alarm at the subscriber."""

import asyncio
import statistics
from typing import Any

from bench.rig import Rig

ALARMS = 30
PERIOD_S = 1.0  # half of it above the limit
RULE = """
[[rule]]
id = "high"
channel = "i1.v0"
above = 50.0
unit = "ppm"
"""
MEDIAN_MS_MAX = 50


async def run() -> dict[str, Any]:
    points = []
    for at in range(ALARMS + 5):
        start = at * PERIOD_S
        points += [[start, 10.0], [start + 0.49, 10.0], [start + 0.5, 90.0], [start + 0.99, 90.0]]
    values = f"{{ v0 = {points}, v1 = 1, v2 = 2, v3 = 3, v4 = 4 }}"
    async with Rig(baud=19200, count=4, values=values, noise="{ v1 = 0.1 }", rule=RULE) as rig:
        await rig.start_agent()
        await asyncio.sleep(ALARMS * PERIOD_S)
        await rig.settle()
        latencies = rig.ledger.alarm_latencies_ms()
    return {
        "alarms": len(latencies),
        "median_ms": statistics.median(latencies),
        "p90_ms": sorted(latencies)[int(0.9 * len(latencies))],
        "max_ms": max(latencies),
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    text = f"median {result['median_ms']} ms, p90 {result['p90_ms']} ms, max {result['max_ms']} ms"
    return [
        (
            f"answer on the wire to alarm at the subscriber ({result['alarms']})",
            text,
            f"median <= {MEDIAN_MS_MAX} ms",
        )
    ]
