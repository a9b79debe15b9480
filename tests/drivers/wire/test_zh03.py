import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.zh03 import Command, ReadValues, StreamedValues
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

WORD = st.integers(0, 65535)


def answer(command, data):
    """An encoder of the test's own."""
    body = bytes([command]) + data
    return b"\xff" + body + bytes([(256 - sum(body) % 256) % 256])


@given(values=st.tuples(WORD, WORD, WORD))
def test_round_trip(values):
    pm2_5, pm10, pm1 = values
    got = whole(ReadValues(), answer(0x86, struct.pack(">3H", *values)))
    assert (got.pm2_5, got.pm10, got.pm1) == (pm2_5, pm10, pm1)


@pytest.mark.parametrize("word", ["sleep", "wake"])
def test_the_result_of_a_command(word):
    assert whole(Command(word), answer(0xA7, bytes([1, 0, 0, 0, 0, 0]))) is True
    assert said(Command(word), answer(0xA7, bytes(6))) == ("refused", 0)
    assert said(Command(word), answer(0xA7, bytes([2, 0, 0, 0, 0, 0]))) == ("wrong", "result")


def test_a_mode_may_be_acknowledged():
    assert whole(Command("answer only"), answer(0x78, bytes(6))) is True


@given(values=st.tuples(*[WORD] * 9))
def test_what_it_sends_on_its_own(values):
    body = b"BM\x00\x14" + struct.pack(">9H", *values)
    got = whole(StreamedValues(), body + struct.pack(">H", sum(body)))
    assert (got.pm1, got.pm2_5, got.pm10) == values[3:6]
    assert (StreamedValues().listening, StreamedValues().encode()) == (True, b"")
    assert StreamedValues().timeout_ms == 3000


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(ReadValues(), answer(0x86, bytes(range(6))))
    sees_every_wrong_byte(Command("sleep"), answer(0xA7, b"\x01" + bytes(5)))
    sees_every_wrong_byte(Command("sleep"), answer(0xA7, bytes(6)))
    body = b"BM\x00\x14" + bytes(range(18))
    sees_every_wrong_byte(StreamedValues(), body + struct.pack(">H", sum(body)))


@given(st.binary(max_size=40))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadValues(), Command("sleep"), Command("answer only"), StreamedValues()):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\xff\x86" + buf)


def test_commands_are_never_asked_twice_and_only_modes_may_be_silent():
    commands = [Command(word) for word in ("answer only", "send on its own", "sleep", "wake")]
    assert not any(command.repeatable for command in commands)
    assert [command.may_be_silent for command in commands] == [True, True, False, False]
    assert ReadValues().repeatable
    assert said(Command("sleep"), answer(0x86, bytes(6))) == ("wrong", "command")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\x42", "start: expected 0xFF, got 0x42"),
        (b"\xff\xa7", "command: expected 0x86, got 0xA7"),
        (b"\xff\x86" + bytes(7), "checksum: expected 0x7A, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadValues().parse(buf)


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="ZH03 command 'reset' is none of answer only, send on its own"):
        Command("reset")
