"""CPU per 1,000 readings beside a plain script's, polling the same line in the same run; memory."""

import asyncio
from typing import Any

from bench.rig import Rig
from tools.demo.stage import Process

WORKLOADS = ((9600, 16, "0s", 12.0), (19200, 8, "1s", 20.0))  # baud, instruments, every, seconds
ROUNDS = 3
READINGS = 5  # per answer
WARM_UP_S = 2.5


async def run() -> dict[str, Any]:
    return {"rows": [await compare(*workload) for workload in WORKLOADS]}


async def compare(baud: int, count: int, every: str, seconds: float) -> dict[str, Any]:
    agent_s: list[float] = []
    script_s: list[float] = []
    rss_mb: list[float] = []
    script_rss_mb: list[float] = []
    async with Rig(baud=baud, count=count, every=every) as rig:
        script = (
            "bench.peers.script",
            str(rig.port),
            str(baud),
            str(count),
            every.removesuffix("s"),
            str(rig.broker.port),
        )
        for _ in range(ROUNDS):
            for costs, sizes, process in (
                (agent_s, rss_mb, rig.new_agent()),
                (script_s, script_rss_mb, Process(rig.folder / "script.log", *script)),
            ):
                costs.append(await cost_s(rig, process, seconds))
                sizes.append(process.rss_mb())
                await process.stop()
    # Equal work in turn, so the machine's drift is in both; the sums keep /proc's 10 ms ticks small.
    return {
        "baud": baud,
        "every": every,
        "agent_cpu_s_per_1000": round(sum(agent_s) / ROUNDS, 4),
        "script_cpu_s_per_1000": round(sum(script_s) / ROUNDS, 4),
        "ratio": round(sum(agent_s) / sum(script_s), 3),
        "agent_rss_mb": round(max(rss_mb), 1),
        "script_rss_mb": round(max(script_rss_mb), 1),
    }


async def cost_s(rig: Rig, process: Process, seconds: float) -> float:
    """CPU seconds per 1,000 readings, as the emulator counts them, over `seconds`."""
    await process.start()
    await asyncio.sleep(WARM_UP_S)
    before, cpu_s = len(rig.said()), process.cpu_s()
    await asyncio.sleep(seconds)
    answers = len(rig.said()) - before
    return (process.cpu_s() - cpu_s) / (answers * READINGS) * 1000


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"CPU per 1,000 readings, {row['baud']} baud, every {row['every']}",
            f"{row['agent_cpu_s_per_1000']:.3f} s; script {row['script_cpu_s_per_1000']:.3f} s; "
            f"ratio {row['ratio']:.2f}",
            "ratio <= 1",
        )
        for row in result["rows"]
    ]
