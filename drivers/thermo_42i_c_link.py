"""Thermo 42i, NO and NOx over C-Link.

Source: 42i manual p. B-2..B-38; a public program that reads a Thermo NOx analyser over TCP 9880 sends `no`
and `nox`; no source shows `no2` asked alone. Runs on MicroPython too.
"""

from drivers.thermo_c_link import ADDRESSES, NOTES, SETTINGS, SHARED_LINE, ThermoCLink

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Thermo42iCLink"]

ABOUT = {
    "name": "thermo-42i-c-link",
    "vendor": "Thermo Scientific",
    "model": "42i, NO and NOx (C-Link)",
    "class": "cems",
    "family": "thermo-42i",
    "protocol": "c-link",
    "sources": [
        "42i manual p. B-2..B-38 (modes, gases, identification)",
        "public program that reads a Thermo NOx analyser over TCP 9880 (`no`, `nox`)",
    ],
    "confidence": "A",
    "proven": "emulator only",
    "notes": NOTES,
}


class Thermo42iCLink(ThermoCLink):
    """address: the instrument ID, 0..127. settings: `unit`, `format`."""

    gases = ("no", "nox")
