"""Lines of Teledyne hydrocarbon analysers as the manual and the vendor's FAQ print them. Runs on
MicroPython too."""

from drivers.wire.teledyne_thc import Calibrate, Read4020, Read4030
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

P4020 = "Teledyne 4020 manual p. 41-42"
P4030 = "Teledyne 4030 FAQ"

FRAMES = (
    reply(
        P4020,
        Read4020(),
        "'<CR>5.88 ppm R-1 (0- 10.00 ppm) ANLZ AL-1<CR>",
        (5.88, "ppm", "R-1", 10.0, "ANLZ", ("AL-1",)),
    ),
    request(P4020, Calibrate("as"), "'as<CR>"),
    request(P4020, Calibrate("az"), "'az<CR>"),
    # Whoever begins to hear within a line has no line.
    refused(P4020, Read4020(), "'88 ppm R-1 (0- 10.00 ppm) ANLZ AL-1<CR>", "CR of the line before"),
    reply(
        P4030,
        Read4030(),
        "00 42 4E 5A 20 31 32 2E 32 33 20 70 70 6D 20 52 32 20 41 4C 31 0D 0A 00",
        ("BNZ", 12.23, "ppm", "R2", "AL1"),
    ),
)
