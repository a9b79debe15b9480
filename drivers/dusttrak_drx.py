"""TSI DustTrak DRX 8533 and 8534: five size fractions at once by light scattering.

Source: two public drivers (class DustTrax; drx_85xx). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.dusttrak import ABOUT as DUSTTRAK
from drivers.dusttrak import ADDRESSES, SHARED_LINE, DustTrak
from drivers.wire.dusttrak import FAULTS

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "DustTrakDrx"]

ABOUT = dict(DUSTTRAK)
ABOUT.update(name="tsi-dusttrak-drx-8533", model="DustTrak DRX 8533, 8534", family="tsi-dusttrak-8530")
SETTINGS = (
    {
        "name": "model",
        "type": "string",
        "choices": ["8533", "8534"],
        "help": "on the label; the number of its messages depends on it",
    },
)
CHANNELS = ("pm1", "pm25", "pm4", "pm10", "tsp")  # pm4 is the respirable fraction, tsp the total
FIRST_MAXIMUM = 4  # messages 4..8: the maximum concentration of each fraction, in the same order
OWN = {FIRST_MAXIMUM + at: name for at, name in enumerate(CHANNELS)}
CAUSES = tuple([("T" if at in OWN else "D", name) for at, name in enumerate(FAULTS)])


class DustTrakDrx(DustTrak):
    """It has no address. settings: `model`. A fraction beyond its maximum is T, the others are not."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(settings["model"], CHANNELS, CAUSES, OWN)
