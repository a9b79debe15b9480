"""Davis Vantage Pro, Pro2 and Vue weather stations, by their console or data logger.

Source: chrissnell/remoteweather (public driver). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.davis import ReadLoop, Wake

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "DavisVantage"]

ABOUT = {
    "name": "davis-vantage",
    "vendor": "Davis Instruments",
    "model": "Vantage Pro, Vantage Pro2, Vantage Vue",
    "class": "meteorology",
    "protocol": "davis",
    "sources": ["chrissnell/remoteweather: internal/weatherstations/davis/station.go (LOOP packets)"],
    "confidence": "B",
    "proven": "emulator only",
    "notes": "It has no address, so it is alone on its line. The size of a tip of its rain gauge goes by the "
    "model, so rain is not read.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = ()


class DavisVantage:
    """It has no address and no settings."""

    channels = (
        ("pressure", "inHg"),
        ("temperature", "degF"),
        ("humidity", "%"),
        ("wind_speed", "mph"),
        ("mean_wind_speed", "mph"),
        ("wind_direction", "deg"),
        ("uv", "1"),
        ("radiation", "W/m2"),
    )

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (Wake(), ReadLoop())

    def measure(self) -> "Conversation":
        """The console is woken, then asked. A sensor that is not there has no value."""
        yield Wake()
        said = yield ReadLoop()
        samples = []
        for (name, unit), value in zip(self.channels, said):
            causes = [("D", "instrument says no value")] if value is None else []
            samples.append(judged(name, None if value is None else float(value), unit, causes))
        return samples
