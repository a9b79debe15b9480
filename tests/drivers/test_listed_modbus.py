"""The Modbus frames collected from manuals and public drivers, against the named drivers.

`test_frames.py` holds each against the codec; here a driver sends or reads it, or it is said why none does.
"""

import pytest

from drivers import catalogue
from drivers.wire.modbus_rtu import with_crc
from tests.drivers.profiles import ambient_analysers, analysers, dust
from tests.drivers.test_listed_frames import LISTED, TALKED
from tests.frames.row import as_bytes

READ = {
    as_bytes(answer[3])
    for row in dust.LITERAL + ambient_analysers.LITERAL + analysers.LITERAL
    for answer in row[1]
}
POLLS = {  # number: whose poll asks this
    33: ("waveshare-analog-8ch", {}),
    95: ("sdl-model4000", {"co2_unit": "%"}),
    97: ("wanandi-voc", {}),
    98: ("wanandi-voc", {}),
    99: ("jxbs-3001-nh3", {}),
}
AT_ONCE = "one of several questions that the driver asks at once"
SITE = "raw counts of a cabinet's input card: what they mean only its site knows"
SETTINGS = "parameters and limits, which no driver reads or writes"
RELAYS = "a relay board at address 255, which a station file does not take"
NO_DRIVER = {  # number: why no driver sends or reads it
    4: "its CRC is the author's FF FF; with the right one it is a dialogue of lanbao-nmhc",
    **dict.fromkeys((5, 6), AT_ONCE),
    8: SETTINGS,
    9: "its CRC is wrong",
    **dict.fromkeys((18, 19, 88, 91, 92), SITE),
    20: "asks from 0x89; the driver's code, and ours, from 0x8A, where HCl is",
    **dict.fromkeys((21, 22), SETTINGS),
    23: "asks for eight values, of which its program knows three; the answer is a test of kaier-unimat120",
    **dict.fromkeys(range(26, 33), AT_ONCE),
    **dict.fromkeys((34, 35, 36), RELAYS),
    74: AT_ONCE,
    **dict.fromkeys((75, 76, 78), SETTINGS),  # 77 and 79, limits too, are questions of other drivers as well
    **dict.fromkeys((80, 81), "a CO2 transmitter that nobody puts a name to"),
    82: "asks whoever is alone on the line for its address",
    83: "a humidity sensor that no source describes further",
    **dict.fromkeys((84, 87, 96), SETTINGS),
    93: "asks for eight values, of which its program knows one; the answer is a test of mandeke-dcem3000",
    126: "asks for sixteen registers, of which renke-fsxcs reads the first ten",
    127: "asks for nine registers, of which singoan-sga reads those that it needs",
}
ROWS = [
    (int(number), as_bytes(frame))
    for number, protocol, _, _, frame in (
        line.split("\t")
        for line in LISTED.read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("#", "")
    )
    if protocol == "modbus-rtu"
]


@pytest.mark.parametrize(("number", "frame"), ROWS, ids=[str(number) for number, _ in ROWS])
def test_a_driver_sends_or_reads_it(number, frame):
    if number in POLLS:
        name, settings = POLLS[number]
        asked = [question.encode() for question in catalogue.create(name, frame[0], settings).questions()]
        assert frame in asked
    assert (frame in TALKED or frame in READ or number in POLLS) == (number not in NO_DRIVER)


def test_what_is_refused_here_is_refused_for_what_it_says():
    frames = dict(ROWS)
    assert with_crc(frames[4][:-2]) in TALKED
    assert with_crc(frames[9][:-2]) != frames[9]
    assert set(NO_DRIVER) | set(POLLS) <= set(frames)
