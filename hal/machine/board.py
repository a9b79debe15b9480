"""What the gateway has where a board has its pins: which device is UART 1, which chip has the lines.

`machine` is a module, so there is one board at a time: `use` sets it, before the board's code runs.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from hal.clock import Clock
from hal.gpio import CONSUMER, load_gpiod
from hal.kernel import BOOT_ID

__all__ = ["Board", "GpioLine", "board", "use"]

MACHINE_ID = Path("/etc/machine-id")
SERIAL_NUMBER = Path("/proc/device-tree/serial-number")
BOOT_STATUS = Path("/sys/class/watchdog/watchdog0/bootstatus")


class GpioLine(Protocol):
    """What a Pin needs of gpiod's LineRequest."""

    def get_value(self, line: int | str, /) -> Any: ...
    def set_value(self, line: int | str, value: Any, /) -> None: ...
    def reconfigure_lines(self, config: Any, /) -> None: ...
    def wait_edge_events(self, timeout: float | None = None, /) -> bool: ...
    def read_edge_events(self) -> list[Any]: ...
    def release(self) -> None: ...


class Board:
    """The devices behind the names that a board's code uses.

    uarts: a serial device for each number or name. chip: the GPIO chip that pin numbers and
    line names are looked up in. watchdog: the device that WDT feeds. marker: a file in a folder
    that is emptied at boot (say /run/head/boot); with it reset_cause() tells a restart of the
    process from one of the box. request_line: gives a line for a chip and {line: settings}.
    """

    def __init__(
        self,
        uarts: Mapping[int | str, str] | None = None,
        *,
        chip: str = "/dev/gpiochip0",
        watchdog: str = "/dev/watchdog",
        marker: Path | None = None,
        clock: Clock | None = None,
        machine_id: Path = MACHINE_ID,
        serial_number: Path = SERIAL_NUMBER,
        boot_status: Path = BOOT_STATUS,
        boot_id: Path = BOOT_ID,
        request_line: Callable[..., GpioLine] | None = None,
    ) -> None:
        self.uarts = dict(uarts or {})
        self.chip = chip
        self.watchdog = watchdog
        self.marker = marker
        self.clock = clock or Clock()
        self.machine_id = machine_id
        self.serial_number = serial_number
        self.boot_status = boot_status
        self.boot_id = boot_id
        self.request_line = request_line or _request_line
        self.cause: int | None = None  # of the last reset, once it was asked

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        threading.Event().wait(seconds)


def _request_line(path: str, config: Any) -> GpioLine:
    line: GpioLine = load_gpiod().request_lines(path, consumer=CONSUMER, config=config)
    return line


_used = Board()


def board() -> Board:
    """The one in use."""
    return _used


def use(new: Board) -> None:
    """From now on the board's code runs on these devices; objects made before keep theirs."""
    global _used  # noqa: PLW0603
    _used = new
