"""The serial port on real ptys: what it keeps back, and that it gives up nothing."""

import asyncio
import os
import pty
import select
import termios
import time

import pytest

from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal import serial_port, tty
from hal.errors import PortError
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing, MemoryPort, SerialTiming
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


def test_low_latency_is_asked_for_and_a_refusal_is_told(on_a_pty, monkeypatch):
    """A pty's driver refuses for real; it is only asked because it does not look like one here."""
    monkeypatch.setattr(serial_port.os.path, "realpath", lambda path: "/dev/ttyUSB0")

    async def use(ends):
        return ends.port.low_latency

    assert on_a_pty(use) is False
    assert on_a_pty(use, low_latency=False) is None


SLOW = SerialTiming(4800, Framing("8E2"))


def test_a_port_is_set_to_another_speed_and_back(on_a_pty):
    async def use(ends):
        handle = ends.port._serial.fileno()
        before = termios.tcgetattr(handle)
        ends.port.await_bytes(7)
        ends.port.tune(SLOW)
        slow = termios.tcgetattr(handle)
        ends.port.tune(SerialTiming(9600, Framing("8N1")))
        ends.port.await_bytes(1)
        return before, slow, termios.tcgetattr(handle)

    before, slow, after = on_a_pty(use)
    assert slow[4:6] == [termios.B4800, termios.B4800]
    assert slow[6][termios.VMIN] == 7
    assert slow[0] == before[0], "damage is still marked"
    assert after == before


@pytest.mark.parametrize("framing", ["7E1", "8O2", "8N1"])
def test_what_the_tty_is_told_of_a_framing(framing):
    """A pty refuses parity and seven bits: the list itself."""
    blank = [0, 0, termios.CS8 | termios.CREAD, 0, termios.B9600, termios.B9600, [0] * 32]
    cflag = tty.retuned(blank, 4800, Framing(framing))[2]
    assert (cflag & termios.CSIZE == termios.CS7) == (framing[0] == "7")
    assert bool(cflag & termios.PARENB) == (framing[1] != "N")
    assert bool(cflag & termios.PARODD) == (framing[1] == "O")
    assert bool(cflag & termios.CSTOPB) == (framing[2] == "2")
    assert cflag & termios.CREAD


def test_a_speed_without_a_name_is_refused(on_a_pty):
    async def use(ends):
        with pytest.raises(PortError, match="cannot be set to 12345 8N1: 12345 is no standard baud"):
            ends.port.tune(SerialTiming(12345, Framing("8N1")))

    on_a_pty(use)


class Tunable(MemoryPort):
    """Remembers what it was set to, in turn with what was written."""

    def tune(self, timing):
        self.written.append(str(timing))


def test_a_line_sets_its_port_where_the_speed_changes_and_anew_once_it_was_lost():
    """A port that is opened anew has its own speed again."""

    async def main():
        port = Tunable()
        line = Line("a", port, SerialTiming(9600, Framing("8N1")))
        running = asyncio.create_task(line.run())
        await until(lambda: line.is_open)
        for address, timing in ((1, None), (2, SLOW), (3, SerialTiming(4800, Framing("8E2")))):
            line.attach(address, [ReadRegisters(address, 3, 0, 1)], timeout_ms=5000.0, timing=timing)

        def read(address):
            return (yield ReadRegisters(address, 3, 0, 1))

        async def ask(address):
            asked = asyncio.create_task(line.converse(address, read(address)))
            question = ReadRegisters(address, 3, 0, 1).encode()
            await until(lambda: question in port.written)
            port.feed(with_crc(bytes((address, 3, 2, 0, 7))))
            assert (await asked).result == (7,)
            told = [item if isinstance(item, str) else item[0] for item in port.written]
            port.written.clear()
            return told

        steps = [await ask(1), await ask(2), await ask(3), await ask(1), await ask(3)]
        port.lose()
        await until(lambda: not line.is_open)
        await until(lambda: line.is_open)
        steps += [await ask(3), await ask(1)]
        running.cancel()
        return steps

    assert run(main()) == [
        [1],
        ["4800 8E2", 2],
        [3],
        ["9600 8N1", 1],
        ["4800 8E2", 3],
        ["4800 8E2", 3],
        ["9600 8N1", 1],
    ]
