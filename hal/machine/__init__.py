"""MicroPython's `machine` on the gateway: code written for a board runs here unchanged.

    from hal import machine
    machine.install(machine.Board(uarts={0: "/dev/ttyUSB0", 1: "/dev/ttyUSB1"}))
    runpy.run_path("main.py", run_name="__main__")

`install` makes it the module `machine`, and adds the ticks to `time`; `use` only names the board.

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
from hal.machine.ticks import install
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
    "install",
    "reset",
    "reset_cause",
    "unique_id",
    "use",
]
