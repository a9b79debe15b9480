"""What MicroPython's `time` has beyond CPython's: ticks that wrap, and pauses in ms and us."""

import sys
import time

from hal.machine.board import Board, board, use

__all__ = ["install", "sleep_ms", "sleep_us", "ticks_add", "ticks_diff", "ticks_ms", "ticks_us"]

PERIOD = 1 << 30  # as on the 32-bit ports


def ticks_ms() -> int:
    return round(board().clock.monotonic() * 1e3) % PERIOD


def ticks_us() -> int:
    return round(board().clock.monotonic() * 1e6) % PERIOD


def ticks_add(ticks: int, delta: int, /) -> int:
    """The ticks `delta` later. Raises OverflowError for half a period or more."""
    if not -PERIOD // 2 < delta < PERIOD // 2:
        raise OverflowError("ticks interval overflow")
    return (ticks + delta) % PERIOD


def ticks_diff(ticks1: int, ticks2: int, /) -> int:
    """From ticks2 to ticks1, signed: right for intervals below half a period."""
    return (ticks1 - ticks2 + PERIOD // 2) % PERIOD - PERIOD // 2


def sleep_ms(ms: int, /) -> None:
    board().wait(max(ms, 0) / 1e3)


def sleep_us(us: int, /) -> None:
    board().wait(max(us, 0) / 1e6)


def install(new: Board | None = None) -> None:
    """Let a board's program find `machine`, and its ticks in `time`. For a process that runs nothing else."""
    if new is not None:
        use(new)
    sys.modules["machine"] = sys.modules["hal.machine"]
    for function in (ticks_ms, ticks_us, ticks_add, ticks_diff, sleep_ms, sleep_us):
        setattr(time, function.__name__, function)
