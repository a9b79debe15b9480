"""Thermo 5028i and 5030i SHARP particulate monitors over Bayern-Hessen (Gesytec).

Source: Thermo 5030i manual, p. 387-396; 5028i manual, p. 318-322 (address, DA, status fields).
"""

from typing import TYPE_CHECKING

from drivers.hessen_monitor import HessenMonitor

if TYPE_CHECKING:
    from drivers.outcome import Operation

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


class Thermo5030i(HessenMonitor):
    """address 0..127 (factory setting 14). settings: `values`, `unit`, `measuring`."""

    def change_filter(self) -> "Operation":
        """`ST N`: advance the filter tape."""
        return (yield from self._act("N"))
