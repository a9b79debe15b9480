"""Frames of function 0x66 as a public driver builds them. Runs on MicroPython too."""

from drivers.wire.dust_66 import ReadDust
from tests.frames.row import request

__all__ = ["FRAMES"]

LSS = "built by the rule of driver rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c"

FRAMES = (request(LSS, ReadDust(1), "01 66 04 9B 00 00 00 00 E3 99"),)
