"""Honeywell HPMA115S0 and HPMA115C0, asked for their readings (auto send off).

Source: Honeywell HPM Series datasheet 32322550, tables 4 to 6. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import ParticulateModule
from drivers.wire.hpma115 import Command, ReadValues

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "HoneywellHpma115"]

ABOUT = {
    "name": "honeywell-hpma115",
    "vendor": "Honeywell",
    "model": "HPMA115S0, HPMA115C0",
    "class": "particulate-module",
    "protocol": "hpma115",
    "sources": ["HPM Series datasheet 32322550, tables 4 to 6"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "9600 8N1, TTL level. It has no address, so it is alone on its line. It sends on its own after "
    "power-up; what comes so is dropped as nobody's.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "model",
        "type": "string",
        "choices": ["S0", "C0"],
        "help": "the end of the name on the label; the C0 says PM1 and PM4 too",
    },
)
NAMES = {"S0": ("pm25", "pm10"), "C0": ("pm1", "pm25", "pm4", "pm10")}


class HoneywellHpma115(ParticulateModule):
    """It has no address. settings: `model`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(NAMES[settings["model"]])
        self._request = ReadValues(settings["model"])

    def questions(self) -> "tuple[ReadValues, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange."""
        values = yield self._request
        return self.samples(values, [])

    def start(self) -> "Operation":
        """Measure."""
        return (yield from self.acted(Command("start"), "measuring"))

    def stop(self) -> "Operation":
        """Stop measuring, and the fan."""
        return (yield from self.acted(Command("stop"), "stopped"))
