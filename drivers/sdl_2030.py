"""SDL (Beijing Xuedilong) Model 2030 stack dust meter, which speaks as the LSS2014 does.

Source: public driver rtuacq_protocol_tsp_BJXueDiLong_Model2030.c, equal to that of the LSS2014.
Runs on MicroPython too.
"""

from drivers.lss2014 import ABOUT as LSS2014
from drivers.lss2014 import ADDRESSES, SETTINGS, SHARED_LINE, Lss2014

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Sdl2030"]

ABOUT = dict(LSS2014)
ABOUT.update(
    name="sdl-model-2030",
    vendor="SDL (Beijing Xuedilong)",
    model="Model 2030",
    sources=["Yimning/Daily-Code: protocol/rtuacq_protocol_tsp_BJXueDiLong_Model2030.c (site driver)"],
)


class Sdl2030(Lss2014):
    """address 1..255. Raises ValueError for another."""
