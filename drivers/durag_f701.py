"""DURAG (Verewa) F-701-20 beta dust monitor over Bayern-Hessen, in the form without a check.

It is asked without an address, so it must be alone on its line. Its first value is the concentration;
the others (volume, mass, temperatures, pressure, humidity, rates) have units that the source does not
name, and are left out; where their sensors report an error, `status` says so.
Source: public driver Datalogger2 VerewaF701Collector.scala. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.bayern_hessen import DataRequest

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report
    from drivers.wire.bayern_hessen import Item

__all__ = ["ABOUT", "ADDRESSES", "ERRORS", "SETTINGS", "SHARED_LINE", "STATES", "DuragF701"]

ABOUT = {
    "name": "durag-f701-20",
    "vendor": "DURAG (Verewa)",
    "model": "F-701-20",
    "class": "tsp",
    "protocol": "bayern-hessen",
    "sources": ["Datalogger2 VerewaF701Collector.scala"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "The question and the meaning of every status bit are the public driver's; the answer's form is "
    "that of the Gesytec manuals.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "items",
        "type": "integer",
        "example": 11,
        "help": "how many values its DA answer carries, 1..99; another number is refused as damage",
    },
    {
        "name": "channel",
        "type": "string",
        "choices": ["tsp", "pm10", "pm25"],
        "help": "what its inlet lets through",
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ug/m3", "mg/m3"],
        "help": "the unit set on the instrument; the answer does not carry it",
    },
)
MEASURING = 0x80
STATES = (  # bit of the operation status, flag, condition
    (0x01, "F", "standby"),
    (0x02, "M", "film measurement"),
    (0x04, "C", "zero point measurement"),
    (0x08, "C", "reference check"),
)
ERRORS = (  # bit of the concentration's error status, condition
    (0x01, "volume error"),
    (0x02, "vacuum break"),
    (0x04, "volume below 500 l"),
    (0x10, "volume below 25 l"),
    (0x20, "change battery"),
    (0x40, "filter crack"),
)
VALUES = (
    "concentration",
    "volume sensor",
    "Geiger-Mueller tube (mass)",
    "filter adapter temperature",
    "ambient temperature",
    "air pressure",
    "humidity",
    "sample tube temperature",
    "sample tube temperature",
    "Geiger-Mueller tube (zero rate)",
    "Geiger-Mueller tube (mass rate)",
)


class DuragF701:
    """It is asked without an address. settings: `items`, `channel`, `unit`. Raises ValueError."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self.channels = ((settings["channel"], settings["unit"]),)
        self._request = DataRequest(None, settings["items"], checked=False)

    def questions(self) -> "tuple[DataRequest, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; returns the Sample of the concentration."""
        items = yield self._request
        ((name, unit),) = self.channels
        return [judged(name, items[0].value, unit, causes_of(items[0]))]

    def identify(self) -> "Report":
        """The serial number field of the first value."""
        items = yield self._request
        return ("serial number %s" % items[0].serial,)

    def status(self) -> "Report":
        """What it is doing and what is wrong with it, also with the sensors of the other values."""
        items = yield self._request
        texts = [condition for _, condition in causes_of(items[0])]
        for at, item in enumerate(items):
            if at and item.error & 1:
                texts.append("%s defective" % (VALUES[at] if at < len(VALUES) else "value %d" % (at + 1)))
        return tuple(texts) or ("measuring",)


def causes_of(item: "Item") -> "list[tuple[str, str]]":
    """Flags and conditions of the concentration's two status bytes."""
    causes = [(flag, condition) for bit, flag, condition in STATES if item.operation & bit]
    if not causes and not item.operation & MEASURING:
        causes.append(("F", "not measuring: operation status %02X" % item.operation))
    known = 0
    for bit, condition in ERRORS:
        known |= bit
        if item.error & bit:
            causes.append(("D", condition))
    if item.error & ~known:
        causes.append(("D", "error status %02X" % item.error))
    return causes
