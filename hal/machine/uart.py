"""MicroPython's UART over a serial device.

Waiting is as on a board: `timeout` is for the first character, `timeout_char` between two, both in
ms, 0 unless given; `timeout_char` is at least a character's time. What comes too late is None.
"""

import errno
import os
import select
import termios

import serial

from hal.machine.board import board

__all__ = ["UART"]

CHUNK_BYTES = 256
CHARACTER_BITS = 13  # as MicroPython reckons its longest character
PARITY = {None: serial.PARITY_NONE, 0: serial.PARITY_EVEN, 1: serial.PARITY_ODD}


class UART:
    """A serial port by its number or name in the Board, or by the path of its device.

    baudrate in bits per second; bits 5..8; parity None, 0 (even), 1 (odd); stop 1 or 2; timeout,
    timeout_char in ms; flow: RTS | CTS. tx, rx, rts, cts, txbuf, rxbuf say nothing here: the
    device has its wires, and the kernel its buffers. Raises ValueError for what a device cannot
    do, OSError where it cannot be opened or is gone.
    """

    INV_TX, INV_RX = 1, 2
    CTS, RTS = 1, 2

    def __init__(
        self,
        id: int | str,
        /,
        baudrate: int = 9600,
        bits: int = 8,
        parity: int | None = None,
        stop: int = 1,
        *,
        tx: object = None,
        rx: object = None,
        rts: object = None,
        cts: object = None,
        txbuf: int | None = None,
        rxbuf: int | None = None,
        timeout: int | None = None,
        timeout_char: int | None = None,
        invert: int | None = None,
        flow: int | None = None,
    ) -> None:
        self._board = board()
        known = self._board.uarts
        if id not in known and not isinstance(id, str):
            raise ValueError(f"UART({id}) doesn't exist: name its device in Board(uarts={{{id}: ...}})")
        self._path = known.get(id, str(id))
        self._device: serial.Serial | None = None
        self._timeout_s = self._timeout_char_s = 0.0
        self.init(
            baudrate, bits, parity, stop, timeout=timeout, timeout_char=timeout_char, invert=invert, flow=flow
        )

    def init(
        self,
        baudrate: int = 9600,
        bits: int = 8,
        parity: int | None = None,
        stop: int = 1,
        *,
        tx: object = None,
        rx: object = None,
        rts: object = None,
        cts: object = None,
        txbuf: int | None = None,
        rxbuf: int | None = None,
        timeout: int | None = None,
        timeout_char: int | None = None,
        invert: int | None = None,
        flow: int | None = None,
    ) -> None:
        """Open the device, or set it anew; time-outs that are not given stay as they are."""
        if parity not in PARITY:
            raise ValueError(f"parity {parity} is none of None, 0 (even), 1 (odd)")
        if invert:
            raise ValueError("a serial device cannot invert its lines")
        if flow not in (None, 0, self.RTS | self.CTS):
            raise ValueError("a serial device has RTS and CTS together, or neither")
        if self._device is None:
            self._device = serial.Serial(timeout=0, write_timeout=0, exclusive=True)
            self._device.port = self._path
        device = self._device
        # A pseudo-terminal carries bytes, not bits, and refuses the bits that differ.
        pseudo = os.path.realpath(self._path).startswith("/dev/pts/")
        device.baudrate, device.stopbits = baudrate, stop
        device.bytesize = 8 if pseudo else bits
        device.parity = serial.PARITY_NONE if pseudo else PARITY[parity]
        device.rtscts = bool(flow)
        if timeout is not None:
            self._timeout_s = timeout / 1000.0
        if timeout_char is not None:
            self._timeout_char_s = timeout_char / 1000.0
        char_ms = CHARACTER_BITS * 1000 // baudrate + 1
        self._timeout_char_s = max(self._timeout_char_s, char_ms / 1000.0)
        if not device.is_open:
            device.open()
            device.reset_input_buffer()

    def deinit(self) -> None:
        """Close the device. A new object is needed to open it again."""
        if self._device is not None:
            self._device.close()

    def any(self) -> int:
        """Bytes that can be read without waiting."""
        return int(self._open().in_waiting)

    def read(self, nbytes: int | None = None, /) -> bytes | None:
        """Up to nbytes, or all that come until the line rests; None where nothing did."""
        if nbytes is not None and nbytes >= 0:
            return self._receive(nbytes) if nbytes else b""
        found = b""
        while (data := self._receive(CHUNK_BYTES)) is not None:
            found += data
        return found or None

    def readinto(self, buf: bytearray | memoryview, nbytes: int | None = None, /) -> int | None:
        """Fill buf, or its first nbytes; how many bytes came, None where none did."""
        size = len(buf) if nbytes is None else min(nbytes, len(buf))
        at = 0
        while at < size and (data := self._receive(size - at)) is not None:
            buf[at : at + len(data)] = data
            at += len(data)
        return at or (None if size else 0)

    def readline(self) -> bytes | None:
        """Up to a line feed, or until the line rests; None where nothing came."""
        found = b""
        while (data := self._receive(1)) is not None:
            found += data
            if data == b"\n":
                break
        return found or None

    def write(self, buf: bytes | bytearray | memoryview | str, /) -> int | None:
        """How many bytes the device took; None where it took none in time."""
        data = buf.encode() if isinstance(buf, str) else bytes(buf)
        handle = self._open().fileno()
        at, patience_s = 0, self._timeout_s
        while at < len(data):
            try:
                at += os.write(handle, data[at:])
                patience_s = self._timeout_char_s
            except BlockingIOError:
                if not select.select([], [handle], [], patience_s)[1]:
                    break
        return at or (None if data else 0)

    def flush(self) -> None:
        """Wait until everything written has left."""
        termios.tcdrain(self._open().fileno())

    def txdone(self) -> bool:
        """Whether everything written has left, as far as the device tells."""
        return not self._open().out_waiting

    def sendbreak(self) -> None:
        """Hold the line low for longer than a character."""
        device = self._open()
        device.break_condition = True
        self._board.wait(CHARACTER_BITS / device.baudrate)
        device.break_condition = False

    def fileno(self) -> int:
        """So that select.poll takes it, as it does on a board."""
        return int(self._open().fileno())

    def _receive(self, size: int) -> bytes | None:
        """As the port of a board reads: size bytes, fewer where a pause is too long, None for none."""
        handle = self._open().fileno()
        found, patience_s = b"", self._timeout_s
        while len(found) < size:
            if not select.select([handle], [], [], patience_s)[0]:
                break
            data = os.read(handle, size - len(found))
            if not data:
                raise OSError(errno.ENODEV, f"{self._path} is gone")
            found += data
            patience_s = self._timeout_char_s
        return found or None

    def _open(self) -> serial.Serial:
        if self._device is None or not self._device.is_open:
            raise OSError(errno.EBADF, f"UART {self._path} is not open")
        return self._device
