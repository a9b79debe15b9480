"""Ecotech Serinus gas analysers over Bayern-Hessen: values with status, zero, span and background check.

A command is not answered. Whether the analyser heard it is read back from its values: its operation
status has changed, or it has not. The manuals at hand name no bits of the status.
Source: Ecotech Serinus 40 manual p. 143-145, Serinus 44 manual p. 169. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.hessen_monitor import HessenMonitor

if TYPE_CHECKING:
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "EcotechSerinus"]

ABOUT = {
    "name": "ecotech-serinus",
    "vendor": "Ecotech (Acoem)",
    "model": "Serinus 40, 44",
    "class": "cems",
    "protocol": "bayern-hessen",
    "sources": ["Serinus 40 manual p. 143-145", "Serinus 44 manual p. 169"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "The span command of the Serinus 44 manual is a test, with its printed check. Of an answer no "
    "example is printed there: its form is that of the Gesytec protocol, which others print.",
}
ADDRESSES = (0, 999)
SHARED_LINE = True
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["no", "no2", "nox"],
        "help": 'names of the values in the order of its DA answer, for example ["no", "no2", "nox"]',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppb", "ppm", "ug/m3", "mg/m3"],
        "help": "the unit set on the analyser; the answer does not carry it",
    },
    {
        "name": "measuring",
        "type": "integer",
        "example": 0,
        "help": "the operation status (hex 00..FF as a number, 0..255) that it shows while it measures; the "
        "manuals name no bits, so every other status is flagged M",
    },
)


class EcotechSerinus(HessenMonitor):
    """address 0..999. settings: `values`, `unit`, `measuring`. Raises ValueError for what is out of range."""

    def zero(self) -> "Operation":
        """`ST N`: zero gas."""
        return (yield from self._act("N"))

    def span(self) -> "Operation":
        """`ST K`: span gas."""
        return (yield from self._act("K"))

    def calibrate(self) -> "Operation":
        """`ST S`: background check."""
        return (yield from self._act("S"))

    def measure_gas(self) -> "Operation":
        """`ST M`: back to sample gas."""
        return (yield from self._act("M"))
