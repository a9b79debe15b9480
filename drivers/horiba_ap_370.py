"""What the HORIBA AP-370 analysers of inorganic gases have in common: APNA, APMA, APSA and APOA.

As of the APHA-370, nothing tells which gas is at the inlet: whoever switches to zero or span gas must know it
himself. Source: public driver Datalogger2, HoribaCollector.scala and the four collectors over it. Runs on
MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.outcome import ACCEPTED, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.horiba_370 import ReadConcentrations, ReadPressures, SelectLine

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["ADDRESSES", "SETTINGS", "SHARED_LINE", "Horiba370", "HoribaAp370", "about"]

ADDRESSES = (0, 9)
SHARED_LINE = False
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppb", "mg/m3", "ug/m3"],
        "help": "the unit set on the instrument; the answer does not carry it",
    },
    {
        "name": "parameters",
        "type": "integer",
        "example": 8,
        "help": "how many items, between commas, its answer to R001 has, as a trace shows them; 8 of "
        "the APHA-370. Another number is refused",
    },
)


def about(model: str, gases: str, identity: int) -> "dict[str, Any]":
    """The ABOUT of one model; identity: its id, unless somebody changed it."""
    return {
        "name": "horiba-%s-370" % model.lower(),
        "vendor": "HORIBA",
        "model": "%s-370 (%s)" % (model, gases),
        "class": "cems",
        "protocol": "horiba-370",
        "sources": [
            "Datalogger2 HoribaCollector.scala, Horiba%sCollector.scala" % (model[0] + model[1:].lower())
        ],
        "confidence": "B",
        "proven": "independent implementation",
        "notes": "The instrument answers on its network port, UDP 53700. Questions are the public driver's "
        "byte for byte; of an answer only the places of the values are known. The address is "
        "its id, %d as a rule." % identity,
    }


class Horiba370:
    """What all of them do alike, the APHA-370 too. Its `_select` says what can be read back."""

    address = 0

    def zero_gas(self) -> "Operation":
        """A024 1: zero gas to the inlet."""
        return (yield from self._select("zero"))

    def span_gas(self) -> "Operation":
        """A024 2: span gas to the inlet."""
        return (yield from self._select("span"))

    def measure_gas(self) -> "Operation":
        """A024 0: back to sample gas."""
        return (yield from self._select("measure"))

    def _select(self, gas: str) -> "Operation":
        answered = yield from sent_once(SelectLine(gas, self.address))
        return Outcome(ACCEPTED if answered else UNKNOWN, ())

    def _pressures(self) -> "Report":
        pressures = yield ReadPressures(self.address)
        return tuple(["pressure %s kPa" % value for value in pressures])


class HoribaAp370(Horiba370):
    """address: its id, 0..9. settings: `unit`, `parameters`. Raises ValueError for what does not fit."""

    gases: "tuple[str, ...]" = ()

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self.channels = tuple([(name, settings["unit"]) for name in self.gases])
        self._request = ReadConcentrations(len(self.gases), settings["parameters"], address)

    def questions(self) -> "tuple[ReadConcentrations, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange."""
        said = yield self._request
        return [judged(name, each.value, unit, []) for (name, unit), each in zip(self.channels, said)]

    def status(self) -> "Report":
        """Its pressures."""
        return (yield from self._pressures())
