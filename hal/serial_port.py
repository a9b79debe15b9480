"""A serial device on the gateway: opened exclusively, read through the event loop without a thread."""

import asyncio
import errno
import fcntl
import os
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import serial

from hal import rs485, tty, usb
from hal.errors import PortError
from hal.job import Timing
from hal.marks import Marks
from hal.port import Framing, SerialTiming

__all__ = ["SerialPort"]

READ_BYTES = 4096
NOTHING = bytes(4)  # as FIONREAD counts
VMIN_MAX = 255  # one byte in the kernel's table
# A driver that talks to its adapter whenever settings change (Linux's ftdi_sio does) makes waiting
# dearer than the wake-ups that it saves.
VMIN_SLOW_S = 0.0002


class SerialPort:
    """A serial device, opened exclusively, read through the event loop without a thread.

    name: a device, a link to one, or `usb:SERIAL`; looked up anew at each opening, `device` is what
    was found. baud: bits per second. direction: see hal.rs485. On a pseudo-terminal, which refuses
    parity and 7 data bits, the port opens 8N1; the line keeps the wanted framing for its timing.
    """

    def __init__(
        self,
        name: str,
        baud: int,
        framing: Framing,
        loop: asyncio.AbstractEventLoop,
        *,
        low_latency: bool = True,
        direction: str = rs485.AUTO,
        adapters: usb.Usb | None = None,
    ) -> None:
        self.name = self.device = name
        self.low_latency: bool | None = None  # None: not asked; False: the driver refused
        self.marks = Marks()
        self.on_damage: Callable[[], None] = lambda: None  # called for each damaged byte, and each break
        self._baud, self._framing, self._loop = baud, framing, loop
        self._wants_low_latency, self._direction = low_latency, direction
        self._adapters = adapters
        self._serial: serial.Serial | None = None
        self._handle = -1  # its file descriptor: three calls of pyserial for each exchange are not worth it
        self._awaited = 1  # bytes below which the kernel does not call us
        self._may_wait = True
        self._pseudo = False
        self._on_bytes: Callable[[bytes], None] = lambda data: None
        self._on_lost: Callable[[PortError], None] = lambda error: None

    # -- opening ----------------------------------------------------------------------------

    def open(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[PortError], None]) -> None:
        """Raises PortError: missing, forbidden, or held by another process (named by pid)."""
        serial_number = usb.usb_serial(self.name)
        if serial_number is None:
            path = self.name
            self.device = os.path.realpath(path)
        else:
            path = self.device = (self._adapters or usb.SYSTEM).find(serial_number)
        self._pseudo = os.path.realpath(path).startswith("/dev/pts/")
        framing = Framing("8N1") if self._pseudo else self._framing
        try:
            device = serial.Serial(
                path,
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
        try:
            self._prepare(device)
        except PortError:
            device.close()
            raise
        except (OSError, termios.error) as error:
            device.close()
            raise self._refused(error) from error
        self._serial, self._handle = device, device.fileno()
        self._on_bytes, self._on_lost = on_bytes, on_lost
        self._loop.add_reader(device.fileno(), self._readable)

    def _prepare(self, device: serial.Serial) -> None:
        """What pyserial leaves open; only behind it, since whenever it sets anything, it sets VMIN too."""
        handle = device.fileno()
        if self._direction != rs485.AUTO:
            rs485.set_direction(handle, self._direction, self.name)
        may_ask = self._wants_low_latency and not self._pseudo
        self.low_latency = tty.set_low_latency(device) if may_ask else None
        self._attributes = tty.marking(termios.tcgetattr(handle))
        self._tuned = {f"{self._baud} {self._framing}": self._attributes}
        took_s = []
        for count in (1, 2, 1):
            began = self._loop.time()
            self._set_vmin(handle, count)
            took_s.append(self._loop.time() - began)
        self._may_wait = min(took_s) < VMIN_SLOW_S
        self.marks.restart()
        device.reset_input_buffer()

    # -- settings ---------------------------------------------------------------------------

    def _set_vmin(self, handle: int, count: int) -> None:
        self._awaited = count
        termios.tcsetattr(handle, termios.TCSANOW, tty.waiting_for(self._attributes, count))

    def await_bytes(self, count: int) -> None:
        """Let the kernel call us only when `count` bytes are there (VMIN; a read takes what there is)."""
        count = min(count, VMIN_MAX)
        if count == self._awaited or self._serial is None or not self._may_wait:
            return
        with suppress(termios.error):  # the device is gone: its reader is told so
            self._set_vmin(self._handle, count)

    def tune(self, timing: Timing) -> None:
        """What is still to be sent leaves at the old settings. Raises PortError where the device refuses."""
        assert self._serial is not None, "the port is not open"
        if not isinstance(timing, SerialTiming):
            raise TypeError("a serial port is set to a SerialTiming")
        wanted = str(timing)
        try:
            if wanted not in self._tuned:
                wire = Framing("8N1") if self._pseudo else timing.framing
                self._tuned[wanted] = tty.retuned(self._attributes, timing.baud, wire)
            self._attributes = tty.waiting_for(self._tuned[wanted], self._awaited)
            termios.tcsetattr(self._handle, termios.TCSADRAIN, self._attributes)
        except (ValueError, termios.error) as error:
            what = f"cannot be set to {wanted}: {error}"
            raise PortError(f"port {self.name}", what) from error

    # -- bytes ------------------------------------------------------------------------------

    def read_now(self) -> None:
        """Hand over what is there, however little. The loss of a device is its reader's news."""
        if self._serial is None:
            return
        try:
            if fcntl.ioctl(self._handle, termios.FIONREAD, NOTHING) == NOTHING:
                return  # cheaper to ask than to try
        except OSError:
            return
        self._readable()

    def write(self, data: bytes) -> None:
        """Raises PortError when the device is gone or takes no more bytes."""
        assert self._serial is not None, "the port is not open"
        try:
            written = os.write(self._handle, data)
        except OSError as error:
            raise PortError(f"port {self.name}", f"cannot write: {error.strerror}") from error
        if written != len(data):
            raise PortError(f"port {self.name}", f"took {written} of {len(data)} bytes and no more")

    def close(self) -> None:
        if self._serial is not None:
            self._loop.remove_reader(self._handle)
            self._serial.close()
            self._serial = None

    def _readable(self) -> None:
        assert self._serial is not None
        try:
            data = os.read(self._handle, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or str(error))
            return
        if data:
            self._hand_over(data)
        elif tty.hung_up(self._handle):
            self._lose("the device is gone")
        # Else somebody else on this port was quicker: his bytes are missing, the device is not.

    def _hand_over(self, data: bytes) -> None:
        first, *others = self.marks.take(data)
        if first:
            self._on_bytes(first)
        for piece in others:
            self.on_damage()
            if piece:
                self._on_bytes(piece)

    # -- what a person is told --------------------------------------------------------------

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
            pid = tty.holder_of(Path(self.device))
            who = f"process {pid}" if pid else "another process"
            return PortError(where, f"in use by {who}", "two masters on one line destroy each other's frames")
        return PortError(where, f"cannot be opened: {error}")
