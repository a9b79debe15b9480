import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.megatec import FLAGS, ReadRatings, ReadStatus
from tests.codec import damaged, ends_as_stated, whole

GOOD = b"(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000\r"
VOLTS = st.integers(0, 9999)
TENTHS = st.integers(0, 999)


@given(
    volts=st.tuples(VOLTS, VOLTS, VOLTS),
    load=TENTHS,
    tenths=st.tuples(TENTHS, TENTHS, TENTHS),
    bits=st.integers(0, 255),
)
def test_round_trip(volts, load, tenths, bits):
    words = [f"{v // 10:03d}.{v % 10}" for v in volts]
    small = [f"{t // 10:02d}.{t % 10}" for t in tenths]
    answer = f"({' '.join(words)} {load:03d} {' '.join(small)} {bits:08b}\r".encode()
    got = whole(ReadStatus(), answer)
    assert got[:7] == tuple(float(word) for word in [*words, str(load), *small])
    assert got.flags == tuple(name for at, name in enumerate(FLAGS) if f"{bits:08b}"[at] == "1")


def test_the_battery_may_be_given_per_cell():
    assert ReadStatus().parse(GOOD.replace(b"27.5", b"2.27")).battery_v == 2.27
    with pytest.raises(WireError, match=r"value: expected a number, got 2\.\.7"):
        ReadStatus().parse(GOOD.replace(b"27.5", b"2..7"))


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_only_a_digit_damaged_into_a_digit_can_pass(at, byte):
    bad = damaged(GOOD, at, byte)
    got = ends_as_stated(ReadStatus(), bad) if bad else ("wrong", "")
    if got[0] == "value":
        assert chr(GOOD[at]) in "0123456789."
        assert chr(byte) in "0123456789."


@given(st.binary(max_size=80))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadStatus(), ReadRatings()):
        ends_as_stated(request, buf)
        ends_as_stated(request, request.pattern[:1].encode() + buf + b"\r")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"Q1\r", "start: expected 0x28, got 0x51"),  # a UPS of another kind repeats the question
        (GOOD.replace(b"226.0 ", b"226.0,"), "column 7: expected ' ', got ','"),
        (GOOD.replace(b"00001000", b"00001002"), "column 46: expected 0 or 1, got '2'"),
        (b"(226.0\r", "columns: expected 45, got 5"),
        (b"(" + b"1" * 50, "answer: expected at most 47 bytes, got 51"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadStatus().parse(buf)


def test_a_question_is_never_taken_for_the_other():
    assert ReadStatus().shape != ReadRatings().shape
    assert ReadStatus().longest == 47
    assert ReadRatings().longest == 22
