import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.dust_66 import FAULT, MAINTENANCE, OK, ReadDust, ReadParameters
from tests.codec import damaged, ends_as_stated, said, whole
from tests.drivers.wire.test_elan import crc

FLOATS = st.floats(width=32, allow_nan=False)


def answer(address, command, data):
    """An encoder of the test's own."""
    body = bytes([address, 0x66, len(data), command]) + data
    return body + crc(body)


def dust(value, state=0, alarm=0):
    return bytes(5) + struct.pack(">f", value) + bytes(17) + bytes([state, alarm]) + bytes(2)


@given(address=st.integers(1, 255), value=FLOATS, state=st.integers(0, 255), alarm=st.integers(0, 255))
def test_dust(address, value, state, alarm):
    got = whole(ReadDust(address), answer(address, 0x9B, dust(value, state, alarm)))
    assert got == (value, state & 3, bool(state & 0x18), alarm)


@given(slope=FLOATS, intercept=FLOATS, span=st.integers(0, 65535), seconds=FLOATS)
def test_parameters(slope, intercept, span, seconds):
    data = bytes(4) + struct.pack(">ffHf", slope, intercept, span, seconds) + bytes(39)
    assert whole(ReadParameters(3), answer(3, 0x9C, data)) == (slope, intercept, span, seconds)


def test_the_places_in_the_frame_that_the_source_names():
    frame = answer(1, 0x9B, dust(12.5, 0b01010, 7))
    assert len(frame) == 36
    assert frame[2] == 0x1E
    assert struct.unpack(">f", frame[9:13]) == (12.5,)
    assert (frame[30], frame[31]) == (0b01010, 7)
    got = ReadDust(1).parse(frame)
    assert got == (12.5, MAINTENANCE, True, 7)
    assert (OK, FAULT) == (0, 1)
    assert ReadParameters(1).longest == 63
    assert ReadParameters(1).encode()[:4] == bytes([1, 0x66, 0, 0x9C])


GOOD = answer(1, 0x9B, dust(12.5))


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_becomes_a_value(at, byte):
    bad = damaged(GOOD, at, byte)
    assert bad is None or ends_as_stated(ReadDust(1), bad)[0] == "wrong"


@given(st.binary(max_size=80))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadDust(1), ReadParameters(1)):
        ends_as_stated(request, buf)
        ends_as_stated(request, bytes([1, 0x66, request.count]) + buf)


def test_what_is_wrong_is_named():
    assert said(ReadParameters(1), GOOD) == ("wrong", "byte count")
    with pytest.raises(WireError, match="address: expected 0x02, got 0x01"):
        ReadDust(2).parse(GOOD)
    with pytest.raises(WireError, match="function: expected 0x66, got 0xE6"):
        ReadDust(1).parse(b"\x01\xe6")
    with pytest.raises(ValueError, match=r"address 0 is not within 1..255"):
        ReadDust(0)
