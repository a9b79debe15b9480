"""Adapters found by their serial number, wherever they are plugged in and whatever they are called."""

import asyncio
import os
import pty

import pytest

from hal.errors import PortError
from hal.line import Line
from hal.port import Framing, SerialTiming
from hal.serial_port import SerialPort
from hal.usb import Adapter, usb_serial
from hardware_sim.wire import run


def test_what_is_plugged_in(plugged_in):
    plugged_in.plug("ttyUSB0", "FT1")
    plugged_in.plug("ttyACM0", None, product="USB Single Serial", socket="1-1.3")
    plugged_in.on_board("ttyS0")
    (plugged_in.sysfs / "class/tty/tty0").mkdir()  # a console: no device behind it
    dev = plugged_in.dev
    assert plugged_in.usb.adapters() == [
        Adapter(f"{dev}/ttyACM0", "", "USB Single Serial"),
        Adapter(f"{dev}/ttyUSB0", "FT1", "USB-RS485 Cable"),
    ]
    assert plugged_in.usb.find("FT1") == f"{dev}/ttyUSB0"


def test_an_adapter_keeps_its_number_under_another_name(plugged_in):
    plugged_in.plug("ttyUSB0", "FT1")
    plugged_in.unplug("ttyUSB0")
    plugged_in.plug("ttyUSB3", "FT1", socket="1-1.4")
    assert plugged_in.usb.find("FT1") == f"{plugged_in.dev}/ttyUSB3"


def test_none_with_this_number_lists_those_that_are_there(plugged_in):
    plugged_in.plug("ttyUSB0", "FT1")
    plugged_in.plug("ttyUSB1", None, product="", socket="1-1.3")
    with pytest.raises(PortError) as caught:
        plugged_in.usb.find("FT2")
    dev = plugged_in.dev
    assert str(caught.value) == (
        "port usb:FT2: no adapter with this serial number is plugged in\n"
        f"  hint: plugged in: USB-RS485 Cable, serial number FT1, at {dev}/ttyUSB0; "
        f"unnamed adapter, without a serial number, at {dev}/ttyUSB1"
    )


def test_nothing_plugged_in_says_so(plugged_in):
    with pytest.raises(PortError, match="no USB serial adapter is plugged in; `dmesg -w`"):
        plugged_in.usb.find("FT1")


@pytest.mark.parametrize("sockets", [("1-1.2", "1-1.3"), ("1-1.2", "1-1.2")])
def test_two_of_one_number_are_told_apart_by_their_sockets(plugged_in, sockets):
    """Cheap adapters all have the same number; one adapter with two sockets has one number, too."""
    plugged_in.plug("ttyUSB0", "0001", "/dev/null", socket=sockets[0])
    plugged_in.plug("ttyUSB1", "0001", "/dev/zero", socket=sockets[1], interface=1)
    plugged_in.link("ttyUSB0", "pci-usb-0:1.2")
    with pytest.raises(PortError) as caught:
        plugged_in.usb.find("0001")
    dev = plugged_in.dev
    assert str(caught.value) == (
        f"port usb:0001: 2 adapters or sockets have this serial number: {dev}/ttyUSB0, {dev}/ttyUSB1\n"
        f"  hint: name the socket instead, by its link in {dev}/serial/by-path: "
        f"{dev}/serial/by-path/pci-usb-0:1.2"
    )


@pytest.mark.parametrize(("port", "number"), [("usb:FT1", "FT1"), ("usb:", ""), ("/dev/ttyUSB0", None)])
def test_what_names_a_number(port, number):
    assert usb_serial(port) == number


async def until(condition, timeout_s=10.0):
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the kernel fulfils it
            await asyncio.sleep(0.005)


def test_a_line_finds_its_adapter_again_under_another_name(plugged_in):
    """Unplugged: the device and its entry go. Replugged elsewhere: another device, another name."""

    async def main():
        loop, said = asyncio.get_running_loop(), []
        far, near = pty.openpty()
        plugged_in.plug("ttyUSB0", "FT1", os.ttyname(near))
        os.close(near)
        port = SerialPort("usb:FT1", 9600, Framing("8N1"), loop, adapters=plugged_in.usb)
        line = Line("a", port, SerialTiming(9600, Framing("8N1")), report=lambda *what: said.append(what))
        running = asyncio.create_task(line.run())
        await until(lambda: line.is_open)
        plugged_in.unplug("ttyUSB0")
        os.close(far)
        await until(lambda: "no adapter with this serial number" in line.trouble)
        far, near = pty.openpty()
        plugged_in.plug("ttyUSB3", "FT1", os.ttyname(near), socket="1-1.4")
        await until(lambda: line.is_open)
        found = port.device == f"{plugged_in.dev}/ttyUSB3"
        running.cancel()
        os.close(near)
        os.close(far)
        return found, said

    found, said = run(main())
    assert found
    (lost, why), (back, where) = said
    assert (lost, why.partition("\n")[0]) == ("port lost", "port usb:FT1: lost: the device is gone")
    assert back == "port open"
    assert where == f"usb:FT1 is {plugged_in.dev}/ttyUSB3"
