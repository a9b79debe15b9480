import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_ascii import framed as ascii_framed
from drivers.wire.modbus_identity import BASIC, EXTENDED, INDIVIDUAL, OBJECT_NAMES, ReadIdentity, identify
from drivers.wire.modbus_rtu import RtuRequest, with_crc
from drivers.wire.modbus_tcp import TcpRequest

COMPANY, PRODUCT, REVISION = (0, b"Company identification"), (1, b"Product code XX"), (2, b"V2.11")


def answer(code, objects, more=0, following=0, conformity=1):
    packed = b"".join(bytes((number, len(text))) + text for number, text in objects)
    return bytes((0x2B, 14, code, conformity, more, following, len(objects))) + packed


WHOLE = answer(BASIC, [COMPANY, PRODUCT, REVISION])
REQUEST = RtuRequest(1, ReadIdentity(BASIC))
REPLY = with_crc(b"\x01" + WHOLE)


def converse(talk, answers):
    """(what was asked, what the conversation returned) with these PDUs for answers."""
    asked = []
    request = next(talk)
    for pdu in answers:
        asked.append(request.encode()[1:-2])
        try:
            request = talk.send(request.parse(with_crc(b"\x01" + pdu)))
        except StopIteration as end:
            return asked, end.value
    raise AssertionError("still asking")


def rtu(pdu):
    return RtuRequest(1, pdu)


def test_the_specification_s_example():
    """6.21, its three objects in one answer; held against two other projects' transcriptions."""
    assert ReadIdentity(BASIC).encode() == bytes.fromhex("2B 0E 01 00")
    assert bytes.fromhex("2B 0E 01 01 00 00 03 00 16") + b"Company identification\x01\x0f" == WHOLE[:33]
    assert REQUEST.parse(REPLY) == (1, False, 0, (COMPANY, PRODUCT, REVISION))
    assert REQUEST.length(REPLY + b"\x01") == len(REPLY)


# Frames with checks that others have made: (address, request, answer, objects)
REAL = {
    # KBR multicomp F144-3 manual 25359, p. 64. The page prints 1D for the hyphen; its CRC is that of 2D.
    "multicomp": (
        1,
        None,
        "01 2B 0E 01 01 00 00 03 00 08 4B 42 52 20 47 6D 62 48 01 12 6D 75 6C 74 69 63 6F 6D 70 20 46 31 34"
        " 34 2D 33 20 20 02 09 20 32 2E 30 30 72 30 31 36 CD DB",
        ((0, b"KBR GmbH"), (1, b"multicomp F144-3  "), (2, b" 2.00r016")),
    ),
    # A Morningstar TS-MPPT-60 charge controller, as a public program for it records the exchange.
    "ts-mppt-60": (
        2,
        "02 2B 0E 01 00 34 77",
        "02 2B 0E 01 01 00 00 03 00 11 4D 6F 72 6E 69 6E 67 73 74 61 72 20 43 6F 72 70 2E 01 0A 54 53 2D 4D"
        " 50 50 54 2D 36 30 02 09 76 30 31 2E 30 31 2E 33 32 FD EC",
        ((0, b"Morningstar Corp."), (1, b"TS-MPPT-60"), (2, b"v01.01.32")),
    ),
}


@pytest.mark.parametrize(("address", "asked", "answered", "objects"), REAL.values(), ids=REAL)
def test_real_devices(address, asked, answered, objects):
    request = RtuRequest(address, ReadIdentity(BASIC))
    if asked:
        assert request.encode() == bytes.fromhex(asked)
    assert request.parse(bytes.fromhex(answered)) == (1, False, 0, objects)


def test_the_specification_s_example_in_two_answers():
    first = answer(BASIC, [COMPANY, PRODUCT], more=0xFF, following=2)
    asked, objects = converse(identify(rtu), [first, answer(BASIC, [REVISION])])
    assert asked == [bytes.fromhex("2B 0E 01 00"), bytes.fromhex("2B 0E 01 02")]
    assert objects == (COMPANY, PRODUCT, REVISION)
    assert [OBJECT_NAMES[number] for number, _ in objects] == ["vendor", "product code", "revision"]


