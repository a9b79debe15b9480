import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.sdi12 import Identify, Measure, ReadData
from tests.codec import damaged, ends_as_stated, said, sees_every_wrong_byte, whole

VALUES = st.lists(st.integers(-99999, 99999).map(lambda n: n / 100), min_size=1, max_size=8)


def letters(text):
    """The CRC of SDI-12 bit by bit, and its three characters."""
    register = 0
    for byte in text.encode():
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return "".join(chr(0x40 | register >> shift & 0x3F) for shift in (12, 6, 0))


def answer(text, crc=True):
    """An encoder of the test's own."""
    return (text + (letters(text) if crc else "") + "\r\n").encode()


@given(address=st.sampled_from("09AZaz"), values=VALUES, crc=st.booleans())
def test_round_trip(address, values, crc):
    sent = answer(address + "".join(f"{value:+.2f}" for value in values), crc)
    assert whole(ReadData(address, 0, len(values), crc), sent) == tuple(values)


@given(seconds=st.integers(0, 999), count=st.integers(0, 9))
def test_a_measurement_is_announced(seconds, count):
    request = Measure("3", count)
    assert whole(request, f"3{seconds:03d}{count}\r\n".encode()) == seconds
    assert request.settle_ms == 1000 * seconds, "for so long the line is left alone"
    assert said(request, f"3{seconds:03d}{(count + 1) % 10}\r\n".encode()) == ("wrong", "values")


def test_every_wrong_byte_is_seen_with_the_crc():
    sees_every_wrong_byte(ReadData("0", 0, 3), answer("0+168+000.02+0000"))
    sees_every_wrong_byte(ReadData("0", 0, 2), answer("0-1.5+2"))


def test_a_crc_may_hold_a_character_that_cannot_be_printed():
    (text, *_) = [each for each in (f"0+{n}" for n in range(9999)) if "\x7f" in letters(each)]
    assert whole(ReadData("0", 0, 1), answer(text)) == (float(text[1:]),)


@given(at=st.integers(0, 100), byte=st.integers(0, 255))
def test_without_the_crc_only_the_form_is_seen(at, byte):
    good = answer("0+168+000.02", False)
    bad = damaged(good, at, byte)
    if bad is not None:
        got = ends_as_stated(ReadData("0", 0, 2, crc=False), bad)
        if at % len(good) == 0 or not 0x20 <= byte <= 0x7E:
            assert got[0] != "value"


@given(st.binary(max_size=120))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadData("0", 0, 3), ReadData("0", 0, 3, crc=False), Measure("0", 3), Identify("0")):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"0" + buf)
        ends_as_stated(request, b"0" + buf + b"\r\n")


@given(st.text("+-.0123456789E", max_size=30))
def test_any_sound_line_ends_in_one_of_the_stated_ways(text):
    ends_as_stated(ReadData("0", 0, 3), answer("0" + text))
    ends_as_stated(ReadData("0", 0, 3, crc=False), answer("0" + text, False))


def test_the_commands_of_the_standard():
    commands = [Measure("0", 3, crc=False), Measure("0", 3), Measure("0", 3, number=2), ReadData("0", 1, 3)]
    assert [command.encode() for command in commands] == [b"0M!", b"0MC!", b"0MC2!", b"0D1!"]


def test_an_identification_is_version_vendor_and_the_rest():
    assert whole(Identify("0"), b"013GillInst00014490002\r\n") == ("1.3", "GillInst", "00014490002")
    assert said(Identify("0"), b"013Gill\r\n") == ("wrong", "answer")
    assert said(Identify("0"), b"0x3GillInst\r\n") == ("wrong", "version")


def test_blocks_of_one_form_can_be_mistaken_and_others_not():
    assert ReadData("0", 0, 3).shape == ReadData("0", 1, 3).shape
    assert ReadData("0", 0, 3).shape != ReadData("0", 1, 5).shape
    assert said(ReadData("0", 0, 5), answer("0+1+2+3")) == ("wrong", "values")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"1", "address: expected 0x30, got 0x31"),
        (b"0+168+000.02+0000GbU\r\n", "CRC: expected GbT, got GbU"),
        (answer("0168+1+2"), r"value: expected its sign first, got 168\+1\+2"),
        (answer("0++1+2"), r"value: expected a number, got \+"),
        (answer("0+1+2"), "values: expected 3, got 2"),
        (answer("0"), "values: expected 3, got 0"),
        (b"0" + b"+1" * 60, "answer: expected at most 85 bytes, got 121"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadData("0", 0, 3).parse(buf)


def test_what_is_wrong_with_an_announcement_is_named():
    with pytest.raises(WireError, match="answer: expected three digits of seconds and the number of values"):
        Measure("0", 3).parse(b"0001\r\n")
    assert said(Measure("0", 3), b"000x3\r\n") == ("wrong", "seconds")


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReadData("", 0, 1),
        lambda: ReadData("?", 0, 1),
        lambda: ReadData("0", 10, 1),
        lambda: ReadData("0", 0, 38),
        lambda: Measure("0", 3, number=10),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="SDI-12 "):
        make()
