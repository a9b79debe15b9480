"""Winsen ZH03, ZH03B and ZH06-I: PM1, PM2.5 and PM10.

Source: avaldebe/PyPMS; two public drivers (uart_zh03, ZH03B_library). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import MODE, ParticulateModule
from drivers.wire.zh03 import Command, ReadValues, StreamedValues

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "WinsenZh03"]

ABOUT = {
    "name": "winsen-zh03",
    "vendor": "Winsen",
    "model": "ZH03, ZH03B, ZH06-I",
    "class": "particulate-module",
    "protocol": "zh03",
    "sources": ["avaldebe/PyPMS", "public drivers uart_zh03 and ZH03B_library v0.2"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "9600 8N1, TTL level. It has no address, so it is alone on its line. PM1 above PM2.5 would show "
    "a sensor that says its values in another order.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (MODE,)


class WinsenZh03(ParticulateModule):
    """It has no address. settings: `mode`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(("pm1", "pm25", "pm10"))
        self._request = ReadValues() if settings["mode"] == "asked" else StreamedValues()

    def questions(self) -> "tuple[Request, ...]":
        """What `measure` asks or listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One reading."""
        reading = yield self._request
        values = (reading.pm1, reading.pm2_5, reading.pm10)
        causes = [("D", "PM1 above PM2.5: another order of values")] if reading.pm1 > reading.pm2_5 else []
        return self.samples(values, causes)

    def start(self) -> "Operation":
        """Wake it up."""
        return (yield from self.acted(Command("wake"), "woken"))

    def stop(self) -> "Operation":
        """Put it to sleep."""
        return (yield from self.acted(Command("sleep"), "asleep"))
