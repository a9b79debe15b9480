"""Cubic PM1006 and PM1006K: PM2.5. Asked for the first time within 5 s of its power-up, or it never answers.

Of the 16 bytes of its answer public drivers agree on PM2.5 alone; what two of them read as PM1 and PM10 is
left out. Source: ananyevgv/esphome-components (the question, the 5 s); arendst/Tasmota (a sample answer).
Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import ParticulateModule
from drivers.wire.cubic import ReadPm1006k

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "CubicPm1006k"]

ABOUT = {
    "name": "cubic-pm1006k",
    "vendor": "Cubic",
    "model": "PM1006, PM1006K",
    "class": "particulate-module",
    "protocol": "cubic",
    "sources": [
        "ananyevgv/esphome-components: components/pm1006k",
        "arendst/Tasmota: its sample of an answer",
    ],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "9600 8N1, TTL level, alone on its line. Powered together with the agent's box it may miss "
    "the 5 s in which it must be asked first: then it falls to its PWM output, and needs its power cut.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS: "tuple[dict[str, Any], ...]" = ()


class CubicPm1006k(ParticulateModule):
    """It has no address and no settings."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(("pm25",))

    def questions(self) -> "tuple[ReadPm1006k, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadPm1006k(),)

    def measure(self) -> "Conversation":
        """One exchange."""
        pm25 = yield ReadPm1006k()
        return self.samples((pm25,), [])
