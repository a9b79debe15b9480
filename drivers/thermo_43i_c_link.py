"""Thermo 43i, SO2 over C-Link.

Source: 43i manual p. B-29 (gas mode); public driver of TEI instruments, class TEInst (`so2`). Runs on
MicroPython too.
"""

from drivers.thermo_c_link import ADDRESSES, NOTES, SETTINGS, SHARED_LINE, ThermoCLink

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Thermo43iCLink"]

ABOUT = {
    "name": "thermo-43i-c-link",
    "vendor": "Thermo Scientific",
    "model": "43i, SO2 (C-Link)",
    "class": "cems",
    "family": "thermo-43i",
    "protocol": "c-link",
    "sources": ["43i manual p. B-29 (gas mode)", "public driver of TEI instruments, class TEInst (`so2`)"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": NOTES,
}


class Thermo43iCLink(ThermoCLink):
    """address: the instrument ID, 0..127. settings: `unit`, `format`."""

    gases = ("so2",)
