import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.aeroqual import AqmCommand, AqmSpan, ReadAqm, ReadSm70, ReadStation
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

FLOAT, BYTE = st.floats(allow_nan=False, width=32), st.integers(0, 255)
COMMANDS = (("zero", 0x12), ("zero scrubber on", 0x14), ("zero scrubber off", 0x15))


def to_zero(body):
    """An encoder of the test's own."""
    return body + bytes([(256 - sum(body) % 256) % 256])


def sm70(report, value, status1, status2, head=0xAA):
    return to_zero(bytes([head, report]) + struct.pack("<f6xBB", value, status1, status2))


def aqm(address, code, value, status, time=bytes(6)):
    return to_zero(bytes([0xAA, address, code]) + struct.pack("<fB", value, status) + time)


@given(head=BYTE, value=FLOAT, status=st.tuples(BYTE, BYTE))
def test_round_trip_of_an_sm70(head, value, status):
    assert whole(ReadSm70(), sm70(0x10, value, *status, head)) == (0x10, value, *status)
    for report in (0x0F, 0x1A):  # no reading yet
        assert whole(ReadSm70(), sm70(report, value, *status, head)) == (report, None, *status)


@given(
    value=FLOAT, status=BYTE, who=st.tuples(st.integers(1, 255), BYTE), time=st.binary(min_size=6, max_size=6)
)
def test_round_trip_of_an_aqm(value, status, who, time):
    assert whole(ReadAqm(*who), aqm(*who, value, status, time)) == (value, status, time)


@pytest.mark.parametrize(("word", "code"), COMMANDS)
def test_commands(word, code):
    request = AqmCommand(7, word)
    assert whole(request, to_zero(bytes([0xAA, 7, code]))) is True
    assert request.encode() == to_zero(bytes([0x55, 7, code]))
    assert not request.repeatable


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(ReadSm70(), sm70(0x10, 0.5, 3, 4))
    sees_every_wrong_byte(ReadSm70(), sm70(0x1A, 0.5, 0, 0))
    sees_every_wrong_byte(ReadAqm(7, 0x30), aqm(7, 0x30, 1.5, 4, b"timest"))
    sees_every_wrong_byte(AqmCommand(7, "zero"), to_zero(b"\xaa\x07\x12"))


@given(st.binary(max_size=40))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadSm70(), ReadAqm(7, 0x30), AqmCommand(7, "zero")):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\xaa\x07\x30" + buf)
        ends_as_stated(request, b"\xaa\x10" + buf)


def test_answers_of_an_aqm_tell_station_and_code():
    assert said(ReadAqm(7, 0x31), aqm(7, 0x30, 1.0, 0)) == ("wrong", "code")
    assert ReadAqm(1, 0x30).shape != ReadAqm(1, 0x31).shape
    assert ReadAqm(1, 0x30).repeatable
    assert ReadSm70().repeatable


@pytest.mark.parametrize(
    ("request_", "buf", "message"),
    [
        (ReadSm70(), b"\xaa\x30", "report code: expected 0F, 10 or 1A, got 0x30"),
        (ReadSm70(), b"\xaa\x10" + bytes(13), "checksum: expected 0x46, got 0x00"),
        (ReadAqm(2, 0x30), b"\x55", "head: expected 0xAA, got 0x55"),
        (ReadAqm(2, 0x30), b"\xaa\x01", "station: expected 0x02, got 0x01"),
        (ReadAqm(2, 0x30), b"\xaa\x02\x30" + bytes(12), "checksum: expected 0x24, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(request_, buf, message):
    with pytest.raises(WireError, match=message):
        request_.parse(buf)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReadAqm(0, 0x30),
        lambda: ReadAqm(256, 1),
        lambda: ReadAqm(1, 256),
        lambda: AqmCommand(1, "span"),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="AQM "):
        make()


def test_a_station_says_its_name_and_version_and_a_span_is_sent_once():
    said_so = bytes.fromhex("AA01FB3149514D3630001E08190B7E14")
    assert whole(ReadStation(1), said_so) == ("IQM60", 4.9)
    sees_every_wrong_byte(ReadStation(1), said_so)
    span = AqmSpan(1, 0x30, 0.1)
    assert whole(span, bytes.fromhex("AA011342")) is True
    sees_every_wrong_byte(span, bytes.fromhex("AA011342"))
    assert not span.repeatable
    with pytest.raises(ValueError, match=r"AQM code 256 is not within 0\.\.255"):
        AqmSpan(1, 256, 0.1)


@given(st.binary(max_size=40))
def test_any_bytes_of_a_station_end_in_one_of_the_stated_ways(buf):
    for request in (ReadStation(1), AqmSpan(1, 0x30, 0.1)):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\xaa\x01" + buf)
