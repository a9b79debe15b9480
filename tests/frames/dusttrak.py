"""TSI DustTrak frames as public drivers build and read them. Runs on MicroPython too."""

from drivers.wire.dusttrak import Command, ReadMeasurement, ReadMessages, ReadText
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

DUSTTRAX = "public driver, class DustTrax"
LAYOUT = "layout of class DustTrax; the numbers are ours"

FRAMES = (
    request(DUSTTRAX, ReadMeasurement("8533"), "'RMMEAS<CR>"),
    request(DUSTTRAX, Command("MZERO"), "'MZERO<CR>"),
    request(DUSTTRAX, ReadText("RMZEROING"), "'RMZEROING<CR>"),
    request(DUSTTRAX, ReadMessages("8534"), "'RMMESSAGES<CR>"),
    reply(LAYOUT, ReadMeasurement("8530"), "'<CR><LF>12,0.031,<CR><LF>", (12.0, (0.031,))),
    reply(
        LAYOUT,
        ReadMeasurement("8533"),
        "'<CR><LF>12,0.031,0.032,0.033,0.040,0.041,<CR><LF>",
        (12.0, (0.031, 0.032, 0.033, 0.04, 0.041)),
    ),
    reply("drx_85xx driver", ReadText("MSTATUS"), "'<CR><LF>Running<CR><LF>", "Running"),
    refused(LAYOUT, ReadMeasurement("8533"), "'<CR><LF>12,0.031,<CR><LF>", "answer to RMMEAS"),
)
