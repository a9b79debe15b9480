"""Gill MaxiMet weather stations set to SDI-12: wind, air, rain, each a measurement of its own, with CRC.

A measurement is begun, takes the seconds that the station says, and is then read; the line is left alone
meanwhile. What the station has no value for is filled with nines. Any status but 0000 is a fault.
Source: Gill MaxiMet manual 1957-PS-021 p. 71-74. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.sdi12 import Identify, Measure, ReadData

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "MEASUREMENTS", "SETTINGS", "SHARED_LINE", "GillMaximetSdi12"]

ABOUT = {
    "name": "gill-maximet-sdi12",
    "vendor": "Gill Instruments",
    "model": "MaxiMet GMX100 to GMX600 (SDI-12)",
    "class": "meteorology",
    "family": "gill-maximet",
    "protocol": "sdi-12",
    "sources": ["MaxiMet manual 1957-PS-021 p. 71-74"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "For a port that speaks SDI-12 as text (RS-232 or RS-485, or a converter that sends the break "
    "of SDI-12 by itself). A poll takes the 2 to 5 s of each measurement, and the line waits so long.",
}
ADDRESSES = (0, 9)
SHARED_LINE = False
MEASUREMENTS = {  # number, values in each block, and what they are; a channel of "" is not told
    "wind": (2, (3,), ("wind_direction", "wind_speed", "status")),
    "corrected wind": (0, (5,), ("", "", "corrected_direction", "corrected_speed", "status")),
    "air": (1, (6, 3), ("temperature", "humidity", "dew_point", "pressure", "status", "", "", "", "")),
    "rain": (3, (3,), ("rain_intensity", "rain", "status")),
}
NONE = {
    "pressure": (999.99,),
    "rain": (999.99,),
}  # what fills an empty place; of the others also 999 and 999.9
ANY = (999.0, 999.9, 999.99)
SETTINGS = (
    {
        "name": "measurements",
        "type": "list",
        "example": ["wind", "corrected wind", "air", "rain"],
        "help": "which of wind, corrected wind (with a GPS), air (temperature, humidity, dew point, "
        "pressure) and rain",
    },
    {
        "name": "speed_unit",
        "type": "string",
        "choices": ["m/s", "km/h", "mph", "kn"],
        "help": "the unit of wind speed set on the station",
    },
    {
        "name": "temperature_unit",
        "type": "string",
        "choices": ["degC", "degF"],
        "help": "the unit of temperature set on the station",
    },
    {
        "name": "pressure_unit",
        "type": "string",
        "choices": ["hPa", "mbar", "mmHg", "inHg"],
        "help": "the unit of pressure set on the station",
    },
    {
        "name": "rain_unit",
        "type": "string",
        "choices": ["mm", "in"],
        "help": "the unit of rain set on the station; with in, there is no channel for its intensity",
    },
)


class GillMaximetSdi12:
    """address 0..9. settings: see SETTINGS. Raises ValueError for what does not fit."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        if not 0 <= address <= 9:
            raise ValueError("address %d is not within 0..9" % address)
        self.address = "%d" % address
        self._names = tuple(settings["measurements"])
        if not self._names or [name for name in self._names if name not in MEASUREMENTS]:
            known = ", ".join(["wind", "corrected wind", "air", "rain"])
            raise ValueError("measurements %r are not some of %s" % (list(self._names), known))
        speed, temperature = settings["speed_unit"], settings["temperature_unit"]
        self._units = {
            "wind_direction": "deg",
            "wind_speed": speed,
            "corrected_direction": "deg",
            "corrected_speed": speed,
            "temperature": temperature,
            "humidity": "%",
            "dew_point": temperature,
            "pressure": settings["pressure_unit"],
            "rain": settings["rain_unit"],
        }
        if settings["rain_unit"] == "mm":
            self._units["rain_intensity"] = "mm/h"
        self.channels = tuple(
            [
                (channel, self._units[channel])
                for name in self._names
                for channel in MEASUREMENTS[name][2]
                if channel in self._units
            ]
        )

    def _asked(self, name: str) -> "tuple[Request, ...]":
        number, blocks, places = MEASUREMENTS[name]
        begin = Measure(self.address, len(places), True, number)
        return (begin,) + tuple([ReadData(self.address, at, size) for at, size in enumerate(blocks)])

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return tuple([request for name in self._names for request in self._asked(name)])

    def measure(self) -> "Conversation":
        """For each measurement: begin it, wait, read its blocks."""
        samples = []
        for name in self._names:
            requests = self._asked(name)
            yield requests[0]
            values: tuple[float, ...] = ()
            for request in requests[1:]:
                values += yield request
            places = MEASUREMENTS[name][2]
            status = values[places.index("status")]
            causes = [("D", "status %04d" % status)] if status else []
            for channel, value in zip(places, values):
                if channel in self._units:
                    none = value in NONE.get(channel, ANY)
                    own = [("D", "not available")] if none else []
                    samples.append(
                        judged(channel, None if none else value, self._units[channel], causes + own)
                    )
        return samples

    def identify(self) -> "Report":
        """`aI!`: version of SDI-12, vendor, serial number."""
        version, vendor, serial = yield Identify(self.address)
        return ("SDI-12 %s" % version, vendor, "serial number %s" % serial)
