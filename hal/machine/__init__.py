"""MicroPython's `machine` on the gateway: code written for a board runs here unchanged.

    from hal import machine                 # or: sys.modules["machine"] = machine
    machine.use(machine.Board(uarts={0: "/dev/ttyUSB0", 1: "/dev/ttyUSB1"}))

Signatures are those of MicroPython 1.27; what is left out, and why, stands in
docs/micropython.md and is held against the published stubs by a test.
"""

from hal.machine.board import Board, use
from hal.machine.identity import (
    DEEPSLEEP_RESET,
    HARD_RESET,
    PWRON_RESET,
    SOFT_RESET,
    WDT_RESET,
    reset,
    reset_cause,
    unique_id,
)
from hal.machine.pin import Pin
from hal.machine.rtc import RTC
from hal.machine.timer import Timer
from hal.machine.uart import UART
from hal.machine.wdt import WDT

__all__ = [
    "DEEPSLEEP_RESET",
    "HARD_RESET",
    "PWRON_RESET",
    "RTC",
    "SOFT_RESET",
    "UART",
    "WDT",
    "WDT_RESET",
    "Board",
    "Pin",
    "Timer",
    "reset",
    "reset_cause",
    "unique_id",
    "use",
]
