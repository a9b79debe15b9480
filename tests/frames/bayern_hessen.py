"""Bayern-Hessen frames from manuals. Runs on MicroPython too."""

from drivers.wire.bayern_hessen import Control, DataRequest
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

SERINUS = "Ecotech Serinus 44 manual p. 169"
P5030I = "Thermo 5030i manual p. 394-396"
P5028I = "Thermo 5028i manual p. 320-322"
THREE = (
    "'<STX>MD03 001 +2578+01 03 04 %s0000000 002 +5681+00 03 04 0000000000 003 +1175+01 03 04 %s0000000 <CR>"
)


def three(serial):
    return [
        (1, 25.78, 3, 4, serial + "0000000"),
        (2, 5.681, 3, 4, "0000000000"),
        (3, 11.75, 3, 4, serial + "0000000"),
    ]


FRAMES = (
    request(SERINUS, Control(843, "K"), "'<STX>ST843 K<ETX>52"),
    request(P5030I, Control(14, "N", checked=False), "'<STX>ST014 N<CR>"),
    request(P5030I, DataRequest(None, 3, checked=False), "'<STX>DA<CR>"),
    request(P5028I, DataRequest(14, 1, checked=False), "'<STX>DA014<CR>"),
    request(P5028I, DataRequest(14, 1, checked=False, blanks=True), "'<STX>DA 14<CR>"),
    # The manual names these two forms without the digits of their check: STX ^ ETX = 01, D ^ A = 05.
    request(P5028I, DataRequest(None, 1), "'<STX>DA<ETX>04"),
    request(P5028I, DataRequest(14, 1, blanks=True), "'<STX>DA 14<ETX>21"),
    reply(P5030I, DataRequest(None, 3, checked=False), THREE % ("000", "000"), three("000")),
    reply(P5030I, DataRequest(1, 3, checked=False), THREE % ("123", "123"), three("123")),
    refused(P5030I, DataRequest(2, 3, checked=False), THREE % ("000", "000"), "address"),
    refused(P5030I, DataRequest(1, 3), THREE % ("000", "000"), "end of the answer"),
)
