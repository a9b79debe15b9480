"""The line that a scan asks on, at one setting: a serial port, a device server or a Modbus TCP device."""

import asyncio

from hal.errors import PortError
from hal.line import Line
from hal.port import Framing, Port
from hal.serial_port import SerialPort
from hal.tap import Tap
from hal.tcp_port import tcp_address
from hal.udp_port import network_port
from tools.scan.settings import Setting

__all__ = ["BABBLE_BYTES", "LISTEN_S", "listened", "open_line", "opened", "port_trouble", "somebody_talks"]

LISTEN_S = 1.2  # before the first question: streaming instruments and masters say something in it
BABBLE_BYTES = 8  # heard although nothing was asked: somebody talks; fewer are a plug's contacts


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


async def opened(line: Line) -> None:
    """Wait until the port of a running line is open. Raises PortError where it cannot be opened."""
    while not line.is_open:
        if line.trouble:
            where, _, what = line.trouble.partition(": ")
            raise PortError(where, what)
        await asyncio.sleep(0.005)


async def listened(line: Line, setting: Setting, seconds: float) -> bytes:
    """What is heard although nothing was asked: two masters on one line destroy each other's frames."""
    tap = line.core.tap = Tap(setting.timing.char_ms)
    await asyncio.sleep(seconds)
    line.core.tap = None
    tap.settle(float("inf"))
    return b"".join(record.data for record in tap.since(0)[1])


def port_trouble(error: PortError) -> str:
    """What a technician is told of a port that cannot be had."""
    text = str(error)
    if "in use" not in text:
        return text
    stop = "stop the agent first; `fenceline trace LINE` shows its line while it runs"
    return f"{text.splitlines()[0]}\n  hint: {stop}"


def somebody_talks(setting: Setting, data: bytes, where: str) -> str:
    """What a technician is told where bytes were heard before anything was asked."""
    from tools.trace.frames import text_of  # noqa: PLC0415 - only then

    said = text_of(data)[:60] or data[:16].hex(" ").upper()
    return (
        f"somebody talks on {where}: {len(data)} bytes at {setting} before anything was asked: {said}\n"
        f"  hint: another master, or an instrument that speaks by itself; `fenceline trace --port {where} "
        f"--baud {setting.baud} --framing {setting.framing}` shows it; --anyway asks all the same, and "
        "destroys a master's frames"
    )
