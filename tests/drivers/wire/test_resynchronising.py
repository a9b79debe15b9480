"""A line looks for an answer at every byte that came. What follows behind damage must not be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.wire.ak import AkRegister, AkRequest
from drivers.wire.bayern_hessen import DataRequest, ended, framed
from drivers.wire.c_link import CLinkReport
from drivers.wire.dust_66 import ReadDust
from drivers.wire.dusttrak import ReadMeasurement, ReadText
from drivers.wire.elan import ReadComponents
from drivers.wire.horiba_370 import ReadFlame
from drivers.wire.megatec import ReadStatus
from drivers.wire.met_one import ReadRevision
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from tests.codec import damaged, said
from tests.drivers.wire import test_dust_66, test_elan, test_horiba_370

ONE = "MD01 014 +2578+01 00 00 0140000000"
RECORD = b"erec\n07:53 05-04-09 flags 110000 PM 0.031 1 24Hr Avg PM 0.030 1"
CASES = {  # a question, its answer, and whether a check guards each byte of it
    "ak": (AkRequest("AKON", address=7), b"\x02\x07AKON 0 12.50 0.7\x03", False),
    "ak register": (AkRegister(245), b"\x020AREG 0 245 31.2\x03\r\n", False),
    "bayern-hessen": (DataRequest(14, 1), framed(ONE), True),
    "bayern-hessen CR": (DataRequest(14, 1, checked=False), ended(ONE), False),
    "c-link 00": (CLinkReport(14, "erec"), RECORD + b"\r", False),
    "c-link 01": (CLinkReport(14, "erec", True), RECORD + b"\nsum %04X\r" % sum(RECORD), True),
    "dust 0x66": (ReadDust(1), test_dust_66.GOOD, True),
    "dusttrak list": (ReadMeasurement("8530"), b"\r\n12,0.031,\r\n", False),
    "dusttrak text": (ReadText("MSTATUS"), b"\r\nRunning\r\n", False),
    "elan": (ReadComponents(1, 0, False), test_elan.GOOD, True),
    "horiba": (ReadFlame(), test_horiba_370.answer("R010", "00", "2"), True),
    "megatec": (ReadStatus(), b"(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000\r", False),
    "met one": (ReadRevision(), b"ES-405, 83904, R1.2.0.0a*01278\r\n", True),
}


@pytest.mark.parametrize("case", CASES)
@given(at=st.integers(0, 100), byte=st.integers(0, 255), noise=st.binary(max_size=4))
def test_no_part_of_a_damaged_answer_is_another_answer(case, at, byte, noise):
    request, good, _ = CASES[case]
    came = (damaged(good, at, byte) or good) + noise
    for start in range(1, len(came)):
        assert said(request, came[start:])[0] != "value", came[start:]


def carried(request, pieces):
    """What the line makes of these pieces, 5 ms apart, as the answer to this question."""

    def asks():
        return [(yield request)]

    core = LineCore(Timing(9600, 10))
    core.attach(AddressState(request.address, 300.0, 0), 0.0)
    job = core.submit(request.address, asks(), 0.0)
    now = 50.0
    core.step(0.0)
    for piece in pieces:
        core.receive(piece, now)
        now += 5.0
    while not job.done:
        now = core.next_at(now)
        core.step(now)
    return job


@pytest.mark.parametrize("case", CASES)
@given(noise=st.binary(max_size=6).filter(lambda noise: b"\r" not in noise), size=st.integers(1, 20))
def test_a_line_finds_the_answer_behind_noise_and_in_pieces(case, noise, size):
    request, good, _ = CASES[case]
    came = noise + good
    job = carried(request, [came[at : at + size] for at in range(0, len(came), size)])
    due = request.parse(good)
    # Noise that looks like a start may cost the answer, never change it.
    assert job.result == [due] or job.error is not None
    if not noise:
        assert job.result == [due]


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][2]])
def test_a_check_sees_every_wrong_byte(case):
    request, good, _ = CASES[case]
    due = request.parse(good)
    for at in range(request.length(good)):
        for byte in range(256):
            got = said(request, good[:at] + bytes([byte]) + good[at + 1 :])
            assert got[0] != "value" or got[1] == due, (at, byte)


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][2]])
@given(at=st.integers(0, 100), byte=st.integers(0, 255))
def test_nor_does_a_line_take_it(case, at, byte):
    request, good, _ = CASES[case]
    job = carried(request, [damaged(good, at, byte) or good])
    assert job.error is not None or job.result == [request.parse(good)]
