"""Direction control of an RS-485 transceiver by RTS, done by the kernel (TIOCSRS485).

For transceivers on a board's own UART, whose direction pin is wired to RTS. Most USB adapters switch
by themselves. Source: Linux, Documentation/driver-api/serial/serial-rs485.rst, include/uapi/linux/serial.h.
"""

import fcntl
import struct
from collections.abc import Callable
from typing import Any

from hal.errors import PortError

__all__ = ["AUTO", "DIRECTIONS", "RTS", "RTS_INVERTED", "set_direction"]

AUTO, RTS, RTS_INVERTED = DIRECTIONS = ("auto", "rts", "rts-inverted")
TIOCSRS485 = 0x542F
ENABLED, ON_SEND, AFTER_SEND = 1, 2, 4  # flags: RTS is high while sending, or after it
LAYOUT = "=8I"  # flags, delay before and after sending (ms), padding


def set_direction(
    handle: int, direction: str, name: str, ioctl: Callable[[int, int, bytearray], Any] = fcntl.ioctl
) -> None:
    """direction: RTS is high while sending ("rts") or low ("rts-inverted"). Raises PortError where the
    driver cannot switch it so; ioctl: as fcntl.ioctl, injected by tests."""
    wanted = ENABLED | (ON_SEND if direction == RTS else AFTER_SEND)
    settings = bytearray(struct.pack(LAYOUT, wanted, 0, 0, 0, 0, 0, 0, 0))
    hint = (
        f'direction = "{AUTO}" for an adapter that switches by itself, as most USB ones do; else a UART '
        "whose driver can (on a Raspberry Pi: /dev/ttyAMA0)"
    )
    try:
        ioctl(handle, TIOCSRS485, settings)
    except OSError as error:
        what = f"its driver cannot switch the direction by RTS: {error.strerror or error}"
        raise PortError(f"port {name}", what, hint) from error
    got = struct.unpack(LAYOUT, settings)[0]  # the kernel writes back what it really does
    if got & (ENABLED | ON_SEND | AFTER_SEND) != wanted:
        raise PortError(f"port {name}", f'its driver does not do direction = "{direction}"', hint)
