"""Teledyne 4030 analyser of hydrocarbons: a line for each component, one after the other.

Source: Teledyne's 4030 FAQ (line, alarms, SPAN; values in ppb have no decimals). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.teledyne_thc import Read4030

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Teledyne4030"]

ABOUT = {
    "name": "teledyne-4030",
    "vendor": "Teledyne Analytical Instruments",
    "model": "4030 hydrocarbon analyser",
    "class": "voc-fid",
    "protocol": "teledyne-lines",
    "sources": ["Teledyne 4030 FAQ"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "Give it a timeout of three of its intervals, which the source does not tell. It speaks "
    "on its own, so it is alone on its line. The channel of a component has its name in small"
    " letters.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "components",
        "type": "list",
        "example": ["BNZ"],
        "help": 'names of the components as its lines carry them, for example ["BNZ"]',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppb"],
        "help": "the unit that its lines carry; a line in another one is flagged D and gives no value",
    },
)
STATES = {
    "AL": (),
    "AL1": (("N", "alarm 1"),),
    "AL2": (("N", "alarm 2"),),
    "AL12": (("N", "alarms 1 and 2"),),
    "SPAN": (("C", "span"),),
}
ROUNDS = 2  # whoever begins to listen in the middle hears every component within two


class Teledyne4030:
    """It has no address. settings: `components`, `unit`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._unit = settings["unit"]
        self._names = tuple(settings["components"])
        self.channels = tuple([(name.lower(), self._unit) for name in self._names])

    def questions(self) -> "tuple[Read4030, ...]":
        """What `measure` listens for: a line for each component."""
        return tuple([Read4030() for _ in self._names])

    def measure(self) -> "Conversation":
        """Lines until every component has been heard; one that stays away is flagged D."""
        heard = {}
        for _ in range(ROUNDS * len(self._names)):
            line = yield Read4030()
            heard[line.name] = line
            if all(name in heard for name in self._names):
                break
        samples = []
        for name, (channel, unit) in zip(self._names, self.channels):
            value = None
            causes: list[tuple[str, str]] = []
            if name not in heard:
                causes.append(("D", "no line for %s" % name))
            else:
                line = heard[name]
                causes.extend(STATES[line.state])
                if line.unit == unit:
                    value = line.value
                else:
                    causes.append(("D", "the line is in %s" % line.unit))
            samples.append(judged(channel, value, unit, causes))
        return samples
