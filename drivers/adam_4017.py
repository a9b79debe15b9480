"""ADAM-4017, ADAM-4017+ and I-7017: eight analog inputs, read over DCON in engineering units.

All eight inputs must be enabled, which is the factory setting: what an answer looks like with some
of them switched off is in none of the sources. A current beyond the range is returned as it is
measured, so that NAMUR NE43 can be told from it; there is no mark for it.
Source: Advantech ADAM-4000 manual p. 5-13, 5-14, B-7; Yimning/Daily-Code ai_7017rc.c.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.dcon import ReadInputs

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Adam4017"]

ABOUT = {
    "name": "adam-4017",
    "vendor": "Advantech (ICP DAS I-7017 speaks the same)",
    "model": "ADAM-4017, ADAM-4017+",
    "class": "analog-input",
    "protocol": "dcon",
    "sources": ["Advantech ADAM-4000 manual p. 5-13, 5-14, B-7", "Yimning/Daily-Code ai_7017rc.c"],
    "confidence": "A",
    "proven": "vendor frame",
}
IDENTITY = ("4017", "7017")  # what the name that `$AAM` asks for begins with: 4017, 4017P, 7017
ADDRESSES = (0, 255)
# An answer begins with `>` and does not say whose it is: a late one would be taken for another module's.
SHARED_LINE = False
INPUTS = 8
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["mA", "V", "mV"],
        "help": "of the input range set on the module; the answer does not carry it",
    },
    {
        "name": "checksum",
        "type": "string",
        "choices": ["on", "off"],
        "help": "as set on the module (bit 6 of its data format); it must be the same on both sides",
    },
)


class Adam4017:
    """address 0..255. settings: `unit`, `checksum`. Raises ValueError for an address out of range."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._unit = settings["unit"]
        self.channels = tuple([("ai%d" % at, self._unit) for at in range(INPUTS)])
        self._request = ReadInputs(address, INPUTS, settings["checksum"] == "on")

    def questions(self) -> "tuple[ReadInputs, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; returns a Sample per input."""
        values = yield self._request
        return [judged(name, values[at], unit, []) for at, (name, unit) in enumerate(self.channels)]
