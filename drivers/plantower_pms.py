"""Plantower PMS1003, 3003, 5003 and 7003: PM1, PM2.5 and PM10 as in air, not by the factory's CF=1.

All zeros is what it says while it warms up (30 s). The low byte of the last word is an error code.
Source: Plantower PMS5003 and PMS7003 data manuals; avaldebe/PyPMS (captures). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.particulate_module import MODE, ParticulateModule
from drivers.wire.plantower import PMS3003, PMSX003, Command, ReadFrame, StreamedFrame, Wake

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "PlantowerPms"]

ABOUT = {
    "name": "plantower-pms",
    "vendor": "Plantower",
    "model": "PMS1003, PMS3003, PMS5003, PMS7003",
    "class": "particulate-module",
    "protocol": "plantower",
    "sources": ["PMS5003 and PMS7003 data manuals", "avaldebe/PyPMS"],
    "confidence": "A",
    "proven": "independent implementation",
    "notes": "9600 8N1, TTL level. It has no address, so it is alone on its line. The answers of the tests "
    "were captured from real sensors.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "model",
        "type": "string",
        "choices": ["PMS1003", "PMS3003", "PMS5003", "PMS7003"],
        "help": "on the label; the PMS3003 has a shorter frame",
    },
    MODE,
)
IN_AIR = 3  # words before: the same three by the factory's calibration


class PlantowerPms(ParticulateModule):
    """It has no address. settings: `model`, `mode`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(("pm1", "pm25", "pm10"))
        self._is_3003 = settings["model"] == "PMS3003"
        self._words = PMS3003 if self._is_3003 else PMSX003
        self._asks = settings["mode"] == "asked"

    def questions(self) -> "tuple[StreamedFrame, ...]":
        """What `measure` asks or listens for."""
        return ((ReadFrame if self._asks else StreamedFrame)(self._words),)

    def measure(self) -> "Conversation":
        """One frame."""
        words = yield self.questions()[0]
        measured = words[:6] if self._is_3003 else words[:12]
        causes = []
        if not any(measured):
            causes.append(("F", "warming up"))
        if not self._is_3003 and words[12] & 0xFF:
            causes.append(("D", "error code %d" % (words[12] & 0xFF)))
        return self.samples(words[IN_AIR : IN_AIR + 3], causes)

    def start(self) -> "Operation":
        """Wake it up; its next reading is the acknowledgement, stable after 30 s."""
        return (yield from self.acted(Wake(), "woken"))

    def stop(self) -> "Operation":
        """Put it to sleep: the fan stands."""
        return (yield from self.acted(Command("sleep"), "asleep"))
