"""Protocols without a check: one wrong character makes another digit of a digit, and nothing else of a
number: no exponent, no sign or blank within, no blank behind it."""

import re

import pytest

from drivers.wire.ak import AkRegister, AkRequest, number
from drivers.wire.bam_1020 import ReadRecord as ReadBam
from drivers.wire.baoying import ReadRecord as ReadBaoying
from drivers.wire.baseline_9000 import ReadLine
from drivers.wire.casella import ReadDust
from drivers.wire.dcon import ReadInputs
from drivers.wire.dusttrak import ReadMeasurement, ReadMessages
from drivers.wire.megatec import ReadRatings, ReadStatus
from drivers.wire.sdi12 import ReadData
from drivers.wire.teledyne_thc import Read4020, Read4030
from drivers.wire.wxt import WIND, Query
from tests.codec import said
from tests.dialogue import ask, created


class Numbers:
    """An AK answer with its words as numbers, as a driver reads them."""

    def parse(self, buf):
        status, words = AkRequest("AKON").parse(buf)
        return (status, *[number(word) for word in words])


class Analysis:
    """A GC955's record with its fields as numbers, as the driver reads them."""

    def parse(self, buf):
        settings = {"fields": 5, "values": ["benzene 4", "toluene 5"], "unit": "ppb"}
        return tuple(sample.value for sample in ask(created("synspec-gc955", settings).measure(), buf))


BAOYING = "#1,1.92,106,5.10,0.1,0.2,0.3,-20.5,12.5,60.1,Z,20106,-0.1,8.25,16106,N,0,0*"
CASES = {
    "ak": (Numbers(), b"\x02 AKON 0 106.5 0.25 -12\x03"),
    "ak register": (AkRegister(245), b"\x020AREG 0 245 106.25\x03\r\n"),
    "bam": (ReadBam(8), b"03/28/07 03:00:00,+00.027,+0.834,+012.6,+106.0,+0736.1,+045.2,+010.6\r"),
    "baoying": (ReadBaoying(), BAOYING.encode()),
    "baseline": (ReadLine(6), b"\r1\t10:15\t106.92\t0.10\t106.35\t2.27\r"),
    "casella": (ReadDust(), b"\r\n106.87\r"),
    "dcon": (ReadInputs(1, 2, False), b">+08.074-05.794\r"),
    "dusttrak list": (ReadMeasurement("8533"), b"\r\n106,0.031,0.106,10.33,106.4,12.41,\r\n"),
    "dusttrak messages": (ReadMessages("8532"), b"\r\n0,0,0,0,0,0,0,0,0,100,106,12,\r\n"),
    "gc955": (Analysis(), b"1\t25-11-2026\t10:15\t106.25\t0.106\x0f"),
    "megatec": (ReadStatus(), b"(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000\r"),
    "megatec ratings": (ReadRatings(), b"#220.0 000 024.0 50.0\r"),
    "sdi-12": (ReadData("0", 0, 3, crc=False), b"0+083+000.02+106\r\n"),
    "teledyne 4020": (Read4020(), b"\r106.88 ppm R-1 (0- 106.00 ppm) ANLZ AL-1\r"),
    "teledyne 4030": (Read4030(), b"\x00BNZ 106.23 ppm R2 AL1\r\n\x00"),
    "wxt": (Query("0", WIND, crc=False), b"0R1,Dn=236D,Dm=106D,Sm=106.5M\r\n"),
}
BLANKS = {  # where blanks stand between the words, any number of them
    "ak": "and how many values an answer has is not told by the protocol: the drivers count them",
    "ak register": "the value may be of any length",
    "teledyne 4020": "the columns are filled with blanks",
    "teledyne 4030": "as the 4020",
}
FIGURES = re.compile(rb"\d[\d.]*")


def numbers(value):
    """Every number in a value, however deep."""
    if isinstance(value, tuple):
        return [each for part in value for each in numbers(part)]
    return [value] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("case", CASES)
def test_no_damaged_digit_becomes_an_exponent(case):
    question, frame = CASES[case]
    due = numbers(question.parse(frame))
    assert due
    for figures in FIGURES.finditer(frame):
        for at in range(figures.start(), figures.end()):
            for letter in (b"E", b"e"):
                got = said(question, frame[:at] + letter + frame[at + 1 :])
                assert got[0] != "value" or numbers(got[1]) == due, (frame, at)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sign", [" ", "+", "-"])
def test_no_sign_and_no_blank_within_a_number_or_behind_it(case, sign):
    question, frame = CASES[case]
    if sign == " " and case in BLANKS:
        return
    due = numbers(question.parse(frame))
    for figures in FIGURES.finditer(frame):
        for at in range(figures.start() + 1, figures.end()):
            got = said(question, frame[:at] + sign.encode() + frame[at + 1 :])
            assert got[0] != "value" or numbers(got[1]) == due, (frame, at)
