"""The far end of a pty, scripted: what it answers to each question, and when, paced as a real wire."""

import asyncio
import os
import pty
import tty

from drivers.wire.modbus_rtu import with_crc
from hal.job import Timing

__all__ = ["BAUD", "TIMING", "ScriptedSlave", "answer_to", "registers_of"]

BAUD = 115200  # one byte in 0.09 ms: the tests wait for instruments, not for the wire
TIMING = Timing(BAUD, 10)


def registers_of(start, count):
    """Each register holds its own number: a value under the wrong register is seen at once."""
    return tuple(start + at for at in range(count))


def answer_to(request):
    """The right answer: registers that name themselves, writes confirmed."""
    address, function = request[:2]
    if function in (3, 4):
        start, count = int.from_bytes(request[2:4], "big"), request[5]
        words = b"".join(word.to_bytes(2, "big") for word in registers_of(start, count))
        return with_crc(bytes((address, function, 2 * count)) + words)
    return with_crc(request[:6]) if function in (15, 16) else request


def size_of(buf):
    return 9 + buf[6] if len(buf) > 6 and buf[1] in (15, 16) else 10 if buf[1:2] == b"\x16" else 8


class ScriptedSlave:
    """`answer(question, number)` gives what it sends: [(ms after the question's end, bytes), ...].

    Answers keep their order: a late one holds up those behind it, as in an instrument that works on
    one question after the other. `asked`: the questions as they came.
    """

    def __init__(self, answer, *, addresses=(1, 2), ordered=True):
        self.asked = []
        self.addresses = addresses
        self._answer, self._ordered = answer, ordered
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._master, self._readable)
        self._buf = b""
        self._free_at = 0.0
        self._timers = []

    def _readable(self):
        self._buf += os.read(self._master, 4096)
        while len(self._buf) >= 8 and len(self._buf) >= size_of(self._buf):
            size = size_of(self._buf)
            question, self._buf = self._buf[:size], self._buf[size:]
            if question[0] in self.addresses:
                self._asked(question)

    def _asked(self, question):
        self.asked.append(question)
        end = self._loop.time() + len(question) * TIMING.char_ms / 1000
        for after_ms, data in self._answer(question, len(self.asked)):
            at = end + (after_ms + len(data) * TIMING.char_ms) / 1000
            if self._ordered:
                at = self._free_at = max(at, self._free_at + 0.002)
            self.send(data, at)

    def send(self, data, at=None):
        """Bytes on the wire now, or at this time of the loop."""
        self._timers.append(self._loop.call_at(at or self._loop.time(), os.write, self._master, data))

    def close(self):
        for timer in self._timers:
            timer.cancel()
        self._loop.remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
