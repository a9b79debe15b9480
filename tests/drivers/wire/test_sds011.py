import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.sds011 import ANY, QueryReading, ReadVersion, Setting, StreamedReading
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

WORD = st.integers(0, 65535)


def frame(kind, six):
    """An encoder of the test's own."""
    return bytes([0xAA, kind, *six, sum(six) % 256, 0xAB])


@given(pm2_5=WORD, pm10=WORD, sensor=WORD)
def test_round_trip(pm2_5, pm10, sensor):
    six = [*pm2_5.to_bytes(2, "little"), *pm10.to_bytes(2, "little"), *sensor.to_bytes(2, "big")]
    for request in (StreamedReading(), QueryReading(sensor)):
        assert whole(request, frame(0xC0, six)) == (pm2_5 / 10, pm10 / 10, sensor)


@given(word=st.sampled_from([("query mode", 2, 1), ("work", 6, 1), ("period", 8, 30)]), data=st.data())
def test_settings(word, data):
    name, operation, highest = word
    value = data.draw(st.integers(0, highest))
    six = [operation, 1, value, 0, 0xA1, 0x60]
    assert whole(Setting(name, value), frame(0xC5, six)) == value
    six[1] = 0
    assert whole(Setting(name), frame(0xC5, six)) == value
    assert said(Setting(name, value), frame(0xC5, six)) == ("wrong", "read or set")


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(StreamedReading(), frame(0xC0, [1, 2, 3, 4, 0x58, 0xD9]))
    sees_every_wrong_byte(QueryReading(0x58D9), frame(0xC0, [1, 2, 3, 4, 0x58, 0xD9]))
    sees_every_wrong_byte(Setting("work", 1), frame(0xC5, [6, 1, 1, 0, 0x58, 0xD9]))
    sees_every_wrong_byte(ReadVersion(), frame(0xC5, [7, 15, 7, 10, 0x58, 0xD9]))


@given(st.binary(max_size=40))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (StreamedReading(), QueryReading(7), Setting("period"), ReadVersion()):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\xaa\xc0" + buf)
        ends_as_stated(request, b"\xaa\xc5\x08\x00" + buf)


def test_setting_is_never_asked_twice_and_reading_may_be():
    assert Setting("work").repeatable
    assert not Setting("work", 0).repeatable
    assert QueryReading().repeatable
    assert StreamedReading().listening
    assert StreamedReading().encode() == b""


def test_a_late_answer_to_another_setting_is_not_this_ones():
    assert said(Setting("work", 0), frame(0xC5, [8, 1, 0, 0, 1, 1])) == ("wrong", "operation")
    shapes = {Setting("work", 0).shape, Setting("work", 1).shape, Setting("work").shape, ReadVersion().shape}
    assert len(shapes) == 4


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\xff", "start: expected 0xAA, got 0xFF"),
        (b"\xaa\xc5", "kind: expected 0xC0, got 0xC5"),
        (frame(0xC0, [0, 0, 0, 0, 0, 2]), "sensor id: expected 0001, got 0002"),
        (b"\xaa\xc0" + bytes(7) + b"\xab", "sum: expected 0x00, got 0xAB"),
        (b"\xaa\xc0" + bytes(8), "end: expected 0xAB, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    if "sum" in message:
        buf = b"\xaa\xc0" + bytes(6) + b"\xab\xab"
    with pytest.raises(WireError, match=message):
        StreamedReading(1 if "id" in message else ANY).parse(buf)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Setting("fan"),
        lambda: Setting("work", 2),
        lambda: Setting("period", 31),
        lambda: QueryReading(0x10000),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="SDS011 "):
        make()
