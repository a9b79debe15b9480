"""The agent on the demo's station: memory, CPU, and the demo's own counts."""

from typing import Any

from hal.clock import Clock
from tools.demo.play import play

SECONDS = 60.0
RSS_MB_MAX, CPU_PERCENT_MAX = 40, 5


async def run() -> dict[str, Any]:
    return await play(SECONDS, lambda scene: None, Clock("trusted"))


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        ("agent, demo station: resident memory", f"{result['rss_mb']} MB", f"<= {RSS_MB_MAX} MB"),
        ("agent, demo station: CPU", f"{result['cpu_percent']} % of one core", f"<= {CPU_PERCENT_MAX} %"),
        (
            "demo: lost, wrong",
            f"{result['lost']}, {result['wrong']} of {result['journalled']}",
            "0, 0",
        ),
    ]
