"""The line that a scan asks on, at one setting: a serial port, a device server or a Modbus TCP device."""

import asyncio

from hal.line import Line
from hal.port import Framing, Port
from hal.serial_port import SerialPort
from hal.tcp_port import tcp_address
from hal.udp_port import network_port
from tools.scan.settings import Setting

__all__ = ["open_line"]


def open_line(port: str, setting: Setting, echo: bool = False) -> Line:
    """Its port is opened when it runs. Raises ValueError for a port that cannot be one.

    However long nobody answers, a connection is kept: silence is what most addresses have to say.
    """
    loop = asyncio.get_running_loop()
    address = tcp_address(port)
    where: Port = (
        network_port(address, loop)
        if address
        else SerialPort(port, setting.baud, Framing(setting.framing), loop)
    )
    return Line("scan", where, setting.timing, echo=echo)
