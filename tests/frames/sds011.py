"""Nova SDS011 frames from the maker's protocol and from captures. Runs on MicroPython too."""

from drivers.wire.sds011 import QueryReading, ReadVersion, Setting, StreamedReading
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

NOVA = "Nova Fitness, Laser Dust Sensor Control Protocol V1.3, section "
PYPMS = "avaldebe/PyPMS, sensors/novafitness/sds01x.py"
CAPTURE = "avaldebe/PyPMS, tests/captured_data/SDS01x.hexdump"
A160 = 0xA160
NOTHING = "00 00 00 00 00 00 00 00 00 00 "

FRAMES = (
    reply(CAPTURE, StreamedReading(), "AA C0 06 00 06 00 58 D9 3D AB", (0.6, 0.6, 0x58D9)),
    refused(CAPTURE, StreamedReading(A160), "AA C0 06 00 06 00 58 D9 3D AB", "sensor id"),
    request(PYPMS, QueryReading(), "AA B4 04 00 00 " + NOTHING + "FF FF 02 AB"),
    reply(NOVA + "2", QueryReading(), "AA C0 D4 04 3A 0A A1 60 1D AB", (123.6, 261.8, A160)),
    request(NOVA + "1", Setting("query mode", 1, A160), "AA B4 02 01 01 " + NOTHING + "A1 60 05 AB"),
    reply(NOVA + "1", Setting("query mode", 1, A160), "AA C5 02 01 01 00 A1 60 05 AB", 1),
    request(PYPMS, Setting("query mode", 0), "AA B4 02 01 00 " + NOTHING + "FF FF 01 AB"),
    request(NOVA + "4", Setting("work", 0, A160), "AA B4 06 01 00 " + NOTHING + "A1 60 08 AB"),
    reply(NOVA + "4", Setting("work", 0, A160), "AA C5 06 01 00 00 A1 60 08 AB", 0),
    request(NOVA + "4", Setting("work", 1, A160), "AA B4 06 01 01 " + NOTHING + "A1 60 09 AB"),
    reply(NOVA + "4", Setting("work", 1, A160), "AA C5 06 01 01 00 A1 60 09 AB", 1),
    refused(NOVA + "4", Setting("work", 1, A160), "AA C5 06 01 00 00 A1 60 08 AB", "value"),
    request(NOVA + "5", Setting("period", 1, A160), "AA B4 08 01 01 " + NOTHING + "A1 60 0B AB"),
    reply(NOVA + "5", Setting("period", 1, A160), "AA C5 08 01 01 00 A1 60 0B AB", 1),
    reply(NOVA + "5", Setting("period", None, A160), "AA C5 08 00 02 00 A1 60 0B AB", 2),
    request(NOVA + "6", ReadVersion(A160), "AA B4 07 00 00 " + NOTHING + "A1 60 08 AB"),
    reply(NOVA + "6", ReadVersion(A160), "AA C5 07 0F 07 0A A1 60 28 AB", (2015, 7, 10)),
)
