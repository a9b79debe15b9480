"""Direction control by RTS: what the kernel is asked for, and what is said where it refuses."""

import asyncio
import errno
import os
import pty
import struct

import pytest

from hal.errors import PortError
from hal.port import Framing
from hal.rs485 import set_direction
from hal.serial_port import SerialPort
from hardware_sim.wire import run

# struct serial_rs485 and TIOCSRS485 as in include/uapi/linux/serial.h and asm-generic/ioctls.h:
# flags ENABLED 1, RTS_ON_SEND 2, RTS_AFTER_SEND 4; 32 bytes in all.
REQUEST = 0x542F


class Driver:
    """A driver's side of the ioctl. answers: the flags that it does, None: those asked for."""

    def __init__(self, answers=None, refuses=None):
        self.answers, self.refuses, self.asked = answers, refuses, []

    def ioctl(self, handle, request, settings):
        self.asked.append((handle, request, bytes(settings)))
        if self.refuses:
            raise OSError(self.refuses, os.strerror(self.refuses))
        if self.answers is not None:
            settings[:4] = struct.pack("=I", self.answers)


@pytest.mark.parametrize(("direction", "flags"), [("rts", 3), ("rts-inverted", 5)])
def test_what_the_kernel_is_asked(direction, flags):
    driver = Driver()
    set_direction(7, direction, "/dev/ttyAMA0", driver.ioctl)
    assert driver.asked == [(7, REQUEST, struct.pack("=8I", flags, 0, 0, 0, 0, 0, 0, 0))]


@pytest.mark.parametrize("answers", [0, 1, 5])
def test_a_driver_that_does_another_thing_is_found_out(answers):
    with pytest.raises(PortError, match='port /dev/ttyAMA0: its driver does not do direction = "rts"'):
        set_direction(7, "rts", "/dev/ttyAMA0", Driver(answers).ioctl)


def test_a_driver_that_refuses_says_what_to_do():
    with pytest.raises(PortError) as caught:
        set_direction(7, "rts", "/dev/ttyUSB0", Driver(refuses=errno.ENOTTY).ioctl)
    assert str(caught.value) == (
        "port /dev/ttyUSB0: its driver cannot switch the direction by RTS: Inappropriate ioctl for device\n"
        '  hint: direction = "auto" for an adapter that switches by itself, as most USB ones do; else a UART '
        "whose driver can (on a Raspberry Pi: /dev/ttyAMA0)"
    )


def test_a_pty_refuses_for_real_and_the_port_is_closed_again():
    async def main():
        far, near = pty.openpty()
        path, loop = os.ttyname(near), asyncio.get_running_loop()
        with pytest.raises(PortError, match="cannot switch the direction by RTS"):
            SerialPort(path, 9600, Framing("8N1"), loop, direction="rts").open(print, print)
        port = SerialPort(path, 9600, Framing("8N1"), loop)  # nobody holds it any longer
        port.open(print, print)
        port.close()
        os.close(far)
        os.close(near)

    run(main())
