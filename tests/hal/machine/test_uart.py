"""UART over real pseudo-terminals: what a program for a board may expect of read and write."""

import os
import pty
import select
import threading
import time
import tty
from contextlib import suppress

import pytest
import serial

from hal import machine
from hal.machine import UART


@pytest.fixture
def wire():
    """(our end of a pty, the path of the device at its other end)"""
    near, far = pty.openpty()
    tty.setraw(far)
    yield near, os.ttyname(far)
    for handle in (near, far):
        with suppress(OSError):  # the test may have closed it
            os.close(handle)


def sent(near, size):
    data = b""
    while len(data) < size and select.select([near], [], [], 5.0)[0]:
        data += os.read(near, size - len(data))
    return data


def later(seconds, action):
    timer = threading.Timer(seconds, action)
    timer.start()
    return timer


def until(condition):
    end = time.monotonic() + 5.0
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_number_is_looked_up_and_a_path_is_taken_as_it_is(wire):
    near, path = wire
    machine.use(machine.Board(uarts={1: path}))
    uart = UART(1, 9600)
    assert uart.write(b"\x01\x03") == 2
    assert sent(near, 2) == b"\x01\x03"
    uart.deinit()
    with pytest.raises(OSError, match="not open"):
        uart.any()
    again = UART(path, baudrate=19200, bits=8, parity=None, stop=1)
    assert again.write("abc") == 3
    assert sent(near, 3) == b"abc"
    again.deinit()


def test_a_number_that_nobody_named():
    machine.use(machine.Board(uarts={1: "/dev/null"}))
    with pytest.raises(ValueError, match=r"UART\(7\) doesn't exist"):
        UART(7)


def test_nothing_came_is_none(wire):
    _, path = wire
    uart = UART(path, 9600)
    assert uart.any() == 0
    assert uart.read() is None
    assert uart.read(5) is None
    assert uart.readinto(bytearray(5)) is None
    assert uart.readline() is None
    assert uart.read(0) == b""
    uart.deinit()


def test_what_is_there_is_read_without_waiting(wire):
    near, path = wire
    uart = UART(path, 9600)
    os.write(near, b"one\ntwo\nrest")
    until(lambda: uart.any() == 12)
    assert uart.read(2) == b"on"
    assert uart.readline() == b"e\n"
    buf = bytearray(8)
    assert uart.readinto(buf, 4) == 4
    assert buf == b"two\n\0\0\0\0"
    assert uart.read() == b"rest"
    os.write(near, b"no line feed")
    until(uart.any)
    assert uart.readline() == b"no line feed"
    uart.deinit()


def test_timeout_is_for_the_first_character(wire):
    near, path = wire
    uart = UART(path, 9600, timeout=5000, timeout_char=5)
    timer = later(0.1, lambda: os.write(near, b"late"))
    assert uart.read(4) == b"late"
    timer.join()
    began = time.monotonic()
    uart.init(9600, timeout=50)
    assert uart.read(4) is None
    assert time.monotonic() - began >= 0.05
    uart.deinit()


def test_timeout_char_is_between_two(wire):
    """The first read ends in the pause; what comes behind it is the next read's."""
    near, path = wire
    uart = UART(path, 9600, timeout=5000, timeout_char=20)
    os.write(near, b"ab")
    began = time.monotonic()
    assert uart.read(4) == b"ab"
    assert time.monotonic() - began < 4.0  # not until `timeout`
    os.write(near, b"cd")
    assert uart.read(4) == b"cd"
    uart.init(9600, timeout=5000, timeout_char=5000)
    os.write(near, b"ab")
    timer = later(0.1, lambda: os.write(near, b"cd"))
    assert uart.read(4) == b"abcd"
    timer.join()
    uart.deinit()


