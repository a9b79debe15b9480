import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.hpma115 import Command, ReadCoefficient, ReadValues, SetCoefficient, StreamedValues
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

WORDS = ("start", "stop", "auto send off", "auto send on")
WORD = st.integers(0, 65535)


def answer(command, data):
    """An encoder of the test's own."""
    body = bytes([0x40, 1 + len(data), command]) + data
    return body + bytes([(256 - sum(body) % 256) % 256])


@given(values=st.tuples(WORD, WORD, WORD, WORD), coefficient=st.integers(30, 200))
def test_round_trip(values, coefficient):
    assert whole(ReadValues("S0"), answer(4, struct.pack(">2H", *values[:2]))) == values[:2]
    assert whole(ReadValues("C0"), answer(4, struct.pack(">4H4x", *values))) == values
    assert whole(ReadCoefficient(), answer(16, bytes([coefficient]))) == coefficient
    assert SetCoefficient(coefficient).encode()[3] == coefficient
    assert sum(SetCoefficient(coefficient).encode()) % 256 == 0


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(ReadValues("S0"), answer(4, b"\x00\x30\x00\x31"))
    sees_every_wrong_byte(ReadValues("C0"), answer(4, bytes(range(12))))
    sees_every_wrong_byte(ReadCoefficient(), answer(16, b"\x64"))
    sees_every_wrong_byte(Command("start"), b"\xa5\xa5")
    sees_every_wrong_byte(Command("start"), b"\x96\x96")


@pytest.mark.parametrize("request_", [ReadValues(), ReadCoefficient(), Command("stop"), SetCoefficient(100)])
def test_a_negative_acknowledgement_is_a_refusal_of_any_question(request_):
    assert whole(request_, b"\x96\x96") == "NACK"
    assert said(request_, b"\x96\x95") == ("wrong", "negative acknowledgement")
    assert request_.length(b"\x96") == 2


def test_an_acknowledgement_is_true_and_does_not_say_to_what():
    for request in (*[Command(word) for word in WORDS], SetCoefficient(30)):
        assert whole(request, b"\xa5\xa5") is True
        assert request.shape == Command("start").shape
        assert not request.repeatable
    assert ReadValues().repeatable
    assert len({ReadValues().shape, ReadValues("C0").shape, ReadCoefficient().shape}) == 3


def test_what_an_hpma115s0_sends_on_its_own():
    body = b"BM\x00\x1c" + struct.pack(">13H", 9, 300, 400, *[9] * 10)
    request = StreamedValues()
    assert request.listening
    assert request.encode() == b""
    assert whole(request, body + struct.pack(">H", sum(body))) == (300, 400)


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadValues(), ReadValues("C0"), ReadCoefficient(), Command("start"), StreamedValues()):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\x40\x05\x04" + buf)
        ends_as_stated(request, b"\x96" + buf)


@pytest.mark.parametrize(
    ("request_", "buf", "message"),
    [
        (ReadValues(), b"\x40\x0d", "length: expected 0x05, got 0x0D"),
        (ReadValues(), b"\xa5\xa5", "head: expected 0x40, got 0xA5"),
        (ReadValues(), b"\x40\x05\x04" + bytes(5), "checksum: expected 0xB7, got 0x00"),
        (Command("stop"), b"\xa5\x5a", "acknowledgement: expected 0xA5, got 0x5A"),
        (Command("stop"), b"\x96\x96", r"refused with NACK \(the sensor did not carry out the command\)"),
    ],
)
def test_what_is_wrong_is_named(request_, buf, message):
    with pytest.raises((WireError, Refused), match=message):
        request_.parse(buf)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReadValues("X"),
        lambda: Command("reset"),
        lambda: SetCoefficient(29),
        lambda: SetCoefficient(201),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="HPMA115 "):
        make()