def test_one_object():
    one = ReadIdentity(INDIVIDUAL, 2)
    assert one.encode() == bytes.fromhex("2B 0E 04 02")
    assert one.parse(answer(4, [REVISION])).objects == (REVISION,)
    with pytest.raises(ValueError, match="needs no conversation"):
        next(identify(rtu, INDIVIDUAL))
    with pytest.raises(WireError, match="objects: expected 2 alone, got \\[1\\]"):
        ReadIdentity(INDIVIDUAL, 2).parse(answer(4, [PRODUCT]))


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([answer(1, [COMPANY], 0xFF, 0)], "next object: expected above 0, got 0"),
        ([answer(1, [COMPANY, PRODUCT], 0xFF, 1)], "next object: expected above 1, got 1"),
        ([answer(1, [], 0xFF, 0)], "next object: expected above 0, got 0"),
        (
            [answer(1, [COMPANY], 0xFF, 1), answer(1, [COMPANY], 0xFF, 2)],
            "first object: expected 0x01, got 0x00",
        ),
    ],
)
def test_a_device_that_goes_in_circles_is_left(answers, message):
    with pytest.raises(WireError) as caught:
        converse(identify(rtu), answers)
    assert str(caught.value) == message


def test_every_prefix_is_incomplete_never_wrong():
    for request, reply in (
        (REQUEST, REPLY),
        (AsciiRequest(1, ReadIdentity(BASIC)), ascii_framed(b"\x01" + WHOLE)),
        (TcpRequest(1, ReadIdentity(BASIC), 7), b"\x00\x07\x00\x00\x00\x38\x01" + WHOLE),
    ):
        assert {request.parse(reply[:n]) for n in range(len(reply))} == {None}
        assert request.parse(reply).objects == (COMPANY, PRODUCT, REVISION)


def test_no_flipped_bit_is_taken():
    # A flipped length may ask for more bytes; then the line's deadline ends it.
    for bit in range(8 * len(REPLY)):
        damaged = bytearray(REPLY)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert REQUEST.parse(damaged) is None, bit
        except WireError:
            continue
        assert REQUEST.length(damaged) is None or REQUEST.length(damaged) > len(REPLY)


@pytest.mark.parametrize(
    ("pdu", "message"),
    [
        (answer(BASIC, [COMPANY], more=1), "more follows: expected 0x00 or 0xFF, got 0x01"),
        (answer(2, [COMPANY]), "code: expected 0x01, got 0x02"),
        (b"\x2b\x0d" + WHOLE[2:], "MEI type: expected 0x0E, got 0x0D"),
        (WHOLE + b"\x00", "bytes in the answer: expected 55, got 56"),
        (WHOLE[:-1], "bytes in the answer: expected 55, got 54"),
        (WHOLE[:6], "bytes in the answer: expected more, got 6"),
    ],
)
def test_what_is_wrong_is_named(pdu, message):
    with pytest.raises(WireError) as caught:
        ReadIdentity(BASIC).parse(pdu)
    assert str(caught.value) == message


def test_objects_beyond_the_longest_frame_are_refused_at_once():
    huge = with_crc(b"\x01" + answer(BASIC, [(0, b"x" * 200), (1, b"y" * 200)]))
    with pytest.raises(WireError, match="answer: expected at most 256 bytes, got"):
        REQUEST.parse(huge[:220])
    endless = b"\x01" + answer(BASIC, [(0, b"")] * 255)
    with pytest.raises(WireError, match="answer: expected at most 256 bytes, got"):
        REQUEST.parse(endless[:257])


def test_refusal():
    with pytest.raises(Refused, match="illegal function"):
        REQUEST.parse(with_crc(b"\x01\xab\x01"))
    assert REQUEST.length(with_crc(b"\x01\xab\x01")) == 5


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    body = b"\x01\x2b\x0e\x01\x01" + buf
    for whole in (body, with_crc(body)):
        try:
            got = REQUEST.parse(whole)
        except (WireError, Refused):
            continue
        assert got is None or len(got.objects) == whole[7]


def test_shapes():
    assert ReadIdentity(BASIC, 0).shape == ReadIdentity(BASIC, 2).shape  # the answer tells no start
    assert ReadIdentity(BASIC).shape != ReadIdentity(EXTENDED).shape
    assert ReadIdentity(INDIVIDUAL, 0).shape != ReadIdentity(INDIVIDUAL, 1).shape
    assert ReadIdentity(BASIC).repeatable


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0, 0), "identification code 0 is not within 1..4"),
        ((5, 0), "identification code 5 is not within 1..4"),
        ((1, 256), "object 256 is not within 0..255"),
        ((1, -1), "object -1 is not within 0..255"),
    ],
)
def test_what_cannot_be_asked(arguments, text):
    with pytest.raises(ValueError, match=text):
        ReadIdentity(*arguments)
