"""Gill WindSonic: wind speed and direction once a second, with status and check.

In a calm (below 0.05 m/s) it says no direction: there is none.
Source: Gill WindSonic manual 1405-PS-0019, 9.1-9.3 and 11.5. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.gill import FAULTS, PollWind, WindStream

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "GillWindsonic"]

ABOUT = {
    "name": "gill-windsonic",
    "vendor": "Gill Instruments",
    "model": "WindSonic",
    "class": "meteorology",
    "protocol": "gill",
    "sources": ["WindSonic manual 1405-PS-0019 p. 28-31"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "Format Gill, polar; speed in m/s (M). It is alone on its line.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["Q"] + [chr(code) for code in range(65, 91) if code != 81],
        "help": "the letter that its lines begin with, Q from the factory",
    },
    {
        "name": "mode",
        "type": "string",
        "choices": ["sends", "asked"],
        "help": "whether it sends lines on its own (continuous), as from the factory, or was set to polled",
    },
)
BUILDING = "51"


class GillWindsonic:
    """It has no address. settings: `unit`, `mode`."""

    channels = (("wind_speed", "m/s"), ("wind_direction", "deg"))

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._request = (PollWind if settings["mode"] == "asked" else WindStream)(settings["unit"])

    def questions(self) -> "tuple[WindStream, ...]":
        """What `measure` asks or listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One line."""
        wind = yield self._request
        causes = []
        speed = wind.speed
        if wind.status == BUILDING:
            causes.append(("F", "building its average"))
        elif wind.status != "00":
            causes.append(("D", FAULTS.get(wind.status, "status %s" % wind.status)))
        if wind.unit != "M":
            speed = None
            causes.append(("D", "the line is in %s, not in m/s" % wind.unit))
        calm = [("D", "calm: no direction")] if wind.direction is None else []
        direction = None if wind.direction is None else float(wind.direction)
        return [
            judged("wind_speed", speed, "m/s", causes),
            judged("wind_direction", direction, "deg", causes + calm),
        ]
