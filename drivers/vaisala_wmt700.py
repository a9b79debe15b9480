"""Vaisala WMT700 (and WS425) ultrasonic wind sensors in their NMEA profiles: asked, or sending on their own.

Source: Vaisala WMT700 user guide M211095EN p. 144-149 (WS425 NMEA Standard and Extended profiles). Runs on
MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.nmea_wind import UNIT, wind_samples
from drivers.wire.nmea import WindSentence, ask_wmt700

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "VaisalaWmt700"]

ABOUT = {
    "name": "vaisala-wmt700",
    "vendor": "Vaisala",
    "model": "WMT700, WS425 (NMEA)",
    "class": "meteorology",
    "protocol": "nmea",
    "sources": ["WMT700 user guide M211095EN p. 144-149"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "Profile WS425 A/B NMEA Extended to be asked, NMEA Standard to send on its own; not with mph, "
    "which is no unit of NMEA. The question is printed by the maker; of the answer only the layout is.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS: "tuple[dict[str, Any], ...]" = (
    UNIT,
    {
        "name": "mode",
        "type": "string",
        "choices": ["asked", "sends"],
        "help": "asked: profile NMEA Extended, automatic messages off; sends: profile NMEA Standard",
    },
    {
        "name": "id",
        "type": "string",
        "choices": [chr(code) for code in range(ord("A"), ord("Z") + 1)],
        "help": "the sensor's address letter, A..Z; of no use where it sends on its own",
    },
)


class VaisalaWmt700:
    """It has no address. settings: `unit`, `mode`, `id`. Raises ValueError for an id that is no letter."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._unit = settings["unit"]
        self._request = ask_wmt700(settings["id"]) if settings["mode"] == "asked" else WindSentence()
        self.channels = (("wind_speed", self._unit), ("wind_direction", "deg"))

    def questions(self) -> "tuple[WindSentence, ...]":
        """What `measure` asks or listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One sentence."""
        return wind_samples((yield self._request), self._unit)
