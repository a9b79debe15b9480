"""Thermo TEOM 1405 and 1405-F: mass concentration by a tapered oscillating element, over AK (AREG).

Its answer names the register, so that no value is taken for another. What the instrument is doing is in
none of the registers that the source knows: a status other than 0 is its word for an error.
Source: public driver Datalogger2 AkProtocol.scala with its register lists (TEOM1405*.conf); public TEOM
1400a drivers (layout of the answer). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused
from drivers.sample import judged
from drivers.wire.ak import AkRegister

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "UNIT", "Teom", "Teom1405"]

ABOUT = {
    "name": "thermo-teom-1405",
    "vendor": "Thermo Scientific",
    "model": "TEOM 1405, 1405-F",
    "class": "tsp",
    "protocol": "ak",
    "sources": ["Datalogger2 AkProtocol.scala, TEOM1405*.conf", "public TEOM 1400a drivers"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "The address is the station, 0 as a rule. The question is the public driver's byte for byte; of "
    "an answer only the layout is known.",
}
ADDRESSES = (0, 9)
SHARED_LINE = True
STATION_0 = 0x30
UNIT = {
    "name": "unit",
    "type": "string",
    "choices": ["ug/m3", "mg/m3"],
    "help": "of the mass concentrations, as the instrument shows them; the answer does not carry it",
}
SETTINGS = (
    {
        "name": "channel",
        "type": "string",
        "choices": ["tsp", "pm10", "pm25", "pm1"],
        "help": "what its inlet lets through",
    },
    UNIT,
)
HEALTH = (  # what `status` reads beside the values
    ("case temperature", 47),
    ("cap temperature", 58),
    ("vacuum", 96),
    ("flow A", 225),
    ("frequency A", 257),
    ("noise A", 258),
)


class Teom:
    """address: the station 0..9. registers: (channel, unit, register), one question each: that is how
    the protocol reads. Raises ValueError for another station."""

    def __init__(self, address: int, registers: "tuple[tuple[str, str, int], ...]") -> None:
        if not 0 <= address <= 9:
            raise ValueError("TEOM station %d is not within 0..9" % address)
        self.address = address
        self.channels = tuple([(name, unit) for name, unit, _ in registers])
        self._registers = tuple([register for _, _, register in registers])

    def _ask(self, register: int) -> AkRegister:
        return AkRegister(register, station=STATION_0 + self.address)

    def questions(self) -> "tuple[AkRegister, ...]":
        """The questions that `measure` asks, in order."""
        return tuple([self._ask(register) for register in self._registers])

    def measure(self) -> "Conversation":
        """One exchange a channel. A refused register flags its own channel and leaves the others alone."""
        samples = []
        for (name, unit), register in zip(self.channels, self._registers):
            value, causes = None, []
            try:
                status, value = yield self._ask(register)
            except Refused as refusal:
                causes.append(("D", "register %d: %s" % (register, refusal)))
            else:
                if status != "0":
                    causes.append(("D", "error status %s" % status))
            samples.append(judged(name, value, unit, causes))
        return samples

    def status(self) -> "Report":
        """Temperatures, vacuum, flow, frequency and noise, in the instrument's units."""
        texts = []
        for name, register in HEALTH:
            _, value = yield self._ask(register)
            texts.append("%s %s" % (name, value))
        return tuple(texts)


class Teom1405(Teom):
    """settings: `channel`, `unit`. Filter loading in % beside the mass concentration."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        mass = (settings["channel"], settings["unit"], 245)
        super().__init__(address, (mass, ("filter_load", "%", 242)))
