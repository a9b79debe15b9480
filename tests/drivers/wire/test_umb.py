import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.umb import STATUS, TYPES, ReadChannel, ReadChannels, device
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

ADDRESS = device(7, 1)
CHANNEL = st.integers(0, 65535)
RANGES = {0x10: (0, 255), 0x11: (-128, 127), 0x12: (0, 65535), 0x13: (-32768, 32767)}
RANGES |= {0x14: (0, 2**32 - 1), 0x15: (-(2**31), 2**31 - 1)}
FORMATS = dict(zip(range(0x10, 0x18), "BbHhIifd", strict=True))
OF_VALUES = st.one_of(
    *[st.tuples(st.just(code), st.integers(*RANGES[code])) for code in RANGES],
    st.tuples(st.just(0x16), st.floats(allow_nan=False, width=32)),
    st.tuples(st.just(0x17), st.floats(allow_nan=False)),
)


def crc(data):
    """Bit by bit, as the manual describes it: 1021h, lowest bit first, from FFFFh."""
    register = 0xFFFF
    for byte in data:
        for bit in range(8):
            out = (register ^ byte >> bit) & 1
            register = register >> 1 ^ (0x8408 if out else 0)
    return register


def answer(command, status, data, source=ADDRESS):
    """An encoder of the test's own."""
    payload = bytes([command, 0x10, status]) + data
    body = struct.pack("<BBHHBB", 1, 0x10, 0xF001, source, len(payload), 2) + payload + b"\x03"
    return body + struct.pack("<HB", crc(body), 4)


def item(channel, code, value):
    return struct.pack("<HB" + FORMATS[code], channel, code, value)


@given(channel=CHANNEL, typed=OF_VALUES)
def test_round_trip(channel, typed):
    code, value = typed
    sent = answer(0x23, 0, item(channel, code, value))
    assert whole(ReadChannel(ADDRESS, channel), sent) == (channel, 0, value)


@given(st.lists(st.tuples(CHANNEL, OF_VALUES), min_size=1, max_size=14))
def test_round_trip_of_several(items):
    data = bytes([len(items)])
    for channel, (code, value) in items:
        one = item(channel, code, value)
        data += bytes([len(one) + 1, 0]) + one
    request = ReadChannels(ADDRESS, [channel for channel, _ in items])
    assert whole(request, answer(0x2F, 0, data)) == tuple(
        (channel, 0, value) for channel, (_, value) in items
    )


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(ReadChannel(ADDRESS, 100), answer(0x23, 0, item(100, 0x16, 22.5)))
    sees_every_wrong_byte(ReadChannel(ADDRESS, 100), answer(0x23, 0x24, b"\x64\x00"))
    several = bytes([2, 8, 0]) + item(100, 0x16, 22.5) + bytes([4, 0x24, 0x2C, 0x01, 0x10])
    sees_every_wrong_byte(ReadChannels(ADDRESS, (100, 300)), answer(0x2F, 0, several))


@pytest.mark.parametrize("status", [0x2B, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55])
def test_what_speaks_of_the_measurement_is_a_value_that_is_missing(status):
    assert ReadChannel(ADDRESS, 100).parse(answer(0x23, status, b"\x64\x00")) == (100, status, None)
    assert ReadChannel(ADDRESS, 100).parse(answer(0x23, status, item(100, 0x16, 9.9))) == (100, status, None)
    assert said(ReadChannel(ADDRESS, 100), answer(0x23, status, b"\x65\x00")) == ("wrong", "channel")


@pytest.mark.parametrize("status", [0x10, 0x11, 0x24, 0x28, 0xFF, 0x77])
def test_other_status_is_a_refusal_by_its_code(status):
    for request, command in ((ReadChannel(ADDRESS, 100), 0x23), (ReadChannels(ADDRESS, (100,)), 0x2F)):
        for data in (b"", b"\x64\x00"):
            with pytest.raises(Refused) as caught:
                request.parse(answer(command, status, data))
            assert caught.value.code == status
            assert caught.value.later == (status == 0x28)


def test_a_channel_that_is_not_there_does_not_take_the_others_with_it():
    data = bytes([2, 5, 0, 0x84, 3, 0x10, 2, 3, 0x24, 0x2C, 1])
    got = ReadChannels(ADDRESS, (900, 300)).parse(answer(0x2F, 0, data))
    assert got == ((900, 0, 2), (300, 0x24, None))
    assert STATUS[got[1].status] == "invalid channel"


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    head = answer(0x23, 0, b"")[:6]
    for request in (ReadChannel(ADDRESS, 100), ReadChannels(ADDRESS, (1, 2))):
        ends_as_stated(request, buf)
        ends_as_stated(request, head + buf)


