"""Aeroqual frames from the maker's protocols. Runs on MicroPython too."""

from drivers.wire.aeroqual import AqmCommand, AqmSpan, ReadAqm, ReadSm70, ReadStation
from tests.frames.row import request

__all__ = ["FRAMES"]

IQM = "Aeroqual IQM 60 user guide (V4), p. "

FRAMES = (
    request("support.aeroqual.com/Wiki/RS485_protocol", ReadSm70(), "55 1A 00 91"),
    request("Aeroqual AQM RS232 protocol V6, section 1", ReadAqm(1, 0x30), "55 01 30 7A"),
    request(IQM + "32", AqmCommand(1, "zero"), "55 01 12 98"),
    request(IQM + "32", AqmCommand(1, "zero scrubber on"), "55 01 14 96"),
    request(IQM + "33", AqmCommand(1, "zero scrubber off"), "55 01 15 95"),
    request(IQM + "33", AqmSpan(1, 0x30, 0.1), "55 01 13 97 55 01 13 30 CD CC CC 3D C5"),
    request(IQM + "32", ReadStation(1), "55 01 FB AF"),
)
