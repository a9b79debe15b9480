"""Lines of a Grimm 180 as a public simulator sends them. Runs on MicroPython too."""

from drivers.wire.grimm import MASSES, OTHER, STATE, ReadLine
from tests.frames.row import refused, reply

__all__ = ["FRAMES"]

FORGE = "HagenTelg/forge, simulator of grimm110xopc (180MC)"

FRAMES = (
    reply(FORGE, ReadLine(), "'<CR>N0,  200  150  100<CR>", (MASSES, (20.0, 15.0, 10.0))),
    reply(FORGE, ReadLine(), "'<CR>P: 26 11 25 8 30 0 20 0 70 40 0 0 0 0 0<CR>", (STATE, (0,))),
    reply(FORGE, ReadLine(), "'<CR>K: 0 0 0 0<CR>", (OTHER, ())),
    reply(FORGE, ReadLine(), "'<CR>C0:     1765     1660     1550<CR>", (OTHER, ())),
    # Whoever begins to hear within a line has no line.
    refused(FORGE, ReadLine(), "'00  150  100<CR>", "CR of the line before"),
)
