"""What a line runs over: its timing on the wire, and how Modbus is framed there."""

import random
from typing import TYPE_CHECKING

from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpFraming
from hal.job import NETWORK_MARGIN_MS, TcpTiming, Timing
from hal.port import Framing, SerialTiming
from hal.tcp_port import TCP

if TYPE_CHECKING:  # agent.config uses this module
    from agent.config.model import InstrumentSettings, LineSettings
    from drivers.registers import Framing as ModbusFraming

__all__ = ["framing_of", "timing_of"]

FRAMINGS = {"rtu": RtuRequest, "ascii": AsciiRequest}


def timing_of(line: "LineSettings", instrument: "InstrumentSettings | None" = None) -> Timing:
    """Of the line, or of an instrument that may have a speed or framing of its own. Of a device
    server's line, the wire is the one behind it; the network only makes it later."""
    if line.medium == TCP:
        return TcpTiming()
    if line.medium:
        return Timing(line.baud, line.bits, NETWORK_MARGIN_MS)
    own = (instrument.baud, instrument.framing) if instrument else (None, None)
    return SerialTiming(own[0] or line.baud, Framing(own[1] or line.framing))


def framing_of(medium: str, mode: str = "rtu") -> "ModbusFraming":
    """Of one instrument: medium as LineSettings has it, mode "rtu" or "ascii" on a serial line.

    Over tcp:// each has numbers of its own, from a random one on: the unit tells them apart.
    """
    return TcpFraming(random.randrange(0x10000)) if medium == TCP else FRAMINGS[mode]
