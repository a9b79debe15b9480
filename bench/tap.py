"""What watching a line costs its core: an exchange with nobody listening, and with a trace's tap on it.

CPU time in virtual time, both in turn and the smaller of each, so that load from elsewhere falls on
neither.
"""

import time
from typing import Any

from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from hal.tap import Tap

EXCHANGES = 10_000
ROUNDS = 5
TIMING = Timing(9600, 10)
QUESTION = ReadRegisters(1, 3, 8, 10)
ANSWER = with_crc(bytes((1, 3, 20)) + bytes(20))


async def run() -> dict[str, Any]:
    rounds = [(_cost_us(watched=False), _cost_us(watched=True)) for _ in range(ROUNDS)]
    alone, watched = (min(costs) for costs in zip(*rounds, strict=True))
    return {
        "exchanges": EXCHANGES,
        "unwatched_us": round(alone, 1),
        "watched_us": round(watched, 1),
        "comparison_ns": round(_comparison_ns(), 1),
    }


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    text = f"{result['unwatched_us']} us, watched {result['watched_us']} us"
    nobody = f"4 comparisons of {result['comparison_ns']:.0f} ns"
    return [
        ("line core, CPU per exchange; with a trace", text, "-"),
        ("tap with nobody listening", nobody, "-"),
    ]


def _cost_us(watched: bool) -> float:
    core = LineCore(TIMING)
    core.tap = Tap(TIMING.char_ms) if watched else None
    core.attach(AddressState(1, 300.0, 0), 0.0)
    began = time.process_time()
    for at in range(1, EXCHANGES + 1):
        now = at * 1000.0
        core.submit(1, _talk(), now)
        core.step(now)
        core.receive(ANSWER, now + 30)
        core.step(now + 30)
        core.finished.clear()
    return (time.process_time() - began) / EXCHANGES * 1e6


def _talk() -> Any:
    return (yield QUESTION)


def _comparison_ns() -> float:
    """One `if core.tap is not None`, with the loop around it."""
    core = LineCore(TIMING)
    count = 200_000
    began = time.process_time()
    for _ in range(count):
        if core.tap is not None:
            raise AssertionError
    return (time.process_time() - began) / count * 1e9
