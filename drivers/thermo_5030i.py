"""Thermo 5028i and 5030i SHARP particulate monitors over Bayern-Hessen (Gesytec).

Source: Thermo 5030i manual, p. 387-396; 5028i manual, p. 318-322 (address, DA, status fields).
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.sample import judged
from drivers.wire.bayern_hessen import DataRequest

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Thermo5030i"]

ABOUT = {
    "name": "thermo-5030i",
    "vendor": "Thermo Scientific",
    "model": "5030i SHARP, 5028i",
    "class": "tsp",
    "protocol": "bayern-hessen",
    "sources": ["5030i manual p. 387-396", "5028i manual p. 318-322"],
    "confidence": "A",
    "proven": "vendor frame",
}
ADDRESSES = (0, 127)
SHARED_LINE = True
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["tsp"],
        "help": 'names of the values in the order of the instrument\'s DA answer, for example ["tsp"]; '
        "how many it sends is set on the instrument",
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ug/m3", "mg/m3"],
        "help": "the unit set on the instrument; the answer does not carry it",
    },
    {
        "name": "measuring",
        "type": "integer",
        "example": 0,
        "help": "the operation status (hex 00..FF as a number, 0..255) that the instrument shows while it "
        "measures; the manuals name no bits, so every other status is flagged M",
    },
)


class Thermo5030i:
    """address 0..127 (factory setting 14). settings: `values`, `unit`, `measuring`.

    Raises ValueError for an address or a setting out of range.
    """

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._measuring = settings["measuring"]
        if not 0 <= self._measuring <= 255:
            raise ValueError("measuring = %d is not within 0..255" % self._measuring)
        self.channels = tuple([(name, settings["unit"]) for name in settings["values"]])
        self._request = DataRequest(address, len(self.channels))

    def questions(self) -> "tuple[DataRequest, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; returns a Sample per value."""
        items = yield self._request
        samples = []
        for at, (name, unit) in enumerate(self.channels):
            item = items[at]
            if item.address != self.address + at:
                raise WireError("address of value %d" % (at + 1), self.address + at, item.address)
            causes = []
            if item.error:
                causes.append(("D", "error status %02X" % item.error))
            if item.operation != self._measuring:
                causes.append(("M", "operation status %02X" % item.operation))
            samples.append(judged(name, item.value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """The serial number field of the first value."""
        items = yield self._request
        return ("serial number %s" % items[0].serial,)

    def status(self) -> "Report":
        """Operation and error status of the first value."""
        items = yield self._request
        return ("operation status %02X" % items[0].operation, "error status %02X" % items[0].error)
