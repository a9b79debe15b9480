"""Baseline 9000 control bytes as a public driver sends them. Runs on MicroPython too."""

from drivers.wire.baseline_9000 import Command
from tests.frames.row import request

__all__ = ["FRAMES"]

DATALOGGER2 = "Datalogger2 Baseline9000Collector.scala"

FRAMES = (
    request(DATALOGGER2, Command("start output"), "11"),
    request(DATALOGGER2, Command("stop output"), "13"),
    request(DATALOGGER2, Command("automatic calibration"), "12"),
    request(DATALOGGER2, Command("back to normal"), "10"),
    request(DATALOGGER2, Command("CH4 zero"), "0B"),
    request(DATALOGGER2, Command("CH4 span"), "0C"),
    request(DATALOGGER2, Command("NMHC zero"), "0E"),
    request(DATALOGGER2, Command("NMHC span"), "0F"),
)
