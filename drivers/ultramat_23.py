"""Siemens Ultramat 23: infrared gas analyser on the ELAN bus.

Source: public driver rtuacq_protocol_cems_BJXueDiLong_U23.c (question, states, components).
Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.elan import COMPONENTS, ReadComponents

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "CALIBRATING", "MAINTENANCE", "SETTINGS", "SHARED_LINE", "Ultramat23"]

ABOUT = {
    "name": "siemens-ultramat-23",
    "vendor": "Siemens",
    "model": "Ultramat 23",
    "class": "cems",
    "protocol": "elan",
    "sources": ["Yimning/Daily-Code: protocol/rtuacq_protocol_cems_BJXueDiLong_U23.c (site driver)"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "The site driver reads an answer 3 s after its question: give the instrument such a timeout. "
    "Oxygen is in % by the site driver's code (HJ 212 a19001). The question is the site driver's byte for "
    "byte; of an answer only the layout is known.",
}
ADDRESSES = (0, 15)
SHARED_LINE = True
NUMBERS = {name.lower(): number for number, name in COMPONENTS.items()}
SETTINGS = (
    {
        "name": "host",
        "type": "integer",
        "example": 1,
        "help": "the agent's own number on the bus, 0..15",
    },
    {
        "name": "components",
        "type": "list",
        "example": ["so2", "no", "o2"],
        "help": 'what it measures, of so2, no and o2, for example ["so2", "no", "o2"]',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "mg/m3"],
        "help": "of so2 and no, as set on the instrument; the answer does not carry it",
    },
    {
        "name": "crc_begins",
        "type": "string",
        "choices": ["ack", "soh"],
        "help": "where the CRC of an answer begins: with the DLE ACK before it, or with its DLE SOH; no "
        "source says, so try: the wrong one gives CRC errors only",
    },
)
MEASURING = (0, 4)
CALIBRATING = tuple(range(5, 18)) + (19, 20)
MAINTENANCE = (18, 21)


class Ultramat23:
    """address: its channel on the bus, 0..15. settings: see SETTINGS.

    Raises ValueError for what is out of range and for a component that the source does not number.
    """

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        for name in settings["components"]:
            if name not in NUMBERS:
                raise ValueError("component %r is none of %s" % (name, ", ".join(sorted(NUMBERS))))
        self.address = address
        self.channels = tuple(
            [(name, "%" if name == "o2" else settings["unit"]) for name in settings["components"]]
        )
        self._request = ReadComponents(address, settings["host"], settings["crc_begins"] == "ack")

    def questions(self) -> "tuple[ReadComponents, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange. A component that the answer lacks is flagged D."""
        said = yield self._request
        causes = causes_of(said.status)
        values = dict(said.components)
        samples = []
        for name, unit in self.channels:
            value = values.get(NUMBERS[name])
            own = [("D", "not in the answer")] if value is None else []
            samples.append(judged(name, value, unit, causes + own))
        return samples


def causes_of(status: "tuple[int, int]") -> "list[tuple[str, str]]":
    """Flag and condition of the two status bytes; what the source does not name is not healthy."""
    if status == MEASURING:
        return []
    if status[1] in CALIBRATING:
        return [("C", "calibrating: state %d" % status[1])]
    if status[1] in MAINTENANCE:
        return [("M", "maintenance: state %d" % status[1])]
    return [("D", "state %d, %d" % status)]
