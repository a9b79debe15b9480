"""Honeywell HPMA115, Winsen ZH03, Cubic, Aeroqual: frames whose bytes sum to 0 modulo 256."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire import aeroqual, cubic, hpma115, zh03
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

WORD, BYTE = st.integers(0, 65535), st.integers(0, 255)
FLOAT = st.floats(allow_nan=False, width=32)


def to_zero(body):
    """An encoder of the test's own."""
    return body + bytes([(256 - sum(body) % 256) % 256])


def hpma(command, data):
    return to_zero(bytes([0x40, 1 + len(data), command]) + data)


def zh(command, data):
    return b"\xff" + to_zero(bytes([command]) + data)


def of_cubic(command, data):
    return to_zero(bytes([0x16, 1 + len(data), command]) + data)


def sm70(report, value, status1, status2):
    return to_zero(b"\xaa" + bytes([report]) + struct.pack("<f6xBB", value, status1, status2))


def aqm(address, code, value, status, time=bytes(6)):
    return to_zero(bytes([0xAA, address, code]) + struct.pack("<fB", value, status) + time)


WHOLE = (
    (hpma115.ReadValues("S0"), hpma(4, struct.pack(">2H", 300, 2)), (300, 2)),
    (hpma115.ReadValues("C0"), hpma(4, struct.pack(">6H", 1, 2, 3, 4, 0, 0)), (1, 2, 3, 4)),
    (hpma115.ReadCoefficient(), hpma(16, b"\x64"), 100),
    (hpma115.Command("start"), b"\xa5\xa5", True),
    (hpma115.SetCoefficient(30), b"\xa5\xa5", True),
    (zh03.ReadValues(), zh(0x86, struct.pack(">3H", 85, 101, 65)), (85, 101, 65)),
    (zh03.Command("sleep"), zh(0xA7, b"\x01" + bytes(5)), 1),
    (cubic.ReadVersion(), of_cubic(0x1E, b"PM2012 V1.2.3"), "PM2012 V1.2.3"),
    (cubic.ReadSerial(), of_cubic(0x1F, bytes(range(10))), bytes(range(10))),
    (
        cubic.ReadPm2012(),
        of_cubic(0x0B, struct.pack(">13I", *range(1, 12), 2**32 - 1, 0)),
        ((1, 2, 3), (4, 5, 6), (7, 8, 9, 10, 11, 2**32 - 1)),
    ),
    (aeroqual.ReadSm70(), sm70(0x10, 0.5, 3, 4), (0x10, 0.5, 3, 4)),
    (aeroqual.ReadSm70(), sm70(0x1A, 0.5, 0, 0), (0x1A, None, 0, 0)),
    (aeroqual.ReadAqm(7, 0x30), aqm(7, 0x30, 1.5, 4, b"timest"), (1.5, 4, b"timest")),
    (aeroqual.AqmCommand(7, "zero"), to_zero(b"\xaa\x07\x12"), True),
)
IDS = [f"{type(request).__module__[13:]}-{type(request).__name__}" for request, _, _ in WHOLE]


@pytest.mark.parametrize(("request_", "answer", "value"), WHOLE, ids=IDS)
def test_whole_answers(request_, answer, value):
    assert whole(request_, answer) == value


@pytest.mark.parametrize(("request_", "answer", "value"), WHOLE, ids=IDS)
def test_every_wrong_byte_is_seen(request_, answer, value):
    sees_every_wrong_byte(request_, answer)


@given(values=st.tuples(WORD, WORD, WORD, WORD), code=st.integers(30, 200))
def test_round_trip_of_dust(values, code):
    two, three = struct.pack(">2H", *values[:2]), struct.pack(">3H", *values[:3])
    assert whole(hpma115.ReadValues("S0"), hpma(4, two)) == values[:2]
    assert whole(hpma115.ReadValues("C0"), hpma(4, struct.pack(">4H4x", *values))) == values
    assert whole(zh03.ReadValues(), zh(0x86, three)) == values[:3]
    assert whole(hpma115.ReadCoefficient(), hpma(16, bytes([code]))) == code


@given(
    value=FLOAT, status=BYTE, address=st.integers(1, 255), code=BYTE, time=st.binary(min_size=6, max_size=6)
)
def test_round_trip_of_gas(value, status, address, code, time):
    request = aeroqual.ReadAqm(address, code)
    assert whole(request, aqm(address, code, value, status, time)) == (value, status, time)
    assert whole(aeroqual.ReadSm70(), sm70(0x10, value, status, 4)) == (0x10, value, status, 4)