def test_timeout_char_is_at_least_one_character(wire):
    _, path = wire
    uart = UART(path, 1200)
    assert uart._timeout_char_s == pytest.approx(0.011)  # 13 bits at 1200: 10.8 ms
    uart.init(115200, timeout=30, timeout_char=7)
    assert uart._timeout_char_s == 0.007
    uart.init(9600)
    assert (uart._timeout_s, uart._timeout_char_s) == (0.03, 0.007)
    uart.deinit()


def test_readinto_waits_for_the_whole_buffer(wire):
    """As MicroPython's readinto does, which asks again with `timeout` where read does not."""
    near, path = wire
    uart = UART(path, 9600, timeout=5000, timeout_char=1)
    os.write(near, b"ab")
    timer = later(0.1, lambda: os.write(near, b"cd"))
    buf = bytearray(4)
    assert uart.readinto(buf) == 4
    assert buf == b"abcd"
    timer.join()
    uart.deinit()


def test_a_full_device_takes_what_it_can(wire):
    near, path = wire
    uart = UART(path, 9600, timeout=10)
    taken = uart.write(bytes(1 << 20))
    assert 0 < taken < 1 << 20
    assert uart.write(b"more") is None
    assert sent(near, taken) == bytes(taken)
    assert uart.write(b"more") == 4
    assert uart.write(b"") == 0
    uart.deinit()


def test_flush_txdone_and_break(wire):
    near, path = wire
    uart = UART(path, 9600)
    uart.write(b"xyz")
    assert sent(near, 3) == b"xyz"
    uart.flush()
    assert uart.txdone()
    uart.sendbreak()
    assert not uart._device.break_condition
    uart.deinit()


def test_break_lasts_longer_than_a_character(monkeypatch):
    """A pty carries no break, so the device is a stand-in."""

    class Device(serial.Serial):
        def open(self):
            self.is_open = True
            self.log = []

        def reset_input_buffer(self):
            pass

        def _reconfigure_port(self, force_update=False):
            pass

        def _update_break_state(self):
            self.log.append(self._break_state)

        def close(self):
            self.is_open = False

    class Board(machine.Board):
        def wait(self, seconds):
            waited.append(seconds)

    waited = []
    monkeypatch.setattr(serial, "Serial", Device)
    machine.use(Board())
    uart = UART("/dev/none", 1200, parity=0, stop=2, bits=7, flow=UART.RTS | UART.CTS)
    device = uart._device
    assert (device.parity, device.stopbits, device.bytesize, device.rtscts) == ("E", 2, 7, True)
    uart.sendbreak()
    assert device.log == [True, False]
    assert waited == [pytest.approx(13 / 1200)]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"parity": 2}, "parity 2 is none of"),
        ({"invert": UART.INV_TX}, "cannot invert"),
        ({"flow": UART.RTS}, "together, or neither"),
        ({"bits": 9}, "byte size"),
        ({"stop": 3}, "stop bit size"),
    ],
)
def test_what_a_device_cannot_do(tmp_path, settings, text):
    with pytest.raises(ValueError, match=text):
        UART(str(tmp_path / "none"), 9600, **settings)


def test_a_device_that_cannot_be_opened(tmp_path, wire):
    _, path = wire
    with pytest.raises(OSError, match="could not open port"):
        UART(str(tmp_path / "none"))
    uart = UART(path)
    with pytest.raises(OSError, match="lock"):
        UART(path)
    uart.deinit()


def test_a_device_that_goes_away(wire):
    near, path = wire
    uart = UART(path, timeout=5000)
    os.close(near)
    with pytest.raises(OSError, match=r"is gone|Input/output error"):
        uart.read(1)
    uart.deinit()


def test_select_poll_takes_it_as_on_a_board(wire):
    near, path = wire
    uart = UART(path)
    poll = select.poll()
    poll.register(uart, select.POLLIN)
    assert poll.poll(0) == []
    os.write(near, b"x")
    assert poll.poll(5000) == [(uart.fileno(), select.POLLIN)]
    uart.deinit()
