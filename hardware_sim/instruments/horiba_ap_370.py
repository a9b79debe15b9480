"""HORIBA APNA, APMA, APSA and APOA-370: as the APHA-370, without a flame; their ids are 1, 3, 4 and 5.

Source: public driver Datalogger2, HoribaCollector.scala. This encoder shares nothing with the driver's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hardware_sim.instruments.horiba_apha_370 import Horiba370

__all__ = ["HoribaApma370", "HoribaApna370", "HoribaApoa370", "HoribaApsa370"]

SPAN = 0.8
FIRST_ITEMS = ["00", "3"]


class HoribaAp370(Horiba370):
    """scripts: by its gases."""

    gases: ClassVar[tuple[str, ...]] = ()
    keys = ("unit", "parameters")

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return list(cls.gases)

    def concentrations(self, elapsed_s: float, said: dict[str, float | None]) -> str:
        inlet = {"1": 0.0, "2": SPAN}.get(self.gas)
        words = []
        for at, name in enumerate(self.gases):
            value = round(self.on_gas(name, elapsed_s, inlet), 4)
            said[name] = value
            words.append(f"{at:02d}000{value:.4f}")
        items = FIRST_ITEMS + words
        return ",".join(items + ["0"] * (self.settings["parameters"] - len(items)))


class HoribaApna370(HoribaAp370):
    gases = ("no", "no2", "nox")


class HoribaApma370(HoribaAp370):
    gases = ("co",)


class HoribaApsa370(HoribaAp370):
    gases = ("so2",)


class HoribaApoa370(HoribaAp370):
    gases = ("o3",)
