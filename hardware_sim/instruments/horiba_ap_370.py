"""HORIBA APNA, APMA, APSA and APOA-370: as the APHA-370, without a flame; their ids are 1, 3, 4 and 5.

Source: public driver Datalogger2, HoribaCollector.scala. This encoder shares nothing with the driver's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hardware_sim.instrument import Answer
from hardware_sim.instruments.horiba_apha_370 import GASES, REQUEST, HoribaApha370, framed
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["HoribaApma370", "HoribaApna370", "HoribaApoa370", "HoribaApsa370"]

SPAN = 0.8
FIRST_ITEMS = ["00", "3"]


class HoribaAp370(Scripted):
    """scripts: by its gases."""

    gases: ClassVar[tuple[str, ...]] = ()
    keys = ("unit", "parameters")
    has_check = True
    request_length = staticmethod(HoribaApha370.request_length)

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._gas = "0"

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return list(cls.gases)

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        command, parameters = found[2].decode(), found[3].decode()
        said: dict[str, float | None] = {}
        if int(found[1]) != self.address:
            return None
        if command == "R001":
            text = self._concentrations(elapsed_s, said)
        elif command == "R037":
            text = "00," + ",".join(f"{at},0,{100 - at}.0" for at in range(10))
        elif command == "A024" and parameters in ("0", "1", "2"):
            self._switch(parameters, elapsed_s)
            text = "00"
        else:
            return None
        return Answer(framed(request[:12], text), said)

    def _concentrations(self, elapsed_s: float, said: dict[str, float | None]) -> str:
        inlet = {"1": 0.0, "2": SPAN}.get(self._gas)
        words = []
        for at, name in enumerate(self.gases):
            value = round(self.on_gas(name, elapsed_s, inlet), 4)
            said[name] = value
            words.append(f"{at:02d}000{value:.4f}")
        items = FIRST_ITEMS + words
        return ",".join(items + ["0"] * (self.settings["parameters"] - len(items)))

    def _switch(self, gas: str, elapsed_s: float) -> None:
        self._gas = gas
        if self.life is None:
            return
        if gas in GASES:
            self.life.begin(GASES[gas], elapsed_s)
        else:
            self.life.end(elapsed_s)

    def as_foreign(self, frame: bytes) -> bytes:
        """An answer to another command: who answers is in no byte that a master judges."""
        return framed(frame[:7] + b"R999" + frame[11:12], frame[12:-3].decode())


class HoribaApna370(HoribaAp370):
    gases = ("no", "no2", "nox")


class HoribaApma370(HoribaAp370):
    gases = ("co",)


class HoribaApsa370(HoribaAp370):
    gases = ("so2",)


class HoribaApoa370(HoribaAp370):
    gases = ("o3",)
