"""Thermo TEOM 1405-DF: dichotomous, PM2.5 and the coarse fraction at once, PM10 as their sum.

Source: public driver Datalogger2 AkProtocol.scala, TEOM1405*.conf. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.teom_1405 import ABOUT as TEOM_1405
from drivers.teom_1405 import ADDRESSES, SHARED_LINE, UNIT, Teom

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Teom1405Df"]

ABOUT = dict(TEOM_1405)
ABOUT.update(name="thermo-teom-1405-df", model="TEOM 1405-DF", family="thermo-teom-1405")
SETTINGS = (UNIT,)


class Teom1405Df(Teom):
    """settings: `unit`. Filter loadings of both elements in %."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        unit = settings["unit"]
        registers = (
            ("pm25", unit, 245),
            ("pm_coarse", unit, 329),
            ("pm10", unit, 354),
            ("filter_load_a", "%", 242),
            ("filter_load_b", "%", 326),
        )
        super().__init__(address, registers)
