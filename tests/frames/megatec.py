"""Megatec frames of Network UPS Tools. Runs on MicroPython too."""

from drivers.wire.megatec import ReadRatings, ReadStatus
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

NUT = "Network UPS Tools, nutdrv_qx_megatec.c"

FRAMES = (
    request(NUT, ReadStatus(), "'Q1<CR>"),
    reply(
        NUT,
        ReadStatus(),
        "'(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000<CR>",
        (226.0, 195.0, 226.0, 14, 49.0, 27.5, 30.0, ("standby type",)),
    ),
    reply(
        NUT + ", its own test",
        ReadStatus(),
        "'(215.0 195.0 230.0 014 49.0 22.7 30.0 00000000<CR>",
        (215.0, 195.0, 230.0, 14, 49.0, 22.7, 30.0, ()),
    ),
    request(NUT, ReadRatings(), "'F<CR>"),
    reply(NUT, ReadRatings(), "'#220.0 000 024.0 50.0<CR>", (220.0, 0, 24.0, 50.0)),
    reply(NUT + ", its own test", ReadRatings(), "'#230.0 000 024.0 50.0<CR>", (230.0, 0, 24.0, 50.0)),
    refused(NUT, ReadStatus(), "'#220.0 000 024.0 50.0<CR>", "start"),
)
