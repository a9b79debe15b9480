"""The frames collected from manuals and public drivers, against the drivers that speak their protocols.

`test_frames.py` holds every listed frame against its codec; here a driver must send or read it, byte for
byte, in one of its dialogues.
"""

from pathlib import Path

import pytest

from tests.drivers.test_all_drivers import DIALOGUES
from tests.frames.row import as_bytes

LISTED = Path(__file__).parents[1] / "frames" / "listed.tsv"
PROTOCOLS = (
    "ak",
    "bayern-hessen",
    "dcon-ascii",
    "siemens-elan",
    "custom-0x66",
    "horiba-370",
    "baseline-byte",
    "megatec-q1",
    "dusttrak-ascii",
    "synspec-ll",
    "serial-module",
    "umb-binary",
    "gill-ascii",
    "aeroqual-485",
    "c-link",
    "aeroqual-aqm",
    "wxt-ascii-crc",
    "sdi12-crc",
    "nmea0183",
    "nmea0183-query",
)
CODEC_ALONE = {  # number: why no driver sends or reads it
    40: "no driver asks for integrals (AIKG)",
    41: "no driver asks for temperatures (ATEM)",
    42: "no driver sets the clock: how ESYZ writes it is in none of the pages",
    52: "a road sensor (IRS31Pro), which is no weather station",
    58: "rain of a WXT in NMEA: its driver asks in ASCII",
    57: "its printed check is wrong",
    112: "its printed check is wrong",
    46: "no driver sets the reply format: it is the instrument's own setting",
    48: "no driver asks for the time",
    124: "a record of the 146i, a gas calibrator, which measures nothing",
    45: "the form without a check; the driver uses the one with a check",
}
ROWS = [
    (int(number), protocol, frame)
    for number, protocol, _, _, frame in (
        line.rstrip("\n").split("\t")
        for line in LISTED.read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("#", "")
    )
    if protocol in PROTOCOLS
]
TALKED = {
    as_bytes(frame)
    for dialogue in DIALOGUES
    for exchange in dialogue.talk
    for frame in exchange
    if frame is not None
}
LINES = {frame.rstrip(b"\r\n") for frame in TALKED}  # the list prints some lines without their ends


@pytest.mark.parametrize(("number", "protocol", "frame"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_a_driver_sends_or_reads_it(number, protocol, frame):
    assert (as_bytes(frame).rstrip(b"\r\n") in LINES) == (number not in CODEC_ALONE)


def test_every_protocol_here_has_frames():
    assert {protocol for _, protocol, _ in ROWS} == set(PROTOCOLS)
    assert set(CODEC_ALONE) <= {number for number, _, _ in ROWS}
