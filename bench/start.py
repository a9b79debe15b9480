"""From the start of the agent's process to the first reading at the subscriber."""

import statistics
from typing import Any

from bench.rig import Rig, until

STARTS = 7
MAX_S = 2.0


async def run() -> dict[str, Any]:
    took_s: list[float] = []
    async with Rig(baud=9600, count=4, every="1s") as rig:
        for _ in range(STARTS):
            rig.ledger.first_reading_ms = None
            rig.agent = rig.new_agent()
            began_ms = await rig.start_agent()
            await until(lambda: rig.ledger.first_reading_ms is not None, "the first reading")
            assert rig.ledger.first_reading_ms is not None
            took_s.append((rig.ledger.first_reading_ms - began_ms) / 1000)
            await rig.agent.stop()
    return {"starts": STARTS, "median_s": round(statistics.median(took_s), 2), "max_s": round(max(took_s), 2)}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    text = f"median {result['median_s']} s, max {result['max_s']} s"
    return [(f"process start to first reading delivered ({result['starts']})", text, f"<= {MAX_S:g} s")]
