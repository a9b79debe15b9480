"""Cubic frames from public drivers. Runs on MicroPython too."""

from drivers.wire.cubic import ReadPm1006k, ReadPm2012, ReadSerial, ReadVersion
from tests.frames.row import reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

PM2012 = "MSyahmiIzani/PM2012_UART, src/PM2012_UART.cpp"

FRAMES = (
    request(PM2012, ReadPm2012(), "11 02 0B 07 DB"),
    request(PM2012, ReadVersion(), "11 01 1E D0"),
    request(PM2012, ReadSerial(), "11 01 1F CF"),
    request("ananyevgv/esphome-components, README.md", ReadPm1006k(), "11 02 0B 01 E1"),
    reply(
        "arendst/Tasmota, driver of the Vindriktning (sample data)",
        ReadPm1006k(),
        "16 11 0B 00 00 00 0C 00 00 03 CB 00 00 00 0C 01 00 00 00 E7",
        12,
    ),
)
