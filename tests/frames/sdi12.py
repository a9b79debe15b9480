"""SDI-12 answers from manuals. Runs on MicroPython too."""

from drivers.wire.sdi12 import Measure, ReadData
from tests.frames.row import refused, reply, request

__all__ = ["CHECKED", "FRAMES"]

CHECKED = True

MAXIMET = "Gill MaxiMet manual 1957-PS-021 p. 74"
WINDSONIC = "Gill WindSonic manual 1405-PS-0019 p. 69"

FRAMES = (
    reply(
        MAXIMET,
        ReadData("0", 0, 5),
        "'0+192+000.07+267+999.9+0000DQ^<CR><LF>",
        (192.0, 0.07, 267.0, 999.9, 0.0),
    ),
    reply(MAXIMET, ReadData("0", 0, 3), "'0+168+000.02+0000GbT<CR><LF>", (168.0, 0.02, 0.0)),
    reply(MAXIMET, ReadData("0", 0, 3), "'0+999+1.2+013.1A\\W<CR><LF>", (999.0, 1.2, 13.1)),
    refused(MAXIMET, ReadData("1", 0, 3), "'0+168+000.02+0000GbT<CR><LF>", "address"),
    refused(MAXIMET, ReadData("0", 0, 5), "'0+168+000.02+0000GbT<CR><LF>", "values"),
    # Printed with AiL; its CRC is Op|.
    refused(MAXIMET, ReadData("0", 0, 6), "'0+023.3+035+007.2+1015.1+0000+999AiL<CR><LF>", "CRC"),
    request(MAXIMET, Measure("0", 5), "'0MC!"),
    reply(MAXIMET, Measure("0", 5), "'00035<CR><LF>", 3),
    reply(MAXIMET, Measure("0", 9, number=1), "'00029<CR><LF>", 2),
    reply(WINDSONIC, ReadData("0", 0, 3, crc=False), "'0+083+000.02+00<CR><LF>", (83.0, 0.02, 0.0)),
)
