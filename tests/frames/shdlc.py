"""Sensirion SHDLC frames from public drivers and captures. Runs on MicroPython too."""

from drivers.wire.shdlc import AUTO_CLEANING, SLEEP, STOP, ReadValues, ShdlcRequest, Start, WakeUp
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

PYPMS = "avaldebe/PyPMS, sensors/sensirion/sps30.py"
CAPTURE = "avaldebe/PyPMS, tests/captured_data/SPS30.hexdump"


class Rounded:
    """The numbers of a reading as PyPMS prints them: mass and size with one digit, counts with two."""

    def parse(self, frame):
        device_error, values = ReadValues().parse(frame)
        tenths = [round(value * 10) for value in values[:4] + values[9:]]
        return device_error, tenths, [round(value * 100) for value in values[4:9]]


FRAMES = (
    request(PYPMS, Start(), "7E 00 00 02 01 03 F9 7E"),
    request(PYPMS, ReadValues(), "7E 00 03 00 FC 7E"),
    request(PYPMS, ShdlcRequest(0, STOP), "7E 00 01 00 FE 7E"),
    reply(PYPMS, ReadValues(), "7E 00 03 00 00 FC 7E", (False, ())),
    refused(PYPMS, Start(), "7E 00 00 43 00 BC 7E", 0x43),
    refused(PYPMS, ReadValues(), "7E 00 00 43 00 BC 7E", "command"),
    reply(PYPMS, ShdlcRequest(0, STOP), "7E 00 01 00 00 FE 7E", b""),
    reply(
        CAPTURE,
        Rounded(),
        "7E 00 03 00 28 40 A7 83 20 41 17 77 BB 41 4A 5F 83 41 54 8D DD 41 D2 83 3E 42 7D 33 FC 85 42 26"
        "17 22 42 29 A4 D9 42 2A 29 BC 3F 55 B7 E7 9E 7E",
        (False, [52, 95, 126, 133, 8], [2631, 3700, 4152, 4241, 4254]),
    ),
    reply(  # 31, 5E and 5E stuffed
        CAPTURE,
        Rounded(),
        "7E 00 03 00 28 40 DF 03 DA 41 7D 31 62 AE 41 27 9E 32 41 2C 10 7D 5E 42 30 7D 5E D3 42 55 C0 4C"
        "42 5E 09 08 42 5F A2 8A 42 5F E4 43 3F 40 FA 1F FF 7E",
        (False, [70, 91, 105, 108, 8], [4412, 5344, 5551, 5591, 5597]),
    ),
    reply(  # 5D stuffed
        CAPTURE,
        Rounded(),
        "7E 00 03 00 28 41 05 1C 4C 41 27 8B 14 41 3D 38 59 41 41 8E 35 42 56 92 6C 42 80 79 7C 42 84 93"
        "12 42 85 5C B2 42 85 7D 5D FB 3F 3E 67 EA 31 7E",
        (False, [83, 105, 118, 121, 7], [5364, 6424, 6629, 6668, 6675]),
    ),
    request("Sensirion embedded-uart-sps, sps30_sleep", ShdlcRequest(0, SLEEP), "7E 00 10 00 EF 7E"),
    request(  # 11 is stuffed, and so is nothing else
        "Sensirion embedded-uart-sps, sps30_wake_up", WakeUp(), "FF 7E 00 7D 31 00 EE 7E"
    ),
    request(
        "Sensirion embedded-uart-sps, sps30_get_fan_auto_cleaning_interval",
        ShdlcRequest(0, AUTO_CLEANING, b"\x00", (4,)),
        "7E 00 80 01 00 7D 5E 7E",
    ),
)
