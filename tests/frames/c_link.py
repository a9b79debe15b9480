"""Thermo C-Link frames from manuals. Runs on MicroPython too."""

from drivers.wire.c_link import CLinkReport, CLinkSet
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

P5028I = "Thermo 5028i manual p. 242"
P48I = "Thermo 48i manual p. 255"
P48C = "Thermo 48C manual p. 177"
P146I = "Thermo 146i manual p. B-17"
P48I_RECORD = "Thermo 48i manual p. B-17"
P49I = "Thermo 49i manual p. B-39"
RECORD = (
    "11:00 12-12-05 flags C0012C9 conc 533.746 tgflo 25.000 agflo 26.689 tzflo 4975.000 azflo 4970.950 "
    "ttflo 5000.000 atflo 4997.640 pres 741.699"
)
LR01 = (
    "10:15 05-12-03 flags 9c040000 co 7349E+0 loco 5994E+0 intt 33.2 cht 44.7 pres 758.9 smplfl 1.085 "
    "speed 100.0 biasv -115.5 intensity 1999940"
)

FRAMES = (
    request(P5028I, CLinkReport(14, "TIME"), "8E 54 49 4D 45 0D"),
    # With ID 0 the first byte is not required (p. 242), and not sent.
    request(P5028I, CLinkReport(0, "erec"), "'erec<CR>"),
    reply(P48C, CLinkSet(0, "set format 01", checksum=True), "'set format 01 ok<LF>sum 0570<CR>", True),
    # The value wraps in the copy; a value and its unit, with an exponent.
    reply("Thermo 410i manual p. B-11", CLinkReport(0, "co2"), "'CO2 4.000E+1 ppm<CR>", "4.000E+1 ppm"),
    refused(P48C, CLinkSet(0, "set format 01"), "'set format 01 ok<LF>sum 0570<CR>", "format"),
    reply(P48I, CLinkReport(0, "flags"), "'flags 80068000<CR>", "80068000"),
    reply(P48I_RECORD, CLinkReport(0, "lr01"), "'lr01<LF>" + LR01 + "<CR>", LR01),
    reply(P49I, CLinkReport(49, "mode"), "'mode remote<CR>", "remote"),
    reply(P49I, CLinkSet(49, "set instrument id 50"), "'set instrument id 50 ok<CR>", True),
    # The printed sum is that of neither reading of the line as printed ...
    refused(P146I, CLinkReport(0, "lr11", True), "'lr11<LF>" + RECORD + "<LF>sum 2583<CR>", "sum"),
    refused(P146I, CLinkReport(0, "lr11", True, True), "'lr11<LF>" + RECORD + "<LF>sum 2583<CR>", "sum"),
    # ... but it is with a blank for the line break and LF counted, or with a blank before the line break.
    reply(P146I, CLinkReport(0, "lr11", True, True), "'lr11 " + RECORD + "<LF>sum 2583<CR>", RECORD),
    reply(P146I, CLinkReport(0, "lr11", True), "'lr11 <LF>" + RECORD + "<LF>sum 2583<CR>", RECORD),
)
