"""Gill frames from manuals. Runs on MicroPython too."""

from drivers.wire.gill import Listen, PollWind, WindStream
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

WINDSONIC = "Gill WindSonic manual 1405-PS-0019 p. "
MAXIMET = "Gill MaxiMet manual 1957-PS-021 p. 42-44"
GMX300 = (
    "'<STX>Q,0999.5,0999.5,0999.5,040,+023.3,+009.1,08.45,,1.2,+015.1,07:58,12:08,16:19,162:+15,16:57,17:39,"
    "18:19,+00,+01,+1,,2018-01-16T10:55:38.5,+05.1,0000,<ETX>1F<CR><LF>"
)

FRAMES = (
    reply(
        WINDSONIC + "28",
        WindStream(),
        "'<STX>Q,229,002.74,M,00,<ETX>16<CR><LF>",
        (229, 2.74, "M", "00"),
    ),
    reply(
        WINDSONIC + "28",
        PollWind("Q"),
        "'<STX>Q,229,002.74,M,00,<ETX>16<CR><LF>",
        (229, 2.74, "M", "00"),
    ),
    request(WINDSONIC + "31", PollWind("Q"), "'?Q"),
    # Printed with 2D and blanks; its check is 3A, with and without them.
    refused(
        WINDSONIC + "30",
        WindStream(),
        "'<STX>Q,+001.59,-002.74,M,00,<ETX>2D<CR><LF>",
        "checksum",
    ),
    refused(WINDSONIC + "28", WindStream("N"), "'<STX>Q,229,002.74,M,00,<ETX>16<CR><LF>", "unit"),
    reply(
        MAXIMET,
        Listen("Q", 24),
        GMX300,
        tuple(GMX300[8:].partition(",<ETX>")[0].split(",")),
    ),
    # Printed with 36; its check is 25.
    refused(
        MAXIMET,
        Listen("Q", 8),
        "'<STX>Q,1015.3,041,+022.0,+008.5,0000,2015-06-05T10:19:30.8,+05.1,0004,<ETX>36<CR><LF>",
        "checksum",
    ),
)
