"""Anemometers that send NMEA 0183 wind sentences (MWV) on their own: Gill WindSonic and WindObserver in NMEA
format, Airmar WeatherStations, Vaisala WXT in NMEA automatic mode.

Some send two of them in turn, against their own bow and against true north: a setting says which is meant.
Source: NMEA 0183 MWV as in the Vaisala WXT530 user guide M211840EN, the Gill WindSonic manual 1405-PS-0019
11.5, the Gill WindObserver 65 manual 1390-PS-0039 p. 36. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.sample import judged
from drivers.wire.nmea import WindSentence

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "UNIT", "NmeaWind", "wind_samples"]

ABOUT = {
    "name": "nmea-wind",
    "vendor": "several (NMEA 0183)",
    "model": "anemometer that sends MWV sentences",
    "class": "meteorology",
    "protocol": "nmea",
    "sources": [
        "Vaisala WXT530 user guide M211840EN, MWV",
        "Gill WindSonic manual 1405-PS-0019 11.5",
        "Gill WindObserver 65 manual 1390-PS-0039 p. 36",
    ],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "4800 8N1 by the standard, others as set. It speaks on its own, so it is alone on its line.",
}
ADDRESSES = None
SHARED_LINE = False
UNIT = {
    "name": "unit",
    "type": "string",
    "choices": ["m/s", "km/h", "kn"],
    "help": "the unit of speed set on the instrument; its sentences say it too, and another is refused",
}
SETTINGS: "tuple[dict[str, Any], ...]" = (
    UNIT,
    {
        "name": "talker",
        "type": "string",
        "choices": ["WI", "II"],
        "help": "the two letters behind the $: WI of Vaisala and Airmar, II of Gill",
    },
    {
        "name": "reference",
        "type": "string",
        "choices": ["R", "T"],
        "help": "which sentences are meant: R against the instrument's own north mark, T against true north",
    },
)
LETTERS = {"M": "m/s", "K": "km/h", "N": "kn"}
MISSING = (999.0, 999.9)  # as older instruments fill their fields
SENTENCES_MAX = 4


def wind_samples(wind: "Any", unit: str) -> "list[Any]":
    """Speed and direction of a Wind of the codec, as Samples."""
    causes = [] if wind.valid else [("D", "invalid data")]
    said = LETTERS.get(wind.unit, wind.unit)
    other = [] if said == unit else [("D", "the instrument says %s" % said)]
    samples = []
    for name, value, of, own in (
        ("wind_speed", wind.speed, unit, other),
        ("wind_direction", wind.direction, "deg", []),
    ):
        missing = value is None or value in MISSING
        absent = [("D", "not available")] if missing and not causes else []
        samples.append(judged(name, None if missing or own else value, of, causes + own + absent))
    return samples


class NmeaWind:
    """It has no address. settings: `unit`, `talker`, `reference`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._unit = settings["unit"]
        self._reference = settings["reference"]
        self._request = WindSentence(settings["talker"])
        self.channels = (("wind_speed", self._unit), ("wind_direction", "deg"))

    def questions(self) -> "tuple[WindSentence, ...]":
        """What `measure` listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """The next sentence of the reference that is meant."""
        for _ in range(SENTENCES_MAX):
            wind = yield self._request
            if wind.reference == self._reference:
                return wind_samples(wind, self._unit)
        raise WireError("reference", self._reference, "none in %d sentences" % SENTENCES_MAX)
