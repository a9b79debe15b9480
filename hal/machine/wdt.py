"""MicroPython's WDT over a watchdog device: once made it cannot be stopped, and it must be fed."""

import errno

from hal.machine.board import board
from hal.watchdog import WatchdogDevice

__all__ = ["WDT"]


class WDT:
    """Resets the box unless feed() is called every `timeout` ms.

    timeout: ms, in the device's whole seconds, rounded up. The end of the process does not stop
    it. Raises OSError where there is no device or another program has it, ValueError where the
    device has no such time-out; the device is let go then.
    """

    def __init__(self, id: int = 0, timeout: int = 5000) -> None:
        used = board()
        if id != 0:
            raise ValueError(f"WDT({id}) doesn't exist: there is 0, the Board's")
        if timeout < 1:
            raise ValueError(f"a watchdog cannot wait {timeout} ms")
        seconds = -(-timeout // 1000)
        self._trouble = ""
        self._device = WatchdogDevice(used.watchdog, used.clock.monotonic, self._said, timeouts_s=(seconds,))
        self.feed()
        if self._device.timeout_s != seconds:
            self._device.close()
            raise ValueError(f"{used.watchdog} does not take a time-out of {seconds} s")

    def feed(self) -> None:
        """Raises OSError where the device is gone: the box will be reset."""
        self._device.feed()
        if self._trouble:
            raise OSError(errno.EIO, self._trouble)

    def _said(self, state: str, detail: str) -> None:
        self._trouble = detail if state == "failing" else ""