@given(command=BYTE, data=st.binary(max_size=254))
def test_round_trip_of_cubic(command, data):
    request = cubic.CubicRequest(command, data, len(data))
    assert whole(request, of_cubic(command, data)) == data
    assert sum(request.encode()) % 256 == 0


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request, answer, _ in WHOLE:
        ends_as_stated(request, buf)
        ends_as_stated(request, answer[:3] + buf)


def test_a_negative_acknowledgement_is_a_refusal_of_any_question():
    for request in (hpma115.ReadValues(), hpma115.Command("stop"), hpma115.ReadCoefficient()):
        assert whole(request, b"\x96\x96") == "NACK"
        assert said(request, b"\x96\x95") == ("wrong", "negative acknowledgement")
        assert request.length(b"\x96") == 2


def test_what_changes_something_is_never_asked_twice():
    changes = [
        *[hpma115.Command(word) for word in ("start", "stop", "auto send off", "auto send on")],
        hpma115.SetCoefficient(100),
        *[zh03.Command(word) for word in ("answer only", "send on its own", "sleep", "wake")],
        *[aeroqual.AqmCommand(1, word) for word in ("zero", "zero scrubber on", "zero scrubber off")],
    ]
    assert not any(request.repeatable for request in changes)
    reads = (hpma115.ReadValues(), zh03.ReadValues(), cubic.ReadPm2012(), aeroqual.ReadSm70())
    assert all(request.repeatable for request in reads)
    assert [zh03.Command(word).may_be_silent for word in ("answer only", "sleep")] == [True, False]


def test_acknowledgements_that_do_not_say_to_what_are_of_one_shape():
    assert hpma115.Command("start").shape == hpma115.SetCoefficient(100).shape
    assert hpma115.ReadValues().shape != hpma115.ReadCoefficient().shape
    assert aeroqual.ReadAqm(1, 0x30).shape != aeroqual.ReadAqm(1, 0x31).shape


def test_what_an_hpma115s0_sends_on_its_own():
    body = b"BM\x00\x1c" + struct.pack(">13H", 9, 300, 400, *[9] * 10)
    request = hpma115.StreamedValues()
    assert request.listening
    assert whole(request, body + struct.pack(">H", sum(body))) == (300, 400)


@pytest.mark.parametrize(
    ("request_", "buf", "message"),
    [
        (hpma115.ReadValues(), b"\x40\x0d", "length: expected 0x05, got 0x0D"),
        (hpma115.ReadValues(), b"\x40\x05\x04" + bytes(5), "checksum: expected 0xB7, got 0x00"),
        (hpma115.Command("stop"), b"\xa5\x5a", "acknowledgement: expected 0xA5, got 0x5A"),
        (hpma115.Command("stop"), b"\x96\x96", r"refused with NACK \(the sensor did not carry out"),
        (zh03.ReadValues(), b"\xff\xa7", "command: expected 0x86, got 0xA7"),
        (zh03.ReadValues(), b"\xff\x86" + bytes(7), "checksum: expected 0x7A, got 0x00"),
        (cubic.ReadPm2012(), b"\x16\x11", "length: expected 0x35, got 0x11"),
        (
            cubic.ReadVersion(),
            of_cubic(0x1E, b"PM2012 \x00      "[:13]),
            "text: expected printable ASCII, got 0x00",
        ),
        (aeroqual.ReadSm70(), b"\xaa\x30", "report code: expected 0F, 10 or 1A, got 0x30"),
        (aeroqual.ReadAqm(2, 0x30), b"\xaa\x01", "station: expected 0x02, got 0x01"),
        (aeroqual.ReadAqm(2, 0x30), b"\xaa\x02\x30" + bytes(12), "checksum: expected 0x24, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(request_, buf, message):
    with pytest.raises((WireError, Refused), match=message):
        request_.parse(buf)


@pytest.mark.parametrize(
    "make",
    [
        lambda: hpma115.ReadValues("X"),
        lambda: hpma115.Command("reset"),
        lambda: hpma115.SetCoefficient(29),
        lambda: zh03.Command("reset"),
        lambda: cubic.CubicRequest(256, b"", 1),
        lambda: cubic.CubicRequest(1, bytes(255), 1),
        lambda: aeroqual.ReadAqm(0, 0x30),
        lambda: aeroqual.AqmCommand(1, "span"),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match=r"HPMA115|ZH03|Cubic|AQM"):
        make()
