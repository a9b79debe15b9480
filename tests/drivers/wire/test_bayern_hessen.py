import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.bayern_hessen import Control, DataRequest, block_check, ended, framed, parse_number
from tests.codec import damaged, ends_as_stated, whole

REQUEST = DataRequest(address=14, items=1)
REPLY = framed("MD01 014 +2578+01 00 00 0140000000")


def test_the_block_check_a_vendor_printed():
    assert framed("ST843 K") == b"\x02ST843 K\x0352"  # Ecotech Serinus manual p. 169


def test_request():
    assert REQUEST.encode() == b"\x02DA014\x03" + block_check(b"\x02DA014\x03")


def test_the_number_as_the_manual_explains_it():
    assert parse_number("+2578+01") == 25.78  # Thermo 5030i manual p. 394
    assert parse_number("-1000-03") == -0.001
    assert parse_number("+0000+00") == 0
    assert parse_number("+9999+09") == 9_999_000_000


@given(mantissa=st.integers(-9999, 9999), exponent=st.integers(-20, 20))
def test_numbers_are_the_nearest_float(mantissa, exponent):
    word = f"{mantissa:+05d}{exponent:+03d}"
    assert parse_number(word) == float(f"{mantissa}e{exponent - 3}")


def test_reply():
    (item,) = REQUEST.parse(REPLY)
    assert item == (14, 25.78, 0, 0, "0140000000")
    assert REQUEST.length(REPLY + b"more") == len(REPLY)


def test_every_prefix_is_incomplete_never_wrong():
    assert {str(REQUEST.parse(REPLY[:n])) for n in range(len(REPLY))} == {"None"}


@given(at=st.integers(0, len(REPLY) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_becomes_another_value(at, byte):
    damaged = bytearray(REPLY)
    damaged[at] = byte
    try:
        items = REQUEST.parse(damaged)
    except WireError:
        return
    # Lower-case hex digits of the check are the same check.
    assert items is None or items == REQUEST.parse(REPLY)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    try:
        items = REQUEST.parse(b"\x02MD" + buf)
    except WireError:
        return
    assert items is None or len(items) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MD02 014 +2578+01 00 00 0140000000", "fields: expected 10, got 5"),
        ("MD01 015 +2578+01 00 00 0140000000", "address: expected 014, got 015"),
        ("MD01 014 +25a8+01 00 00 0140000000", r"value: expected \+mmmm\+ee, got \+25a8\+01"),
        ("MD01 014 +2578+01 0 00 0140000000", "operation status: expected two hex digits, got 0"),
        ("MD01 014 +2578+01 00 -1 0140000000", "error status: expected two hex digits, got -1"),
        ("MDxx 014 +2578+01 00 00 0140000000", "answer: expected MDnn, got MDxx"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises(WireError, match=message):
        REQUEST.parse(framed(text))


def test_two_values_carry_consecutive_addresses():
    request = DataRequest(14, 2)
    items = request.parse(framed("MD02 014 +1000+00 00 00 0140000000 015 +2000+00 04 01 0140000000"))
    assert [(item.address, item.value, item.operation, item.error) for item in items] == [
        (14, 1.0, 0, 0),
        (15, 2.0, 4, 1),
    ]


@pytest.mark.parametrize("items", [1, 2, 99])
def test_the_expected_answer_is_as_long_as_a_real_one_and_a_rounding_for_each_value(items):
    text = f"MD{items:02d}" + " 014 +2578+01 00 00 0140000000" * items
    assert len(framed(text)) + items == DataRequest(14, items).expected


ONE = "MD01 014 +2578+01 00 00 0140000000"


@given(
    numbers=st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9, 9)), min_size=1, max_size=5),
    checked=st.booleans(),
    blanks=st.booleans(),
    given_address=st.booleans(),
)
def test_round_trip_of_every_form(numbers, checked, blanks, given_address):
    texts = [
        f" {f'{7 + at:3d}' if blanks else f'{7 + at:03d}'} {mantissa:+05d}{power:+03d} 0a ff 1230000000"
        for at, (mantissa, power) in enumerate(numbers)
    ]
    text = f"MD{len(numbers):02d}" + "".join(texts) + " "
    answer = framed(text) if checked else ended(text)
    request = DataRequest(7 if given_address else None, len(numbers), checked, blanks)
    assert whole(request, answer) == [
        (7 + at, float(f"{mantissa}e{power - 3}"), 10, 255, "1230000000")
        for at, (mantissa, power) in enumerate(numbers)
    ]


@given(at=st.integers(0, 40), byte=st.integers(0, 255))
def test_without_a_check_frame_form_and_address_are_guarded_alone(at, byte):
    bad = damaged(ended(ONE), at, byte)
    got = ends_as_stated(DataRequest(14, 1, checked=False), bad) if bad else ("wrong", "")
    if at < 9 or at in (10, 15, 18) or not 0x20 <= byte <= 0x7E:  # STX MDnn, address, signs
        assert got[0] != "value" or byte == 13 or got[1][0].address == 14


@given(st.binary(max_size=200))
def test_any_bytes_to_the_form_without_check(buf):
    ends_as_stated(DataRequest(None, 1, checked=False), buf)
    ends_as_stated(DataRequest(None, 1, checked=False), b"\x02MD01 " + buf + b"\r")


def test_a_control_is_sent_once_and_nothing_is_expected():
    control = Control(14, "N")
    assert control.encode() == framed("ST014 N")
    assert not control.repeatable
    assert control.may_be_silent
    assert control.parse(b"") is None
    assert control.length(b"") is None
    with pytest.raises(WireError, match="answer to ST014 N: expected none, got 0x06"):
        control.parse(b"\x06")
    assert Control(None, "M", checked=False).encode() == b"\x02ST M\r"


@pytest.mark.parametrize(
    ("checked", "message"),
    [(True, "expected ETX and block check, got CR"), (False, "expected CR, got ETX and block check")],
)
def test_the_other_ending_is_named(checked, message):
    with pytest.raises(WireError, match="end of the answer: " + message):
        DataRequest(14, 1, checked).parse(ended(ONE) if checked else framed(ONE))


def test_what_cannot_be_asked():
    for address, items in ((1000, 1), (-1, 1), (1, 0), (1, 100)):
        with pytest.raises(ValueError, match=r"not within 0..999|carries 1..99"):
            DataRequest(address, items)
    with pytest.raises(ValueError, match="control 'X' is none of M, N, K, S"):
        Control(14, "X")
    with pytest.raises(ValueError, match=r"not within 0..999"):
        Control(1000, "M")
