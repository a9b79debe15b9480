"""The serial port on real ptys: what it keeps back, and that it gives up nothing."""

import asyncio
import os
import pty
import select
import termios
import time

import pytest

from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal import serial_port
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.wire import run


class Ends:
    """A pty: the port on one end, the test on the other."""

    def __init__(self, framing="8N1", baud=9600, **settings):
        self.far, near = pty.openpty()
        self.path = os.ttyname(near)
        self.heard, self.lost = [], []
        self.port = SerialPort(self.path, baud, Framing(framing), asyncio.get_running_loop(), **settings)
        self.port.open(self.heard.append, self.lost.append)
        os.close(near)

    def close(self):
        self.port.close()
        os.close(self.far)


@pytest.fixture
def on_a_pty():
    def play(use, **settings):
        async def main():
            ends = Ends(**settings)
            try:
                return await use(ends)
            finally:
                ends.close()

        return run(main())

    return play


async def until(condition, timeout_s=10.0):
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the kernel fulfils it
            await asyncio.sleep(0.001)


def vmin(port):
    return termios.tcgetattr(port._serial.fileno())[6][termios.VMIN]


def waiting(port):
    """Bytes in the kernel that nobody has read."""
    return port._serial.in_waiting


def test_bytes_are_kept_back_until_so_many_are_there(on_a_pty):
    async def use(ends):
        ends.port.await_bytes(5)
        os.write(ends.far, b"abc")
        await until(lambda: waiting(ends.port) == 3)
        await asyncio.sleep(0)  # the loop has asked the kernel with the three there
        assert ends.heard == []
        os.write(ends.far, b"de")
        await until(lambda: ends.heard)
        assert ends.heard == [b"abcde"]

    on_a_pty(use)


def test_what_is_kept_back_is_read_when_wanted(on_a_pty):
    async def use(ends):
        ends.port.await_bytes(25)
        os.write(ends.far, b"abc")
        await until(lambda: waiting(ends.port) == 3)
        ends.port.read_now()
        assert ends.heard == [b"abc"]
        ends.port.read_now()  # nothing there: no call, no loss
        assert (ends.heard, ends.lost) == ([b"abc"], [])

    on_a_pty(use)


def test_more_than_the_kernel_can_count_is_its_most(on_a_pty):
    async def use(ends):
        ends.port.await_bytes(300)
        assert vmin(ends.port) == 255
        ends.port.await_bytes(1)
        assert vmin(ends.port) == 1

    on_a_pty(use)


def test_a_device_that_goes_is_noticed_whatever_the_port_waits_for(on_a_pty):
    async def use(ends):
        ends.port.await_bytes(200)
        os.write(ends.far, b"abc")
        other, ends.far = ends.far, os.open("/dev/null", os.O_RDONLY)
        os.close(other)
        await until(lambda: ends.lost)
        ends.port.await_bytes(1)  # and nobody minds what is asked of a port that has gone
        ends.port.read_now()

    on_a_pty(use)


def test_a_driver_to_which_settings_are_dear_is_not_asked_to_wait(on_a_pty, monkeypatch):
    """As ftdi_sio, which sends its adapter a message each time."""
    real = termios.tcsetattr

    def slow(*arguments):
        end = time.perf_counter() + 2 * serial_port.VMIN_SLOW_S
        while time.perf_counter() < end:
            pass
        real(*arguments)

    async def use(ends):
        ends.port.await_bytes(5)
        assert vmin(ends.port) == 1
        os.write(ends.far, b"a")
        await until(lambda: ends.heard)

    monkeypatch.setattr(serial_port.termios, "tcsetattr", slow)
    on_a_pty(use)


QUESTION = ReadRegisters(1, 3, 0, 10)
ANSWER = with_crc(bytes((1, 3, 20)) + bytes(20))


async def exchange(ends, line, *bursts):
    """Ask once; the far end says each burst so many seconds after it has heard the question."""

    def read():
        return (yield QUESTION)

    asked = asyncio.create_task(line.converse(1, read()))
    await until(lambda: select.select([ends.far], [], [], 0)[0])
    assert os.read(ends.far, 100) == QUESTION.encode()
    began = asyncio.get_running_loop().time()
    for at_s, burst in bursts:
        await asyncio.sleep(began + at_s - asyncio.get_running_loop().time())
        os.write(ends.far, burst)
    return (await asked).result


def test_a_line_wakes_once_for_a_known_answer_and_looks_before_its_deadline(on_a_pty):
    async def use(ends):
        ends.port.close()
        line = Line("a", ends.port, Timing(9600, 10))
        running = asyncio.create_task(line.run())
        await until(lambda: line.is_open)
        line.attach(1, [QUESTION], timeout_ms=200.0, retries=0)
        calls, received = [], line.core.receive
        line.core.receive = lambda data, now: (calls.append(len(data)), received(data, now))
        # The first bytes come in time, the others behind the deadline of 208 ms.
        values = [await exchange(ends, line, (0.19, ANSWER[:3]), (0.22, ANSWER[3:]))]
        calls.clear()
        values += [await exchange(ends, line, (0.03, ANSWER[:8]), (0.04, ANSWER[8:16]), (0.05, ANSWER[16:]))]
        assert calls == [25]
        running.cancel()
        return values

    assert on_a_pty(use) == [(0,) * 10] * 2
