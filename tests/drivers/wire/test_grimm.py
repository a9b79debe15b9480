import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.grimm import MASSES, OTHER, STATE, ReadLine
from tests.codec import damaged, ends_as_stated, said

GOOD = b"\rN3,  200  150  100\r"


@given(index=st.integers(0, 9), masses=st.tuples(*[st.integers(0, 65000)] * 3), width=st.integers(1, 8))
def test_round_trip(index, masses, width):
    line = (f"\rN{index}, " + " ".join(f"{mass:{width}d}" for mass in masses)).encode()
    for size in range(len(line) + 1):
        assert said(ReadLine(), line[:size]) == ("unfinished", None)
    assert said(ReadLine(), line + b"\r") == ("value", (MASSES, tuple(mass / 10 for mass in masses)))


@given(error=st.integers(0, 255))
def test_the_state_of_a_minute(error):
    line = f"\rP: 26 11 25 8 30 0 20 {error} 70 40 0 0 0 0 0\r".encode()
    assert said(ReadLine(), line) == ("value", (STATE, (error,)))
    assert said(ReadLine(), line.replace(b"P:", b"P :")) == ("value", (STATE, (error,)))


@given(at=st.integers(0, 40), byte=st.integers(0, 255))
def test_one_wrong_byte_changes_one_mass_or_is_refused(at, byte):
    """No check: a digit may change; PM10 is never read as PM2.5."""
    bad = damaged(GOOD, at, byte) or GOOD
    for start in range(len(bad)):
        got = ends_as_stated(ReadLine(), bad[start:])
        if got[0] == "value" and got[1].kind == MASSES:
            assert sum(a != b for a, b in zip(got[1].values, (20.0, 15.0, 10.0), strict=True)) <= 1


@given(st.binary(max_size=160))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadLine(), buf)
    ends_as_stated(ReadLine(), b"\r" + buf + b"\r")
    ends_as_stated(ReadLine(), b"\rN1," + buf + b"\r")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\rN0, 200 150\r", "masses: expected PM10, PM2.5 and PM1"),
        (b"\rN0, 200 1E6 100\r", "mass: expected digits, got 1E6"),
        (b"\rNx, 200 150 100\r", "number of the line: expected digits, got x"),
        (b"\rP: 1 2 3\r", "state: expected at least 10 numbers"),
    ],
)
def test_what_is_wrong_is_named(line, message):
    with pytest.raises(WireError, match=message):
        ReadLine().parse(line)


def test_other_lines_are_told_as_such():
    for line in (b"\rK: 0 0 0 0\r", b"\rN1: 100 90 80\r", b"\r\nc1; 5 4 3\r"):
        assert said(ReadLine(), line) == ("value", (OTHER, ()))
