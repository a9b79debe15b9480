"""Cubic PM2009 and PM2012: PM1, PM2.5 and PM10, by one of its two calibrations.

Source: MSyahmiIzani/PM2012_UART (public driver). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import ParticulateModule
from drivers.wire.cubic import ReadPm2012, ReadSerial, ReadVersion

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "CubicPm2012"]

ABOUT = {
    "name": "cubic-pm2012",
    "vendor": "Cubic",
    "model": "PM2009, PM2012",
    "class": "particulate-module",
    "protocol": "cubic",
    "sources": ["MSyahmiIzani/PM2012_UART"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "9600 8N1, TTL level. It has no address, so it is alone on its line. Questions are the public "
    "driver's byte for byte; the numbers of the answers are ours.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "calibration",
        "type": "string",
        "choices": ["grimm", "tsi"],
        "help": "which of the two instruments, against which it was calibrated, its values are to agree with",
    },
)


class CubicPm2012(ParticulateModule):
    """It has no address. settings: `calibration`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(("pm1", "pm25", "pm10"))
        self._is_tsi = settings["calibration"] == "tsi"

    def questions(self) -> "tuple[ReadPm2012, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadPm2012(),)

    def measure(self) -> "Conversation":
        """One exchange."""
        reading = yield ReadPm2012()
        return self.samples(reading.tsi if self._is_tsi else reading.grimm, [])

    def identify(self) -> "Report":
        """Software version and serial number, the latter in hexadecimal as it came."""
        version = yield ReadVersion()
        serial = yield ReadSerial()
        return ("version %s" % version, "serial number %s" % "".join(["%02X" % byte for byte in serial]))
