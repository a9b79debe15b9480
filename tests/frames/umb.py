"""Lufft UMB frames from manuals. Runs on MicroPython too."""

from drivers.wire.umb import ReadChannel, ReadChannels, device
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

WS500 = "Lufft WS500-UMB manual p. 51-52"
IRS31 = "Lufft IRS31Pro-UMB manual p. 48"
VENTUS = "Lufft Ventus-UMB manual p. 41"
NIRS31 = "Lufft NIRS31-UMB manual p. 43"

STATION, ROAD, WIND, INFRARED = device(7, 1), device(9, 1), device(8, 1), device(5, 1)


class Rounded:
    """The value as the manual prints it, with one digit."""

    def parse(self, frame):
        channel, status, value = ReadChannel(ROAD, 101).parse(frame)
        return channel, status, round(value * 10)


class Several:
    """A question of another master (F016h), whose answer we only read."""

    def __init__(self):
        self.question = ReadChannels(INFRARED, (100, 600, 900))
        self.question.head = bytes((0x01, 0x10, 0x16, 0xF0, 0x01, 0x50))

    def parse(self, frame):
        return [(item.channel, item.status, round(item.value, 2)) for item in self.question.parse(frame)]


FRAMES = (
    request(WS500, ReadChannel(STATION, 100), "01 10 01 70 01 F0 04 02 23 10 64 00 03 61 D9 04"),
    reply(
        WS500,
        ReadChannel(STATION, 100),
        "01 10 01 F0 01 70 0A 02 23 10 00 64 00 16 00 00 B4 41 03 C6 22 04",
        (100, 0, 22.5),
    ),
    request(IRS31, ReadChannel(ROAD, 101), "01 10 01 90 01 F0 04 02 23 10 65 00 03 85 DC 04"),
    reply(
        IRS31, Rounded(), "01 10 01 F0 01 90 0A 02 23 10 00 65 00 16 EC F2 C4 41 03 24 51 04", (101, 0, 246)
    ),
    request(VENTUS, ReadChannel(WIND, 100), "01 10 01 80 01 F0 04 02 23 10 64 00 03 0B 54 04"),
    reply(
        VENTUS,
        ReadChannel(WIND, 100),
        "01 10 01 F0 01 80 0A 02 23 10 00 64 00 16 00 00 B4 41 03 1F 94 04",
        (100, 0, 22.5),
    ),
    refused(
        VENTUS,
        ReadChannel(STATION, 100),
        "01 10 01 F0 01 80 0A 02 23 10 00 64 00 16 00 00 B4 41 03 1F 94 04",
        "from (class)",
    ),
    reply(
        NIRS31,
        Several(),
        "01 10 16 F0 01 50 1C 02 2F 10 00 03 08 00 64 00 16 8F C2 45 41 08 00 58 02 16 9A 59 7B 43 05 00 84"
        "03 10 02 03 28 A4 04",
        [(100, 0, 12.36), (600, 0, 251.35), (900, 0, 2)],
    ),
    refused(  # to another master
        NIRS31,
        ReadChannels(INFRARED, (100, 600, 900)),
        "01 10 16 F0 01 50 1C 02 2F 10 00 03 08 00 64 00 16 8F C2 45 41 08 00 58 02 16 9A 59 7B 43 05 00 84"
        "03 10 02 03 28 A4 04",
        "to (device)",
    ),
)
