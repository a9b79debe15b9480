"""Met One BAM 1020 beta attenuation monitor: the last hourly record.

Source: BAM 1020 manual p. 90, 94; public driver Datalogger2 MetOne1020.scala. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.bam_1020 import ReadRecord

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "MetOneBam1020"]

ABOUT = {
    "name": "metone-bam-1020",
    "vendor": "Met One",
    "model": "BAM 1020",
    "class": "tsp",
    "protocol": "bam-csv",
    "sources": ["BAM 1020 manual p. 90, 94", "Datalogger2 MetOne1020.scala"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "9600 8N1. A record is of the last whole hour, and read again until the next one. Columns of "
    "sensors that a station may lack (wind, humidity) are left out. Its alarms are in no field that the "
    "source names.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "fields",
        "type": "integer",
        "example": 9,
        "help": "how many fields its record has (commas plus one), at least 3; another number is refused",
    },
    {
        "name": "channel",
        "type": "string",
        "choices": ["tsp", "pm10", "pm25"],
        "help": "what its inlet lets through",
    },
)


class MetOneBam1020:
    """It has no address. settings: `fields`, `channel`. Raises ValueError for too few fields."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self.channels = ((settings["channel"], "mg/m3"), ("volume", "m3"))
        self._request = ReadRecord(settings["fields"])

    def questions(self) -> "tuple[ReadRecord, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange: concentration and sampled volume."""
        _, values = yield self._request
        return [judged(name, value, unit, []) for (name, unit), value in zip(self.channels, values)]

    def status(self) -> "Report":
        """When the last record was made, as the instrument writes it."""
        time, _ = yield self._request
        return ("last record %s" % time,)
