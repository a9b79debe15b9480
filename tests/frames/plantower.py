"""Plantower frames from captures and public drivers. Runs on MicroPython too."""

from drivers.wire.plantower import PMS3003, Command, ReadFrame, StreamedFrame, Wake, signed
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

PYPMS = "avaldebe/PyPMS, sensors/plantower/pmsx003.py"
CAPTURE = "avaldebe/PyPMS, tests/captured_data/"
ACKNOWLEDGED = "public PMS7003 drivers that print the acknowledgements"


class Climate:
    """Temperature and humidity of a PMS5003T, in tenths."""

    def parse(self, frame):
        values = StreamedFrame().parse(frame)
        return signed(values[10]), values[11]


FRAMES = (
    reply(
        CAPTURE + "PMSx003.hexdump",
        StreamedFrame(),
        "42 4D 00 1C 00 00 00 08 00 08 00 00 00 08 00 08 00 D2 00 46 00 2D 00 1E 00 00 00 00 97 00 02 C5",
        (0, 8, 8, 0, 8, 8, 210, 70, 45, 30, 0, 0, 0x9700),
    ),
    reply(  # the same frame on request
        CAPTURE + "PMSx003.hexdump",
        ReadFrame(),
        "42 4D 00 1C 00 00 00 07 00 07 00 00 00 07 00 07 00 BD 00 3F 00 2A 00 1B 00 00 00 00 97 00 02 9F",
        (0, 7, 7, 0, 7, 7, 189, 63, 42, 27, 0, 0, 0x9700),
    ),
    reply(  # all zero: warming up
        CAPTURE + "PMS3003.hexdump",
        StreamedFrame(PMS3003),
        "42 4D 00 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 51 00 F4",
        (0, 0, 0, 0, 0, 0, 0, 0, 0x51),
    ),
    reply(
        CAPTURE + "PMS5003T.hexdump",
        Climate(),
        "42 4D 00 1C 00 17 00 27 00 29 00 16 00 23 00 29 10 08 04 A9 01 16 00 0C 00 D4 00 E0 9A 00 04 AA",
        (212, 224),
    ),
    refused(
        CAPTURE + "PMS3003.hexdump",
        StreamedFrame(),
        "42 4D 00 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 51 00 F4",
        "length",
    ),
    request(PYPMS, ReadFrame(), "42 4D E2 00 00 01 71"),
    request(PYPMS, Command("sleep"), "42 4D E4 00 00 01 73"),
    request(PYPMS, Wake(), "42 4D E4 00 01 01 74"),
    reply(
        PYPMS + " (any reading)",
        Wake(),
        "42 4D 00 1C 00 00 00 07 00 07 00 00 00 07 00 07 00 BD 00 3F 00 2A 00 1B 00 00 00 00 97 00 02 9F",
        True,
    ),
    request(PYPMS, Command("passive"), "42 4D E1 00 00 01 70"),
    request(PYPMS, Command("active"), "42 4D E1 00 01 01 71"),
    reply(ACKNOWLEDGED, Command("passive"), "42 4D 00 04 E1 00 01 74", True),
    reply(ACKNOWLEDGED, Command("active"), "42 4D 00 04 E1 01 01 75", True),
    reply(ACKNOWLEDGED, Command("sleep"), "42 4D 00 04 E4 00 01 77", True),
    refused(ACKNOWLEDGED, Command("active"), "42 4D 00 04 E1 00 01 74", "data"),
)
