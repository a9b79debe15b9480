import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.cubic import CubicRequest, ReadPm2012, ReadSerial, ReadVersion
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

NUMBERS = st.tuples(*[st.integers(0, 2**32 - 1)] * 13)


def answer(command, data):
    """An encoder of the test's own."""
    body = bytes([0x16, 1 + len(data), command]) + data
    return body + bytes([(256 - sum(body) % 256) % 256])


@given(command=st.integers(0, 255), data=st.binary(max_size=254))
def test_round_trip(command, data):
    request = CubicRequest(command, data, len(data))
    assert whole(request, answer(command, data)) == data
    assert request.encode()[:3] == bytes([0x11, 1 + len(data), command])
    assert sum(request.encode()) % 256 == 0


@given(NUMBERS)
def test_round_trip_of_a_pm2012(numbers):
    got = whole(ReadPm2012(), answer(0x0B, struct.pack(">13I", *numbers)))
    assert (got.grimm, got.tsi, got.counts) == (numbers[:3], numbers[3:6], numbers[6:12])


def test_names():
    assert whole(ReadVersion(), answer(0x1E, b"PM2012 V1.2.3")) == "PM2012 V1.2.3"
    assert whole(ReadSerial(), answer(0x1F, bytes(range(10)))) == bytes(range(10))


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(ReadPm2012(), answer(0x0B, bytes(range(52))))
    sees_every_wrong_byte(ReadVersion(), answer(0x1E, b"PM2012 V1.2.3"))


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadPm2012(), ReadVersion(), CubicRequest(0x0B, b"\x01", 16)):
        ends_as_stated(request, buf)
        ends_as_stated(request, answer(request.encode()[2], bytes(request.size - 4))[:3] + buf)


def test_answers_are_told_apart_by_command_and_length():
    pm1006k = CubicRequest(0x0B, b"\x01", 16)
    assert said(pm1006k, answer(0x0B, bytes(52))) == ("wrong", "length")
    assert said(ReadVersion(), answer(0x1F, bytes(13))) == ("wrong", "command")
    assert len({pm1006k.shape, ReadPm2012().shape, ReadVersion().shape, ReadSerial().shape}) == 4
    assert ReadPm2012().repeatable


@pytest.mark.parametrize(
    ("request_", "buf", "message"),
    [
        (ReadPm2012(), b"\x11", "head: expected 0x16, got 0x11"),
        (ReadPm2012(), b"\x16\x11", "length: expected 0x35, got 0x11"),
        (ReadSerial(), b"\x16\x0b\x1f" + bytes(11), "checksum: expected 0xC0, got 0x00"),
        (ReadVersion(), answer(0x1E, b"PM2012 V1.2\x00\x00"), "text: expected printable ASCII, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(request_, buf, message):
    with pytest.raises(WireError, match=message):
        request_.parse(buf)


@pytest.mark.parametrize("arguments", [(256, b"", 1), (-1, b"", 1), (1, bytes(255), 1), (1, b"", 255)])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="Cubic command"):
        CubicRequest(*arguments)
