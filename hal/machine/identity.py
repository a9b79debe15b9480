"""Who this gateway is, and why it started."""

import errno
import hashlib
import hmac

from hal.kernel import kernel_text, machine_boot
from hal.machine.board import Board, board

__all__ = [
    "DEEPSLEEP_RESET",
    "HARD_RESET",
    "PWRON_RESET",
    "SOFT_RESET",
    "WDT_RESET",
    "reset",
    "reset_cause",
    "unique_id",
]

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
UNKNOWN = 0  # MicroPython has no name for it; an ESP32 says 0 too
CARD_RESET = 0x20  # WDIOF_CARDRESET, linux/watchdog.h: the watchdog did it
APPLICATION = b"fenceline hal.machine"
RESTART = 75  # EX_TEMPFAIL, sysexits.h: the service manager starts the process again


def unique_id() -> bytes:
    """The box's serial number where it has one, else 16 bytes made of its machine id.

    A machine id must not be shown to others (machine-id(5)), so it is hashed. Raises OSError
    where the box has neither.
    """
    used = board()
    serial = kernel_text(used.serial_number).strip("\0")
    if serial:
        return serial.encode()
    machine_id = kernel_text(used.machine_id)
    if not machine_id or machine_id == "uninitialized":  # as systemd leaves it in an image
        raise OSError(errno.ENOENT, f"neither {used.serial_number} nor {used.machine_id} is there")
    return hmac.new(machine_id.encode(), APPLICATION, hashlib.sha256).digest()[:16]


def reset_cause() -> int:
    """SOFT_RESET: the process was started again since the box was; WDT_RESET: the watchdog reset
    the box; 0: nobody can tell.

    The watchdog's word is read from sysfs: opening its device would arm it. What it does not
    say, a power cut or a reboot, is not guessed. SOFT_RESET needs the Board's marker, which is
    written here.
    """
    used = board()
    if used.cause is None:
        used.cause = _cause(used)
    return used.cause


def _cause(used: Board) -> int:
    boot = machine_boot(used.boot_id)
    if used.marker is not None and boot:
        if kernel_text(used.marker) == boot:
            return SOFT_RESET
        used.marker.parent.mkdir(parents=True, exist_ok=True)
        used.marker.write_text(boot + "\n")
    try:
        status = int(kernel_text(used.boot_status), 0)
    except ValueError:  # no watchdog, or one that says nothing
        return UNKNOWN
    return WDT_RESET if status & CARD_RESET else UNKNOWN


def reset() -> None:
    """Ends the process with status 75: a program does not reset the gateway, its service manager
    (Restart=on-failure) starts the program again."""
    raise SystemExit(RESTART)
