import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.casella import Command, ReadDust
from drivers.wire.teledyne_thc import ALARMS, MODES, STATES, Calibrate, Read4020, Read4030
from tests.codec import damaged, ends_as_stated, said

LINE = b"\r5.88 ppm R-1 (0- 10.00 ppm) ANLZ AL-1\r"
REQUESTS = (Read4020(), Read4030(), ReadDust())


@given(
    value=st.integers(-(10**4), 10**6),
    top=st.sampled_from(["10.00", " 100.0", "1000"]),
    mode=st.sampled_from(MODES),
    alarms=st.sets(st.sampled_from(ALARMS)),
)
def test_a_4020_line_says_what_was_written(value, top, mode, alarms):
    tail = " ".join((mode, *sorted(alarms)))
    line = f"\r{value / 100:.2f} ppm R-2 (0-{top} ppm) {tail}\r".encode()
    assert {said(Read4020(), line[:size]) for size in range(len(line))} == {("unfinished", None)}
    got = Read4020().parse(line)
    assert got == (float(f"{value / 100:.2f}"), "ppm", "R-2", float(top), mode, tuple(sorted(alarms)))
    assert Read4020().length(line + b"7") == len(line) - 1, "the CR is left for the next line"


@given(value=st.integers(0, 10**6), state=st.sampled_from(STATES), name=st.sampled_from(["BNZ", "THC"]))
def test_a_4030_line_says_what_was_written(value, state, name):
    line = f"\x00{name} {value} ppb R2 {state}\r\n\x00".encode()
    assert {said(Read4030(), line[:size]) for size in range(len(line))} == {("unfinished", None)}
    assert Read4030().parse(line) == (name, float(value), "ppb", "R2", state)


@given(value=st.integers(-100, 10**6))
def test_a_microdust_line_says_what_was_written(value):
    assert ReadDust().parse(f"\r\n{value / 100:.2f}\r\n".encode()) == float(f"{value / 100:.2f}")


@pytest.mark.parametrize(
    ("request_", "line"),
    [(Read4020(), LINE), (Read4030(), b"\x00BNZ 12.23 ppm R2 AL1\r\n\x00"), (ReadDust(), b"\r\n12.87\r")],
)
@given(at=st.integers(0, 60), byte=st.integers(0, 255))
def test_one_wrong_byte_changes_one_word_of_a_line_or_is_refused(request_, line, at, byte):
    """No check: a digit may change, a line never begins or ends elsewhere with another value."""
    due = request_.parse(line)
    bad = damaged(line, at, byte) or line
    for start in range(len(bad)):
        got = ends_as_stated(request_, bad[start:])
        if got[0] == "value" and isinstance(due, tuple):
            assert sum(a != b for a, b in zip(got[1], due, strict=True)) <= 1
        elif got[0] == "value":
            assert start == 0 or got[1] == due
            assert abs(got[1]) < 10**5, "a point may become a digit, but nothing an exponent"


def test_a_line_joined_in_its_middle_is_none():
    for request, line in ((Read4020(), LINE), (ReadDust(), b"\r\n12.87\r")):
        for start in range(1, len(line) - 1):
            assert said(request, line[start:])[0] == "wrong"


@pytest.mark.parametrize("request_", REQUESTS)
@given(st.binary(max_size=200))
def test_any_bytes_end_in_one_of_the_stated_ways(request_, buf):
    ends_as_stated(request_, buf)
    ends_as_stated(request_, bytes((request_.mark,)) + buf + bytes((request_.mark,)))


@pytest.mark.parametrize(
    ("request_", "line", "message"),
    [
        (Read4020(), b"\r5.88 ppm R-1 ANLZ\r", "line: expected value, unit, range"),
        (Read4020(), b"\r5.88 ppm R-1 (0- 10.00 ppm) HOLD\r", "mode: expected ANLZ, ZERO, SPAN, got HOLD"),
        (Read4020(), b"\r5.88 ppm R-1 (0- 10.00 ppm)\r", "mode: expected ANLZ, ZERO, SPAN, got nothing"),
        (Read4020(), b"\r5.88 ppm R-1 (0- 10.00 ppm) ANLZ AL-3\r", "alarm: expected AL-1, AL-2, got AL-3"),
        (Read4020(), b"\r5.88 ppm R-1 (0- 10.00 ppb) ANLZ\r", "unit of the range: expected ppm, got ppb"),
        (Read4020(), b"\rx ppm R-1 (0- 10.00 ppm) ANLZ\r", "value: expected a number, got x"),
        (Read4020(), b"\r" + b"1" * 200, "line: expected at most 128 bytes"),
        (Read4030(), b"\x00BNZ 12.23 ppm R2\r\n\x00", "line: expected component, value"),
        (Read4030(), b"\x00BNZ 12.23 ppm R2 AL9\r\n\x00", "alarms: expected AL, AL1, AL2, AL12, SPAN"),
        (Read4030(), b"BNZ", "NUL of the line before: expected 0x00, got 0x42"),
        (ReadDust(), b"\r\nabc\r", "dust: expected a number, got abc"),
        (ReadDust(), b"\r12.87\r", "byte behind the CR: expected 0x0A, got 0x31"),
    ],
)
def test_what_is_wrong_is_named(request_, line, message):
    with pytest.raises(WireError, match=message):
        request_.parse(line)


@pytest.mark.parametrize("command", [Calibrate("az"), Calibrate("as"), Command("X"), Command("Z")])
def test_a_command_is_sent_once_and_nobody_answers(command):
    assert not command.repeatable
    assert command.broadcast
    assert command.length(b"") is None
    assert command.parse(b"") is None
    with pytest.raises(WireError, match="answer to a command"):
        command.parse(b"\r")


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="'ax' is none of az, as"):
        Calibrate("ax")
    with pytest.raises(ValueError, match="'T' is none of X, Z"):
        Command("T")
