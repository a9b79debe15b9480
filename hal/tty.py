"""What Linux's tty layer is told about a serial device, beyond what pyserial does."""

import copy
import os
import select
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hal.port import Framing

if TYPE_CHECKING:  # agent.config uses this module
    import serial

__all__ = ["holder_of", "hung_up", "marking", "retuned", "set_low_latency", "standard_baud", "waiting_for"]

Attributes = list[Any]  # as termios.tcgetattr gives them
IFLAG, CFLAG, ISPEED, OSPEED, CC = 0, 2, 4, 5, 6
DATA_BITS = {7: termios.CS7, 8: termios.CS8}
PARITIES = {"N": 0, "E": termios.PARENB, "O": termios.PARENB | termios.PARODD}


def marking(attributes: Attributes) -> Attributes:
    """With damaged bytes and breaks marked in the stream (hal.marks), in every framing: without parity
    a break and a missing stop bit are still seen. VTIME 0: a read never waits."""
    ours = copy.deepcopy(attributes)
    ours[IFLAG] |= termios.INPCK | termios.PARMRK
    ours[IFLAG] &= ~(termios.IGNPAR | termios.ISTRIP | termios.IGNBRK | termios.BRKINT)
    ours[CC][termios.VTIME] = 0
    return ours


def waiting_for(attributes: Attributes, count: int) -> Attributes:
    """The same list, changed: the kernel calls nobody below `count` bytes (1..255; VMIN)."""
    attributes[CC][termios.VMIN] = count
    return attributes


def retuned(attributes: Attributes, baud: int, framing: Framing) -> Attributes:
    """For another speed and framing. Raises ValueError for a baud that Linux has no name for."""
    speed = standard_baud(baud)
    if speed is None:
        raise ValueError(f"{baud} is no standard baud")
    ours = copy.deepcopy(attributes)
    ours[ISPEED] = ours[OSPEED] = speed
    ours[CFLAG] &= ~(termios.CSIZE | termios.PARENB | termios.PARODD | termios.CSTOPB)
    ours[CFLAG] |= DATA_BITS[framing.data_bits] | PARITIES[framing.parity]
    ours[CFLAG] |= termios.CSTOPB if framing.stop_bits == 2 else 0
    return ours


def standard_baud(baud: int) -> int | None:
    """Linux's constant for a baud; None where it has none."""
    return getattr(termios, f"B{baud}", None)


def hung_up(handle: int) -> bool:
    """Whether a readable device that gave no bytes is gone, and not just read by somebody else."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in poll.poll(0))


def set_low_latency(device: "serial.Serial") -> bool:
    """FTDI adapters hold bytes back for 16 ms by default; drivers without the choice refuse."""
    try:
        device.set_low_latency_mode(True)
    except (OSError, ValueError, NotImplementedError):
        return False
    return True


def holder_of(path: Path, locks: Path = Path("/proc/locks")) -> int | None:
    """The pid that holds a file lock on `path`, as the kernel tells; None where unknown."""
    try:
        file = path.stat()
        rows = locks.read_text().splitlines()
    except OSError:
        return None
    wanted = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    for row in rows:
        words = row.split()
        if len(words) > 5 and words[5] == wanted and words[4].isdigit() and int(words[4]) > 0:
            return int(words[4])
    return None
