import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.plantower import (
    PMS3003,
    PMS5003ST,
    PMSX003,
    Command,
    ReadFrame,
    StreamedFrame,
    Wake,
    signed,
)
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

WORDS = st.sampled_from([PMS3003, PMSX003, PMS5003ST]).flatmap(
    lambda count: st.tuples(*[st.integers(0, 65535)] * count)
)


def frame(payload):
    """An encoder of the test's own."""
    body = b"BM" + struct.pack(">H", len(payload) + 2) + payload
    return body + struct.pack(">H", sum(body))


@given(WORDS)
def test_round_trip(words):
    sent = frame(struct.pack(f">{len(words)}H", *words))
    assert whole(StreamedFrame(len(words)), sent) == words
    assert whole(ReadFrame(len(words)), sent) == words


def test_the_lengths_that_the_sources_state():
    assert [StreamedFrame(n).size for n in (PMS3003, PMSX003, PMS5003ST)] == [24, 32, 40]


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(StreamedFrame(), frame(bytes(range(3, 29))))
    sees_every_wrong_byte(Command("sleep"), frame(b"\xe4\x00"))


@given(st.binary(max_size=100))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (StreamedFrame(), ReadFrame(PMS3003), Command("active"), Wake()):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"BM\x00\x1c" + buf)


def test_a_stream_is_listened_for_and_sends_nothing():
    assert StreamedFrame().listening
    assert StreamedFrame().encode() == b""
    assert StreamedFrame().timeout_ms > 2 * 2300 > 2 * 800  # PMS7003 manual: the intervals in active mode
    assert ReadFrame().timeout_ms is None
    assert not ReadFrame().listening
    assert ReadFrame().repeatable


def test_commands_are_never_asked_twice_and_only_waking_may_be_silent():
    commands = [*[Command(word) for word in ("passive", "active", "sleep")], Wake()]
    assert not any(command.repeatable for command in commands)
    assert [command.may_be_silent for command in commands] == [False, False, False, True]
    assert len({command.shape for command in commands}) == 4


@pytest.mark.parametrize("payload", [2, 18, 26, 34])
def test_waking_is_answered_by_a_frame_of_whatever_model(payload):
    assert whole(Wake(), frame(bytes(payload))) is True
    sees_every_wrong_byte(Wake(), frame(bytes(range(payload))))
    assert said(Wake(), frame(bytes(payload + 2))) == ("wrong", "length")


def test_temperatures_below_zero():
    assert [signed(0xFFFF), signed(0x8000), signed(0x7FFF), signed(0)] == [-1, -32768, 32767, 0]


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\x00", "start: expected 0x42, got 0x00"),
        (b"BM\x00\x14", "length: expected 0x1C, got 0x14"),
        (b"BM\x00\x1c" + bytes(28), "sum: expected 0xAB, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        StreamedFrame().parse(buf)


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="Plantower command 'reset' is none of passive, active"):
        Command("reset")
    with pytest.raises(ValueError, match="a Plantower frame of 0 words"):
        StreamedFrame(0)


def test_an_acknowledgement_of_the_other_mode_is_not_this_ones():
    assert said(Command("active"), frame(b"\xe1\x00")) == ("wrong", "data")
    assert said(Command("active"), frame(b"\xe4\x01")) == ("wrong", "command")
