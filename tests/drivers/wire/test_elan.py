import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.elan import ElanRequest, ReadComponents, texts
from tests.codec import damaged, ends_as_stated, said, whole

READS = [("k", 2), ("s", 8), ("w", 2), ("w", 5), ("w", 0x2B)]


def crc(data):
    """CRC-16/MODBUS, bit by bit: the test's own."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def answer(route, status, command, data, crc_from_ack):
    """An encoder of the test's own."""
    text = bytes([0xD0, route, *status]) + command + data
    frame = b"\x10\x01" + text.replace(b"\x10", b"\x10\x10") + b"\x10\x03"
    return b"\x10\x06" + frame + crc(b"\x10\x06" + frame if crc_from_ack else frame)


def measured(*components):
    return b"".join(b"%s\x00\x01\x02%c\x03" % (text.encode(), number) for text, number in components)


@given(
    route=st.tuples(st.integers(0, 15), st.integers(0, 15)),
    read=st.sampled_from(READS),
    status=st.tuples(st.integers(0, 255), st.integers(0, 255)),
    data=st.binary(max_size=60),
    from_ack=st.booleans(),
)
def test_round_trip(route, read, status, data, from_ack):
    request = ElanRequest(*route, *read, from_ack)
    command = read[0].encode() + bytes([read[1]])
    assert request.encode()[-2:] == crc(request.encode()[:-2])
    got = whole(request, answer(route[0] << 4 | route[1], status, command, data, from_ack))
    assert got == (status, data)


def test_measured_values():
    data = measured(("  125.0", 6), ("-0.3", 7), ("20.95", 12))
    request = ReadComponents(1, 1, crc_from_ack=False)
    got = whole(request, answer(0x11, (0, 4), b"k\x02", data, False))
    assert got == ((0, 4), ((6, 125.0), (7, -0.3), (12, 20.95)))


GOOD = answer(0x10, (0, 4), b"k\x02", measured(("125.0", 6), ("20.95", 16)), False)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_becomes_another_value(at, byte):
    bad = damaged(GOOD, at, byte)
    got = ends_as_stated(ReadComponents(1, 0, crc_from_ack=False), bad) if bad else ("wrong", "")
    assert got[0] in ("wrong", "unfinished")


def test_a_dle_is_doubled_both_ways():
    assert ReadComponents(1, 0, False).encode()[:4] == b"\x10\x01\x10\x10"
    assert ReadComponents(1, 0, False).parse(GOOD).components[1] == (16, 20.95)


def test_the_reading_of_the_crc_that_was_not_chosen_is_refused():
    request, other = ReadComponents(1, 0, crc_from_ack=False), ReadComponents(1, 0, crc_from_ack=True)
    assert said(request, GOOD)[0] == "value"
    assert said(other, GOOD) == ("wrong", "CRC")


@given(st.binary(max_size=560))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    request = ReadComponents(1, 1, crc_from_ack=False)
    ends_as_stated(request, buf)
    ends_as_stated(request, b"\x10\x06\x10\x01\xd0\x11" + buf)
    frame = b"\x10\x01\xd0\x11\x00\x04k\x02" + buf.replace(b"\x10", b"") + b"\x10\x03"
    ends_as_stated(request, b"\x10\x06" + frame + crc(frame))


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\x10\x15", "byte 2 of the answer: expected 0x06, got 0x15"),
        (b"\x10\x06\x10\x01\xd0\x21", "channel and host: expected 0x11, got 0x21"),
        (b"\x10\x06\x10\x01\xd1", "direction: expected 0xD0, got 0xD1"),
        (b"\x10\x06\x10\x01\xd0\x11\x10\x04\x00", "byte behind DLE: expected DLE or ETX, got 0x04"),
        (answer(0x11, (0, 4), b"s\x08", b"", False), "repeated command: expected b'k"),
        (answer(0x11, (0, 4), b"k\x02", b"", False), "values: expected at least one, got none"),
        (answer(0x11, (0, 4), b"k\x02", b"12\x00\x01", False), "value 1: expected text, NUL and 4 bytes"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadComponents(1, 1, crc_from_ack=False).parse(buf)


def test_parameters_have_two_bytes_behind_each_text():
    assert texts(b"250\x00\x01\x02500\x00\x03\x04", 2) == [("250", b"\x01\x02"), ("500", b"\x03\x04")]


@pytest.mark.parametrize("arguments", [(16, 1, "k", 2), (1, 16, "k", 2), (1, 1, "k", 3), (1, 1, "x", 2)])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="ELAN"):
        ElanRequest(*arguments, crc_from_ack=False)
