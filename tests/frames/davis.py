"""Davis LOOP packets: the layout of a public driver, numbers of ours. Runs on MicroPython too."""

from drivers.wire.davis import ReadLoop, Wake
from tests.frames.row import refused, reply, request

__all__ = ["ALL_THERE", "CHECKED", "FRAMES", "NONE_THERE"]

CHECKED = True

REMOTEWEATHER = "chrissnell/remoteweather, internal/weatherstations/davis/station.go; numbers of ours"
ALL_THERE = (
    "06 4C 4F 4F 00 00 00 00 E1 74 00 00 00 CC FF 0C 09 0F 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
    "3D 00 00 00 00 00 00 00 00 00 0F 80 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 79 60"
)
NONE_THERE = (
    "06 4C 4F 4F 00 00 00 00 E1 74 00 00 00 FF 7F FF FF FF 7F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
    "FF 00 00 00 00 00 00 00 00 00 FF FF 7F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 B5 15"
)

FRAMES = (
    request(REMOTEWEATHER, Wake(), "0A"),
    request(REMOTEWEATHER, ReadLoop(), "4C 4F 4F 50 20 31 0A"),
    reply(REMOTEWEATHER, ReadLoop(), ALL_THERE, (29.921, -5.2, 61, 12, 9, 271, 1.5, 640)),
    reply(REMOTEWEATHER, ReadLoop(), NONE_THERE, (29.921, None, None, None, None, None, None, None)),
    refused(REMOTEWEATHER, Wake(), "15", "line feed"),
)
