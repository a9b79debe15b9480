"""Servomex SERVOPRO NOx over AK on RS-232, which has no address.

Source: SERVOPRO NOx manual p. 164-174 (the AK text of CAI's and Emerson's). Runs on MicroPython too.
"""

from drivers.emerson_nga2000 import ABOUT as NGA2000
from drivers.emerson_nga2000 import SETTINGS, EmersonNga2000

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "ServoproNox"]

ABOUT = dict(NGA2000)
ABOUT.update(
    name="servomex-servopro-nox",
    vendor="Servomex",
    model="SERVOPRO NOx",
    sources=["SERVOPRO NOx manual p. 164-174"],
    notes="RS-232. Questions and refusals are printed in the manual; of an AKON answer only the form of a "
    "number is, so how many words stand in it is a setting.",
)
ADDRESSES = None
SHARED_LINE = False


class ServoproNox(EmersonNga2000):
    """It has no address. settings: `values`, `unit`, `extra`, `errors`. Raises ValueError."""

    @staticmethod
    def bus_address(address: int) -> "int | None":
        return None
