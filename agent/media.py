"""What a line runs over: its timing on the wire, and how Modbus is framed there."""

import random
from typing import TYPE_CHECKING

from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpFraming
from hal.job import NETWORK_MARGIN_MS, TcpTiming, Timing
from hal.tcp_port import TCP

if TYPE_CHECKING:  # agent.config uses this module
    from agent.config.model import LineSettings
    from drivers.registers import Framing

__all__ = ["framing_of", "timing_of"]

FRAMINGS = {"rtu": RtuRequest, "ascii": AsciiRequest}


def timing_of(line: "LineSettings") -> Timing:
    """Of a device server's line, the wire is the one behind it; the network only makes it later."""
    if line.medium == TCP:
        return TcpTiming()
    if line.medium:
        return Timing(line.baud, line.bits, NETWORK_MARGIN_MS)
    return Timing(line.baud, line.bits)


def framing_of(medium: str, mode: str = "rtu") -> "Framing":
    """Of one instrument: medium as LineSettings has it, mode "rtu" or "ascii" on a serial line.

    Over tcp:// each has numbers of its own, from a random one on: the unit tells them apart.
    """
    return TcpFraming(random.randrange(0x10000)) if medium == TCP else FRAMINGS[mode]
