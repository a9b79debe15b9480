"""HORIBA AP-370 frames as public drivers build them. Runs on MicroPython too."""

from drivers.wire.horiba_370 import ReadConcentrations, ReadFlame, ReadPressures, SelectLine
from tests.frames.row import request

__all__ = ["FRAMES"]

APHA = "built by the rule of Datalogger2 HoribaCollector.scala, Horiba370Collector.scala"

FRAMES = (
    request(APHA, ReadConcentrations(), "01 30 32 30 32 30 30 52 30 30 31 02 36 30 03"),
    request(APHA, ReadFlame(), "01 30 32 30 32 30 30 52 30 31 30 02 36 30 03"),
    request(APHA, ReadPressures(), "01 30 32 30 32 30 30 52 30 33 37 02 36 35 03"),
    request(APHA, SelectLine("measure"), "01 30 32 30 32 30 30 41 30 32 34 02 30 34 34 03"),
    request(APHA, SelectLine("zero"), "01 30 32 30 32 30 30 41 30 32 34 02 31 34 35 03"),
    request(APHA, SelectLine("span"), "01 30 32 30 32 30 30 41 30 32 34 02 32 34 36 03"),
)
