"""Honeywell HPMA115 frames from the datasheet and from captures. Runs on MicroPython too."""

from drivers.wire.hpma115 import Command, ReadCoefficient, ReadValues, SetCoefficient
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

TABLE_4 = "Honeywell HPM Series datasheet 32322550, table 4"
TABLE_6 = "Honeywell HPM Series datasheet 32322550, table 6"
CAPTURE = "avaldebe/PyPMS, tests/captured_data/HPMA115C0.hexdump"

FRAMES = (
    request(TABLE_4, ReadValues(), "68 01 04 93"),
    reply(TABLE_4, ReadValues("S0"), "40 05 04 00 30 00 31 56", (48, 49)),
    reply(TABLE_6, ReadValues("C0"), "40 0D 04 00 30 00 31 00 32 00 33 00 00 00 00 E9", (48, 49, 50, 51)),
    reply(CAPTURE, ReadValues("C0"), "40 0D 04 00 04 00 07 00 09 00 17 00 00 00 00 84", (4, 7, 9, 23)),
    refused(CAPTURE, ReadValues("S0"), "40 0D 04 00 04 00 07 00 09 00 17 00 00 00 00 84", "length"),
    refused(TABLE_4, ReadValues(), "96 96", "NACK"),
    request(TABLE_4, Command("start"), "68 01 01 96"),
    request(TABLE_4, Command("stop"), "68 01 02 95"),
    request(TABLE_4, Command("auto send off"), "68 01 20 77"),
    request(TABLE_4, Command("auto send on"), "68 01 40 57"),
    reply(TABLE_4, Command("start"), "A5 A5", True),
    refused(TABLE_4, Command("stop"), "96 96", "NACK"),
    request(TABLE_4, SetCoefficient(100), "68 02 08 64 2A"),
    reply(TABLE_4, SetCoefficient(100), "A5 A5", True),
    request(TABLE_4, ReadCoefficient(), "68 01 10 87"),
    reply(TABLE_4, ReadCoefficient(), "40 02 10 64 4A", 100),
)
