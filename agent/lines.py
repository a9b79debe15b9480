"""A line of the station file, ready to run."""

import asyncio
from collections.abc import Callable

from agent.config.model import LineSettings
from agent.media import timing_of
from hal.line import Line
from hal.port import Framing
from hal.serial_port import SerialPort
from hal.tcp_port import SILENT_LIMIT_S, tcp_address
from hal.udp_port import network_port

__all__ = ["make_line"]


def make_line(
    settings: LineSettings,
    loop: asyncio.AbstractEventLoop,
    report: Callable[[str, str], None] = lambda what, detail: None,
) -> Line:
    """Its port is opened when it runs. report: as hal.line.Line says."""
    address = tcp_address(settings.port)
    port = network_port(address, loop) if address else _serial_port(settings, loop)
    line = Line(
        settings.id,
        port,
        timing_of(settings),
        silent_limit_s=SILENT_LIMIT_S if address else None,
        echo=settings.echo,
        report=report,
    )
    if isinstance(port, SerialPort):
        port.on_damage = line.damaged
    return line


def _serial_port(settings: LineSettings, loop: asyncio.AbstractEventLoop) -> SerialPort:
    return SerialPort(
        settings.port,
        settings.baud,
        Framing(settings.framing),
        loop,
        low_latency=settings.low_latency,
        direction=settings.direction,
    )
