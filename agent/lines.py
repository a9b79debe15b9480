"""A line of the station file, ready to run."""

import asyncio
from collections.abc import Callable

from agent.config.model import LineSettings
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.serial_port import SerialPort

__all__ = ["make_line"]


def make_line(
    settings: LineSettings,
    loop: asyncio.AbstractEventLoop,
    report: Callable[[str, str], None] = lambda what, detail: None,
) -> Line:
    """Its port is opened when it runs. report: as hal.line.Line says."""
    framing = Framing(settings.framing)
    return Line(
        settings.id,
        SerialPort(settings.port, settings.baud, framing, loop),
        Timing(settings.baud, framing.bits),
        echo=settings.echo,
        report=report,
    )
