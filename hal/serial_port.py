"""A serial device on the gateway: opened exclusively, read through the event loop without a thread."""

import asyncio
import errno
import os
import select
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import serial

from hal.errors import PortError
from hal.port import Framing

__all__ = ["SerialPort", "holder_of"]

READ_BYTES = 4096
VMIN_MAX = 255  # one byte in the kernel's table
# A driver that talks to its adapter whenever settings change (Linux's ftdi_sio does) makes waiting
# dearer than the wake-ups that it saves.
VMIN_SLOW_S = 0.0002
VMIN, CC = termios.VMIN, 6  # where termios.tcgetattr has it


class SerialPort:
    """A serial device, opened exclusively, read through the event loop without a thread.

    baud: bits per second. On a pseudo-terminal, which refuses parity and 7 data bits, the port
    opens 8N1; the line keeps the wanted framing for its timing.
    """

    def __init__(self, path: str, baud: int, framing: Framing, loop: asyncio.AbstractEventLoop) -> None:
        self.name = path
        self.low_latency: bool | None = None  # None: not asked; False: the driver refused
        self._baud, self._framing, self._loop = baud, framing, loop
        self._serial: serial.Serial | None = None
        self._awaited = 1  # bytes below which the kernel does not call us
        self._may_wait = True
        self._on_bytes: Callable[[bytes], None] = lambda data: None
        self._on_lost: Callable[[PortError], None] = lambda error: None

    def open(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[PortError], None]) -> None:
        """Raises PortError: missing, forbidden, or held by another process (named by pid)."""
        pseudo = os.path.realpath(self.name).startswith("/dev/pts/")
        framing = Framing("8N1") if pseudo else self._framing
        try:
            device = serial.Serial(
                self.name,
                self._baud,
                bytesize=framing.data_bits,
                parity=framing.parity,
                stopbits=framing.stop_bits,
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise self._refused(error) from error
        self.low_latency = None if pseudo else _set_low_latency(device)
        try:
            device.reset_input_buffer()
            self._prepare_waiting(device.fileno())
        except (OSError, termios.error) as error:
            device.close()
            raise self._refused(error) from error
        self._serial, self._on_bytes, self._on_lost = device, on_bytes, on_lost
        self._loop.add_reader(device.fileno(), self._readable)

    def _prepare_waiting(self, handle: int) -> None:
        """Only once pyserial is done: each time that it sets anything, it sets VMIN, too."""
        self._attributes = termios.tcgetattr(handle)
        self._attributes[CC][termios.VTIME] = 0
        took_s = []
        for count in (1, 2, 1):
            began = self._loop.time()
            self._set_vmin(handle, count)
            took_s.append(self._loop.time() - began)
        self._may_wait = min(took_s) < VMIN_SLOW_S

    def _set_vmin(self, handle: int, count: int) -> None:
        self._awaited = self._attributes[CC][VMIN] = count
        termios.tcsetattr(handle, termios.TCSANOW, self._attributes)

    def await_bytes(self, count: int) -> None:
        """Let the kernel call us only when `count` bytes are there (VMIN; a read takes what there is)."""
        count = min(count, VMIN_MAX)
        if count == self._awaited or self._serial is None or not self._may_wait:
            return
        with suppress(termios.error):  # the device is gone: its reader is told so
            self._set_vmin(self._serial.fileno(), count)

    def read_now(self) -> None:
        """Hand over what is there, however little."""
        if self._serial is not None:
            self._readable()

    def write(self, data: bytes) -> None:
        """Raises PortError when the device is gone or takes no more bytes."""
        assert self._serial is not None, "the port is not open"
        try:
            written = os.write(self._serial.fileno(), data)
        except OSError as error:
            raise PortError(f"port {self.name}", f"cannot write: {error.strerror}") from error
        if written != len(data):
            raise PortError(f"port {self.name}", f"took {written} of {len(data)} bytes and no more")

    def close(self) -> None:
        if self._serial is not None:
            self._loop.remove_reader(self._serial.fileno())
            self._serial.close()
            self._serial = None

    def _readable(self) -> None:
        assert self._serial is not None
        try:
            data = os.read(self._serial.fileno(), READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or str(error))
            return
        if data:
            self._on_bytes(data)
        elif _hung_up(self._serial.fileno()):
            self._lose("the device is gone")
        # Else somebody else on this port was quicker: his bytes are missing, the device is not.

    def _lose(self, why: str) -> None:
        self.close()
        self._on_lost(PortError(f"port {self.name}", f"lost: {why}", "is the adapter plugged in?"))

    def _refused(self, error: Exception) -> PortError:
        where, number = f"port {self.name}", getattr(error, "errno", None)
        if number == errno.ENOENT:
            return PortError(
                where, "there is no such device", "`ls -l /dev/serial/by-id` shows what is plugged in"
            )
        if number == errno.EACCES:
            return PortError(where, "no permission", "add the user to the group dialout and log in again")
        if "lock" in str(error):
            pid = holder_of(Path(self.name))
            who = f"process {pid}" if pid else "another process"
            return PortError(where, f"in use by {who}", "two masters on one line destroy each other's frames")
        return PortError(where, f"cannot be opened: {error}")


def _hung_up(handle: int) -> bool:
    """Whether a readable device that gave no bytes is gone, and not just read by somebody else."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in poll.poll(0))


def _set_low_latency(device: serial.Serial) -> bool:
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
