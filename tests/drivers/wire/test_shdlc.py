import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.shdlc import ERRORS, ReadValues, ShdlcRequest, Start, WakeUp, framed
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

STUFFING = {0x7E: b"\x7d\x5e", 0x7D: b"\x7d\x5d", 0x11: b"\x7d\x31", 0x13: b"\x7d\x33"}


def answer(address, command, state, data):
    """An encoder of the test's own."""
    content = bytes([address, command, state, len(data)]) + data
    content += bytes([0xFF - sum(content) % 256])
    return b"\x7e" + b"".join(STUFFING.get(byte, bytes([byte])) for byte in content) + b"\x7e"


ADDRESSES, BYTES = st.integers(0, 254), st.integers(0, 255)
VALUES = tuple(float(n) for n in range(17, 27))
READING = answer(0, 3, 0, struct.pack(">10f", *VALUES))


@given(address=ADDRESSES, command=BYTES, data=st.binary(max_size=255))
def test_round_trip(address, command, data):
    request = ShdlcRequest(address, command, b"", (len(data),))
    assert whole(request, answer(address, command, 0, data)) == data


@given(address=ADDRESSES, command=BYTES, data=st.binary(max_size=255))
def test_a_question_is_stuffed_as_an_answer_is(address, command, data):
    sent = ShdlcRequest(address, command, data).encode()
    content = bytes([address, command, len(data)]) + data
    content += bytes([0xFF - sum(content) % 256])
    assert sent == b"\x7e" + b"".join(STUFFING.get(byte, bytes([byte])) for byte in content) + b"\x7e"


@given(code=st.integers(1, 0x7F), device=st.booleans())
def test_a_state_is_a_refusal_by_its_code(code, device):
    said_no = answer(0, 0, code | 0x80 * device, b"")
    assert said(Start(), said_no) == ("refused", code)


def test_every_wrong_byte_of_an_answer_is_seen():
    sees_every_wrong_byte(ReadValues(), READING)
    sees_every_wrong_byte(Start(), answer(0, 0, 0, b""))
    sees_every_wrong_byte(Start(), answer(0, 0, 0x43, b""))
    stuffed = answer(17, 19, 0, bytes([0x7E, 0x7D, 0x11, 0x13, 0x5E, 0x31]))
    sees_every_wrong_byte(ShdlcRequest(17, 19, b"", (6,)), stuffed)


def test_a_reading():
    assert whole(ReadValues(), READING) == (False, VALUES)
    assert whole(ReadValues(), answer(0, 3, 0, b"")) == (False, ())
    assert whole(ReadValues(), answer(0, 3, 0x80, struct.pack(">10f", *VALUES))) == (True, VALUES)
    _, values = ReadValues().parse(answer(0, 3, 0, b"\x7f\xc0\x00\x00" * 10))
    assert all(math.isnan(value) for value in values)


@given(st.binary(max_size=700))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadValues(), Start(), ShdlcRequest(1, 0xD0, b"\x03", tuple(range(1, 33)))):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\x7e" + buf)
        ends_as_stated(request, b"\x7e\x00\x03\x00" + buf)


def test_a_mark_that_ended_the_frame_before_begins_nothing():
    assert said(ReadValues(), b"\x7e" + READING) == ("wrong", "length")


def test_what_changes_something_is_never_asked_twice():
    assert [Start().repeatable, WakeUp().repeatable, ShdlcRequest(0, 0x56).repeatable] == [False] * 3
    assert ReadValues().repeatable
    assert WakeUp().may_be_silent
    assert not Start().may_be_silent


def test_answers_are_told_apart_by_the_command():
    assert said(ReadValues(), answer(0, 0xD1, 0, b"")) == ("wrong", "command")
    assert len({ReadValues().shape, Start().shape, ShdlcRequest(0, 0x80).shape}) == 3
    assert ShdlcRequest(0, 0x80, b"\x00", (4,)).shape != ShdlcRequest(0, 0x80, b"\x00" * 5).shape


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\x00", "start mark: expected 0x7E, got 0x00"),
        (answer(1, 3, 0, b""), "address: expected 0x00, got 0x01"),
        (answer(0, 1, 0, b""), "command: expected 0x03, got 0x01"),
        (b"\x7e\x00\x03\x00\x28\x01\x7e", "length: expected 45 bytes between the marks, got 5"),
        (b"\x7e\x00\x03\x00\x00\xfd\x7e", "checksum: expected 0xFC, got 0xFD"),
        (b"\x7e\x00\x03\x7d\x01", "stuffing: expected 5E, 5D, 31 or 33 behind 7D, got 0x01"),
        (answer(0, 3, 0, b"\x01" * 20), "data: expected 0 or 40 bytes, got 20"),
        (answer(0, 3, 0x43, b""), r"refused with 0x43 \(not allowed in the present state"),
        (answer(0, 3, 9, b""), r"refused with 0x09 \(the maker's document knows\)"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises((WireError, Refused), match=message):
        ReadValues().parse(buf)


@pytest.mark.parametrize("arguments", [(255, 0), (-1, 0), (0, 256), (0, 0, bytes(256))])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="SHDLC "):
        ShdlcRequest(*arguments)


def test_the_longest_frame_is_as_long_as_derived():
    assert len(answer(0x11, 0x13, 0, b"\x7e" * 255)) <= ShdlcRequest.longest == 522
    assert len(framed(bytes([0x11, 0x13, 255]) + b"\x7e" * 255)) <= 522
    assert set(ERRORS) == {1, 2, 3, 4, 5, 6, 0x43}
