"""Aeroqual SM70 gas sensor module on RS-485: one gas, with warm-up, ageing, failure and zeroing.

Source: support.aeroqual.com, RS485_protocol and RS232_protocol. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.aeroqual import ReadSm70

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "AeroqualSm70"]

ABOUT = {
    "name": "aeroqual-sm70",
    "vendor": "Aeroqual",
    "model": "SM70 sensor module",
    "class": "gas-detector",
    "protocol": "aeroqual",
    "sources": ["support.aeroqual.com: Wiki/RS485_protocol, Wiki/RS232_protocol"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "It has no address, so it is alone on its line. Warm-up 10 minutes. The question is printed by "
    "the maker; of an answer only the layout is.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "gas",
        "type": "string",
        "example": "o3",
        "help": "the gas of its sensor, as the channel is to be called, for example o3, no2 or h2s",
    },
)
STATES = {  # the two low bits of its first status
    0: (),
    1: (("D", "sensor failure"),),
    2: (("D", "sensor status 2"),),
    3: (("N", "sensor ageing"),),
}
ZEROING = 0x04


class AeroqualSm70:
    """It has no address. settings: `gas`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self.channels = ((settings["gas"], "ppm"),)

    def questions(self) -> "tuple[ReadSm70, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadSm70(),)

    def measure(self) -> "Conversation":
        """One exchange; a report that is no reading is that of a sensor that warms up."""
        said = yield ReadSm70()
        causes = list(STATES[said.status1 & 3])
        if said.status2 & ZEROING:
            causes.append(("C", "zeroing"))
        value = said.ppm
        if value is None:
            causes.append(("F", "warming up"))
        elif value - value != 0:  # not a number, or infinite
            value = None
            causes.append(("D", "not a number"))
        ((name, unit),) = self.channels
        return [judged(name, value, unit, causes)]
