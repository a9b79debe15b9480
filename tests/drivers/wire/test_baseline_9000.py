import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.baseline_9000 import COMMANDS, Command, ReadLine
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from tests.codec import damaged, ends_as_stated, said

WORDS = ["1", "10:15", "1.92", "0.10", "0.35", "2.27"]
GOOD = ("\r" + "\t".join(WORDS)).encode()


@given(
    ch4=st.integers(0, 10**6),
    nmhc=st.integers(-(10**6), 10**6),
    more=st.lists(st.text("0123456789.", max_size=6), max_size=6),
    line_feed=st.booleans(),
)
def test_round_trip(ch4, nmhc, more, line_feed):
    words = ["1", "x", f"{ch4 / 1000:.3f}", "y", f"{nmhc / 1000:.3f}", *more]
    line = ("\r" + "\n" * line_feed + "\t".join(words)).encode()
    request = ReadLine(len(words))
    for size in range(len(line) + 1):
        assert said(request, line[:size]) == ("unfinished", None)
    got = request.parse(line + b"\r")
    assert got == (float(words[2]), float(words[4]), tuple(words))
    assert request.length(line + b"\r7\t8\r") == len(line), "the CR is left for the next line"


def test_a_line_joined_in_its_middle_is_none():
    for start in range(1, len(GOOD)):
        assert said(ReadLine(6), GOOD[start:] + b"\r") == ("wrong", "CR of the line before")
        assert said(ReadLine(6), b"\r" + GOOD[start:] + b"\r")[0] == "wrong" or start < 3


@given(at=st.integers(0, len(GOOD)), byte=st.integers(0, 255))
def test_one_wrong_byte_moves_no_value_to_another_place(at, byte):
    """No check: a digit may change, but CH4 and NMHC are never read from another column."""
    stream = GOOD + b"\r"
    bad = damaged(stream, at, byte) or stream
    for start in range(len(bad)):
        got = ends_as_stated(ReadLine(6), bad[start:])
        if got[0] == "value":
            assert sum(a != b for a, b in zip(got[1].fields, WORDS, strict=True)) <= 1


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadLine(5), buf)
    ends_as_stated(ReadLine(5), b"\r" + buf + b"\r")


def test_a_command_is_one_byte_sent_once():
    for name, code in COMMANDS:
        command = Command(name)
        assert command.encode() == bytes([code])
        assert not command.repeatable
        assert command.parse(b"") is None
        assert command.length(b"") is None
        with pytest.raises(WireError, match="answer to a command: expected none"):
            command.parse(b"\r")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\r1\t2\r", "fields of the line: expected 5, got 2"),
        (b"\r1\t2\tx\t4\t5\r", "CH4: expected a number, got x"),
        (b"\r1\t2\t3\t4\t\r", "NMHC: expected a number, got nothing"),
        (b"\r\x80", "text: expected printable ASCII, got 0x80"),
        (b"1", "CR of the line before: expected 0x0D, got 0x31"),
        (b"\r" + b"1" * 300, "line: expected at most 256 bytes, got 301"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadLine(5).parse(buf)


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="4 fields has no NMHC"):
        ReadLine(4)
    with pytest.raises(ValueError, match="'zero' is none of start output, stop output"):
        Command("zero")


def test_on_a_line_the_stream_goes_on_beside_a_command():
    def talk():
        sent = yield Command("CH4 zero")
        first = yield ReadLine(6)
        second = yield ReadLine(6)
        return [sent, first.nmhc, second.nmhc]

    core = LineCore(Timing(9600, 10))
    state = AddressState(0, 3000.0, 2)
    state.declare([ReadLine(6)])
    core.attach(state, 0.0)
    job = core.submit(0, talk(), 0.0)
    assert core.step(0.0) == b"\x0b"
    core.receive(b"92\t0.10\t9.99\t2.27" + GOOD.replace(b"0.35", b"8.88"), 50.0)  # before its time: stale
    now = 50.0
    while job.request.broadcast:
        now = core.next_at(now)
        assert core.step(now) == b""
    core.step(now + 10)
    core.receive(GOOD.replace(b"0.35", b"0.51"), now + 100)
    core.receive(GOOD.replace(b"0.35", b"0.52"), now + 200)
    core.receive(b"\r", now + 201)
    assert job.done
    assert job.result == [None, 0.51, 0.52]
