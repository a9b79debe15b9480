"""HORIBA APHA-370: methane, non-methane and total hydrocarbons by selective combustion and FID.

The source says nothing of a state that would tell which gas is at the inlet: whoever switches to zero or
span gas must know it himself, and nothing can be read back.
Source: public drivers Datalogger2 HoribaCollector.scala, Horiba370Collector.scala. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.horiba_ap_370 import Horiba370
from drivers.outcome import Outcome
from drivers.sample import judged
from drivers.wire.horiba_370 import FLAMES, ReadConcentrations, ReadFlame

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "FLAME_CAUSES", "SETTINGS", "SHARED_LINE", "HoribaApha370"]

ABOUT = {
    "name": "horiba-apha-370",
    "vendor": "HORIBA",
    "model": "APHA-370 (CH4, NMHC, THC)",
    "class": "voc-fid",
    "protocol": "horiba-370",
    "sources": ["Datalogger2 HoribaCollector.scala, Horiba370Collector.scala"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "The instrument answers on its network port, UDP 53700. Questions are the public driver's byte "
    "for byte; of an answer only the places of the values are known. The address is its id, 2 as a rule.",
}
ADDRESSES = (0, 9)
SHARED_LINE = False
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppmC", "mg/m3", "mgC/m3"],
        "help": "the unit set on the instrument; the answer does not carry it",
    },
)
FLAME_CAUSES = (  # in the order of FLAMES
    ("D", "flame extinguished"),
    ("F", "flame igniting"),
    ("N", ""),
)


class HoribaApha370(Horiba370):
    """address: its id, 0..9. settings: `unit`. Raises ValueError for another id."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self.channels = tuple([(name, settings["unit"]) for name in ("ch4", "nmhc", "thc")])
        self.questions()

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadFlame(self.address), ReadConcentrations(address=self.address))

    def measure(self) -> "Conversation":
        """The flame, then the concentrations: two exchanges."""
        flame = yield ReadFlame(self.address)
        said = yield ReadConcentrations(address=self.address)
        causes = [FLAME_CAUSES[flame]]
        return [
            judged(name, concentration.value, unit, causes)
            for (name, unit), concentration in zip(self.channels, said)
        ]

    def status(self) -> "Report":
        """Flame and pressures."""
        flame = yield ReadFlame(self.address)
        pressures = yield from self._pressures()
        return ("flame %s" % FLAMES[flame],) + pressures

    def _select(self, gas: str) -> "Operation":
        outcome = yield from super()._select(gas)
        flame = yield ReadFlame(self.address)
        return Outcome(outcome.result, ("flame %s" % FLAMES[flame],))
