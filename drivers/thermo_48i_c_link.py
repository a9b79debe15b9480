"""Thermo 48i, CO over C-Link.

Source: 48i manual p. B-5..B-36; 48C manual p. B-4 (background); public driver of TEI instruments, class
TEInst (`co`). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.thermo_c_link import ADDRESSES, NOTES, SETTINGS, SHARED_LINE, ThermoCLink

if TYPE_CHECKING:
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Thermo48iCLink"]

ABOUT = {
    "name": "thermo-48i-c-link",
    "vendor": "Thermo Scientific",
    "model": "48i, CO (C-Link)",
    "class": "cems",
    "family": "thermo-48i",
    "protocol": "c-link",
    "sources": [
        "48i manual p. B-5..B-36",
        "48C manual p. B-4 (background)",
        "public driver of TEI instruments, class TEInst (`co`)",
    ],
    "confidence": "A",
    "proven": "independent implementation",
    "notes": NOTES,
}


class Thermo48iCLink(ThermoCLink):
    """address: the instrument ID, 0..127. settings: `unit`, `format`."""

    gases = ("co",)

    def zero(self) -> "Operation":
        """`set cal co bkg`: calibrate the background, with zero gas at the inlet."""
        return (yield from self._calibrate("co bkg"))
