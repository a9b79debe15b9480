"""Nova SDS011, SDS018 and SDS021: PM2.5 and PM10.

Source: Nova Fitness, Laser Dust Sensor Control Protocol V1.3. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import MODE, ParticulateModule
from drivers.wire.sds011 import QueryReading, ReadVersion, Setting, StreamedReading

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "NovaSds011"]

ABOUT = {
    "name": "nova-sds011",
    "vendor": "Nova Fitness",
    "model": "SDS011, SDS018, SDS021",
    "class": "particulate-module",
    "protocol": "sds011",
    "sources": ["Laser Dust Sensor Control Protocol V1.3"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "9600 8N1, TTL level. Every sensor answers to the id FFFF, so it is alone on its line.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (MODE,)


class NovaSds011(ParticulateModule):
    """It has no address. settings: `mode`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(("pm25", "pm10"))
        self._request = QueryReading() if settings["mode"] == "asked" else StreamedReading()

    def questions(self) -> "tuple[StreamedReading, ...]":
        """What `measure` asks or listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One reading."""
        reading = yield self._request
        return self.samples((reading.pm2_5, reading.pm10), [])

    def identify(self) -> "Report":
        """The date of its firmware."""
        year, month, day = yield ReadVersion()
        return ("firmware of %d-%02d-%02d" % (year, month, day),)

    def status(self) -> "Report":
        """Whether it works or sleeps, and how often it measures."""
        works = yield Setting("work")
        minutes = yield Setting("period")
        return ("works" if works else "asleep", "period %d min" % minutes)

    def start(self) -> "Operation":
        """Fan and laser on."""
        return (yield from self.acted(Setting("work", 1), "works"))

    def stop(self) -> "Operation":
        """Fan and laser off."""
        return (yield from self.acted(Setting("work", 0), "asleep"))
