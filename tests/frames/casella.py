"""Lines of the Casella Microdust Pro as its manual prints them. Runs on MicroPython too."""

from drivers.wire.casella import Command, ReadDust
from tests.frames.row import reply, request

__all__ = ["FRAMES"]

MANUAL = "Casella Microdust Pro manual p. 55"

FRAMES = (
    request(MANUAL, Command("X"), "'X"),
    request(MANUAL, Command("Z"), "'Z"),
    reply(MANUAL, ReadDust(), "'<CR><LF>2.87<CR><LF>", 2.87),
)