@given(status=st.integers(0, 255), data=st.binary(max_size=20))
def test_any_payload_ends_in_one_of_the_stated_ways(status, data):
    ends_as_stated(ReadChannel(ADDRESS, 100), answer(0x23, status, data))
    ends_as_stated(ReadChannels(ADDRESS, (100, 7)), answer(0x2F, status, data))
    ends_as_stated(ReadChannels(ADDRESS, (100,)), answer(0x2F, 0, b"\x01\x05\x00\x64\x00" + data))


def test_answers_tell_the_channel():
    assert ReadChannel(ADDRESS, 100).shape != ReadChannel(ADDRESS, 101).shape
    assert said(ReadChannel(ADDRESS, 101), answer(0x23, 0, item(100, 0x16, 1.0))) == ("wrong", "channel")
    assert said(ReadChannel(device(7, 2), 100), answer(0x23, 0, item(100, 0x16, 1.0))) == (
        "wrong",
        "from (device)",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x64\x00\x18\x01", "type: expected 10 to 17 hex, got 0x18"),
        (b"\x64\x00", "type: expected 10 to 17 hex, got nothing"),
        (b"\x64\x00\x16\x01", "value: expected 4 bytes, got 1"),
        (b"\x65\x00\x10\x01", "channel: expected 100, got 101"),
        (bytes(12), "length: expected 3 to 14 bytes, got 15"),
    ],
)
def test_what_is_wrong_is_named(data, message):
    with pytest.raises(WireError, match=message):
        ReadChannel(ADDRESS, 100).parse(answer(0x23, 0, data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x02", "channels: expected 1, got 2"),
        (b"", "channels: expected 1, got none"),
        (b"\x01\x02\x00\x64", "channel 100: expected status, channel and value, got 2 bytes"),
        (b"\x01\x05\x00\x65\x00\x10\x01", "channel: expected 100, got 101"),
        (b"\x01\x05\x00\x64\x00\x10\x01\x00", "answer: expected 1 channels, got 1 bytes more"),
    ],
)
def test_what_is_wrong_with_several_is_named(data, message):
    with pytest.raises(WireError, match=message):
        ReadChannels(ADDRESS, (100,)).parse(answer(0x2F, 0, data))


def test_the_frame_is_checked_at_its_end():
    good = answer(0x23, 0, item(100, 0x16, 22.5))
    body = good[:-4] + b"\x07"
    no_etx = body + struct.pack("<HB", crc(body), 4)
    assert said(ReadChannel(ADDRESS, 100), no_etx) == ("wrong", "ETX")
    assert said(ReadChannel(ADDRESS, 100), good[:-1] + b"\x05") == ("wrong", "EOT")
    with pytest.raises(WireError, match="CRC: expected 22C6, got 0000"):
        ReadChannel(ADDRESS, 100).parse(good[:-3] + b"\x00\x00\x04")


@pytest.mark.parametrize(
    "make",
    [
        lambda: device(0, 1),
        lambda: device(7, 256),
        lambda: ReadChannel(0x7000, 100),
        lambda: ReadChannel(0x10001, 100),
        lambda: ReadChannel(ADDRESS, 65536),
        lambda: ReadChannels(ADDRESS, ()),
        lambda: ReadChannels(ADDRESS, range(24)),
        lambda: ReadChannels(ADDRESS, (-1,)),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="UMB"):
        make()


def test_every_type_of_the_manual():
    assert {code: struct.calcsize(text) for code, text in TYPES.items()} == {
        code: struct.calcsize("<" + text) for code, text in FORMATS.items()
    }


def test_frames_of_others_are_recognised():
    question = ReadChannel(ADDRESS, 100).encode()
    sent = answer(0x23, 0, item(100, 0x16, 22.5))
    whole_frame = ReadChannel(device(7, 9), 5).whole_frame
    assert whole_frame(question + b"\x01") == (16, True, "UMB command 23 from F001 to 7001")
    assert whole_frame(sent + b"\x01") == (22, False, "UMB command 23 from 7001 to F001")
    for frame in (question, sent):
        assert {whole_frame(frame[:size]) for size in range(len(frame))} == {None}
        for at in range(len(frame) - 1):  # the very last byte, EOT, is behind the CRC
            assert whole_frame(frame[:at] + bytes((frame[at] ^ 0x10,)) + frame[at + 1 :]) is None


@given(st.binary(max_size=60))
def test_whatever_comes_is_searched_for_frames_of_others(buf):
    assert ReadChannel.whole_frame(buf) is None
    assert ReadChannel.whole_frame(b"\x01\x10\x01\xf0\x01\x70\x04\x02" + buf) is None
