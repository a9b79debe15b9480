"""Winsen ZH03 frames from a public driver. Runs on MicroPython too."""

from drivers.wire.zh03 import Command, ReadValues
from tests.frames.row import request

__all__ = ["FRAMES"]

PYPMS = "avaldebe/PyPMS, sensors/winsen/zh0xx.py"

FRAMES = (
    request(PYPMS, ReadValues(), "FF 01 86 00 00 00 00 00 79"),
    request(PYPMS, Command("answer only"), "FF 01 78 41 00 00 00 00 46"),
    request(PYPMS, Command("send on its own"), "FF 01 78 40 00 00 00 00 47"),
    request(PYPMS, Command("sleep"), "FF 01 A7 01 00 00 00 00 57"),
    request(PYPMS, Command("wake"), "FF 01 A7 00 00 00 00 00 58"),
)
